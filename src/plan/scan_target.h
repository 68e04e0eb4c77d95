/*
 * scan_target.h
 *		Index columns that a scan can read.
 */
#ifndef DETMETA_SCAN_TARGET_H
#define DETMETA_SCAN_TARGET_H

#include "nodes/pathnodes.h"

/* What a scan needs of an index column; for planning. */
typedef struct ScanTarget
{
	PlannerInfo *root;
	RelOptInfo *rel;
	IndexOptInfo *index;
	int			column;			/* of the index, from 0 */
	bool		not_null;		/* the column cannot be NULL */
} ScanTarget;

extern List *detmeta_find_targets(PlannerInfo *root, RelOptInfo *rel);
extern bool detmeta_expr_is_target(const ScanTarget *target, Node *node);
extern bool detmeta_is_scan_constant(const ScanTarget *target, Node *node);

#endif							/* DETMETA_SCAN_TARGET_H */

/*
 * scan_condition.h
 *		Which clauses a Metadata Scan can take.
 */
#ifndef DETMETA_SCAN_CONDITION_H
#define DETMETA_SCAN_CONDITION_H

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
extern Expr *detmeta_scan_condition(const ScanTarget *target, Expr *clause);
extern bool detmeta_expr_is_target(const ScanTarget *target, Node *node);
extern bool detmeta_is_scan_constant(const ScanTarget *target, Node *node);
extern List *detmeta_condition_filters(Node *condition);
extern List *detmeta_condition_operands(Node *condition);

#endif							/* DETMETA_SCAN_CONDITION_H */

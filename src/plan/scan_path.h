/*
 * scan_path.h
 *		Offer Metadata Scans to the planner.
 */
#ifndef DETMETA_SCAN_PATH_H
#define DETMETA_SCAN_PATH_H

#include "nodes/pathnodes.h"

extern bool detmeta_can_scan(PlannerInfo *root, RelOptInfo *rel, RangeTblEntry *rte);
extern void detmeta_scan_pathlist(PlannerInfo *root, RelOptInfo *rel, Index rti,
								  RangeTblEntry *rte);

/* Scans that skip rows: OFFSET, and LIMIT or NULL. */
extern bool detmeta_can_skip(const Path *path);
extern CustomPath *detmeta_path_that_skips(PlannerInfo *root, const CustomPath *scan,
										   Node *offset, Node *limit);

#endif							/* DETMETA_SCAN_PATH_H */

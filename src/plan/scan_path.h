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

#endif							/* DETMETA_SCAN_PATH_H */

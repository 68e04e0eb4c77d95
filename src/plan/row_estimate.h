/*
 * row_estimate.h
 *		Correct the planner's estimate of a table's rows.
 */
#ifndef DETMETA_ROW_ESTIMATE_H
#define DETMETA_ROW_ESTIMATE_H

#include "nodes/pathnodes.h"

extern void detmeta_correct_rows(PlannerInfo *root, RelOptInfo *rel, RangeTblEntry *rte);

#endif							/* DETMETA_ROW_ESTIMATE_H */

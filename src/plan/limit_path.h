/*
 * limit_path.h
 *		Scans that skip the rows before OFFSET themselves, for the planner.
 */
#ifndef DETMETA_LIMIT_PATH_H
#define DETMETA_LIMIT_PATH_H

#include "nodes/pathnodes.h"

/* Offer them, where the query is a page of a table; "count" is its LIMIT, as core estimates it. */
extern void detmeta_limit_path(PlannerInfo *root, RelOptInfo *input_rel, RelOptInfo *final_rel,
							   int64 count);

#endif							/* DETMETA_LIMIT_PATH_H */

/*
 * limit_path.h
 *		Scans that skip the rows before OFFSET themselves, for the planner.
 */
#ifndef DETMETA_LIMIT_PATH_H
#define DETMETA_LIMIT_PATH_H

#include "nodes/pathnodes.h"

/* Offer them, where the query is a page of a table. */
extern void detmeta_limit_path(PlannerInfo *root, RelOptInfo *final_rel);

#endif							/* DETMETA_LIMIT_PATH_H */

/*
 * count_path.h
 *		Offer counts straight from the index to the planner.
 */
#ifndef DETMETA_COUNT_PATH_H
#define DETMETA_COUNT_PATH_H

#include "nodes/pathnodes.h"

extern bool detmeta_find_aggregates(PathTarget *target, List **aggregates);
extern void detmeta_count_path(PlannerInfo *root, RelOptInfo *input_rel, RelOptInfo *output_rel);

#endif							/* DETMETA_COUNT_PATH_H */

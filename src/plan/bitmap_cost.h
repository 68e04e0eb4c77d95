/*
 * bitmap_cost.h
 *		What core's bitmap scans cost beyond what core knows.
 */
#ifndef DETMETA_BITMAP_COST_H
#define DETMETA_BITMAP_COST_H

#include "nodes/pathnodes.h"

extern void detmeta_correct_bitmap_costs(PlannerInfo *root, RelOptInfo *rel);

#endif							/* DETMETA_BITMAP_COST_H */

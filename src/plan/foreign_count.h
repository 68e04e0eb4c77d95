/*
 * foreign_count.h
 *		Have the servers of foreign partitions count.
 */
#ifndef DETMETA_FOREIGN_COUNT_H
#define DETMETA_FOREIGN_COUNT_H

#include "nodes/pathnodes.h"

extern void detmeta_foreign_count_path(PlannerInfo *root, RelOptInfo *input_rel,
									   RelOptInfo *output_rel, const GroupPathExtraData *extra);

#endif							/* DETMETA_FOREIGN_COUNT_H */

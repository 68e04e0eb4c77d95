/*
 * group_index.h
 *		Groups of runs, read from an index.
 */
#ifndef DETMETA_EXPLORE_GROUP_INDEX_H
#define DETMETA_EXPLORE_GROUP_INDEX_H

#include "explore/index.h"

/* Estimator and visitor of indexes for explore/source.h; arg is a Grouping. */
extern double detmeta_group_estimate(ExploreIndex *ix, double limit, void *arg);
extern void detmeta_group_index(ExploreIndex *ix, bool alone, void *arg);

#endif							/* DETMETA_EXPLORE_GROUP_INDEX_H */

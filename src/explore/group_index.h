/*
 * group_index.h
 *		Groups of runs, read from an index.
 */
#ifndef DETMETA_EXPLORE_GROUP_INDEX_H
#define DETMETA_EXPLORE_GROUP_INDEX_H

#include "explore/group_set.h"
#include "explore/index.h"

/* What is grouped. */
typedef struct Grouping
{
	GroupBy    *by;
	int			nby;
	const char *measure;		/* or NULL */
	int			measurelen;
	const RunKey *key;			/* of the relation */
	GroupSet   *set;
} Grouping;

/* Visitors for explore/source.h; arg is a Grouping. */
extern void detmeta_group_index(ExploreIndex *ix, bool alone, void *arg);
extern void detmeta_group_row(const ExploreRow *row, void *arg);

#endif							/* DETMETA_EXPLORE_GROUP_INDEX_H */

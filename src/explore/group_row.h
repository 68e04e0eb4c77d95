/*
 * group_row.h
 *		Groups of runs, read from their documents.
 */
#ifndef DETMETA_EXPLORE_GROUP_ROW_H
#define DETMETA_EXPLORE_GROUP_ROW_H

#include "explore/group_set.h"
#include "explore/index.h"

/* What is grouped. */
typedef struct Grouping
{
	GroupBy    *by;
	int			nby;
	const char *measure;		/* or NULL */
	int			measurelen;
	const RunKey *key;			/* of the relation; without a measure, none */
	GroupSet   *set;
	int64		counted;		/* rows that have a value, where each has one at most */
} Grouping;

extern void detmeta_group_document(Grouping *grouping, Jsonb *metadata, const Datum *key);

/* Visitor of rows for explore/source.h; arg is a Grouping. */
extern void detmeta_group_row(const ExploreRow *row, void *arg);

#endif							/* DETMETA_EXPLORE_GROUP_ROW_H */

/*
 * value_list.h
 *		Values and how many runs have each, the most frequent first.
 */
#ifndef DETMETA_EXPLORE_VALUE_LIST_H
#define DETMETA_EXPLORE_VALUE_LIST_H

#include "explore/values.h"

/* A value that is kept. */
typedef struct KeptValue
{
	int64		runs;
	int			len;
	char	   *bytes;
} KeptValue;

typedef struct ValueList
{
	int64		limit;			/* -1: none */
	int64		n;
	int64		allocated;
	KeptValue  *values;
	int64		least;			/* less frequent values are not among the first */
	MemoryContext context;		/* of the values */
	MemoryContext text_context; /* of one value's text */
} ValueList;

extern void detmeta_value_list_init(ValueList *list, int64 limit);

/* Keep a value; the argument is the list. */
extern void detmeta_value_list_keep(const char *bytes, int len, int64 runs, void *arg);

/* Leave the first values only, in their order. */
extern void detmeta_value_list_prune(ValueList *list);

#endif							/* DETMETA_EXPLORE_VALUE_LIST_H */

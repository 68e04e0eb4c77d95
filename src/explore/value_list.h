/*
 * value_list.h
 *		Values and how many runs have each, the most frequent first.
 */
#ifndef DETMETA_EXPLORE_VALUE_LIST_H
#define DETMETA_EXPLORE_VALUE_LIST_H

#include "explore/values.h"
#include "value/substring.h"

/* A value that is kept. */
typedef struct KeptValue
{
	int64		runs;
	int			len;
	char	   *bytes;
} KeptValue;

typedef struct ValueList
{
	const Substring *search;	/* or NULL; case-folded with ignore_case */
	bool		ignore_case;
	bool		keyed;			/* bytes are as KeyedValues has them */
	int64		limit;			/* -1: none */
	int64		n;
	int64		allocated;
	KeptValue  *values;
	int64		least;			/* less frequent values are not among the first */
	MemoryContext context;		/* of the values */
	MemoryContext text_context; /* of one value's text */
} ValueList;

extern void detmeta_value_list_init(ValueList *list, int64 limit);
extern void detmeta_value_list_search(ValueList *list, text *search);

/* The argument of these is the list. */
extern bool detmeta_value_list_finds(const char *bytes, int len, void *arg);
extern void detmeta_value_list_keep(const char *bytes, int len, int64 runs, void *arg);

/* Leave the first values only, in their order. */
extern void detmeta_value_list_prune(ValueList *list);

#endif							/* DETMETA_EXPLORE_VALUE_LIST_H */

/*
 * value_search.h
 *		Search a text in the texts of values.
 */
#ifndef DETMETA_EXPLORE_VALUE_SEARCH_H
#define DETMETA_EXPLORE_VALUE_SEARCH_H

#include "value/substring.h"

typedef struct ValueSearch
{
	const char *text;			/* as it was given */
	int			textlen;
	bool		ignore_case;
	bool		keyed;			/* bytes are as KeyedValues has them */
	const Substring *part;		/* what is searched, case-folded with ignore_case */
	MemoryContext context;		/* of one value's text */
} ValueSearch;

extern ValueSearch *detmeta_value_search(const char *text, int len, bool ignore_case, bool keyed);

/* Says if the text of a value, as a tally has it, is found; arg is the search. */
extern bool detmeta_value_search_finds(const char *bytes, int len, void *arg);

#endif							/* DETMETA_EXPLORE_VALUE_SEARCH_H */

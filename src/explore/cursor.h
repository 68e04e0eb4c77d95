/*
 * cursor.h
 *		Places in a sorted list of runs, as opaque texts.
 */
#ifndef DETMETA_EXPLORE_CURSOR_H
#define DETMETA_EXPLORE_CURSOR_H

#include "explore/sort.h"

/*
 * What a run is sorted by: a value for each item, an int8 of the run, and else
 * a result of metadata_sort().
 */
typedef struct Place
{
	Datum	   *values;
	bool	   *nulls;
} Place;

extern char *detmeta_cursor_of(List *items, const Place *place);

/* Raises an error for a text that is no cursor, or one of another order. */
extern Place detmeta_read_cursor(const char *cursor, List *items);

/* Append the condition that a run comes behind a place, for SQL as in explore/sort.h. */
extern void detmeta_append_behind(StringInfo sql, List *items, const Place *place,
								  const char *sort_function);

#endif							/* DETMETA_EXPLORE_CURSOR_H */

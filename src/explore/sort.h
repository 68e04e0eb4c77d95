/*
 * sort.h
 *		The order of a page of runs.
 */
#ifndef DETMETA_EXPLORE_SORT_H
#define DETMETA_EXPLORE_SORT_H

#include "lib/stringinfo.h"
#include "nodes/pg_list.h"

typedef struct SortItem
{
	char	   *key;			/* NULL: run_id */
	bool		descending;
	bool		nulls_first;
} SortItem;

/*
 * Read "metadata.loss=desc,id=asc", which may be NULL, as a list of SortItems;
 * the run is one of them.
 */
extern List *detmeta_read_sort(const char *sort);
extern void detmeta_reverse_sort(List *items);

/* As SQL: sort_function is metadata_sort()'s name, and r is the table of runs. */
extern void detmeta_append_sort_expression(StringInfo sql, const SortItem *item,
										   const char *sort_function);
extern void detmeta_append_order(StringInfo sql, List *items, const char *sort_function);

#endif							/* DETMETA_EXPLORE_SORT_H */

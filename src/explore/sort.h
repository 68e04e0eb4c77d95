/*
 * sort.h
 *		The order of a page of runs.
 */
#ifndef DETMETA_EXPLORE_SORT_H
#define DETMETA_EXPLORE_SORT_H

#include "lib/stringinfo.h"

/*
 * Append an ORDER BY list for "metadata.loss=desc,id=asc", which may be NULL;
 * sort_function is metadata_sort()'s name, and r is the table of runs.
 */
extern void detmeta_append_order(StringInfo sql, const char *sort, const char *sort_function);

#endif							/* DETMETA_EXPLORE_SORT_H */

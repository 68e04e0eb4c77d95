/*
 * row_sorter.h
 *		Sort TIDs by values, within work_mem.
 */
#ifndef DETMETA_ROW_SORTER_H
#define DETMETA_ROW_SORTER_H

#include "storage/itemptr.h"

/* What values are sorted by. */
typedef struct SortOrder
{
	Oid			type;
	Oid			operator;		/* the first has to be so to the second */
	Oid			collation;
	bool		nulls_first;
} SortOrder;

typedef struct RowSorter RowSorter;

/* By "n" values, the first of them first. */
extern RowSorter *detmeta_row_sorter_begin(const SortOrder *orders, int n);
extern void detmeta_row_sorter_put(RowSorter *sorter, const Datum *values, const bool *isnull,
								   ItemPointer tid);
extern void detmeta_row_sorter_perform(RowSorter *sorter);
extern bool detmeta_row_sorter_next(RowSorter *sorter);

/* The current row, and the first of its values, until the next. */
extern Datum detmeta_row_sorter_row(RowSorter *sorter, ItemPointer tid);
extern void detmeta_row_sorter_end(RowSorter *sorter);

#endif							/* DETMETA_ROW_SORTER_H */

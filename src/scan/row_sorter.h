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
} SortOrder;

typedef struct RowSorter RowSorter;

extern RowSorter *detmeta_row_sorter_begin(const SortOrder *order);
extern void detmeta_row_sorter_put(RowSorter *sorter, Datum key, ItemPointer tid);
extern void detmeta_row_sorter_perform(RowSorter *sorter);
extern bool detmeta_row_sorter_next(RowSorter *sorter);
extern Datum detmeta_row_sorter_row(RowSorter *sorter, ItemPointer tid);
extern void detmeta_row_sorter_end(RowSorter *sorter);

#endif							/* DETMETA_ROW_SORTER_H */

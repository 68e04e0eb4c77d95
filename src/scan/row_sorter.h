/*
 * row_sorter.h
 *		Sort TIDs by keys of bytes, within work_mem.
 */
#ifndef DETMETA_ROW_SORTER_H
#define DETMETA_ROW_SORTER_H

#include "storage/itemptr.h"

typedef struct RowSorter RowSorter;

extern RowSorter *detmeta_row_sorter_begin(bool descending);
extern void detmeta_row_sorter_put(RowSorter *sorter, const char *key, int len, ItemPointer tid);
extern void detmeta_row_sorter_perform(RowSorter *sorter);
extern bool detmeta_row_sorter_next(RowSorter *sorter);
extern const char *detmeta_row_sorter_row(RowSorter *sorter, ItemPointer tid, int *len);
extern void detmeta_row_sorter_end(RowSorter *sorter);

#endif							/* DETMETA_ROW_SORTER_H */

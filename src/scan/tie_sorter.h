/*
 * tie_sorter.h
 *		Rows that are equal in a key, sorted by the keys behind it.
 */
#ifndef DETMETA_TIE_SORTER_H
#define DETMETA_TIE_SORTER_H

#include "scan/row_order.h"

typedef struct TieSorter TieSorter;

/* By the keys of an order from one on. */
extern TieSorter *detmeta_tie_sorter_begin(const RowOrder *order, const RowKey *first);

/* Put the row in that was fetched last. */
extern void detmeta_tie_sorter_put(TieSorter *sorter, ItemPointer tid);
extern void detmeta_tie_sorter_perform(TieSorter *sorter);
extern bool detmeta_tie_sorter_next(TieSorter *sorter, ItemPointer tid);
extern void detmeta_tie_sorter_end(TieSorter *sorter);

#endif							/* DETMETA_TIE_SORTER_H */

/*
 * value_rows.h
 *		Rows sorted by their own values, which the index does not tell.
 */
#ifndef DETMETA_VALUE_ROWS_H
#define DETMETA_VALUE_ROWS_H

#include "scan/row_order.h"
#include "scan/row_sorter.h"

/* The row that comes next in the order of a key. */
typedef struct ValueRow
{
	bool		valid;			/* is there one? */
	bool		proven;			/* is it visible? */
	ItemPointerData tid;
	Datum		value;			/* by which it is sorted, where it was sorted */
} ValueRow;

/*
 * Sort the rows of a set by the expression of a key; those that are not wanted
 * drop out, and those without a value are added to "empty".
 */
extern RowSorter *detmeta_value_rows_sort(const RowOrder *order, const RowKey *key, TidSet *set,
										  TidSet *empty);

/* Read the next row; false: there are no more, and the sorter is gone. */
extern bool detmeta_value_rows_next(RowSorter **sorter, ValueRow *row);

#endif							/* DETMETA_VALUE_ROWS_H */

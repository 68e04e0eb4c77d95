/*
 * ordered_rows.h
 *		The rows of a table in the order of one or more expressions.
 */
#ifndef DETMETA_ORDERED_ROWS_H
#define DETMETA_ORDERED_ROWS_H

#include "scan/row_order.h"

/* The order may change its members and no more; all belongs to the current memory context. */
extern OrderedRows *detmeta_ordered_rows_begin(const RowOrder *order);

/* false: there are no more */
extern bool detmeta_ordered_rows_next(OrderedRows *rows, OrderedRow *row);

/*
 * Skip rows that are visible, at most so many, without going to each; return how
 * many were.  All rows that are wanted have to be known.
 */
extern double detmeta_ordered_rows_skip(OrderedRows *rows, double most);

/* Call it when the order's members have become known. */
extern void detmeta_ordered_rows_restrict(OrderedRows *rows);
extern void detmeta_ordered_rows_end(OrderedRows *rows);

#endif							/* DETMETA_ORDERED_ROWS_H */

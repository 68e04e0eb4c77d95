/*
 * tie_test.h
 *		Say whether a row is one of some ties.
 */
#ifndef DETMETA_TIE_TEST_H
#define DETMETA_TIE_TEST_H

#include "scan/tie_cost.h"
#include "scan/tie_rows.h"

/* Choose by what rows are told to be ties, for a walk of rows in another order. */
extern void detmeta_tie_test_begin(TieRows *ties, const TieCosts *costs);
extern bool detmeta_is_tie(const RowOrder *order, TieRows *ties, OrderedRow *row);

/* Fetch a row that is to be evaluated; false: it is not wanted. */
extern bool detmeta_order_fetch(const RowOrder *order, ItemPointer tid);

/* Note what it took to pass rows in search of some ties, and of those that these are of. */
extern void detmeta_note_spent(TieRows *ties, double cost);

#endif							/* DETMETA_TIE_TEST_H */

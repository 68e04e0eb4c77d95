/*
 * scan_rows.h
 *		The rows of a Metadata Scan: in TID order, or in the order of keys.
 */
#ifndef DETMETA_SCAN_ROWS_H
#define DETMETA_SCAN_ROWS_H

#include "scan/scan_state.h"

/*
 * Compute the set of the conditions, for an order; it may wait until rows were
 * checked, if not "now".
 */
extern void detmeta_scan_start_set(MetadataScanState *state, bool now);

/*
 * Go to the next row that satisfies the conditions and is visible; it is fetched
 * if it is wanted, or had to be looked at.
 */
extern bool detmeta_scan_next_row(MetadataScanState *state, OrderedRow *row, bool wanted);

/* Check the conditions on a row; and if the query wants the one that was fetched last. */
extern bool detmeta_scan_recheck(ScanState *node, TupleTableSlot *slot);
extern bool detmeta_scan_row_is_wanted(void *arg);

#endif							/* DETMETA_SCAN_ROWS_H */

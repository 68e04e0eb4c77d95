/*
 * scan_page.h
 *		A page of a Metadata Scan's rows: those before OFFSET are skipped.
 */
#ifndef DETMETA_SCAN_PAGE_H
#define DETMETA_SCAN_PAGE_H

#include "scan/scan_state.h"

/* Begin to read rows in the order of the state's keys, which may be none. */
extern void detmeta_scan_start_page(MetadataScanState *state);

/* Where the page was read from its end: return the next row. */
extern TupleTableSlot *detmeta_scan_next_of_page(MetadataScanState *state, TupleTableSlot *slot);

#endif							/* DETMETA_SCAN_PAGE_H */

/*
 * heap_fetch.h
 *		Fetch rows of a table by TID, under a snapshot.
 */
#ifndef DETMETA_HEAP_FETCH_H
#define DETMETA_HEAP_FETCH_H

#include "access/tableam.h"

typedef struct HeapFetcher
{
	Relation	heap;
	Snapshot	snapshot;
	IndexFetchTableData *fetch;
	TupleTableSlot *slot;
	int64		nfetched;		/* for EXPLAIN */
} HeapFetcher;

extern void detmeta_heap_fetch_begin(HeapFetcher *fetcher, Relation heap, Snapshot snapshot,
									 TupleTableSlot *slot);
extern bool detmeta_heap_fetch(HeapFetcher *fetcher, ItemPointer tid);
extern void detmeta_heap_fetch_end(HeapFetcher *fetcher);

#endif							/* DETMETA_HEAP_FETCH_H */

/*
 * heap_fetch.c
 *		Fetch rows of a table by TID, as an index scan does.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/compat.h"
#include "scan/heap_fetch.h"

/* Get ready to fetch into a slot of the table's own kind. */
void
detmeta_heap_fetch_begin(HeapFetcher *fetcher, Relation heap, Snapshot snapshot,
						 TupleTableSlot *slot)
{
	fetcher->heap = heap;
	fetcher->snapshot = snapshot;
	fetcher->fetch = TABLE_INDEX_FETCH_BEGIN(heap);
	fetcher->slot = slot;
	fetcher->nfetched = 0;
}

/*
 * Fetch the row that an index entry's TID leads to, which may be any member of
 * its HOT chain.  Return false where the snapshot sees none.
 */
bool
detmeta_heap_fetch(HeapFetcher *fetcher, ItemPointer tid)
{
	ItemPointerData copy = *tid;
	bool		call_again = false;

	CHECK_FOR_INTERRUPTS();
	fetcher->nfetched++;
	return table_index_fetch_tuple(fetcher->fetch, &copy, fetcher->snapshot,
								   fetcher->slot, &call_again, NULL);
}

/* Let go of what fetching holds. */
void
detmeta_heap_fetch_end(HeapFetcher *fetcher)
{
	if (fetcher->fetch != NULL)
		table_index_fetch_end(fetcher->fetch);
	fetcher->fetch = NULL;
}

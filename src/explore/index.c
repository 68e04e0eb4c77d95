/*
 * index.c
 *		Count the visible rows of index entries, and read single rows.
 *
 * A row whose TID is proven visible (gin/postings.c) counts as it is; others
 * are looked up in the heap, once for all entries that they are in.
 *
 * The rows that the caller sets apart are not counted: the caller reads them.  Rows of
 * the pending list are always among them, since they may be in the tree too.
 */
#include "postgres.h"

#include "access/genam.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "explore/index.h"
#include "gin/count.h"
#include "gin/pending.h"
#include "gin/reader.h"
#include "gin/tid_set.h"
#include "gin/tid_set_read.h"

/* Note a row of the pending list. */
static void
note_pending(const GinPendingRow *row, void *arg)
{
	detmeta_tid_set_add(arg, (ItemPointer) &row->tid, false);
}

/* Open an index, and read its pending list, which must come first. */
ExploreIndex *
detmeta_explore_index_open(Relation heap, AttrNumber attnum, Oid index, AttrNumber column,
						   Snapshot snapshot)
{
	ExploreIndex *ix = palloc0_object(ExploreIndex);

	ix->heap = heap;
	ix->attnum = attnum;
	ix->index = index_open(index, AccessShareLock);
	ix->reader = detmeta_gin_open(ix->index, column, heap, snapshot);
	ix->checked = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);
	ix->row_context = AllocSetContextCreate(CurrentMemoryContext, "metadata row",
											ALLOCSET_DEFAULT_SIZES);
	detmeta_heap_fetch_begin(&ix->fetcher, heap, snapshot, table_slot_create(heap, NULL));
	ix->pending = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);
	detmeta_gin_pending_read(ix->reader, note_pending, ix->pending);
	return ix;
}

/* Close an index. */
void
detmeta_explore_index_close(ExploreIndex *ix)
{
	detmeta_heap_fetch_end(&ix->fetcher);
	ExecDropSingleTupleTableSlot(ix->fetcher.slot);
	detmeta_tid_set_free(ix->checked);
	detmeta_tid_set_free(ix->pending);
	detmeta_gin_close(ix->reader);
	index_close(ix->index, NoLock);
}

/* Say whether a TID leads to a row that is visible. */
static bool
is_visible(ExploreIndex *ix, ItemPointer tid)
{
	bool		visible;

	if (detmeta_tid_set_contains(ix->checked, tid, &visible))
		return visible;
	visible = detmeta_heap_fetch(&ix->fetcher, tid);
	detmeta_tid_set_add(ix->checked, tid, visible);
	return visible;
}

/* Count the visible ones of some TIDs. */
static int64
count_explored_tids(ExploreIndex *ix, const GinTids *tids, const TidSet *apart)
{
	int64		n = 0;

	for (int i = 0; i < tids->count; i++)
	{
		if (apart != NULL && detmeta_tid_set_contains(apart, &tids->tids[i], NULL))
			continue;
		if (tids->proven[i] || is_visible(ix, &tids->tids[i]))
			n++;
	}
	return n;
}

/* A count under way. */
typedef struct ExploreCount
{
	ExploreIndex *ix;
	const TidSet *apart;
	int64		n;
} ExploreCount;

/* Say whether any TID from first to last is set apart. */
static bool
has_apart(uint64 first, uint64 last, void *arg)
{
	return detmeta_tid_set_any(((ExploreCount *) arg)->apart, first, last);
}

/* Add the TIDs that have to be looked at. */
static void
add_explored_tids(const GinTids *tids, void *arg)
{
	ExploreCount *count = arg;

	count->n += count_explored_tids(count->ix, tids, count->apart);
}

/* Count an entry's visible rows that are not set apart. */
int64
detmeta_explore_count(ExploreIndex *ix, const GinPostings *postings, const TidSet *apart)
{
	ExploreCount count = {ix, apart, 0};
	int64		n = detmeta_gin_count(ix->reader, postings, apart != NULL ? has_apart : NULL,
									  add_explored_tids, &count);

	return n + count.n;
}

/* Read a row, if it is visible. */
static void
visit_explored_row(ExploreIndex *ix, ItemPointer tid, DocumentVisitor visitor, void *arg)
{
	MemoryContext old;
	Datum		metadata;
	bool		isnull;

	if (!detmeta_heap_fetch(&ix->fetcher, tid))
		return;
	metadata = slot_getattr(ix->fetcher.slot, ix->attnum, &isnull);
	old = MemoryContextSwitchTo(ix->row_context);
	visitor(isnull ? NULL : DatumGetJsonbP(metadata), arg);
	MemoryContextSwitchTo(old);
	MemoryContextReset(ix->row_context);
}

/* Read the visible ones of some rows. */
void
detmeta_explore_visit_rows(ExploreIndex *ix, TidSet *rows, DocumentVisitor visitor, void *arg)
{
	TidSetCursor *cursor = palloc_object(TidSetCursor);
	ItemPointerData tid;

	detmeta_tid_set_cursor(cursor, rows, 0);
	while (detmeta_tid_set_next_tid(cursor, &tid))
		visit_explored_row(ix, &tid, visitor, arg);
	ExecClearTuple(ix->fetcher.slot);
	pfree(cursor);
}

/*
 * pending.c
 *		Read the pending list of a GIN index (fastupdate).
 *
 * The list is a chain of pages of index tuples, each with a heap TID and one
 * entry.  Tuples of a row follow each other, ordered by column and key; a row
 * that does not fit a page has pages of its own, all but the last without the
 * flag GIN_LIST_FULLROW.
 *
 * A page is not kept from deletion by a pin, so the next one is locked before
 * the current one is let go, from the metapage to the end of the list.  What
 * concerns our column is copied on the way, and handed out while no page is
 * locked.
 *
 * While a page is locked, no interrupt is served, so after some pages the
 * reader lets go of the last one that it has read.  Behind it are more pages, so
 * nothing is added to it any more: if it is as it was, it still is in the list,
 * and its right link leads on.  If it is not, the list up to it, at least, has
 * been moved into the tree and deleted, from its head on.  What is left of it
 * begins at the new head; what is not, the caller finds in the tree, which is
 * read later.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "gin/entries.h"
#include "gin/pending.h"

/* Pages that are read before an interrupt is served: some 0.1 ms. */
#define PAGES_AT_ONCE	32

/* a row that was copied; its keys follow each other */
typedef struct CopiedRow
{
	ItemPointerData tid;
	bool		proven;
	bool		is_null;
	int			nkeys;
} CopiedRow;

/* What was copied.  Keys are known by their length; their bytes are in data. */
typedef struct Copy
{
	MemoryContext context;
	CopiedRow  *rows;
	int64		nrows;
	int64		max_rows;
	int		   *keylens;
	int64		nkeys;
	int64		max_keys;
	char	   *data;
	int64		len;
	int64		max_len;
} Copy;

/* Grow an array in the copy's context to hold one more part of it. */
static void *
grow(Copy *copy, void *array, int64 used, int64 more, int64 *max, Size width)
{
	if (used + more <= *max)
		return array;
	*max = Max(Max(*max * 2, used + more), 64);
	return array ? repalloc_huge(array, *max * width) :
		MemoryContextAllocHuge(copy->context, *max * width);
}

/* Add a row to the copy; the page that its TID is on is locked. */
static void
copy_row(GinReader *reader, Copy *copy, ItemPointer tid)
{
	CopiedRow  *row;

	copy->rows = grow(copy, copy->rows, copy->nrows, 1, &copy->max_rows,
					  sizeof(CopiedRow));
	row = &copy->rows[copy->nrows++];
	row->tid = *tid;
	row->proven = detmeta_gin_block_proven(reader, ItemPointerGetBlockNumber(tid));
	row->is_null = false;
	row->nkeys = 0;
}

/* Add a tuple's entry, if it is our column's, to the last row of the copy. */
static void
copy_key(GinReader *reader, Copy *copy, IndexTuple itup)
{
	CopiedRow  *row = &copy->rows[copy->nrows - 1];
	GinEntryKey key;

	detmeta_gin_read_key(reader, itup, &key);
	if (key.attnum != reader->attnum)
		return;
	if (key.category != GIN_CAT_NORM_KEY)
	{
		row->is_null |= key.category == GIN_CAT_NULL_ITEM;
		return;
	}
	copy->keylens = grow(copy, copy->keylens, copy->nkeys, 1, &copy->max_keys,
						 sizeof(int));
	copy->data = grow(copy, copy->data, copy->len, key.len, &copy->max_len, 1);
	if (key.len > 0)
		memcpy(copy->data + copy->len, key.data, key.len);
	copy->keylens[copy->nkeys++] = key.len;
	copy->len += key.len;
	row->nkeys++;
}

/* Hand out the rows of the copy, and forget them. */
static void
hand_out(Copy *copy, GinPendingCallback callback, void *arg)
{
	GinPendingKey *keys = NULL;
	int64		max_keys = 0;
	int64		nkeys = 0;
	int64		offset = 0;
	int64		i;
	int			k;

	for (i = 0; i < copy->nrows; i++)
	{
		const CopiedRow *from = &copy->rows[i];
		GinPendingRow row = {from->tid, from->proven, from->is_null, from->nkeys, NULL};

		CHECK_FOR_INTERRUPTS();
		keys = grow(copy, keys, 0, from->nkeys, &max_keys, sizeof(GinPendingKey));
		for (k = 0; k < from->nkeys; k++)
		{
			keys[k].data = copy->data + offset;
			keys[k].len = copy->keylens[nkeys++];
			offset += keys[k].len;
		}
		row.keys = keys;
		callback(&row, arg);
	}
	if (keys)
		pfree(keys);
	copy->nrows = copy->nkeys = copy->len = 0;
}

/* Copy the rows of a page; tells whether the next page goes on with the last. */
static bool
copy_page(GinReader *reader, Copy *copy, Page page, bool continued)
{
	OffsetNumber maxoff = PageGetMaxOffsetNumber(page);
	OffsetNumber i;

	if (!GinPageIsList(page) || GinPageIsDeleted(page))
		detmeta_gin_report_corruption(reader, "an unexpected page in the pending list");
	for (i = FirstOffsetNumber; i <= maxoff; i++)
	{
		IndexTuple	itup = (IndexTuple) PageGetItem(page, PageGetItemId(page, i));
		bool		same = copy->nrows > 0 &&
			ItemPointerEquals(&itup->t_tid, &copy->rows[copy->nrows - 1].tid);

		if (i == FirstOffsetNumber && continued && !same)
			detmeta_gin_report_corruption(reader, "a part of a row in the pending list");
		if (!same)
			copy_row(reader, copy, &itup->t_tid);
		copy_key(reader, copy, itup);
	}
	return !GinPageHasFullRow(page);
}

/* Lock the first page of the list; InvalidBuffer if the list is empty. */
static Buffer
lock_pending_head(GinReader *reader)
{
	Buffer		metabuffer = ReadBuffer(reader->index, GIN_METAPAGE_BLKNO);
	Page		metapage = gin_lock_page(reader, metabuffer);
	BlockNumber head = GinPageGetMeta(metapage)->head;
	Buffer		buffer = InvalidBuffer;

	if (head != InvalidBlockNumber)
	{
		buffer = ReadBuffer(reader->index, head);
		gin_lock_page(reader, buffer);
	}
	UnlockReleaseBuffer(metabuffer);
	return buffer;
}

/*
 * Let go of a page that is not the last one of the list, hand out what is
 * copied if that is much, serve interrupts, and return the page that follows,
 * locked; InvalidBuffer if nothing is left of the list.
 */
static Buffer
pause_reading(GinReader *reader, Copy *copy, Buffer buffer, int64 *nrows,
			  GinPendingCallback callback, void *arg)
{
	Page		page = BufferGetPage(buffer);
	PGAlignedBlock before;

	memcpy(before.data, page, BLCKSZ);
	LockBuffer(buffer, GIN_UNLOCK);
	CHECK_FOR_INTERRUPTS();
	MemoryContextReset(reader->scratch);
	if (MemoryContextMemAllocated(copy->context, true) > (Size) work_mem * 1024)
	{
		*nrows += copy->nrows;
		hand_out(copy, callback, arg);
	}
	gin_lock_page(reader, buffer);
	if (memcmp(before.data, page, BLCKSZ) == 0)
		return gin_step_right(reader, buffer);
	UnlockReleaseBuffer(buffer);
	return lock_pending_head(reader);
}

/* Read the pending list: call back for each of its rows. */
int64
detmeta_gin_pending_read(GinReader *reader, GinPendingCallback callback, void *arg)
{
	Buffer		buffer = lock_pending_head(reader);
	Copy		copy = {0};
	bool		continued = false;
	int64		nrows = 0;
	int			npages = 0;

	if (!BufferIsValid(buffer))
		return 0;
	copy.context = AllocSetContextCreate(CurrentMemoryContext, "detmeta pending list",
										 ALLOCSET_DEFAULT_SIZES);
	MemoryContextReset(reader->scratch);
	while (BufferIsValid(buffer))
	{
		Page		page = BufferGetPage(buffer);

		continued = copy_page(reader, &copy, page, continued);
		if (GinPageRightMost(page))
		{
			UnlockReleaseBuffer(buffer);
			break;
		}
		/* a row is not to be torn apart */
		if (++npages >= PAGES_AT_ONCE && !continued)
		{
			npages = 0;
			buffer = pause_reading(reader, &copy, buffer, &nrows, callback, arg);
		}
		else
			buffer = gin_step_right(reader, buffer);
	}
	nrows += copy.nrows;
	hand_out(&copy, callback, arg);
	MemoryContextDelete(copy.context);
	return nrows;
}

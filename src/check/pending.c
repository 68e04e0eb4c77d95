/*
 * pending.c
 *		Visit the pending list of a GIN index, and check its pages on the way.
 *
 * A page is locked while its rows are visited, and let go of before the next one
 * is read, so the check can be cancelled, and who adds to the list or moves it
 * into the tree waits for one page at most.  A page that others follow stays as
 * it is for as long as it is in the list.  If it is as it was when it is locked
 * again, its right link leads on, and the next page is locked before this one is
 * let go.  If it is not, the list up to it, at least, has been moved into the
 * tree and deleted.  What is left of the list begins at the new head; what is
 * not, the caller meets in the tree, which is read later.
 *
 * The list is read up to the page that was its last one when the head was read:
 * what has been added since is no row's that the snapshot sees.  Up to there the
 * pages are all different ones, so a list that leads back into itself is found.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "check/page.h"
#include "check/pending.h"
#include "gin/packed_tid.h"

typedef struct PendingWalk
{
	IndexCheck *check;
	uint64		from;			/* TIDs that are wanted */
	uint64		end;
	CheckVisitor visitor;
	void	   *arg;
} PendingWalk;

/* Visit the rows of a page of the pending list, which is locked; its copy was checked. */
static bool
visit_page(PendingWalk *walk, BlockNumber block, Page page)
{
	int			n = PageGetMaxOffsetNumber(page);

	for (int i = FirstOffsetNumber; i <= n; i++)
	{
		IndexTuple	itup = (IndexTuple) PageGetItem(page, PageGetItemId(page, i));
		uint64		tid = GIN_PACK_TID(&itup->t_tid);
		int			offset = ItemPointerGetOffsetNumberNoCheck(&itup->t_tid);
		CheckKey	key;
		CheckBatch	batch = {&key, 0, &tid, 1, block, page, true};

		if (!detmeta_check_read_key(walk->check, block, page, i, &key))
			return false;
		if (offset == 0 || offset > (int) MaxHeapTuplesPerPage ||
			ItemPointerGetBlockNumberNoCheck(&itup->t_tid) == InvalidBlockNumber)
			return detmeta_check_page_problem(walk->check, block,
											  "has an invalid TID, in item %d", i);
		if (walk->check->ours[key.attnum])
			batch.hash = detmeta_check_hash(&key);
		if (tid >= walk->from && tid < walk->end)
			walk->visitor(walk->check, &batch, walk->arg);
	}
	return true;
}

/*
 * Lock the metapage, check it, and lock the first page of the pending list, if
 * there is one.  Tell which is the last.
 */
static bool
lock_checked_head(IndexCheck *check, Buffer *head, BlockNumber *tail)
{
	Buffer		buffer = detmeta_check_lock(check, GIN_METAPAGE_BLKNO, GIN_METAPAGE_BLKNO);
	Page		page;
	GinMetaPageData meta;

	*head = InvalidBuffer;
	if (!BufferIsValid(buffer))
		return false;
	page = BufferGetPage(buffer);
	if (PageIsNew(page) || PageGetSpecialSize(page) != MAXALIGN(sizeof(GinPageOpaqueData)) ||
		GinPageGetOpaque(page)->flags != GIN_META)
	{
		UnlockReleaseBuffer(buffer);
		return detmeta_check_page_problem(check, GIN_METAPAGE_BLKNO,
										  "is no metapage of a GIN index");
	}
	memcpy(&meta, GinPageGetMeta(page), sizeof(meta));
	if (meta.ginVersion != GIN_CURRENT_VERSION || meta.head == GIN_METAPAGE_BLKNO ||
		(meta.head == InvalidBlockNumber) != (meta.tail == InvalidBlockNumber))
	{
		UnlockReleaseBuffer(buffer);
		return detmeta_check_page_problem(check, GIN_METAPAGE_BLKNO,
										  "has a version or a pending list that cannot be");
	}
	*tail = meta.tail;
	if (meta.head != InvalidBlockNumber)
		*head = detmeta_check_lock(check, GIN_METAPAGE_BLKNO, meta.head);
	UnlockReleaseBuffer(buffer);
	return meta.head == InvalidBlockNumber || BufferIsValid(*head);
}

/*
 * Let go of a page, of which there is a copy, to serve interrupts.  Tell
 * whether it still is as it was, and locked again; else it is released.
 */
static bool
pause_on(Buffer buffer, Page copy)
{
	LockBuffer(buffer, GIN_UNLOCK);
	CHECK_FOR_INTERRUPTS();
	LockBuffer(buffer, GIN_SHARE);
	if (memcmp(BufferGetPage(buffer), copy, BLCKSZ) == 0)
		return true;
	UnlockReleaseBuffer(buffer);
	return false;
}

/*
 * Lock the page that follows another one, which is locked and released; there
 * is a copy of it.  InvalidBuffer if there is none where the last one is to be.
 */
static Buffer
lock_right(IndexCheck *check, Buffer buffer, Page copy, BlockNumber tail)
{
	BlockNumber block = BufferGetBlockNumber(buffer);
	BlockNumber right = GinPageGetOpaque(copy)->rightlink;
	Buffer		next = InvalidBuffer;

	if (right == InvalidBlockNumber)
		detmeta_check_page_problem(check, block,
								   "ends the pending list, whose last page is to be %u", tail);
	else if (right == block)
		detmeta_check_page_problem(check, block, "has a right link to itself");
	else
		next = detmeta_check_lock(check, block, right);
	UnlockReleaseBuffer(buffer);
	return next;
}

/*
 * Check that the last page of the pending list, which had a right link when it
 * was read, got that from a page that was added since.
 */
static bool
check_tail(IndexCheck *check, BlockNumber tail)
{
	Buffer		meta = detmeta_check_lock(check, GIN_METAPAGE_BLKNO, GIN_METAPAGE_BLKNO);
	Buffer		buffer;
	bool		is_linked;

	if (!BufferIsValid(meta))
		return false;
	if (GinPageGetMeta(BufferGetPage(meta))->tail != tail)
	{
		UnlockReleaseBuffer(meta);
		return true;
	}
	/* who adds a page locks these two in the same order */
	buffer = detmeta_check_lock(check, GIN_METAPAGE_BLKNO, tail);
	UnlockReleaseBuffer(meta);
	if (!BufferIsValid(buffer))
		return false;
	is_linked = GinPageGetOpaque(BufferGetPage(buffer))->rightlink != InvalidBlockNumber;
	UnlockReleaseBuffer(buffer);
	return !is_linked ||
		detmeta_check_page_problem(check, tail, "ends the pending list, and has a right link");
}

/*
 * Visit the entries in the pending list, each with its TID; false if a page
 * could not be read.  Entries that are moved into the tree meanwhile may be
 * visited, or not.
 */
bool
detmeta_check_walk_pending(IndexCheck *check, uint64 from, uint64 end,
						   CheckVisitor visitor, void *arg)
{
	PendingWalk walk = {check, from, end, visitor, arg};
	PGAlignedBlock copy;
	Page		page = copy.data;
	Buffer		buffer;
	BlockNumber tail;
	BlockNumber npages = 0;

	if (!lock_checked_head(check, &buffer, &tail))
		return false;
	while (BufferIsValid(buffer))
	{
		BlockNumber block = BufferGetBlockNumber(buffer);
		bool		good;

		memcpy(page, BufferGetPage(buffer), BLCKSZ);
		good = detmeta_check_tuple_page(check, block, page, GIN_LIST | GIN_LIST_FULLROW);
		if (good && (!GinPageIsList(page) || ++npages > check->nblocks))
			good = detmeta_check_page_problem(check, block, "cannot be here in the pending list");
		good = good && visit_page(&walk, block, page);
		if (!good || block == tail || detmeta_check_is_full(check))
		{
			UnlockReleaseBuffer(buffer);
			if (good && block == tail &&
				GinPageGetOpaque(page)->rightlink != InvalidBlockNumber)
				return check_tail(check, tail);
			return good;
		}
		if (pause_on(buffer, page))
		{
			buffer = lock_right(check, buffer, page, tail);
			if (!BufferIsValid(buffer))
				return false;
		}
		else
		{
			npages = 0;
			if (!lock_checked_head(check, &buffer, &tail))
				return false;
		}
	}
	return true;
}

/*
 * index_check_pending.c
 *		Visit the pending list of a GIN index, and check its pages on the way.
 */
#include "postgres.h"

#include "index_check.h"

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
			return detmeta_check_page_problem(walk->check, block, "has an invalid TID, in item %d", i);
		if (walk->check->ours[key.attnum])
			batch.hash = detmeta_check_hash(&key);
		if (tid >= walk->from && tid < walk->end)
			walk->visitor(walk->check, &batch, walk->arg);
	}
	return true;
}

/* Lock the metapage, check it, and lock the first page of the pending list, if there is one. */
static bool
lock_head(IndexCheck *check, Buffer *head)
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
		return detmeta_check_page_problem(check, GIN_METAPAGE_BLKNO, "is no metapage of a GIN index");
	}
	memcpy(&meta, GinPageGetMeta(page), sizeof(meta));
	if (meta.ginVersion != GIN_CURRENT_VERSION || meta.head == GIN_METAPAGE_BLKNO ||
		(meta.head == InvalidBlockNumber) != (meta.tail == InvalidBlockNumber))
	{
		UnlockReleaseBuffer(buffer);
		return detmeta_check_page_problem(check, GIN_METAPAGE_BLKNO,
										  "has a version or a pending list that cannot be");
	}
	if (meta.head != InvalidBlockNumber)
		*head = detmeta_check_lock(check, GIN_METAPAGE_BLKNO, meta.head);
	UnlockReleaseBuffer(buffer);
	return meta.head == InvalidBlockNumber || BufferIsValid(*head);
}

/*
 * Visit the entries in the pending list, each with its TID; false if a page
 * could not be read.  The pages may be deleted at any time, so the next
 * one is locked before the current one is let go; it cannot be cancelled
 * meanwhile.
 */
bool
detmeta_check_walk_pending(IndexCheck *check, uint64 from, uint64 end,
						   CheckVisitor visitor, void *arg)
{
	PendingWalk walk = {check, from, end, visitor, arg};
	PGAlignedBlock copy;
	Page		page = copy.data;
	Buffer		buffer;
	BlockNumber npages = 0;

	if (!lock_head(check, &buffer))
		return false;
	while (BufferIsValid(buffer))
	{
		BlockNumber block = BufferGetBlockNumber(buffer);
		BlockNumber right;
		Buffer		next = InvalidBuffer;
		bool		good;

		memcpy(page, BufferGetPage(buffer), BLCKSZ);
		good = detmeta_check_tuple_page(check, block, page, GIN_LIST | GIN_LIST_FULLROW);
		if (good && (!GinPageIsList(page) || ++npages > check->nblocks))
			good = detmeta_check_page_problem(check, block, "cannot be here in the pending list");
		good = good && visit_page(&walk, block, page);
		if (good && !GinPageRightMost(page))
		{
			right = GinPageGetOpaque(page)->rightlink;
			if (right == block)
				good = detmeta_check_page_problem(check, block, "has a right link to itself");
			else
			{
				next = detmeta_check_lock(check, block, right);
				good = BufferIsValid(next);
			}
		}
		UnlockReleaseBuffer(buffer);
		if (!good)
			return false;
		buffer = next;
	}
	return true;
}

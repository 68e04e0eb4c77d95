/*
 * posting_tree.c
 *		Read the leaves of a GIN index's posting trees without trusting them.
 *
 * A posting tree is read as the scans read it: each leaf is found from the
 * root.  VACUUM deletes leaves there, so a parent is believed only if it has
 * not changed when the child is locked.
 *
 * Scans go right from where a downlink leads, so they find every TID even where
 * the tree is none: where its first leaf is in the place of the root or of an
 * inner page, or where it has the leaves of another entry of the same rows.  All
 * answers stay right until somebody inserts or deletes there.  So this is
 * checked as well:
 *
 *	- a root has nothing on its right, as it splits downward
 *	- all leaves of a tree are equally deep; a tree grows at its root, where all
 *	  of them get deeper at once
 *	- no page is a leaf twice
 */
#include "postgres.h"

#include "access/xlog.h"
#include "miscadmin.h"

#include "check/page.h"
#include "check/posting_tree.h"
#include "gin/packed_tid.h"
#include "gin/path.h"

/* what a descent to a leaf of a posting tree has found */
typedef struct CheckLeaf
{
	BlockNumber block;
	int			depth;
	uint64		low;			/* its TIDs are behind this, */
	uint64		high;			/* and its right bound is not */
} CheckLeaf;

/* Begin to read posting trees; there is to be room for the TIDs of a page. */
CheckPostings *
detmeta_check_begin_postings(IndexCheck *check, uint64 *tids)
{
	CheckPostings *postings = palloc0_object(CheckPostings);

	postings->check = check;
	postings->tids = tids;

	/*
	 * What VACUUM deletes is not used again before our snapshot is gone, so no leaf has another
	 * place meanwhile; but on a standby it may be.
	 */
	if (!RecoveryInProgress())
	{
		postings->nleaves = check->nblocks / 8 + 1;
		postings->leaves = MemoryContextAllocExtended(CurrentMemoryContext, postings->nleaves,
													  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	}
	return postings;
}

/* End to read posting trees. */
void
detmeta_check_end_postings(CheckPostings *postings)
{
	if (postings->leaves)
		pfree(postings->leaves);
	pfree(postings);
}

/* Go to a tree, to which a page of the entry tree leads, to read its TIDs from one on. */
void
detmeta_check_open_tree(CheckPostings *postings, BlockNumber leads, BlockNumber root, uint64 from)
{
	postings->leads = leads;
	postings->root = root;
	postings->depth = 0;
	postings->next = from;
	postings->at_end = false;
	postings->before = postings->right = InvalidBlockNumber;
}

/* Check that a leaf was not read before. */
static bool
check_leaf_is_new(CheckPostings *postings, BlockNumber block)
{
	uint8		bit = 1 << block % 8;

	if (postings->leaves == NULL)
		return true;
	if (block / 8 >= postings->nleaves)
	{
		Size		n = Max(2 * postings->nleaves, (Size) block / 8 + 1);

		postings->leaves = repalloc_huge(postings->leaves, n);
		memset(postings->leaves + postings->nleaves, 0, n - postings->nleaves);
		postings->nleaves = n;
	}
	if (postings->leaves[block / 8] & bit)
		return detmeta_check_page_problem(postings->check, block,
										  "is a leaf of more than one posting tree");
	postings->leaves[block / 8] |= bit;
	return true;
}

/* Check a posting tree's inner page: its children's bounds ascend. */
static bool
check_posting_items(IndexCheck *check, BlockNumber block, Page page)
{
	int			n = GinPageGetOpaque(page)->maxoff;

	/* the last one's key says nothing */
	for (int i = FirstOffsetNumber + 1; i < n; i++)
		if (GIN_PACK_TID(&GinDataPageGetPostingItem(page, i)->key) <=
			GIN_PACK_TID(&GinDataPageGetPostingItem(page, i - 1)->key))
			return detmeta_check_page_problem(check, block, "has children out of order");
	return true;
}

/* Choose the child of an inner page that is to hold a TID, and its bounds. */
static BlockNumber
choose_checked_child(Page page, uint64 target, uint64 *low, uint64 *high)
{
	int			n = GinPageGetOpaque(page)->maxoff;
	int			child = FirstOffsetNumber;

	while (child < n && GIN_PACK_TID(&GinDataPageGetPostingItem(page, child)->key) < target)
		child++;
	*low = child == FirstOffsetNumber ? 0 :
		GIN_PACK_TID(&GinDataPageGetPostingItem(page, child - 1)->key);
	*high = child == n ? PG_UINT64_MAX :
		GIN_PACK_TID(&GinDataPageGetPostingItem(page, child)->key);
	return PostingItemGetBlockNumber(GinDataPageGetPostingItem(page, child));
}

/* Copy a locked page of a posting tree, and check it. */
static bool
copy_posting_page(CheckPostings *postings, Buffer buffer)
{
	IndexCheck *check = postings->check;
	BlockNumber block = BufferGetBlockNumber(buffer);
	Page		page = postings->page.data;

	memcpy(page, BufferGetPage(buffer), BLCKSZ);
	return detmeta_check_posting_page(check, block, page) &&
		(block != postings->root || detmeta_check_root(check, block, page));
}

/*
 * Copy a locked page of a posting tree; if it cannot hold the target, go right
 * and copy that.  Return the page that was copied last, still locked, or
 * InvalidBuffer with none locked.  Its TIDs are behind low.
 */
static Buffer
copy_and_move_right(CheckPostings *postings, Buffer buffer, uint64 target, uint64 *low)
{
	Page		page = postings->page.data;
	BlockNumber npages = 0;

	for (;;)
	{
		Buffer		next;
		uint64		bound;

		if (!copy_posting_page(postings, buffer))
			break;
		bound = GIN_PACK_TID(GinDataPageGetRightBound(page));
		if (GinPageRightMost(page) || (!GinPageIsDeleted(page) && bound >= target))
			return buffer;
		/* the number of pages keeps a circle from being endless */
		if ((!GinPageIsDeleted(page) && bound < *low) || ++npages > postings->check->nblocks ||
			GinPageGetOpaque(page)->rightlink == BufferGetBlockNumber(buffer))
		{
			detmeta_check_page_problem(postings->check, BufferGetBlockNumber(buffer),
									   "has a right bound or a right link that cannot be");
			break;
		}
		if (!GinPageIsDeleted(page))
			*low = bound;
		next = detmeta_check_lock(postings->check, BufferGetBlockNumber(buffer),
								  GinPageGetOpaque(page)->rightlink);
		UnlockReleaseBuffer(buffer);
		if (!BufferIsValid(next))
			return InvalidBuffer;
		buffer = next;
	}
	UnlockReleaseBuffer(buffer);
	return InvalidBuffer;
}

/*
 * Descend from a posting tree's root to the leaf that is to hold the target,
 * and copy it.  Say by "changed" if the tree has changed on the way.
 */
static bool
descend_once(CheckPostings *postings, uint64 target, CheckLeaf *leaf, bool *changed)
{
	IndexCheck *check = postings->check;
	Page		page = postings->page.data;
	Buffer		buffer = detmeta_check_lock(check, postings->leads, postings->root);
	Buffer		parent;
	uint64		low;

	leaf->low = 0;
	leaf->high = PG_UINT64_MAX;
	*changed = false;
	if (!BufferIsValid(buffer))
		return false;
	for (leaf->depth = 0;; leaf->depth++)
	{
		XLogRecPtr	lsn;
		BlockNumber block = BufferGetBlockNumber(buffer);

		low = leaf->low;
		buffer = copy_and_move_right(postings, buffer, target, &low);
		if (!BufferIsValid(buffer))
			return false;
		if (BufferGetBlockNumber(buffer) != block)
		{
			/* the page was split, or is deleted, and the parent does not say so */
			leaf->low = low;
			leaf->high = PG_UINT64_MAX;
		}
		block = leaf->block = BufferGetBlockNumber(buffer);
		if (GinPageIsLeaf(page))
			break;
		if (leaf->depth >= GIN_MAX_DEPTH || GinPageIsDeleted(page) ||
			!check_posting_items(check, block, page))
		{
			UnlockReleaseBuffer(buffer);
			return leaf->depth < GIN_MAX_DEPTH && !GinPageIsDeleted(page) ? false :
				detmeta_check_page_problem(check, block,
										   "is where no inner page of a posting tree can be");
		}
		lsn = PageGetLSN(page);
		parent = buffer;
		LockBuffer(parent, GIN_UNLOCK);
		buffer = detmeta_check_lock(check, block,
									choose_checked_child(page, target, &leaf->low, &leaf->high));
		*changed = BufferGetLSNAtomic(parent) != lsn;
		ReleaseBuffer(parent);
		if (*changed && BufferIsValid(buffer))
			UnlockReleaseBuffer(buffer);
		if (*changed || !BufferIsValid(buffer))
			return false;
	}
	UnlockReleaseBuffer(buffer);
	/* where nothing is logged, changes of the parent go unnoticed */
	if (!RelationNeedsWAL(check->index))
	{
		leaf->low = 0;
		leaf->high = PG_UINT64_MAX;
	}
	return true;
}

/* Descend to the leaf that is to hold the target, as often as it takes, and copy it. */
static bool
descend_checked(CheckPostings *postings, uint64 target, CheckLeaf *leaf)
{
	bool		changed;

	do
	{
		CHECK_FOR_INTERRUPTS();
		if (descend_once(postings, target, leaf, &changed))
			return true;
	} while (changed);
	return false;
}

/*
 * Find and copy the leaf that is to hold the target.  It has to be as deep as
 * those before it; if it is deeper, the tree has grown since, and so its first
 * leaf is as deep by now.
 */
static bool
find_checked_leaf(CheckPostings *postings, uint64 target, CheckLeaf *leaf)
{
	for (;;)
	{
		if (!descend_checked(postings, target, leaf))
			return false;
		if (leaf->depth == postings->depth)
			return true;
		if (leaf->depth > postings->depth)
		{
			postings->depth = leaf->depth;
			if (!descend_checked(postings, 0, leaf))
				return false;
		}
		if (leaf->depth < postings->depth)
			return detmeta_check_page_problem(postings->check, leaf->block,
											  "is on a level where it cannot be");
		postings->depth = leaf->depth;
	}
}

/*
 * Check the bounds of a leaf that was found, and read its TIDs.  Where a page
 * above it has more on the right, it is not the last one, even if it says so.
 */
static bool
read_posting_leaf(CheckPostings *postings, const CheckLeaf *leaf)
{
	Page		page = postings->page.data;
	uint64		bound = GinPageRightMost(page) ? PG_UINT64_MAX :
		GIN_PACK_TID(GinDataPageGetRightBound(page));
	int			n = GinPageIsDeleted(page) ? 0 :
		detmeta_check_read_leaf(postings->check, leaf->block, page, postings->tids);

	if (n < 0)
		return false;
	if (bound > leaf->high ||
		(n > 0 && (postings->tids[0] <= leaf->low || postings->tids[n - 1] > bound)))
		return detmeta_check_page_problem(postings->check, leaf->block,
										  "has TIDs beyond its bounds");
	postings->ntids = n;
	postings->at_end = GinPageRightMost(page);
	postings->next = bound + 1;
	return true;
}

/*
 * Check that a leaf is the one that the leaf before it has on its right.
 * VACUUM may have deleted another one between them: then the leaf before has
 * changed.
 */
static bool
check_right_leaf(CheckPostings *postings, BlockNumber block)
{
	Buffer		buffer;
	bool		same;

	if (postings->before == InvalidBlockNumber || postings->right == block)
		return true;
	buffer = detmeta_check_lock(postings->check, postings->before, postings->before);
	if (!BufferIsValid(buffer))
		return false;
	same = !GinPageIsDeleted(BufferGetPage(buffer)) &&
		GinPageGetOpaque(BufferGetPage(buffer))->rightlink == postings->right;
	UnlockReleaseBuffer(buffer);
	return !same ||
		detmeta_check_page_problem(postings->check, postings->before,
								   "has a right link to page %u, and page %u comes next",
								   postings->right, block);
}

/* Read the next leaf; false: there is none, or something is wrong. */
bool
detmeta_check_next_leaf(CheckPostings *postings)
{
	CheckLeaf	leaf;

	postings->from = postings->next;
	if (postings->at_end ||
		!find_checked_leaf(postings, postings->from, &leaf) ||
		!check_right_leaf(postings, leaf.block) ||
		!read_posting_leaf(postings, &leaf) ||
		!check_leaf_is_new(postings, leaf.block))
		return false;
	postings->block = postings->before = leaf.block;
	postings->right = GinPageGetOpaque(postings->page.data)->rightlink;
	return true;
}

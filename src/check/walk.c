/*
 * walk.c
 *		Visit every entry of a GIN index, and check its pages on the way.
 *
 * Pages are copied one by one; others may change the index meanwhile.  What
 * is checked holds at every moment nevertheless, because pages of the entry
 * tree only split, to the right:
 *
 *	- entries ascend, on a page and from each page of a level to the next
 *	- the pages from a downlink on, up to the one that ends with the downlink's
 *	  key, have nothing beyond that key, and then comes the next downlink's page
 *
 * A posting tree is read as the scans read it: each leaf is found from the
 * root.  VACUUM deletes leaves there, so a parent is believed only if it has
 * not changed when the child is locked.
 *
 * The pending list comes first (check/pending.c), so that what is moved
 * into the tree meanwhile is met twice rather than not at all.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "check/page.h"
#include "check/report.h"
#include "check/walk.h"
#include "gin/packed_tid.h"
#include "gin/path.h"

/* what is remembered of a level of the entry tree, the root's being 0 */
typedef struct CheckLevel
{
	PGAlignedBlock page;
	PGAlignedBlock last_page;	/* the page before, */
	CheckKey	last;			/* and the last key that was checked, within it */
	bool		has_last;
	bool		has_right;
	BlockNumber block;			/* the page that was read last */
	BlockNumber right;			/* where its right link leads */
} CheckLevel;

typedef struct CheckWalk
{
	IndexCheck *check;
	uint64		from;			/* TIDs that are wanted */
	uint64		end;
	CheckVisitor visitor;
	void	   *arg;
	CheckLevel *levels[GIN_MAX_DEPTH];
	int			leaf_depth;		/* -1: not known yet */
	uint64	   *tids;
	PGAlignedBlock posting_page;
} CheckWalk;

/* Hand those of some TIDs that are wanted to the visitor. */
static void
visit_tids(CheckWalk *walk, const CheckKey *key, uint64 hash, int n,
		   uint64 from, BlockNumber block, Page page)
{
	CheckBatch	batch = {key, hash, walk->tids, n, block, page, false};

	while (batch.ntids > 0 && batch.tids[0] < from)
	{
		batch.tids++;
		batch.ntids--;
	}
	while (batch.ntids > 0 && batch.tids[batch.ntids - 1] >= walk->end)
		batch.ntids--;
	if (batch.ntids > 0)
		walk->visitor(walk->check, &batch, walk->arg);
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
copy_posting_page(CheckWalk *walk, Buffer buffer)
{
	Page		page = walk->posting_page.data;

	memcpy(page, BufferGetPage(buffer), BLCKSZ);
	return detmeta_check_posting_page(walk->check, BufferGetBlockNumber(buffer), page);
}

/*
 * Copy a locked page of a posting tree; if it cannot hold the target, go right
 * and copy that.  Return the page that was copied last, still locked, or
 * InvalidBuffer with none locked.  Its TIDs are behind low.
 */
static Buffer
copy_and_move_right(CheckWalk *walk, Buffer buffer, uint64 target, uint64 *low)
{
	Page		page = walk->posting_page.data;
	BlockNumber npages = 0;

	for (;;)
	{
		Buffer		next;
		uint64		bound;

		if (!copy_posting_page(walk, buffer))
			break;
		bound = GIN_PACK_TID(GinDataPageGetRightBound(page));
		if (GinPageRightMost(page) || (!GinPageIsDeleted(page) && bound >= target))
			return buffer;
		/* the number of pages keeps a circle from being endless */
		if ((!GinPageIsDeleted(page) && bound < *low) || ++npages > walk->check->nblocks ||
			GinPageGetOpaque(page)->rightlink == BufferGetBlockNumber(buffer))
		{
			detmeta_check_page_problem(walk->check, BufferGetBlockNumber(buffer),
									   "has a right bound or a right link that cannot be");
			break;
		}
		if (!GinPageIsDeleted(page))
			*low = bound;
		next = detmeta_check_lock(walk->check, BufferGetBlockNumber(buffer),
								  GinPageGetOpaque(page)->rightlink);
		UnlockReleaseBuffer(buffer);
		if (!BufferIsValid(next))
			return InvalidBuffer;
		buffer = next;
	}
	UnlockReleaseBuffer(buffer);
	return InvalidBuffer;
}

/* what a descent to a leaf of a posting tree has found */
typedef struct CheckLeaf
{
	BlockNumber block;
	uint64		low;			/* its TIDs are behind this, */
	uint64		high;			/* and its right bound is not */
} CheckLeaf;

/*
 * Descend from a posting tree's root to the leaf that is to hold the target,
 * and copy it.  Say by "changed" if the tree has changed on the way.
 */
static bool
descend_once(CheckWalk *walk, BlockNumber from, BlockNumber root, uint64 target,
			 CheckLeaf *leaf, bool *changed)
{
	IndexCheck *check = walk->check;
	Page		page = walk->posting_page.data;
	Buffer		buffer = detmeta_check_lock(check, from, root);
	Buffer		parent;
	uint64		low;

	leaf->low = 0;
	leaf->high = PG_UINT64_MAX;
	*changed = false;
	if (!BufferIsValid(buffer))
		return false;
	for (int depth = 0;; depth++)
	{
		XLogRecPtr	lsn;
		BlockNumber block = BufferGetBlockNumber(buffer);

		low = leaf->low;
		buffer = copy_and_move_right(walk, buffer, target, &low);
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
		if (depth >= GIN_MAX_DEPTH || GinPageIsDeleted(page) ||
			!check_posting_items(check, block, page))
		{
			UnlockReleaseBuffer(buffer);
			return depth < GIN_MAX_DEPTH && !GinPageIsDeleted(page) ? false :
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

/* Check the TIDs of a posting tree's copied leaf. */
static int
read_posting_leaf(CheckWalk *walk, const CheckLeaf *leaf)
{
	Page		page = walk->posting_page.data;
	uint64		bound = GinPageRightMost(page) ? PG_UINT64_MAX :
		GIN_PACK_TID(GinDataPageGetRightBound(page));
	int			n = GinPageIsDeleted(page) ? 0 :
		detmeta_check_read_leaf(walk->check, leaf->block, page, walk->tids);

	if (n < 0)
		return -1;
	if ((n > 0 && (walk->tids[0] <= leaf->low || walk->tids[n - 1] > bound)) ||
		(bound > leaf->high && bound != PG_UINT64_MAX))
	{
		detmeta_check_page_problem(walk->check, leaf->block, "has TIDs beyond its bounds");
		return -1;
	}
	return n;
}

/*
 * Check that the leaf that was just read is the one that the leaf before it
 * has on its right.  VACUUM may have deleted another one between them: then
 * the leaf before has changed.
 */
static bool
check_right_leaf(CheckWalk *walk, BlockNumber before, BlockNumber right, BlockNumber block)
{
	Buffer		buffer;
	bool		same;

	if (right == block)
		return true;
	buffer = detmeta_check_lock(walk->check, before, before);
	if (!BufferIsValid(buffer))
		return false;
	same = !GinPageIsDeleted(BufferGetPage(buffer)) &&
		GinPageGetOpaque(BufferGetPage(buffer))->rightlink == right;
	UnlockReleaseBuffer(buffer);
	return !same ||
		detmeta_check_page_problem(walk->check, before,
								   "has a right link to page %u, and page %u comes next",
								   right, block);
}

/* Visit the TIDs of a posting tree. */
static void
walk_posting_tree(CheckWalk *walk, const CheckKey *key, uint64 hash,
				  BlockNumber from, BlockNumber root)
{
	Page		page = walk->posting_page.data;
	uint64		next = walk->from;
	BlockNumber before = InvalidBlockNumber;
	BlockNumber right = InvalidBlockNumber;

	while (next < walk->end && !detmeta_check_is_full(walk->check))
	{
		CheckLeaf	leaf;
		bool		changed;
		int			n;

		CHECK_FOR_INTERRUPTS();
		if (!descend_once(walk, from, root, next, &leaf, &changed))
		{
			if (changed)
				continue;
			return;
		}
		if (right != InvalidBlockNumber && !check_right_leaf(walk, before, right, leaf.block))
			return;
		n = read_posting_leaf(walk, &leaf);
		if (n < 0)
			return;
		visit_tids(walk, key, hash, n, next, leaf.block, page);
		if (GinPageRightMost(page))
			return;
		next = GIN_PACK_TID(GinDataPageGetRightBound(page)) + 1;
		before = leaf.block;
		right = GinPageGetOpaque(page)->rightlink;
	}
}

/* Visit the entries of a leaf that was copied and whose order was checked. */
static void
visit_leaf(CheckWalk *walk, CheckLevel *level)
{
	Page		page = level->page.data;
	int			n = PageGetMaxOffsetNumber(page);

	for (int i = FirstOffsetNumber; i <= n && !detmeta_check_is_full(walk->check); i++)
	{
		IndexTuple	itup = (IndexTuple) PageGetItem(page, PageGetItemId(page, i));
		CheckKey	key;
		uint64		hash;
		int			ntids;

		if (!detmeta_check_read_key(walk->check, level->block, page, i, &key))
			continue;
		hash = walk->check->ours[key.attnum] ? detmeta_check_hash(&key) : 0;
		if (GinIsPostingTree(itup))
		{
			walk_posting_tree(walk, &key, hash, level->block, GinGetPostingTree(itup));
			continue;
		}
		ntids = detmeta_check_read_list(walk->check, level->block, itup, walk->tids);
		if (ntids > 0)
			visit_tids(walk, &key, hash, ntids, walk->from, level->block, page);
	}
}

/* Keep a key of a level's page beyond the page. */
static void
keep_last(CheckWalk *walk, CheckLevel *level, OffsetNumber offset)
{
	memcpy(level->last_page.data, level->page.data, BLCKSZ);
	level->has_last = detmeta_check_read_key(walk->check, level->block, level->last_page.data,
											 offset, &level->last);
}

/*
 * Check that the keys of a level's page ascend, and that they do so from the
 * page on its left.  On the last page of an inner level, the last key says
 * nothing.
 */
static bool
check_order(CheckWalk *walk, CheckLevel *level)
{
	Page		page = level->page.data;
	int			n = PageGetMaxOffsetNumber(page);
	CheckKey	keys[2];
	const CheckKey *previous = level->has_last ? &level->last : NULL;

	if (!GinPageIsLeaf(page) && GinPageRightMost(page))
		n--;
	for (int i = FirstOffsetNumber; i <= n; i++)
	{
		CheckKey   *key = &keys[i % 2];

		if (!detmeta_check_read_key(walk->check, level->block, page, i, key))
			return false;
		if (previous && detmeta_check_compare(walk->check, previous, key) >= 0)
			return detmeta_check_page_problem(walk->check, level->block,
											  "has item %d out of order", i);
		previous = key;
	}
	if (n >= FirstOffsetNumber)
		keep_last(walk, level, n);
	return true;
}

/* Copy a page of the entry tree and check it by itself and against its left sibling. */
static bool
load_checked_page(CheckWalk *walk, int depth, BlockNumber from, BlockNumber block)
{
	CheckLevel *level = walk->levels[depth];
	Page		page = level->page.data;
	bool		is_leaf;

	CHECK_FOR_INTERRUPTS();
	if (level->has_right && level->right != block)
		detmeta_check_page_problem(walk->check, level->block,
								   "has a right link to page %u, and page %u comes next",
								   level->right, block);
	level->has_right = false;
	if (!detmeta_check_copy(walk->check, from, block, page))
		return false;
	level->block = block;
	if (!detmeta_check_tuple_page(walk->check, block, page, GIN_LEAF | GIN_INCOMPLETE_SPLIT))
		return false;
	is_leaf = GinPageIsLeaf(page);
	if (walk->leaf_depth < 0 && is_leaf)
		walk->leaf_depth = depth;
	if (walk->leaf_depth >= 0 && is_leaf != (depth == walk->leaf_depth))
		return detmeta_check_page_problem(walk->check, block, "is on a level where it cannot be");
	if (PageGetMaxOffsetNumber(page) == 0 && !(is_leaf && depth == 0))
		return detmeta_check_page_problem(walk->check, block, "of the entry tree is empty");
	level->has_right = true;
	level->right = GinPageGetOpaque(page)->rightlink;
	return check_order(walk, level);
}

static bool walk_subtree(CheckWalk *walk, int depth, BlockNumber from, BlockNumber block,
						 const CheckKey *high);

/* After a page that could not be read, the right links of its level and below say nothing. */
static void
forget_right(CheckWalk *walk, int depth)
{
	for (; depth < GIN_MAX_DEPTH && walk->levels[depth]; depth++)
		walk->levels[depth]->has_right = false;
}

/* Walk the children of an inner page. */
static void
walk_children(CheckWalk *walk, int depth)
{
	CheckLevel *level = walk->levels[depth];
	Page		page = level->page.data;
	BlockNumber block = level->block;
	int			n = PageGetMaxOffsetNumber(page);

	check_stack_depth();
	if (depth + 1 >= GIN_MAX_DEPTH)
	{
		detmeta_check_page_problem(walk->check, block, "is deeper in the entry tree than can be");
		return;
	}
	if (walk->levels[depth + 1] == NULL)
		walk->levels[depth + 1] = palloc0_object(CheckLevel);
	for (int i = FirstOffsetNumber; i <= n && !detmeta_check_is_full(walk->check); i++)
	{
		IndexTuple	itup = (IndexTuple) PageGetItem(page, PageGetItemId(page, i));
		bool		unbounded = i == n && GinPageRightMost(page);
		CheckKey	high;

		if (!unbounded && !detmeta_check_read_key(walk->check, block, page, i, &high))
			continue;
		if (!walk_subtree(walk, depth + 1, block, GinGetDownlink(itup),
						  unbounded ? NULL : &high))
			forget_right(walk, depth + 1);
	}
}

/*
 * Walk the page that a downlink leads to, what it was split into meanwhile,
 * and all below.  The last key of it is "high", NULL for the end of the level.
 */
static bool
walk_subtree(CheckWalk *walk, int depth, BlockNumber from, BlockNumber block,
			 const CheckKey *high)
{
	CheckLevel *level = walk->levels[depth];

	for (;;)
	{
		Page		page = level->page.data;
		int			cmp = -1;

		if (!load_checked_page(walk, depth, from, block))
			return false;
		if (high && level->has_last)
			cmp = GinPageRightMost(page) && !GinPageIsLeaf(page) ? 1 :
				detmeta_check_compare(walk->check, &level->last, high);
		if (cmp > 0 || (cmp < 0 && high && GinPageRightMost(page)))
			return detmeta_check_page_problem(walk->check, block,
											  "does not end where the page above it says");
		if (GinPageIsLeaf(page))
			visit_leaf(walk, level);
		else
			walk_children(walk, depth);
		if (cmp == 0 || GinPageRightMost(page))
			return true;
		if (detmeta_check_is_full(walk->check))
			return false;
		from = block;
		block = level->right;
	}
}

/*
 * Visit all entries of the index, with their TIDs that are from "from" to
 * before "end".  Return false if some page could not be read, which has been
 * reported then.
 */
bool
detmeta_check_walk(IndexCheck *check, uint64 from, uint64 end, CheckVisitor visitor, void *arg)
{
	CheckWalk  *walk = palloc0_object(CheckWalk);
	bool		damaged = check->damaged;

	walk->check = check;
	walk->from = from;
	walk->end = end;
	walk->visitor = visitor;
	walk->arg = arg;
	walk->leaf_depth = -1;
	walk->tids = palloc_array(uint64, BLCKSZ);
	walk->levels[0] = palloc0_object(CheckLevel);
	if (detmeta_check_walk_pending(check, from, end, visitor, arg))
		(void) walk_subtree(walk, 0, GIN_ROOT_BLKNO, GIN_ROOT_BLKNO, NULL);
	for (int i = 0; i < GIN_MAX_DEPTH && walk->levels[i]; i++)
		pfree(walk->levels[i]);
	pfree(walk->tids);
	pfree(walk);
	return check->damaged == damaged;
}

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
 * Posting trees are read one by one (check/posting_tree.c).
 *
 * The pending list comes first (check/pending.c), so that what is moved
 * into the tree meanwhile is met twice rather than not at all.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "check/page.h"
#include "check/posting_tree.h"
#include "check/report.h"
#include "check/walk.h"
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
	CheckPostings *postings;
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

/* Visit the TIDs of a posting tree. */
static void
walk_posting_tree(CheckWalk *walk, const CheckKey *key, uint64 hash,
				  BlockNumber leads, BlockNumber root)
{
	CheckPostings *postings = walk->postings;

	detmeta_check_open_tree(postings, leads, root, walk->from);
	while (postings->next < walk->end && !detmeta_check_is_full(walk->check) &&
		   detmeta_check_next_leaf(postings))
		visit_tids(walk, key, hash, postings->ntids, postings->from, postings->block,
				   postings->page.data);
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
	if (!detmeta_check_tuple_page(walk->check, block, page, GIN_LEAF | GIN_INCOMPLETE_SPLIT) ||
		(depth == 0 && !detmeta_check_root(walk->check, block, page)))
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
	walk->postings = detmeta_check_begin_postings(check, walk->tids);
	walk->levels[0] = palloc0_object(CheckLevel);
	if (detmeta_check_walk_pending(check, from, end, visitor, arg))
		(void) walk_subtree(walk, 0, GIN_ROOT_BLKNO, GIN_ROOT_BLKNO, NULL);
	for (int i = 0; i < GIN_MAX_DEPTH && walk->levels[i]; i++)
		pfree(walk->levels[i]);
	detmeta_check_end_postings(walk->postings);
	pfree(walk->tids);
	pfree(walk);
	return check->damaged == damaged;
}

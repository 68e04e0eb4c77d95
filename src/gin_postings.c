/*
 * gin_postings.c
 *		Read the TIDs of an entry of a GIN index, proving rows visible.
 *
 * THE PROOF.  A TID is proven if, while the page it is on is share-locked, the
 * visibility map calls its heap page all-visible.  The page is the entry tree's
 * leaf for a posting list, the posting tree's leaf, or the pending list's page.
 *
 * 1. The TID leads to the row the entry was made for.  A dead row's line
 *    pointer goes from LP_DEAD to LP_UNUSED, and only then to another row.
 *    VACUUM takes that step after it has removed the TID from all indexes, and
 *    for that it takes each of these pages exclusively.  So an entry whose row
 *    is gone, seen on a page that we have locked, still has LP_DEAD behind it,
 *    and a heap page with LP_DEAD is never all-visible: whoever deletes clears
 *    the bit, and VACUUM does not set it while one line pointer is LP_DEAD.
 *    This holds also when VACUUM skips the indexes: then LP_DEAD stays.  The
 *    lock is what counts; a pin would not do, as GIN is vacuumed without
 *    cleanup locks.
 * 2. The row is visible to us.  The bit is set when every row on the page was
 *    inserted before the oldest snapshot's horizon, ours included, and none is
 *    deleted.  A row inserted later clears it, before the TID goes into the
 *    index: as we found the TID under the page's lock, we see the bit cleared.
 *    A deletion that our snapshot sees cleared it before it committed; taking
 *    the snapshot ordered that before our look.  A later one is not for us.
 * 3. The indexed value is that of the visible row.  TIDs point to the root of
 *    a HOT chain, whose versions have the same indexed values (only BRIN, from
 *    16 on, is exempt); on an all-visible page the chain has one version left.
 * 4. Page moves.  A split moves TIDs to the right with both pages locked.  A
 *    posting list becomes a tree with its leaf locked.  A deleted page is empty.
 * 5. Pending list.  VACUUM first moves it into the tree, and it cannot take
 *    pages off the list that we have locked; a reader reads the list before
 *    the tree.  ginInsertCleanup ends before the TIDs are removed.
 * 6. Standby.  Replay takes the same pages exclusively, in the order of the
 *    log: removal from indexes, LP_UNUSED, all-visible.  Before the bit is set,
 *    replay cancels queries whose snapshot is too old for it.
 * 7. From then on.  The row visible to us keeps its line pointer while our
 *    snapshot is held, so the proof holds for the TID wherever else it is read.
 *    With old_snapshot_threshold (15, 16) VACUUM goes beyond our horizon: pages
 *    newer than the snapshot are tested for it, as core does.
 *
 * The map's pages may have to be read while an index page is share-locked.
 * Core makes the same lookup unlocked, in index-only scans, as B-tree readers
 * keep the leaf pinned against VACUUM; here it delays writers of that page.
 *
 * What the proof takes from core is that VACUUM removes every dead TID from a
 * GIN index.  It can fail to when it passes over the heap more than once with
 * a pending list (only its first pass moves the list), or when a posting
 * tree's only page is split just as VACUUM goes from the share lock to the
 * exclusive one.  Core's own scans then return wrong rows, too.
 */
#include "postgres.h"

#include "gin_postings.h"

/* Start to read an entry's TIDs in batches. */
void
detmeta_gin_postings_begin(GinPostingsScan *scan, GinReader *reader,
						   const GinPostings *postings)
{
	memset(scan, 0, sizeof(*scan));
	scan->reader = reader;
	scan->postings = postings;
	if (postings->tree != InvalidBlockNumber)
		detmeta_gin_reserve_tids(&scan->page, GIN_MAX_PAGE_TIDS);
}

/* Skip forward: the next batch starts at the first TID not before the target. */
void
detmeta_gin_postings_seek(GinPostingsScan *scan, ItemPointer target)
{
	scan->next = Max(scan->next, GIN_PACK_TID(target));
}

/* Cut off the part of a posting list that is before the scan's place. */
static void
skip_in_list(const GinPostingsScan *scan, GinTids *batch)
{
	int			low = 0;
	int			high = batch->count;

	while (low < high)
	{
		int			mid = low + (high - low) / 2;

		if (GIN_PACK_TID(&batch->tids[mid]) < scan->next)
			low = mid + 1;
		else
			high = mid;
	}
	batch->tids += low;
	batch->proven += low;
	batch->count -= low;
}

/* Read the next batch of TIDs; false: there are no more. */
bool
detmeta_gin_postings_next(GinPostingsScan *scan, GinTids *batch)
{
	if (scan->postings->tree == InvalidBlockNumber)
	{
		*batch = scan->postings->list;
		skip_in_list(scan, batch);
		if (scan->done || batch->count == 0)
			return false;
		scan->done = true;
		return true;
	}
	while (!scan->done)
	{
		GinLeaf		leaf;
		GinRun			run;

		scan->page.count = 0;
		detmeta_gin_open_leaf(scan->reader, scan->postings->tree, scan->next, &leaf);
		while (detmeta_gin_next_run(scan->reader, &leaf.cursor, &run))
			detmeta_gin_append_run(scan->reader, &scan->page, &run,
					   detmeta_gin_block_proven(scan->reader, run.block));
		detmeta_gin_close_leaf(&leaf);
		scan->done = leaf.last;
		scan->next = leaf.next;
		*batch = scan->page;
		if (batch->count > 0)
			return true;
	}
	return false;
}

/* Free what a scan of TIDs has taken. */
void
detmeta_gin_postings_end(GinPostingsScan *scan)
{
	if (scan->page.tids)
	{
		pfree(scan->page.tids);
		pfree(scan->page.proven);
	}
}

/* Add all TIDs of an entry to a set. */
void
detmeta_gin_postings_add(GinReader *reader, const GinPostings *postings, TidSet *set)
{
	BlockNumber first;
	BlockNumber end;
	uint64		from;
	GinLeaf		leaf;

	if (postings->tree == InvalidBlockNumber)
	{
		detmeta_tid_set_add_sorted(set, postings->list.tids, postings->list.proven,
								   postings->list.count);
		return;
	}
	detmeta_tid_set_slice(set, &first, &end);
	from = GIN_PACK(first, 0);
	do
	{
		GinRun			run;

		detmeta_gin_open_leaf(reader, postings->tree, from, &leaf);
		while (detmeta_gin_next_run(reader, &leaf.cursor, &run) && run.block < end)
			detmeta_tid_set_add_block(set, run.block, run.bits, run.nwords,
									  detmeta_gin_block_proven(reader, run.block));
		detmeta_gin_close_leaf(&leaf);
		from = leaf.next;
	} while (!leaf.last && GIN_PACKED_BLOCK(from) < end);
}

/* Add the members of a block that are in a run, too. */
static void
keep_common(GinReader *reader, const GinRun *run, const TidSetBlock *block, TidSet *result)
{
	bool		visible = block->nproven < block->count &&
		detmeta_gin_block_proven(reader, run->block);
	uint64		present[TID_SET_MAX_WORDS] = {0};
	uint64		proven[TID_SET_MAX_WORDS] = {0};
	int			i;

	for (i = 0; i < block->count; i++)
	{
		int			word = (block->offsets[i] - 1) / 64;
		uint64		bit = UINT64CONST(1) << (block->offsets[i] - 1) % 64;

		present[word] |= bit & run->bits[word];
		if (block->proven[i])
			proven[word] |= bit & run->bits[word];
	}
	detmeta_tid_set_add_block(result, run->block, present, run->nwords, visible);
	if (block->nproven > 0)
		detmeta_tid_set_add_block(result, run->block, proven, run->nwords, true);
}

/*
 * Return the members of a set that are among an entry's TIDs.  Only the parts
 * of a posting tree around them are read: for a set much smaller than the tree.
 */
TidSet *
detmeta_gin_postings_intersect(GinReader *reader, const GinPostings *postings,
							   TidSet *set, MemoryContext parent)
{
	BlockNumber first;
	BlockNumber end;
	TidSet	   *result;
	TidSetIterator iterator;
	TidSetBlock block;
	GinLeaf		leaf = {0};
	GinRun			run;

	detmeta_tid_set_slice(set, &first, &end);
	result = detmeta_tid_set_create(parent, first, end);
	if (postings->tree == InvalidBlockNumber)
	{
		detmeta_gin_postings_add(reader, postings, result);
		detmeta_tid_set_and(result, set);
		return result;
	}
	detmeta_tid_set_iterate(&iterator, set, first);
	while (detmeta_tid_set_next(&iterator, &block))
	{
		uint64		from = GIN_PACK(block.block, 1);

		/* a block's TIDs may go on in the next leaf */
		for (;;)
		{
			if (BufferIsValid(leaf.buffer) && from >= leaf.next)
			{
				detmeta_gin_close_leaf(&leaf);
				leaf.buffer = InvalidBuffer;
			}
			if (!BufferIsValid(leaf.buffer))
				detmeta_gin_open_leaf(reader, postings->tree, from, &leaf);
			detmeta_gin_cursor_seek(&leaf.cursor, from);
			if (leaf.cursor.valid && GIN_PACKED_BLOCK(leaf.cursor.tid) == block.block &&
				detmeta_gin_next_run(reader, &leaf.cursor, &run))
				keep_common(reader, &run, &block, result);
			if (leaf.last || GIN_PACKED_BLOCK(leaf.next) > block.block)
				break;
			from = leaf.next;
		}
	}
	if (BufferIsValid(leaf.buffer))
		detmeta_gin_close_leaf(&leaf);
	return result;
}

/* Count the proven TIDs of a posting list; hand over the others. */
static int64
count_list(const GinTids *list, GinUnprovenCallback callback, void *arg)
{
	ItemPointerData *unproven = palloc_array(ItemPointerData, Max(list->count, 1));
	int			nunproven = 0;
	int			i;

	for (i = 0; i < list->count; i++)
		if (!list->proven[i])
			unproven[nunproven++] = list->tids[i];
	if (nunproven > 0)
		callback(unproven, nunproven, arg);
	pfree(unproven);
	return list->count - nunproven;
}

/* Count the proven TIDs of an entry; hand over the others, a page's at a time. */
int64
detmeta_gin_postings_count(GinReader *reader, const GinPostings *postings,
						   GinUnprovenCallback callback, void *arg)
{
	int64		nproven = 0;
	uint64		from = 0;
	GinTids		unproven;
	GinLeaf		leaf;

	if (postings->tree == InvalidBlockNumber)
		return count_list(&postings->list, callback, arg);
	detmeta_gin_reserve_tids(&unproven, GIN_MAX_PAGE_TIDS);
	do
	{
		GinRun			run;

		unproven.count = 0;
		detmeta_gin_open_leaf(reader, postings->tree, from, &leaf);
		while (detmeta_gin_next_run(reader, &leaf.cursor, &run))
		{
			if (detmeta_gin_block_proven(reader, run.block))
				nproven += run.count;
			else
				detmeta_gin_append_run(reader, &unproven, &run, false);
		}
		detmeta_gin_close_leaf(&leaf);
		if (unproven.count > 0)
			callback(unproven.tids, unproven.count, arg);
		from = leaf.next;
	} while (!leaf.last);
	pfree(unproven.tids);
	pfree(unproven.proven);
	return nproven;
}

/* Estimate how many TIDs an entry has; of a posting list, it is the count. */
double
detmeta_gin_postings_estimate(GinReader *reader, const GinPostings *postings)
{
	if (postings->tree == InvalidBlockNumber)
		return postings->list.count;
	return detmeta_gin_tree_estimate(reader, postings->tree, 3);
}

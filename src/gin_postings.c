/*
 * gin_postings.c
 *		Read the TIDs of an entry of a GIN index, proving rows visible.
 *
 * THE PROOF.  A TID is proven if, while the page it is on is share-locked, the
 * visibility map calls its heap page all-visible.  The page is the entry tree's
 * leaf for a posting list, the posting tree's leaf, or the pending list's page.
 *
 * 1. The TID leads to the row that the entry was made for.  A dead row's line
 *    pointer goes from LP_DEAD to LP_UNUSED, and only then to another row.
 *    VACUUM takes that step after it has removed the TID from all indexes, and
 *    for that it locks each of these pages exclusively.  So an entry whose row
 *    is gone, seen on a page that we have locked, still has LP_DEAD behind it,
 *    and a heap page with LP_DEAD is never all-visible: whoever deletes clears
 *    the bit, and VACUUM does not set it while one line pointer is LP_DEAD.
 *    It is the same when VACUUM skips the indexes: then LP_DEAD stays.  Only
 *    the lock will do; GIN is vacuumed without regard to pins.
 * 2. The row is visible to us.  The bit is set when every row on the page was
 *    inserted before the horizon of all snapshots, ours included, and none is
 *    deleted.  A row inserted later clears it before its TID goes into the
 *    index; having found the TID under the page's lock, we see that.  A delete
 *    that our snapshot sees cleared it before it committed, hence before the
 *    snapshot was taken.  One that our snapshot does not see may clear it at
 *    any time: to us the row is still visible.
 * 3. The indexed value is that of the visible row.  TIDs point to the root of
 *    a HOT chain, whose versions have the same indexed values (only summarizing
 *    indexes, from 16 on, are exempt, and GIN is none); on an all-visible page
 *    one version is left of it.
 * 4. TIDs on the move.  Splits, and the change from list to tree, keep all
 *    pages concerned locked exclusively, and move TIDs to where VACUUM has
 *    still to go.  Pages that it deletes are empty.
 * 5. Pending list.  VACUUM moves it into the tree before it removes TIDs, and
 *    while we have a page of the list locked, it cannot take it away.
 * 6. Standby.  Replay locks the same pages exclusively, in the order of the
 *    log: index entries, LP_UNUSED, all-visible.  Before it sets the bit, it
 *    cancels queries with snapshots that are too old for it.
 * 7. From then on.  A row that our snapshot sees keeps its line pointer while
 *    the snapshot is held, so the proof goes with the TID into any set.
 *    Until 16, old_snapshot_threshold lets VACUUM overstep the horizon; pages
 *    changed since are then tested against the snapshot, as core does.
 *
 * Reading the map can mean I/O, with an index page share-locked: that delays
 * writers of the page, no more.  (Core's index-only scans look without a lock,
 * as B-tree leaves are kept by pins.)
 *
 * The proof leans on VACUUM to remove every dead TID.  Older minor releases
 * failed to in two rare cases (18.3 still does, 15.20 does not): with several
 * passes over the indexes, only the first moved the pending list, and when a
 * posting tree's only page was split while VACUUM exchanged its share lock for
 * the exclusive one, the tree was passed over.  Core's own scans return wrong
 * rows then, too.
 */
#include "postgres.h"

#include "miscadmin.h"

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

/* Skip forward: the next batch starts at the target or behind it. */
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

/* Add the members of a heap block that are in a run, too. */
static void
add_common(GinReader *reader, const GinRun *run, const TidSetBits *members, TidSet *set)
{
	uint64		common[TID_SET_MAX_WORDS];
	uint64		proven[TID_SET_MAX_WORDS];
	uint64		any = 0;
	uint64		any_proven = 0;
	uint64		unproven = 0;
	int			n = Min(run->nwords, members->nwords);

	for (int i = 0; i < n; i++)
	{
		common[i] = run->bits[i] & members->present[i];
		proven[i] = run->bits[i] & members->proven[i];
		any |= common[i];
		any_proven |= proven[i];
		unproven |= common[i] & ~proven[i];
	}
	if (any == 0)
		return;
	/* what is proven of a member holds for it in any set */
	if (unproven == 0 || detmeta_gin_block_proven(reader, run->block))
	{
		detmeta_tid_set_add_block(set, run->block, common, n, true);
		return;
	}
	detmeta_tid_set_add_block(set, run->block, common, n, false);
	if (any_proven != 0)
		detmeta_tid_set_add_block(set, run->block, proven, n, true);
}

/*
 * Add to a set those members of another one that are among the TIDs of a
 * posting tree.  Only the parts of the tree around them are decoded.
 */
void
detmeta_gin_postings_add_common(GinReader *reader, const GinPostings *postings,
								TidSet *within, TidSet *set)
{
	BlockNumber first;
	BlockNumber end;
	TidSetIterator iterator;
	TidSetBits	members;
	GinLeaf		leaf = {0};
	GinRun		run;

	detmeta_tid_set_slice(set, &first, &end);
	detmeta_tid_set_iterate(&iterator, within, first);
	while (detmeta_tid_set_next_bits(&iterator, &members) && members.block < end)
	{
		uint64		from = GIN_PACK(members.block, 1);

		/* a block's TIDs may go on in the next leaf */
		for (;;)
		{
			if (BufferIsValid(leaf.buffer) && from >= leaf.next)
			{
				detmeta_gin_close_leaf(&leaf);
				leaf.buffer = InvalidBuffer;
				CHECK_FOR_INTERRUPTS();
			}
			if (!BufferIsValid(leaf.buffer))
				detmeta_gin_open_leaf(reader, postings->tree, from, &leaf);
			detmeta_gin_cursor_seek(&leaf.cursor, from);
			if (leaf.cursor.valid && GIN_PACKED_BLOCK(leaf.cursor.tid) == members.block &&
				detmeta_gin_next_run(reader, &leaf.cursor, &run))
				add_common(reader, &run, &members, set);
			if (leaf.last || GIN_PACKED_BLOCK(leaf.next) > members.block)
				break;
			from = leaf.next;
		}
	}
	if (BufferIsValid(leaf.buffer))
		detmeta_gin_close_leaf(&leaf);
}

/* Estimate how many TIDs an entry has; of a posting list, it is the count. */
double
detmeta_gin_postings_estimate(GinReader *reader, const GinPostings *postings)
{
	if (postings->tree == InvalidBlockNumber)
		return postings->list.count;
	return detmeta_gin_tree_estimate(reader, postings->tree, 3);
}

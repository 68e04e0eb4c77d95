/*
 * postings.c
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

#include "gin/packed_tid.h"
#include "gin/postings.h"
#include "gin/reader.h"
#include "gin/tid_set_read.h"
#include "gin/tree.h"

/*
 * Read the posting list of an entry's tuple, on a locked page, or find its
 * posting tree; no tuple has neither.
 */
void
detmeta_gin_postings_of(GinReader *reader, IndexTuple itup, GinPostings *postings)
{
	memset(postings, 0, sizeof(*postings));
	postings->tree = InvalidBlockNumber;
	if (itup == NULL)
		return;
	if (GinIsPostingTree(itup))
	{
		postings->tree = GinGetPostingTree(itup);
		return;
	}
	detmeta_gin_reserve_tids(&postings->list, Max(GinGetNPosting(itup), 1));
	detmeta_gin_decode_list(reader, itup, true, &postings->list);
}

/* Estimate how many TIDs an entry has. */
double
detmeta_gin_postings_estimate(GinReader *reader, const GinPostings *postings, int nleaves)
{
	if (postings->tree == InvalidBlockNumber)
		return postings->list.count;
	return detmeta_gin_tree_estimate(reader, postings->tree, nleaves);
}

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

/* Read the next batch of TIDs; false: there are no more. */
bool
detmeta_gin_postings_next(GinPostingsScan *scan, GinTids *batch)
{
	if (scan->postings->tree == InvalidBlockNumber)
	{
		*batch = scan->postings->list;
		if (scan->done || batch->count == 0)
			return false;
		scan->done = true;
		return true;
	}
	while (!scan->done)
	{
		GinLeaf		leaf;

		scan->page.count = 0;
		detmeta_gin_open_leaf(scan->reader, scan->postings->tree, scan->next, &leaf);
		for (; (const char *) leaf.segment < leaf.end;
			 leaf.segment = GinNextPostingListSegment(leaf.segment))
			detmeta_gin_append_segment(scan->reader, leaf.segment, scan->next, true, &scan->page);
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

/* What is done with the segments of a posting tree. */
typedef struct SegmentSink
{
	void		(*take) (GinReader *reader, const GinPostingList *segment,
						 struct SegmentSink *sink);
	BlockNumber end;			/* of the heap blocks that are wanted */
	const TidSet *within;		/* only blocks that it has members in are; or NULL */
	bool		prove;
	uint64		from;			/* the first TID that was not on an earlier leaf, packed */
	bool		proven;			/* all TIDs of the leaf are */
	TidSet	   *set;			/* to add to */
	int64		n;				/* to count */
} SegmentSink;

/* Add packed TIDs to a set. */
static void
add_posting_tids(GinReader *reader, const uint64 *tids, int n, bool proven, TidSet *set)
{
	if (!detmeta_tid_set_add_packed(set, tids, n, proven))
		detmeta_gin_report_corruption(reader, "an invalid TID");
}

/* Add the TIDs of a segment, of a locked leaf, to a set. */
static void
add_segment(GinReader *reader, const GinPostingList *segment, SegmentSink *sink)
{
	const uint64 *tids = reader->packed;
	int			n = detmeta_gin_decode_segment(reader, segment);
	bool		proven;

	reader->ntids += n;
	proven = sink->proven || (reader->heap != NULL &&
							  detmeta_gin_blocks_proven(reader, GIN_PACKED_BLOCK(tids[0]),
														GIN_PACKED_BLOCK(tids[n - 1])));

	if (proven || reader->heap == NULL)
	{
		add_posting_tids(reader, tids, n, proven, sink->set);
		return;
	}
	for (int i = 0, first = 0; first < n; first = i)
	{
		BlockNumber block = GIN_PACKED_BLOCK(tids[first]);

		while (i < n && GIN_PACKED_BLOCK(tids[i]) == block)
			i++;
		add_posting_tids(reader, tids + first, i - first,
						 detmeta_gin_block_proven(reader, block), sink->set);
	}
}

/* Count the TIDs of a segment that another set has. */
static void
count_segment_within(GinReader *reader, const GinPostingList *segment, SegmentSink *sink)
{
	int			n = detmeta_gin_decode_segment(reader, segment);
	int			first = 0;

	reader->ntids += n;
	while (first < n && reader->packed[first] < sink->from)
		first++;
	sink->n += detmeta_tid_set_count_packed(sink->within, reader->packed + first, n - first);
}

/* Return the last heap block that a segment may have TIDs of. */
static BlockNumber
last_block(const GinLeaf *leaf, const GinPostingList *segment)
{
	const GinPostingList *next = GinNextPostingListSegment(segment);

	if ((const char *) next < leaf->end)
		return ItemPointerGetBlockNumberNoCheck(&next->first);
	return leaf->last ? MaxBlockNumber : GIN_PACKED_BLOCK(leaf->next);
}

/*
 * Take the segments of a locked leaf from some heap block on, and return the next
 * block that is wanted.
 */
static BlockNumber
take_leaf(GinReader *reader, const GinLeaf *leaf, BlockNumber wanted, SegmentSink *sink)
{
	const GinPostingList *segment = leaf->segment;

	sink->proven = sink->prove && reader->heap != NULL &&
		(const char *) segment < leaf->end && !leaf->last &&
		detmeta_gin_blocks_proven(reader, ItemPointerGetBlockNumberNoCheck(&segment->first),
								  GIN_PACKED_BLOCK(leaf->next));

	for (; (const char *) segment < leaf->end; segment = GinNextPostingListSegment(segment))
	{
		BlockNumber last = last_block(leaf, segment);

		if (ItemPointerGetBlockNumberNoCheck(&segment->first) >= sink->end)
			return sink->end;
		if (last < wanted)
			continue;
		sink->take(reader, segment, sink);
		/* the last block's TIDs may go on in the next segment */
		wanted = sink->within != NULL ? detmeta_tid_set_next_block(sink->within, last) : last;
	}
	return wanted;
}

/* Take the segments of a posting tree from some heap block on. */
static void
take_tree(GinReader *reader, BlockNumber tree, BlockNumber wanted, SegmentSink *sink)
{
	GinLeaf		leaf;

	if (sink->within != NULL)
		wanted = detmeta_tid_set_next_block(sink->within, wanted);
	while (wanted < sink->end)
	{
		CHECK_FOR_INTERRUPTS();
		sink->from = Max(sink->from, GIN_PACK(wanted, 1));
		detmeta_gin_open_leaf(reader, tree, sink->from, &leaf);
		wanted = take_leaf(reader, &leaf, wanted, sink);
		detmeta_gin_close_leaf(&leaf);
		if (leaf.last)
			break;
		sink->from = leaf.next;
	}
}

/*
 * Add the TIDs of an entry to a set: all of them or, given another set, at
 * least those that it has too.  Then the parts of a posting tree that lead to
 * other blocks of the heap than its members are in are passed over.
 */
void
detmeta_gin_postings_add(GinReader *reader, const GinPostings *postings,
						 const TidSet *within, TidSet *set)
{
	SegmentSink sink = {
		.take = add_segment,
		.within = within,
		.prove = true,
		.set = set
	};
	BlockNumber first;

	if (postings->tree == InvalidBlockNumber)
	{
		detmeta_tid_set_add_sorted(set, postings->list.tids, postings->list.proven,
								   postings->list.count);
		return;
	}
	detmeta_tid_set_slice(set, &first, &sink.end);
	take_tree(reader, postings->tree, first, &sink);
}

/* Count the TIDs of an entry that a set has, too. */
int64
detmeta_gin_postings_count(GinReader *reader, const GinPostings *postings, const TidSet *within)
{
	SegmentSink sink = {
		.take = count_segment_within,
		.end = InvalidBlockNumber,
		.within = within
	};

	if (postings->tree != InvalidBlockNumber)
	{
		take_tree(reader, postings->tree, 0, &sink);
		return sink.n;
	}
	for (int i = 0; i < postings->list.count; i++)
		sink.n += detmeta_tid_set_contains(within, &postings->list.tids[i], NULL);
	return sink.n;
}

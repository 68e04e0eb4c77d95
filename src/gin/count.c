/*
 * count.c
 *		Count the TIDs of an entry of a GIN index that are proven visible.
 *
 * Most leaves of a posting tree are counted without decoding them.  A leaf
 * holds the TIDs between two bounds, and a segment of it those from its first
 * one to before the next segment's.  If the visibility map calls all heap blocks
 * between the two all-visible while the leaf is locked, all these TIDs are proven
 * (gin/postings.c), and their number is all there is to know: the number of
 * bytes below 0x80, which each TID but a segment's first ends with.
 *
 * TIDs that cannot be counted so are handed over, and so are those that the
 * caller wants to see for another reason; also those that are so far from each other
 * that looking at all blocks between them takes longer.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "gin/count.h"
#include "gin/leaf_counts.h"
#include "gin/packed_tid.h"
#include "gin/reader.h"
#include "gin/segment.h"
#include "gin/tree.h"

/* Leaves that are stepped through before an interrupt is served. */
#define MAX_STEPS		64

/* A count under way. */
typedef struct Counting
{
	GinReader  *reader;
	GinWantsCallback wants;
	void	   *arg;
} Counting;

/* Return the last TID of a segment. */
static uint64
last_tid(GinReader *reader, const GinPostingList *segment)
{
	return reader->packed[detmeta_gin_decode_segment(reader, segment) - 1];
}

/* Say whether all rows from one TID to another count, and their number is all there is to know. */
static bool
all_count(const Counting *counting, uint64 first, uint64 last)
{
	GinReader  *reader = counting->reader;

	return reader->heap != NULL &&
		(counting->wants == NULL || !counting->wants(first, last, counting->arg)) &&
		detmeta_gin_blocks_proven(reader, GIN_PACKED_BLOCK(first), GIN_PACKED_BLOCK(last));
}

/*
 * Say whether the TIDs of some bytes of segments, two for each about, are near enough
 * for a look at all blocks from the first on.
 */
static bool
are_near(uint64 first, uint64 last, Size nbytes)
{
	return GIN_PACKED_BLOCK(last) - GIN_PACKED_BLOCK(first) <=
		nbytes / 2 * GIN_VM_BLOCKS_OF_TID;
}

/*
 * Count the TIDs on a locked leaf as far as that is possible at a glance; the
 * others are returned.  Where the leaf on the left has been read and deleted
 * since, some may belong there: they were added later, so we do not see them.
 */
static int64
count_posting_leaf(const Counting *counting, const GinLeaf *leaf, GinTids *rest)
{
	Page		page = BufferGetPage(leaf->buffer);
	const GinPostingList *segment = GinDataLeafPageGetPostingList(page);
	const char *end = (const char *) segment + GinDataLeafPageGetPostingListSize(page);
	int64		n = 0;

	if (counting->wants == NULL && detmeta_gin_heap_is_assumed(counting->reader))
		return detmeta_leaf_count(counting->reader, leaf->buffer, segment, end);
	if ((const char *) segment < end && !leaf->last &&
		are_near(GIN_PACK_TID(&segment->first), leaf->next - 1, end - (const char *) segment) &&
		all_count(counting, GIN_PACK_TID(&segment->first), leaf->next - 1))
		return detmeta_leaf_count(counting->reader, leaf->buffer, segment, end);

	while ((const char *) segment < end)
	{
		const GinPostingList *next = GinNextPostingListSegment(segment);
		uint64		first = GIN_PACK_TID(&segment->first);
		uint64		last = (const char *) next < end ? GIN_PACK_TID(&next->first) - 1 :
			last_tid(counting->reader, segment);

		if (are_near(first, last, (const char *) next - (const char *) segment) &&
			all_count(counting, first, last))
			n += detmeta_gin_count_segments(segment, (const char *) next);
		else
			detmeta_gin_append_segment(counting->reader, segment, 0, true, rest);
		segment = next;
	}
	return n;
}

/* Count an entry's proven TIDs at a glance; hand over the others, page by page. */
int64
detmeta_gin_count(GinReader *reader, const GinPostings *postings, GinWantsCallback wants,
				  GinTidsCallback callback, void *arg)
{
	Counting	counting = {reader, wants, arg};
	uint64		from = 0;
	GinTids		rest;
	GinLeaf		leaf;
	int64		n = 0;

	if (postings->tree == InvalidBlockNumber)
	{
		if (postings->list.count > 0)
			callback(&postings->list, arg);
		return 0;
	}
	detmeta_gin_reserve_tids(&rest, GIN_MAX_PAGE_TIDS);
	do
	{
		rest.count = 0;
		detmeta_gin_open_leaf(reader, postings->tree, from, &leaf);
		n += count_posting_leaf(&counting, &leaf, &rest);
		/* as long as there is nothing to hand over, the next leaf is a step away */
		for (int i = 0; i < MAX_STEPS && rest.count == 0 && !leaf.last; i++)
		{
			detmeta_gin_next_leaf(reader, &leaf);
			n += count_posting_leaf(&counting, &leaf, &rest);
		}
		detmeta_gin_close_leaf(&leaf);
		if (rest.count > 0)
			callback(&rest, arg);
		from = leaf.next;
	} while (!leaf.last);
	pfree(rest.tids);
	pfree(rest.proven);
	reader->ntids += n;
	return n;
}

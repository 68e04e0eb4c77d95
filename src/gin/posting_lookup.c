/*
 * posting_lookup.c
 *		Ask whether a posting tree has a TID, without reading all of it.
 *
 * Who walks a table in another order and wants those rows only that an entry has
 * asks for many rows, of which most are near each other in the heap: where the
 * order is that of time, rows were added in it.  So the segment that a TID belongs
 * to stays decoded, with the TIDs around it for which it tells.
 *
 * A segment may change behind us.  What VACUUM removes nobody sees any more, and
 * what is added leads to rows that our snapshot does not see.
 */
#include "postgres.h"

#include "gin/packed_tid.h"
#include "gin/posting_lookup.h"
#include "gin/tree.h"

/* Begin to ask, in the current memory context. */
void
detmeta_posting_lookup_begin(GinPostingLookup *lookup, GinReader *reader, BlockNumber tree)
{
	memset(lookup, 0, sizeof(*lookup));
	lookup->reader = reader;
	lookup->tree = tree;
}

/* Make room for the TIDs of a segment: each but the first takes a byte at least. */
static void
reserve_segment(GinPostingLookup *lookup, const GinPostingList *segment)
{
	GinTids    *tids = &lookup->tids;
	int			capacity = segment->nbytes + 1;

	tids->count = 0;
	if (capacity <= tids->capacity)
		return;
	if (tids->tids != NULL)
	{
		pfree(tids->tids);
		pfree(tids->proven);
	}
	detmeta_gin_reserve_tids(tids, capacity);
}

/* Read the segment that a TID, packed, belongs to. */
static void
read_segment(GinPostingLookup *lookup, uint64 target)
{
	GinLeaf		leaf;
	const GinPostingList *next;

	lookup->tids.count = 0;
	lookup->from = target;
	detmeta_gin_open_leaf(lookup->reader, lookup->tree, target, &leaf);
	lookup->before = leaf.next;
	if ((const char *) leaf.segment < leaf.end)
	{
		reserve_segment(lookup, leaf.segment);
		detmeta_gin_append_segment(lookup->reader, leaf.segment, 0, true, &lookup->tids);
		lookup->from = Min(target, GIN_PACK_TID(&leaf.segment->first));
		next = GinNextPostingListSegment(leaf.segment);
		if ((const char *) next < leaf.end)
			lookup->before = GIN_PACK_TID(&next->first);
	}
	detmeta_gin_close_leaf(&leaf);
	lookup->nread += lookup->tids.count;
}

/* Say whether the tree has a TID, and whether it is proven then. */
bool
detmeta_posting_lookup_has(GinPostingLookup *lookup, ItemPointer tid, bool *proven)
{
	uint64		target = GIN_PACK_TID(tid);
	int			low = 0;
	int			high;

	if (target < lookup->from || target >= lookup->before)
		read_segment(lookup, target);
	high = lookup->tids.count;
	while (low < high)
	{
		int			mid = low + (high - low) / 2;

		if (GIN_PACK_TID(&lookup->tids.tids[mid]) < target)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == lookup->tids.count || GIN_PACK_TID(&lookup->tids.tids[low]) != target)
		return false;
	*proven = lookup->tids.proven[low];
	return true;
}

/*
 * walk.c
 *		Walk a range of entries of a GIN index, forward or backward.
 *
 * A walk copies one leaf at a time and works on the copy, so that no page is
 * locked while the caller works.  What splits or grows meanwhile cannot hide
 * an entry or bring it twice:
 *
 * Forward, the next leaf is the one that the copy's right link names.  Leaves
 * are never deleted, their keys only move to the right, and every key that was
 * to the right of the copied leaf is still there or further right.
 *
 * Backward there are no links.  The descent to a leaf notes the largest entry
 * to the left of it, the fence: the key left of the child taken on the way
 * down, or the last key of a page that had to be left for its right sibling.
 * The next leaf is the one that has the fence.  Nothing was between the two
 * when the leaf was copied.
 *
 * Entries that are inserted between meanwhile are not for us: their rows are
 * too new for our snapshot, or come from the pending list that was read before.
 *
 * TIDs of posting lists are proven while the leaf is locked for the copy.  If
 * there is a match function, it runs on the copy, and the leaf is then locked
 * once more; if it has changed, its TIDs are not proven.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "gin/entries.h"
#include "gin/reader.h"
#include "gin/segment.h"
#include "gin/tid_set.h"
#include "gin/tid_set_read.h"
#include "gin/walk.h"

struct GinWalk
{
	GinReader  *reader;
	bool		backward;
	bool		keys_only;
	bool		counting;		/* TIDs are wanted only where they are not proven */
	GinKeyMatch match;
	void	   *arg;
	const TidSet *only;			/* other rows are not wanted; or NULL */

	/* what is left of the range, but for the copied leaf */
	GinEntryKey lower;
	GinEntryKey upper;
	bool		lower_exclusive;
	bool		upper_inclusive;
	bool		at_end;			/* nothing is left */
	BlockNumber next;			/* forward: leaf to copy next; else descend */
	GinFence	fences[2];		/* backward: upper is in one of them */
	int			fence;

	/* the copied leaf */
	Page		page;
	bool		loaded;			/* is there one? */
	bool		counted;		/* its lists were not read: they are to be counted */
	int			first;			/* its tuples in the range that are left */
	int			last;
	GinTids		tids;
	char	   *plain_key;		/* of the current entry, if compressed */
	bool		matched[MaxIndexTuplesPerPage + 1]; /* where not all entries are wanted */
	int			start[MaxIndexTuplesPerPage + 1];	/* of its TIDs */
	int			count[MaxIndexTuplesPerPage + 1];
};

/* Start a walk; LIMIT and the like just end it early. */
GinWalk *
detmeta_gin_walk_begin(GinReader *reader, const GinKeyRange *range,
					   ScanDirection direction, bool keys_only,
					   GinKeyMatch match, void *arg)
{
	GinWalk    *walk = palloc0_object(GinWalk);

	walk->reader = reader;
	walk->backward = ScanDirectionIsBackward(direction);
	walk->keys_only = keys_only;
	walk->match = match;
	walk->arg = arg;
	detmeta_gin_range_bounds(reader, range, &walk->lower, &walk->upper);
	walk->lower_exclusive = range->lower && range->lower_exclusive;
	walk->upper_inclusive = range->upper && range->upper_inclusive;
	walk->next = InvalidBlockNumber;
	walk->page = palloc(BLCKSZ);
	walk->first = 1;
	walk->last = 0;
	if (!keys_only)
		detmeta_gin_reserve_tids(&walk->tids, GIN_MAX_PAGE_TIDS);
	return walk;
}

/*
 * From the next leaf on, leave out rows of posting lists that are not in a set,
 * and entries that have no others.  Posting trees are not looked into.
 */
void
detmeta_gin_walk_restrict(GinWalk *walk, const TidSet *only)
{
	walk->only = only;
}

/*
 * Before the first entry: posting lists are not read, and entries tell how many
 * TIDs they have, where all of the heap is all-visible; or, if the walk is
 * restricted to a set, how many of them are in it.
 */
void
detmeta_gin_walk_count(GinWalk *walk)
{
	walk->counting = true;
}

/* End a walk. */
void
detmeta_gin_walk_end(GinWalk *walk)
{
	int			i;

	for (i = 0; i < 2; i++)
		if (walk->fences[i].buffer)
			pfree(walk->fences[i].buffer);
	if (walk->plain_key)
		pfree(walk->plain_key);
	if (walk->tids.tids)
	{
		pfree(walk->tids.tids);
		pfree(walk->tids.proven);
	}
	pfree(walk->page);
	pfree(walk);
}

/* Return a tuple of the copied leaf. */
static inline IndexTuple
get_walk_tuple(const GinWalk *walk, OffsetNumber offset)
{
	return (IndexTuple) PageGetItem(walk->page, PageGetItemId(walk->page, offset));
}

/* Find what of the copied leaf is in the range, and where to go on forward. */
static void
enter_forward(GinWalk *walk, bool descended)
{
	walk->first = !descended ? FirstOffsetNumber :
		detmeta_gin_search_page(walk->reader, walk->page, &walk->lower,
								walk->lower_exclusive);
	walk->last = detmeta_gin_search_page(walk->reader, walk->page, &walk->upper,
										 walk->upper_inclusive) - 1;
	walk->next = GinPageGetOpaque(walk->page)->rightlink;
	walk->at_end = walk->next == InvalidBlockNumber ||
		walk->last < (int) PageGetMaxOffsetNumber(walk->page);
}

/* Find what of the copied leaf is in the range, and where to go on backward. */
static void
enter_backward(GinWalk *walk)
{
	const GinFence *fence = &walk->fences[walk->fence];

	walk->first = detmeta_gin_search_page(walk->reader, walk->page, &walk->lower,
										  walk->lower_exclusive);
	walk->last = detmeta_gin_search_page(walk->reader, walk->page, &walk->upper,
										 walk->upper_inclusive) - 1;
	walk->at_end = walk->first > FirstOffsetNumber || !fence->valid ||
		detmeta_gin_compare_keys(&fence->key, &walk->lower) < 0;
	if (walk->at_end)
		return;
	walk->upper = fence->key;
	walk->upper_inclusive = true;
	walk->fence = 1 - walk->fence;
}

/* Match the copied leaf's keys in the range; tell whether any did. */
static bool
match_page(GinWalk *walk)
{
	bool		any = false;
	int			i;

	for (i = walk->first; i <= walk->last; i++)
	{
		GinEntryKey key;

		detmeta_gin_read_key(walk->reader, get_walk_tuple(walk, i), &key);
		walk->matched[i] = walk->match(key.data, key.len, walk->arg);
		any |= walk->matched[i];
	}
	return any;
}

/* Say whether a tuple has just one TID, of a row that is not wanted. */
static inline bool
is_unwanted(const GinWalk *walk, IndexTuple itup)
{
	return GinGetNPosting(itup) == 1 && GinItupIsCompressed(itup) &&
		!detmeta_tid_set_contains(walk->only,
								  &((GinPostingList *) GinGetPosting(itup))->first, NULL);
}

/* Remove TIDs, from one on, of rows that are not wanted. */
static void
remove_unwanted(GinWalk *walk, int from)
{
	GinTids    *tids = &walk->tids;
	int			kept = from;

	for (int i = from; i < tids->count; i++)
	{
		if (!detmeta_tid_set_contains(walk->only, &tids->tids[i], NULL))
			continue;
		tids->tids[kept] = tids->tids[i];
		tids->proven[kept++] = tids->proven[i];
	}
	tids->count = kept;
}

/* Count the TIDs of the posting lists of the copied leaf that are in the range. */
static int
count_listed(const GinWalk *walk)
{
	int			n = 0;

	for (int i = walk->first; i <= walk->last; i++)
	{
		IndexTuple	itup = get_walk_tuple(walk, i);

		if (!GinIsPostingTree(itup))
			n += GinGetNPosting(itup);
	}
	return n;
}

/*
 * Say whether all of the heap is all-visible, if that is told sooner than of each TID
 * of the copied leaf.  The leaf is locked, so its TIDs lead to no blocks but those that
 * the heap has now.
 */
static bool
heap_is_proven(const GinWalk *walk)
{
	Relation	heap = walk->reader->heap;
	BlockNumber nblocks;

	if (detmeta_gin_heap_is_assumed(walk->reader))
		return true;
	nblocks = heap != NULL ? RelationGetNumberOfBlocks(heap) : 0;
	return nblocks > 0 && nblocks / GIN_VM_BLOCKS_OF_TID <= (BlockNumber) count_listed(walk) &&
		detmeta_gin_blocks_proven(walk->reader, 0, nblocks - 1);
}

/* Read the posting lists of the copied leaf that are wanted. */
static void
read_lists(GinWalk *walk, bool prove)
{
	int			i;

	walk->tids.count = 0;
	walk->counted = walk->counting &&
		(walk->only != NULL || (prove && heap_is_proven(walk)));
	if (walk->counted)
		return;
	for (i = walk->first; i <= walk->last; i++)
	{
		IndexTuple	itup = get_walk_tuple(walk, i);

		if (walk->match && !walk->matched[i])
			continue;
		walk->start[i] = walk->tids.count;
		if (GinIsPostingTree(itup))
			walk->matched[i] = true;
		else if (walk->only == NULL)
		{
			detmeta_gin_decode_list(walk->reader, itup, prove, &walk->tids);
			walk->matched[i] = true;
		}
		else if (is_unwanted(walk, itup))
		{
			walk->reader->ntids++;
			walk->matched[i] = false;
		}
		else
		{
			detmeta_gin_decode_list(walk->reader, itup, prove, &walk->tids);
			remove_unwanted(walk, walk->start[i]);
			walk->matched[i] = walk->tids.count > walk->start[i];
		}
		walk->count[i] = walk->tids.count - walk->start[i];
	}
}

/* Copy the next leaf. */
static void
load_walk_page(GinWalk *walk)
{
	GinReader  *reader = walk->reader;
	bool		descend = walk->backward || walk->next == InvalidBlockNumber;
	Buffer		buffer;
	Page		page;

	if (descend)
		buffer = detmeta_gin_find_entry_leaf(reader,
											 walk->backward ? &walk->upper : &walk->lower,
											 walk->backward ? &walk->fences[walk->fence] : NULL,
											 NULL);
	else
	{
		CHECK_FOR_INTERRUPTS();
		buffer = ReadBuffer(reader->index, walk->next);
		gin_lock_page(reader, buffer);
		MemoryContextReset(reader->scratch);
	}
	page = BufferGetPage(buffer);
	memcpy(walk->page, page, BLCKSZ);
	walk->loaded = true;
	if (!GinPageIsLeaf(page) || GinPageIsData(page) ||
		PageGetMaxOffsetNumber(page) > MaxIndexTuplesPerPage)
		detmeta_gin_report_corruption(reader, "an unexpected page in the entry tree");
	if (walk->backward)
		enter_backward(walk);
	else
		enter_forward(walk, descend);
	if (walk->match == NULL && !walk->keys_only)
		read_lists(walk, true);
	LockBuffer(buffer, GIN_UNLOCK);
	if (walk->match && match_page(walk) && !walk->keys_only)
	{
		LockBuffer(buffer, GIN_SHARE);
		read_lists(walk, memcmp(walk->page, page, BLCKSZ) == 0);
		LockBuffer(buffer, GIN_UNLOCK);
	}
	ReleaseBuffer(buffer);
}

/* Count the TIDs of a posting list that are wanted. */
static int
count_list(const GinWalk *walk, IndexTuple itup)
{
	GinReader  *reader = walk->reader;
	int			n = GinGetNPosting(itup);

	if (walk->only != NULL && n > 0)
	{
		if (!GinItupIsCompressed(itup))
			detmeta_gin_report_corruption(reader, "a posting list of an old format");
		n = detmeta_gin_decode_segment(reader, (GinPostingList *) GinGetPosting(itup));
		reader->ntids += n;
		return detmeta_tid_set_count_packed(walk->only, reader->packed, n);
	}
	reader->ntids += n;
	return n;
}

/* Hand out an entry of the copied leaf. */
static void
fill_entry(GinWalk *walk, OffsetNumber offset, GinEntry *entry)
{
	IndexTuple	itup = get_walk_tuple(walk, offset);
	GinEntryKey key;

	detmeta_gin_read_key(walk->reader, itup, &key);
	if (key.data < (char *) walk->page || key.data >= (char *) walk->page + BLCKSZ)
	{
		/* decompressed, but not for long */
		if (walk->plain_key)
			pfree(walk->plain_key);
		walk->plain_key = palloc(Max(key.len, 1));
		memcpy(walk->plain_key, key.data, key.len);
		key.data = walk->plain_key;
	}
	memset(entry, 0, sizeof(*entry));
	entry->key = key.data;
	entry->keylen = key.len;
	entry->in_tree = GinIsPostingTree(itup);
	entry->ntids = entry->in_tree ? 0 : GinGetNPosting(itup);
	entry->postings.tree = entry->in_tree ? GinGetPostingTree(itup) : InvalidBlockNumber;
	if (walk->keys_only || entry->in_tree)
		return;
	entry->counted = walk->counted;
	if (entry->counted)
	{
		entry->ntids = count_list(walk, itup);
		return;
	}
	entry->postings.list.count = walk->count[offset];
	entry->postings.list.tids = walk->tids.tids + walk->start[offset];
	entry->postings.list.proven = walk->tids.proven + walk->start[offset];
}

/* Go to the next entry; false: there are no more. */
bool
detmeta_gin_walk_next(GinWalk *walk, GinEntry *entry)
{
	for (;;)
	{
		while (walk->first <= walk->last)
		{
			int			offset = walk->backward ? walk->last-- : walk->first++;

			if ((walk->match || (walk->only && !walk->counted)) && !walk->matched[offset])
				continue;
			fill_entry(walk, offset, entry);
			return true;
		}
		if (walk->at_end)
			return false;
		load_walk_page(walk);
	}
}

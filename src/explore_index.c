/*
 * explore_index.c
 *		Count the visible rows of index entries, and read single rows.
 *
 * A row whose TID is proven visible (gin_postings.c) counts as it is; others
 * are looked up in the heap, once for all entries that they are in.
 *
 * The rows that the caller sets apart are not counted: he reads them.  Rows of
 * the pending list are always among them, since they may be in the tree too.
 *
 * Most leaves of a posting tree are counted without decoding them.  A leaf
 * holds the TIDs between two bounds, and a segment of it those from its first
 * one to before the next segment's.  If the visibility map calls all heap blocks
 * between the two all-visible while the leaf is locked, and no row in between is
 * set apart, the number of TIDs is all there is to know: the number of bytes
 * below 0x80, which each TID but a segment's first ends with.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/visibilitymap.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "compat.h"
#include "explore_index.h"
#include "gin_pending.h"

/* The visibility map: two bits for each heap block, the lower says all-visible. */
#define VM_MAP_BYTES	(BLCKSZ - MAXALIGN(SizeOfPageHeaderData))
#define VM_PAGE_BLOCKS	(VM_MAP_BYTES * 4)
#define VM_VISIBLE_MASK	UINT64CONST(0x5555555555555555)

/* Leaves that are stepped through before an interrupt is served. */
#define MAX_STEPS		64

/* Note a row of the pending list. */
static void
note_pending(const GinPendingRow *row, void *arg)
{
	detmeta_row_list_add(arg, GIN_PACK_TID(&row->tid));
}

/* Open an index, and read its pending list, which must come first. */
ExploreIndex *
detmeta_explore_index_open(Relation heap, AttrNumber attnum, Oid index, AttrNumber column,
						   Snapshot snapshot)
{
	ExploreIndex *ix = palloc0_object(ExploreIndex);

	ix->heap = heap;
	ix->attnum = attnum;
	ix->index = index_open(index, AccessShareLock);
	ix->reader = detmeta_gin_open(ix->index, column, heap, snapshot);
	ix->checked = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);
	ix->row_context = AllocSetContextCreate(CurrentMemoryContext, "metadata row",
											ALLOCSET_DEFAULT_SIZES);
	detmeta_heap_fetch_begin(&ix->fetcher, heap, snapshot, table_slot_create(heap, NULL));
	detmeta_gin_pending_read(ix->reader, note_pending, &ix->pending);
	detmeta_row_list_sort(&ix->pending);
	return ix;
}

/* Close an index. */
void
detmeta_explore_index_close(ExploreIndex *ix)
{
	if (BufferIsValid(ix->vm_buffer))
		ReleaseBuffer(ix->vm_buffer);
	detmeta_heap_fetch_end(&ix->fetcher);
	ExecDropSingleTupleTableSlot(ix->fetcher.slot);
	detmeta_tid_set_free(ix->checked);
	detmeta_gin_close(ix->reader);
	index_close(ix->index, NoLock);
}

/* Say whether a TID leads to a row that is visible. */
static bool
is_visible(ExploreIndex *ix, ItemPointer tid)
{
	bool		visible;

	if (detmeta_tid_set_contains(ix->checked, tid, &visible))
		return visible;
	visible = detmeta_heap_fetch(&ix->fetcher, tid);
	detmeta_tid_set_add(ix->checked, tid, visible);
	return visible;
}

/* Count the visible ones of some TIDs. */
static int64
count_tids(ExploreIndex *ix, const GinTids *tids, const RowList *apart)
{
	int64		n = 0;

	for (int i = 0; i < tids->count; i++)
	{
		uint64		tid = GIN_PACK_TID(&tids->tids[i]);

		if (apart->n > 0 && detmeta_row_list_any(apart, tid, tid))
			continue;
		if (tids->proven[i] || is_visible(ix, &tids->tids[i]))
			n++;
	}
	return n;
}

/* Say whether the map calls a block all-visible; the map is that of its page. */
static inline bool
map_has(const unsigned char *map, BlockNumber block)
{
	return (map[block % VM_PAGE_BLOCKS / 4] >> (block % 4 * 2) & VISIBILITYMAP_ALL_VISIBLE) != 0;
}

/* Say the same of all blocks from first to last: most of them 32 at a time. */
static bool
map_has_all(const unsigned char *map, BlockNumber first, BlockNumber last)
{
	BlockNumber block = first;

	for (; block <= last && block % VM_PAGE_BLOCKS % 32 != 0; block++)
	{
		if (!map_has(map, block))
			return false;
	}
	for (; block <= last && last - block >= 31; block += 32)
	{
		uint64		word;

		memcpy(&word, map + block % VM_PAGE_BLOCKS / 4, sizeof(word));
		if ((word & VM_VISIBLE_MASK) != VM_VISIBLE_MASK)
			return false;
	}
	for (; block <= last; block++)
	{
		if (!map_has(map, block))
			return false;
	}
	return true;
}

/* Say whether all heap blocks from first to last are all-visible. */
static bool
blocks_proven(ExploreIndex *ix, BlockNumber first, BlockNumber last)
{
	for (;;)
	{
		BlockNumber page_end = first - first % VM_PAGE_BLOCKS + (VM_PAGE_BLOCKS - 1);

		/* it also makes sure that the map has this page, and pins it */
		if ((visibilitymap_get_status(ix->heap, first, &ix->vm_buffer) &
			 VISIBILITYMAP_ALL_VISIBLE) == 0 ||
			!map_has_all((const unsigned char *) PageGetContents(BufferGetPage(ix->vm_buffer)),
						 first, Min(last, page_end)))
			return false;
		if (last <= page_end)
			return true;
		first = page_end + 1;
	}
}

/* Return the last TID of a segment. */
static uint64
last_tid(const GinPostingList *segment)
{
	uint64		tid = GIN_PACK_TID(&segment->first);
	int			shift = 0;

	for (int i = 0; i < segment->nbytes; i++)
	{
		tid += (uint64) (segment->bytes[i] & 0x7F) << shift;
		shift = segment->bytes[i] < 0x80 ? 0 : shift + 7;
	}
	return tid;
}

/* Say whether all rows from one TID to another count, and their number is all there is to know. */
static bool
all_count(ExploreIndex *ix, uint64 first, uint64 last, const RowList *apart)
{
	return ix->reader->heap != NULL && !detmeta_row_list_any(apart, first, last) &&
		blocks_proven(ix, GIN_PACKED_BLOCK(first), GIN_PACKED_BLOCK(last));
}

/* Mark the bytes of eight that end a TID: 1 in the lane of each. */
static inline uint64
mark_ends(const unsigned char *bytes)
{
	uint64		word;

	memcpy(&word, bytes, sizeof(word));
	return ~word >> 7 & UINT64CONST(0x0101010101010101);
}

/* Count the TIDs of a segment: eight bytes at a time, each in a lane of its own. */
static int
count_segment(const GinPostingList *segment)
{
	const uint64 low = UINT64CONST(0x00FF00FF00FF00FF);
	int			limit = Min(segment->nbytes, 255 * (int) sizeof(uint64));	/* lanes hold 255 */
	uint64		lanes = 0;
	int			count = 1;
	int			i = 0;

	for (; i + 4 * (int) sizeof(uint64) <= limit; i += 4 * sizeof(uint64))
		lanes += mark_ends(segment->bytes + i) + mark_ends(segment->bytes + i + 8) +
			mark_ends(segment->bytes + i + 16) + mark_ends(segment->bytes + i + 24);
	lanes = (lanes & low) + (lanes >> 8 & low);
	count += (int) (lanes * UINT64CONST(0x0001000100010001) >> 48);
	for (; i < segment->nbytes; i++)
		count += segment->bytes[i] < 0x80;
	return count;
}

/* Read the TIDs of a segment that are not before one. */
static void
decode_segment(ExploreIndex *ix, const GinPostingList *segment, uint64 from, GinTids *tids)
{
	GinCursor	cursor;
	GinRun		run;

	detmeta_gin_cursor_start(&cursor, segment, SizeOfGinPostingList(segment));
	detmeta_gin_cursor_seek(&cursor, from);
	while (detmeta_gin_next_run(ix->reader, &cursor, &run))
		detmeta_gin_append_run(ix->reader, tids, &run,
							   detmeta_gin_block_proven(ix->reader, run.block));
}

/* Count the TIDs of all segments of a leaf. */
static int64
count_segments(const GinPostingList *segment, const char *end)
{
	int64		n = 0;

	for (; (const char *) segment < end; segment = GinNextPostingListSegment(segment))
		n += count_segment(segment);
	return n;
}

/*
 * Count the TIDs on a locked leaf that are not before one, as far as that is
 * possible at a glance; the others are returned.
 */
static int64
count_leaf(ExploreIndex *ix, const GinLeaf *leaf, uint64 from, const RowList *apart, GinTids *rest)
{
	Page		page = BufferGetPage(leaf->buffer);
	const GinPostingList *segment = GinDataLeafPageGetPostingList(page);
	const char *end = (const char *) segment + GinDataLeafPageGetPostingListSize(page);
	int64		n = 0;

	if ((const char *) segment < end && !leaf->last && GIN_PACK_TID(&segment->first) >= from &&
		all_count(ix, GIN_PACK_TID(&segment->first), leaf->next - 1, apart))
		return count_segments(segment, end);

	while ((const char *) segment < end)
	{
		const GinPostingList *next = GinNextPostingListSegment(segment);
		uint64		first = GIN_PACK_TID(&segment->first);
		uint64		last = (const char *) next < end ? GIN_PACK_TID(&next->first) - 1 :
			last_tid(segment);

		if (first >= from && all_count(ix, first, last, apart))
			n += count_segment(segment);
		else
			decode_segment(ix, segment, from, rest);
		segment = next;
	}
	return n;
}

/* Go to the leaf on the right, as core's scans do; the cursor is not set. */
static void
step_right(ExploreIndex *ix, GinLeaf *leaf)
{
	Page		page;

	do
	{
		leaf->buffer = gin_step_right(ix->reader, leaf->buffer);
		page = BufferGetPage(leaf->buffer);
	} while (GinPageIsDeleted(page));
	if (!GinPageIsData(page) || !GinPageIsLeaf(page) || !GinPageIsCompressed(page))
		detmeta_gin_report_corruption(ix->reader, "an unexpected page in a posting tree");
	leaf->last = GinPageRightMost(page);
	leaf->next = leaf->last ? PG_UINT64_MAX : GIN_PACK_TID(GinDataPageGetRightBound(page)) + 1;
}

/* Count an entry's visible rows that are not set apart. */
int64
detmeta_explore_count(ExploreIndex *ix, const GinPostings *postings, const RowList *apart)
{
	uint64		from = 0;
	GinTids		rest;
	GinLeaf		leaf;
	int64		n = 0;

	if (postings->tree == InvalidBlockNumber)
		return count_tids(ix, &postings->list, apart);
	detmeta_gin_reserve_tids(&rest, GIN_MAX_PAGE_TIDS);
	do
	{
		rest.count = 0;
		detmeta_gin_open_leaf(ix->reader, postings->tree, from, &leaf);
		n += count_leaf(ix, &leaf, from, apart, &rest);
		/* as long as there is nothing to look up, the next leaf is a step away */
		for (int i = 0; i < MAX_STEPS && rest.count == 0 && !leaf.last; i++)
		{
			from = leaf.next;
			step_right(ix, &leaf);
			n += count_leaf(ix, &leaf, from, apart, &rest);
		}
		detmeta_gin_close_leaf(&leaf);
		n += count_tids(ix, &rest, apart);
		from = leaf.next;
	} while (!leaf.last);
	pfree(rest.tids);
	pfree(rest.proven);
	return n;
}

/* The same for an entry that may not be there. */
int64
detmeta_explore_count_entry(ExploreIndex *ix, const char *entry, int len, const RowList *apart)
{
	GinPostings postings;

	CHECK_FOR_INTERRUPTS();
	if (!detmeta_gin_lookup(ix->reader, entry, len, &postings))
		return 0;
	return detmeta_explore_count(ix, &postings, apart);
}

/* Add the rows of an entry to a list. */
void
detmeta_explore_add_entry(ExploreIndex *ix, const char *entry, int len, RowList *rows)
{
	GinPostings postings;

	if (detmeta_gin_lookup(ix->reader, entry, len, &postings))
		detmeta_row_list_add_postings(rows, ix->reader, &postings);
}

/* Read the visible ones of some rows. */
void
detmeta_explore_visit_rows(ExploreIndex *ix, const RowList *rows, DocumentVisitor visitor, void *arg)
{
	TupleTableSlot *slot = ix->fetcher.slot;

	for (int64 i = 0; i < rows->n; i++)
	{
		ItemPointerData tid;
		MemoryContext old;
		Datum		metadata;
		bool		isnull;

		ItemPointerSet(&tid, GIN_PACKED_BLOCK(rows->tids[i]),
					   rows->tids[i] & ((1 << GIN_OFFSET_BITS) - 1));
		if (!detmeta_heap_fetch(&ix->fetcher, &tid))
			continue;
		metadata = slot_getattr(slot, ix->attnum, &isnull);
		old = MemoryContextSwitchTo(ix->row_context);
		visitor(isnull ? NULL : DatumGetJsonbP(metadata), arg);
		MemoryContextSwitchTo(old);
		MemoryContextReset(ix->row_context);
	}
	ExecClearTuple(slot);
}

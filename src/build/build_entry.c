/*
 * build_entry.c
 *		An entry of an index that is built, with the TIDs of its rows.
 *
 * The heap is read from its first block to its last, so TIDs come nearly in order,
 * and as differences they take one to three bytes each.  Within a block they need
 * not: a tuple that was updated in place counts as the first of its chain.
 */
#include "postgres.h"

#include "base/compat.h"
#include "build/build_entry.h"
#include "gin/packed_tid.h"
#include "index/entry.h"
#include "index/opclass.h"

#define FIRST_TID_ROOM		8
#define MAX_DIFFERENCE_BYTES	10

/* Make the order of an index's entries; ours are compared by their bytes. */
void
detmeta_entry_order_init(EntryOrder *order, GinState *ginstate)
{
	order->ginstate = ginstate;
	order->by_bytes = palloc0_array(bool, ginstate->origTupdesc->natts);
	for (int i = 0; i < ginstate->origTupdesc->natts; i++)
		order->by_bytes[i] = ginstate->compareFn[i].fn_addr == detmeta_compare_entries;
}

/* Compare two entries. */
int
detmeta_build_entry_compare(const EntryOrder *order, const BuildEntry *a, const BuildEntry *b)
{
	if (a->attnum != b->attnum)
		return (int) a->attnum - (int) b->attnum;
	if (a->category != b->category || a->category != GIN_CAT_NORM_KEY)
		return (int) a->category - (int) b->category;
	if (order->by_bytes[a->attnum - 1])
		return detmeta_entry_compare((struct varlena *) DatumGetPointer(a->key),
									 (struct varlena *) DatumGetPointer(b->key));
	return ginCompareEntries(order->ginstate, a->attnum, a->key, a->category, b->key, b->category);
}

/* Add a TID. */
void
detmeta_build_tids_add(BuildTids *tids, ItemPointer tid, MemoryContext context)
{
	uint64		packed = GIN_PACK_TID(tid);
	int64		difference = (int64) (packed - tids->last);
	uint64		rest = (uint64) difference << 1 ^ (uint64) (difference >> 63);

	if (tids->n++ == 0)
	{
		tids->first = tids->last = packed;
		return;
	}
	if (tids->nbytes + MAX_DIFFERENCE_BYTES > tids->room)
	{
		tids->room = Max(FIRST_TID_ROOM, tids->room * 2);
		if (tids->nbytes + MAX_DIFFERENCE_BYTES > tids->room)
			tids->room = 2 * MAX_DIFFERENCE_BYTES;
		tids->bytes = tids->bytes == NULL ? MemoryContextAlloc(context, tids->room) :
			repalloc_huge(tids->bytes, tids->room);
	}
	for (; rest >= 0x80; rest >>= 7)
		tids->bytes[tids->nbytes++] = (unsigned char) (rest | 0x80);
	tids->bytes[tids->nbytes++] = (unsigned char) rest;
	tids->last = packed;
}

/* Begin to read TIDs. */
void
detmeta_build_tids_begin(BuildTidReader *reader, const BuildTids *tids)
{
	reader->tids = tids;
	reader->tid = tids->first;
	reader->left = tids->n - 1;
	reader->offset = 0;
}

/* Go to the next TID, as they were added; false: there are no more. */
bool
detmeta_build_tids_next(BuildTidReader *reader)
{
	const unsigned char *bytes = reader->tids->bytes;
	uint64		rest = 0;
	int			shift = 0;
	unsigned char byte;

	if (reader->left == 0)
		return false;
	reader->left--;
	do
	{
		byte = bytes[reader->offset++];
		rest |= (uint64) (byte & 0x7F) << shift;
		shift += 7;
	} while (byte >= 0x80);
	reader->tid += rest >> 1 ^ -(rest & 1);
	return true;
}

/* Return the TID that a reader is at. */
void
detmeta_build_tids_get(const BuildTidReader *reader, ItemPointer tid)
{
	ItemPointerSet(tid, GIN_PACKED_BLOCK(reader->tid), GIN_PACKED_OFFSET(reader->tid));
}

/*
 * tree_insert.c
 *		Insert a TID into a posting tree.
 *
 * Core's functions descend, lock, split, and write pages and log records.  They ask
 * callbacks what to put on a page; ours stand in for core's where a TID goes into one
 * segment of a leaf and nothing else changes, which is nearly always.  Core's take the
 * whole leaf apart, decode and encode a segment, and put it together again, which is
 * most of what an insertion costs.
 *
 * The leaf, and what is logged of it, is what core's callbacks would have made, byte for
 * byte; a replay is core's.  Whatever else may have to be done to a leaf is left to
 * core's callbacks: a split, a segment that becomes too long, short ones that are
 * merged, the format before 9.4.
 *
 * Leaves are anywhere in a tree, as tables use the room of old rows again, and walking
 * over the segments of one that is not in the processor's cache takes longer than all
 * that is done with it.  So an insertion has two parts: the first finds the leaf and has
 * it fetched, the second locks and changes it, and between them the caller looks for the
 * next entry.
 *
 * From the first part to the second the root and the page below it are pinned, which is
 * what core has between unlocking a parent and locking its child, only longer.  So VACUUM,
 * which deletes pages only while nobody else has a pin on the root, cannot delete the
 * leaf, nor can that be used again for something else.  It waits for our pin, with nothing
 * locked but the table; and we wait for nothing that it has then.  The leaf may be split:
 * then the TID's place is found to the right; and a root that was a leaf may have got
 * leaves below it.
 */
#include "postgres.h"

#include "access/ginxlog.h"
#include "access/xloginsert.h"
#include "storage/bufmgr.h"
#include "storage/predicate.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "build/list_insert.h"
#include "build/tree_insert.h"
#include "gin/packed_tid.h"

/* Sizes of segments as core has them (gindatapage.c), besides that of the longest. */
#define SEGMENT_TARGET_BYTES	256
#define SEGMENT_MIN_BYTES		128

/* Bytes that a processor fetches at once, or more. */
#define PREFETCH_STEP			64

/* Log records number segments by a byte. */
#define MAX_SEGMENTS			PG_UINT8_MAX

/* Core's callbacks for posting trees: those of any tree are the same. */
static GinBtreeData core_tree;

/* What is to be done to a leaf. */
typedef enum LeafPlan
{
	LEAF_CHANGES,
	LEAF_HAS_TID,
	LEAF_FOR_CORE
} LeafPlan;

/* Note what is logged. */
static void
log_change(SegmentChange *change, int number, ItemPointer tid)
{
	ginxlogRecompressDataLeaf head = {.nactions = 1};
	uint16		ntids = 1;
	char	   *out = change->logged;

	memcpy(out, &head, sizeof(head));
	out += sizeof(head);
	*out++ = (char) (uint8) number;
	if (change->old_bytes == 0)
	{
		*out++ = GIN_SEGMENT_INSERT;
		memcpy(out, change->segment, change->new_bytes);
		out += change->new_bytes;
	}
	else
	{
		*out++ = GIN_SEGMENT_ADDITEMS;
		memcpy(out, &ntids, sizeof(ntids));
		out += sizeof(ntids);
		memcpy(out, tid, sizeof(*tid));
		out += sizeof(*tid);
	}
	change->nlogged = out - change->logged;
}

/* Plan to put a TID into a segment, or behind it, where it is the last. */
static LeafPlan
plan_segment(SegmentChange *change, const GinPostingList *segment, bool is_last, uint64 tid)
{
	GinPostingList *changed = (GinPostingList *) change->segment;
	int			size = SizeOfGinPostingList(segment);
	ListPlace	place;

	if (size > SEGMENT_MAX_BYTES || !detmeta_list_find_place(segment, tid, &place))
		return LEAF_FOR_CORE;
	if (place.after == tid)
		return LEAF_HAS_TID;
	if (is_last && place.last && size >= SEGMENT_TARGET_BYTES)
	{
		change->place += size;
		change->old_bytes = 0;
		ItemPointerSet(&changed->first, GIN_PACKED_BLOCK(tid), GIN_PACKED_OFFSET(tid));
		changed->nbytes = 0;
	}
	else
	{
		change->old_bytes = size;
		detmeta_list_copy_with(segment, &place, changed);
	}
	change->new_bytes = SizeOfGinPostingList(changed);
	return change->new_bytes > SEGMENT_MAX_BYTES ? LEAF_FOR_CORE : LEAF_CHANGES;
}

/* Plan what to do to a leaf. */
static LeafPlan
plan_leaf(SegmentChange *change, Page page, ItemPointer item)
{
	uint64		tid = GIN_PACK_TID(item);
	const char *begin = (const char *) GinDataLeafPageGetPostingList(page);
	const char *end;
	const char *at;
	const GinPostingList *segment = NULL;
	int			number = 0;
	int			n = 0;
	LeafPlan	plan;

	if (!GinPageIsCompressed(page))
		return LEAF_FOR_CORE;
	end = begin + GinDataLeafPageGetPostingListSize(page);
	for (at = begin; at < end;)
	{
		const GinPostingList *one = (const GinPostingList *) at;

		if (segment == NULL || GIN_PACK_TID(&one->first) <= tid)
		{
			segment = one;
			number = n;
		}
		n++;
		at += SizeOfGinPostingList(one);

		/* core merges a short one with the next */
		if (SizeOfGinPostingList(one) < SEGMENT_MIN_BYTES && at < end)
			return LEAF_FOR_CORE;
	}
	if (at != end || n == 0 || n >= MAX_SEGMENTS)
		return LEAF_FOR_CORE;
	change->place = (const char *) segment - begin;
	plan = plan_segment(change, segment, number == n - 1, tid);
	if (plan != LEAF_CHANGES)
		return plan;
	if (end - begin + change->new_bytes - change->old_bytes > (int) GinDataPageMaxDataSize)
		return LEAF_FOR_CORE;
	log_change(change, change->old_bytes == 0 ? n : number, item);
	return LEAF_CHANGES;
}

/* Callback: prepare an insertion into a page, which is locked. */
static GinPlaceToPageRC
begin_place(GinBtree btree, Buffer buffer, GinBtreeStack *stack, void *insertion,
			BlockNumber update, void **workspace, Page *left, Page *right)
{
	TreeInsertion *in = (TreeInsertion *) btree;
	Page		page = BufferGetPage(buffer);
	LeafPlan	plan = LEAF_FOR_CORE;

	if (GinPageIsLeaf(page))
		plan = plan_leaf(&in->change, page, &in->data.items[in->data.curitem]);
	in->own = plan == LEAF_CHANGES;
	if (plan == LEAF_FOR_CORE)
		return core_tree.beginPlaceToPage(btree, buffer, stack, insertion, update, workspace, left,
										  right);
	in->data.curitem++;
	return plan == LEAF_CHANGES ? GPTP_INSERT : GPTP_NO_WORK;
}

/* Callback: change a page, in a critical section. */
static void
exec_place(GinBtree btree, Buffer buffer, GinBtreeStack *stack, void *insertion,
		   BlockNumber update, void *workspace)
{
	TreeInsertion *in = (TreeInsertion *) btree;
	const SegmentChange *change = &in->change;
	Page		page = BufferGetPage(buffer);
	char	   *begin = (char *) GinDataLeafPageGetPostingList(page);
	Size		total;
	Size		behind;

	if (!in->own)
	{
		core_tree.execPlaceToPage(btree, buffer, stack, insertion, update, workspace);
		return;
	}
	total = GinDataLeafPageGetPostingListSize(page);
	behind = change->place + change->old_bytes;
	memmove(begin + change->place + change->new_bytes, begin + behind, total - behind);
	memcpy(begin + change->place, change->segment, change->new_bytes);
	GinDataPageSetDataSize(page, total + change->new_bytes - change->old_bytes);
	MarkBufferDirty(buffer);
	if (RelationNeedsWAL(btree->index))
	{
		XLogRegisterBuffer(0, buffer, REGBUF_STANDARD);
		XLogRegisterBufData(0, in->change.logged, change->nlogged);
	}
}

/* Have a page fetched into the processor's cache. */
static void
prefetch_page(Page page)
{
	for (int i = 0; i < BLCKSZ; i += PREFETCH_STEP)
		__builtin_prefetch(page + i);
}

/* Learn core's callbacks: a scan of a posting tree has them. */
static void
learn_callbacks(Relation index, BlockNumber root)
{
	GinBtreeData btree;
	GinBtreeStack *stack = GIN_FIRST_TREE_LEAF(&btree, index, root);

	LockBuffer(stack->buffer, GIN_UNLOCK);
	freeGinBtreeStack(stack);
	core_tree = btree;
}

/* Begin to insert a TID: find the leaf, or where there are more levels a page above it. */
void
detmeta_tree_insert_begin(TreeInsertion *in, Relation index, BlockNumber root, ItemPointer tid)
{
	GinBtreeStack *path;
	BlockNumber child = InvalidBlockNumber;

	if (core_tree.beginPlaceToPage == NULL)
		learn_callbacks(index, root);
	in->btree = core_tree;
	in->btree.index = index;
	in->btree.rootBlkno = root;
	in->btree.fullScan = false;
	in->btree.beginPlaceToPage = begin_place;
	in->btree.execPlaceToPage = exec_place;
	in->btree.itemptr = *tid;
	in->data.items = &in->btree.itemptr;
	in->data.nitem = 1;
	in->data.curitem = 0;
	path = detmeta_path_begin(&in->btree);
	LockBuffer(path->buffer, GIN_SHARE);
	if (!GinPageIsLeaf(BufferGetPage(path->buffer)))
		child = in->btree.findChildPage(&in->btree, path);
	LockBuffer(path->buffer, GIN_UNLOCK);
	if (child != InvalidBlockNumber)
		path = detmeta_path_push(path, index, child);
	prefetch_page(BufferGetPage(path->buffer));
	in->path = path;
}

/*
 * Insert the TID.  Readers that are serializable lock the root before they read any leaf,
 * so the look for them comes before the leaf is locked, as it does in core.
 */
void
detmeta_tree_insert_end(TreeInsertion *in)
{
	GinBtreeStack *path = in->path;

	in->path = NULL;
	CheckForSerializableConflictIn(in->btree.index, NULL, in->btree.rootBlkno);
	path = detmeta_find_leaf(&in->btree, path);
	ginInsertValue(&in->btree, path, &in->data, NULL);
}

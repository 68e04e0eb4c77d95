/*
 * entry_insert.c
 *		Insert the entries of a row into the entry tree.
 *
 * As ginEntryInsert() does for each: a new tuple with one TID, or the TID put into the
 * list or the tree of the tuple that is there.  Core's functions lock, split, and write
 * pages and log records; a page is what they would have made of it.  Keys are compared
 * where they are on the page, and a list gets its TID without being decoded
 * (build/list_insert.c).
 *
 * Entries come in order.  Those that tell which keys a row has are on a leaf or two, so
 * the path that led to the last one is kept, pinned but not locked, and the next descent
 * begins at the lowest page of it that the entry can be below.  That is right because
 * nothing is ever deleted from an entry tree: a page keeps its lower bound, as splits move
 * what is greater to the right, and the entry is behind one that was in the page's range;
 * and a page keeps its level, but for the root, which gets new levels below itself.  What
 * a split moved is found to the right, as in core.  Nobody waits for these pins: VACUUM
 * wants to be alone only with the root of a posting tree (ginVacuumPostingTree()), which
 * is no page of the entry tree.
 *
 * Pages are locked one at a time, from the lowest up, and then down again with the parent
 * unlocked first; two only where core steps right.  While TIDs go to posting trees no page
 * of the entry tree is locked.  An incomplete split is finished by core, in a descent from
 * the root.
 *
 * A TID for a posting tree is put there when the next one's entry has been found, as its
 * leaf comes from memory meanwhile (build/tree_insert.c).  In which order a row's TIDs get
 * to their places matters to nobody: any may be there without the others at any time.
 */
#include "postgres.h"

#include "storage/bufmgr.h"
#include "storage/predicate.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "build/entry_insert.h"
#include "build/list_insert.h"
#include "build/tree_insert.h"
#include "gin/packed_tid.h"
#include "index/entry.h"

/* The entry tree with what is looked for. */
typedef struct EntrySearch
{
	GinBtreeData btree;			/* comes first: callbacks get its address */
	bool		by_bytes;		/* the key is compared by its bytes */
} EntrySearch;

/* Return a tuple of a page of the entry tree. */
static inline IndexTuple
tuple_on_page(Page page, OffsetNumber offset)
{
	return (IndexTuple) PageGetItem(page, PageGetItemId(page, offset));
}

/*
 * Compare the entry that is looked for with that of a tuple.  Keys that are neither
 * compressed nor long are compared where they are.
 */
static inline int
compare_with_tuple(const EntrySearch *search, IndexTuple tuple)
{
	GinBtree	btree = unconstify(GinBtreeData *, &search->btree);
	GinState   *ginstate = btree->ginstate;
	char	   *data = (char *) tuple + sizeof(IndexTupleData);
	OffsetNumber attnum;
	GinNullCategory category;
	Datum		key;

	if (search->by_bytes && !IndexTupleHasNulls(tuple))
	{
		if (!ginstate->oneCol)
		{
			attnum = *(OffsetNumber *) data;
			if (attnum != btree->entryAttnum)
				return btree->entryAttnum < attnum ? -1 : 1;
			data += sizeof(OffsetNumber);
		}
		if (VARATT_IS_1B(data) && !VARATT_IS_1B_E(data))
			return detmeta_entry_compare((struct varlena *) DatumGetPointer(btree->entryKey),
										 (struct varlena *) data);
	}
	attnum = gintuple_get_attrnum(ginstate, tuple);
	key = gintuple_get_key(ginstate, tuple, &category);
	return ginCompareAttEntries(ginstate, btree->entryAttnum, btree->entryKey,
								btree->entryCategory, attnum, key, category);
}

/* Callback: is the entry to the right of a page? */
static bool
is_entry_right_of(GinBtree btree, Page page)
{
	return !GinPageRightMost(page) &&
		compare_with_tuple((EntrySearch *) btree,
						   tuple_on_page(page, PageGetMaxOffsetNumber(page))) > 0;
}

/* Find the first of some tuples of a page that is not before the entry; n: the last but one. */
static OffsetNumber
search_tuples(const EntrySearch *search, Page page, OffsetNumber n, bool *found)
{
	OffsetNumber low = FirstOffsetNumber;
	OffsetNumber high = n + 1;

	*found = false;
	while (low < high)
	{
		OffsetNumber mid = low + (high - low) / 2;
		int			cmp = compare_with_tuple(search, tuple_on_page(page, mid));

		if (cmp == 0)
		{
			*found = true;
			return mid;
		}
		if (cmp > 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Callback: find the child of an inner page; the last one's key is not looked at. */
static BlockNumber
find_child(GinBtree btree, GinBtreeStack *stack)
{
	Page		page = BufferGetPage(stack->buffer);
	bool		found;

	stack->off = search_tuples((EntrySearch *) btree, page, PageGetMaxOffsetNumber(page) - 1,
							   &found);
	return GinGetDownlink(tuple_on_page(page, stack->off));
}

/* Callback: find the entry on a leaf, or where it belongs. */
static bool
find_on_leaf(GinBtree btree, GinBtreeStack *stack)
{
	Page		page = BufferGetPage(stack->buffer);
	bool		found;

	stack->off = search_tuples((EntrySearch *) btree, page, PageGetMaxOffsetNumber(page), &found);
	return found;
}

/* Begin to look for an entry. */
static void
begin_entry_search(const EntryOrder *order, OffsetNumber attnum, Datum key,
				   GinNullCategory category, EntrySearch *search)
{
	ginPrepareEntryScan(&search->btree, attnum, key, category, order->ginstate);
	search->by_bytes = order->by_bytes[attnum - 1] && category == GIN_CAT_NORM_KEY;
	search->btree.isMoveRight = is_entry_right_of;
	search->btree.findChildPage = find_child;
	search->btree.findItem = find_on_leaf;
}

/*
 * Say whether the leaf of a path, locked by this, is that of the entry; false: it is to
 * the right, or core has to finish a split, or it was the root and is no leaf any more.
 */
static bool
is_on_leaf(GinBtree btree, GinBtreeStack *path)
{
	Page		page = BufferGetPage(path->buffer);

	LockBuffer(path->buffer, GIN_EXCLUSIVE);
	if (GinPageIsLeaf(page) && !GinPageIsIncompleteSplit(page) && !btree->isMoveRight(btree, page))
		return true;
	LockBuffer(path->buffer, GIN_UNLOCK);
	return false;
}

/* Say whether the entry is below the lowest page of a path, or to the right of its pages. */
static bool
is_below(GinBtree btree, GinBtreeStack *path)
{
	bool		below;

	if (path->parent == NULL)
		return true;
	LockBuffer(path->buffer, GIN_SHARE);
	below = !btree->isMoveRight(btree, BufferGetPage(path->buffer));
	LockBuffer(path->buffer, GIN_UNLOCK);
	return below;
}

/* Find the leaf of an entry behind the last one, and lock it; takes the row's path. */
static GinBtreeStack *
find_next_leaf(RowInsertion *row, GinBtree btree)
{
	GinBtreeStack *path = row->path;

	row->path = NULL;
	if (path == NULL)
		path = detmeta_path_begin(btree);
	else if (is_on_leaf(btree, path))
		return path;
	else
	{
		do
			path = detmeta_path_pop(path);
		while (path != NULL && !is_below(btree, path));
		if (path == NULL)
			path = detmeta_path_begin(btree);
	}
	return detmeta_find_leaf(btree, path);
}

/* Make the tuple of an entry that is in one row; NULL: its key is too long. */
static IndexTuple
form_first_tuple(GinBtree btree, ItemPointer tid)
{
	GinPostingList list = {*tid, 0};

	return GinFormTuple(btree->ginstate, btree->entryAttnum, btree->entryKey, btree->entryCategory,
						(Pointer) &list, SizeOfGinPostingList(&list), 1, false);
}

/*
 * Make a tuple with one TID more in its list; NULL: that is left to core, as there is no
 * list, or it becomes so long that it has to be a tree.  *present: the TID is there.
 */
static IndexTuple
form_longer_tuple(IndexTuple tuple, ItemPointer tid, bool *present)
{
	const GinPostingList *list = (const GinPostingList *) GinGetPosting(tuple);
	Size		offset = GinGetPostingOffset(tuple);
	ListPlace	place;
	IndexTuple	longer;
	GinPostingList *longer_list;
	Size		size;

	*present = false;
	if (!GinItupIsCompressed(tuple) || GinGetNPosting(tuple) == 0 ||
		offset + SizeOfGinPostingList(list) > IndexTupleSize(tuple) ||
		!detmeta_list_find_place(list, GIN_PACK_TID(tid), &place))
		return NULL;
	if (place.after == GIN_PACK_TID(tid))
	{
		*present = true;
		return NULL;
	}
	longer = palloc0(MAXALIGN(IndexTupleSize(tuple) + LIST_MAX_GROWTH));
	memcpy(longer, tuple, offset);
	longer_list = (GinPostingList *) ((char *) longer + offset);
	detmeta_list_copy_with(list, &place, longer_list);
	size = MAXALIGN(offset + SizeOfGinPostingList(longer_list));
	if (size > GinMaxItemSize)
		return NULL;
	longer->t_info = (longer->t_info & ~INDEX_SIZE_MASK) | size;
	GinSetNPosting(longer, GinGetNPosting(tuple) + 1);
	return longer;
}

/* Put a tuple on the leaf of a path, in place of the one that is there; frees the path. */
static void
place_tuple(GinBtree btree, GinBtreeStack *path, IndexTuple tuple, bool replaces)
{
	GinBtreeEntryInsertData data = {tuple, replaces};

	ginInsertValue(btree, path, &data, NULL);
	pfree(tuple);
}

/* Keep a path, whose leaf is locked, and unlock it. */
static void
keep_path(RowInsertion *row, GinBtreeStack *path)
{
	LockBuffer(path->buffer, GIN_UNLOCK);
	row->path = path;
}

/* Begin to insert a row. */
void
detmeta_entry_insert_begin(RowInsertion *row, const EntryOrder *order, ItemPointer tid)
{
	row->order = order;
	row->tid = tid;
	row->path = NULL;
	row->has_tree = false;
}

/* End the insertion into a posting tree that is begun. */
static void
end_tree_insertion(RowInsertion *row)
{
	if (!row->has_tree)
		return;
	row->has_tree = false;
	detmeta_tree_insert_end(&row->tree);
}

/* Begin an insertion into a posting tree; it is ended when the next one's entry is found. */
static void
begin_tree_insertion(RowInsertion *row, BlockNumber root)
{
	end_tree_insertion(row);
	detmeta_tree_insert_begin(&row->tree, row->order->ginstate->index, root, row->tid);
	row->has_tree = true;
}

/* Insert an entry, which is behind the last one. */
void
detmeta_entry_insert(RowInsertion *row, OffsetNumber attnum, Datum key, GinNullCategory category)
{
	GinState   *ginstate = row->order->ginstate;
	EntrySearch search;
	GinBtreeStack *path;
	IndexTuple	tuple = NULL;
	bool		found;
	bool		present = false;

	begin_entry_search(row->order, attnum, key, category, &search);
	path = find_next_leaf(row, &search.btree);
	found = find_on_leaf(&search.btree, path);
	if (found)
	{
		tuple = tuple_on_page(BufferGetPage(path->buffer), path->off);
		if (GinIsPostingTree(tuple))
		{
			BlockNumber root = GinGetPostingTree(tuple);

			keep_path(row, path);
			begin_tree_insertion(row, root);
			return;
		}
	}
	CheckForSerializableConflictIn(ginstate->index, NULL, BufferGetBlockNumber(path->buffer));
	tuple = found ? form_longer_tuple(tuple, row->tid, &present) :
		form_first_tuple(&search.btree, row->tid);
	if (tuple != NULL)
	{
		row->path = detmeta_path_copy(path);
		place_tuple(&search.btree, path, tuple, found);
		return;
	}
	keep_path(row, path);
	if (!present)
		ginEntryInsert(ginstate, attnum, key, category, row->tid, 1, NULL);
}

/* End the last insertion, and let go of the path. */
void
detmeta_entry_insert_end(RowInsertion *row)
{
	end_tree_insertion(row);
	if (row->path != NULL)
		freeGinBtreeStack(row->path);
	row->path = NULL;
}

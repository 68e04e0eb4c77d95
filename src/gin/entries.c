/*
 * entries.c
 *		Descend the entry tree of a GIN index and look up an entry.
 *
 * The entry tree is simpler to read than other B-trees: neither entries nor
 * pages are ever deleted from it.  Pages only split, and then the right half
 * moves to a new page on the right.  So a descent lets go of the parent before
 * it locks the child, and moves right from there if it has to, also where an
 * interrupted split has left a page without a downlink.  An inner page pairs
 * each child with the last key in it, which is an entry, and the last child of
 * a level with a key that means nothing.
 *
 * In an index of several columns, a tuple starts with the column's number, and
 * tuples are ordered by it; keys of other columns are never looked at.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "gin/entries.h"
#include "gin/reader.h"
#include "gin/tree.h"

/* Decompress a key, into memory that lasts until the next descent. */
static pg_noinline struct varlena *
decompress_key(GinReader *reader, struct varlena *key)
{
	MemoryContext caller = MemoryContextSwitchTo(reader->scratch);
	struct varlena *plain = pg_detoast_datum_packed(key);

	MemoryContextSwitchTo(caller);
	return plain;
}

/* Read column, category and key of a tuple. */
static inline void
read_entry_key(GinReader *reader, IndexTuple itup, GinEntryKey *key)
{
	char	   *data = (char *) itup + IndexInfoFindDataOffset(itup->t_info);
	char	   *start = data;
	struct varlena *value;

	key->attnum = 1;
	key->category = GIN_CAT_NORM_KEY;
	key->data = NULL;
	key->len = 0;
	if (reader->multicolumn)
	{
		key->attnum = *(uint16 *) data;
		data += sizeof(uint16);
	}
	if (IndexTupleHasNulls(itup))
		key->category = *(GinNullCategory *) data;
	if (key->attnum != reader->attnum || key->category != GIN_CAT_NORM_KEY)
		return;
	/* a long header is aligned, after zero bytes */
	if (!VARATT_NOT_PAD_BYTE(data))
		data = start + INTALIGN(data - start);
	value = (struct varlena *) data;
	if (unlikely(VARATT_IS_COMPRESSED(value)))
		value = decompress_key(reader, value);
	key->data = VARDATA_ANY(value);
	key->len = VARSIZE_ANY_EXHDR(value);
}

/* Read column, category and key of a tuple, for other files. */
void
detmeta_gin_read_key(GinReader *reader, IndexTuple itup, GinEntryKey *key)
{
	read_entry_key(reader, itup, key);
}

/* Compare two keys in the order of the index. */
static inline int
compare_entry_keys(const GinEntryKey *a, const GinEntryKey *b)
{
	int			cmp;

	if (a->attnum != b->attnum)
		return a->attnum < b->attnum ? -1 : 1;
	if (a->category != b->category)
		return a->category < b->category ? -1 : 1;
	if (a->category != GIN_CAT_NORM_KEY)
		return 0;
	cmp = memcmp(a->data, b->data, Min(a->len, b->len));
	if (cmp != 0)
		return cmp;
	return a->len < b->len ? -1 : a->len > b->len;
}

/* Compare two keys in the order of the index, for other files. */
int
detmeta_gin_compare_keys(const GinEntryKey *a, const GinEntryKey *b)
{
	return compare_entry_keys(a, b);
}

/* Put a range's bounds in the form that is compared. */
void
detmeta_gin_range_bounds(GinReader *reader, const GinKeyRange *range,
						 GinEntryKey *lower, GinEntryKey *upper)
{
	lower->attnum = upper->attnum = reader->attnum;
	lower->category = upper->category = GIN_CAT_NORM_KEY;
	lower->data = range->lower ? range->lower : "";
	lower->len = range->lower ? range->lower_len : 0;
	upper->data = range->upper;
	upper->len = range->upper_len;
	if (range->upper == NULL)
		upper->category = GIN_CAT_NULL_KEY; /* entries for NULL come last */
}

/* Return a tuple of an entry page. */
static inline IndexTuple
get_entry_tuple(Page page, OffsetNumber offset)
{
	return (IndexTuple) PageGetItem(page, PageGetItemId(page, offset));
}

/*
 * Find the first tuple on a page that is not before the target, or, with after,
 * the first that is behind it.  On a leaf it may be one past the last; on an
 * inner page the last tuple's key is not looked at.
 */
OffsetNumber
detmeta_gin_search_page(GinReader *reader, Page page, const GinEntryKey *target,
						bool after)
{
	OffsetNumber low = FirstOffsetNumber;
	OffsetNumber high = PageGetMaxOffsetNumber(page) + (GinPageIsLeaf(page) ? 1 : 0);

	while (low < high)
	{
		OffsetNumber mid = low + (high - low) / 2;
		GinEntryKey key;

		read_entry_key(reader, get_entry_tuple(page, mid), &key);
		if (compare_entry_keys(&key, target) < (after ? 1 : 0))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Note a tuple's key as one that is before the target. */
static void
set_fence(GinReader *reader, GinFence *fence, IndexTuple itup)
{
	GinEntryKey key;

	if (fence == NULL)
		return;
	read_entry_key(reader, itup, &key);
	if (key.len > fence->capacity)
	{
		if (fence->buffer)
			pfree(fence->buffer);
		fence->capacity = Max(key.len, 256);
		fence->buffer = palloc(fence->capacity);
	}
	if (key.len > 0)
		memcpy(fence->buffer, key.data, key.len);
	fence->key = key;
	fence->key.data = fence->buffer;
	fence->valid = true;
}

/* Go right as long as all tuples on the page are before the target. */
static Buffer
move_right_to_entry(GinReader *reader, Buffer buffer, const GinEntryKey *target, GinFence *fence)
{
	for (;;)
	{
		Page		page = BufferGetPage(buffer);
		IndexTuple	itup;
		GinEntryKey key;

		if (GinPageIsData(page) || GinPageIsList(page))
			detmeta_gin_report_corruption(reader, "an unexpected page in the entry tree");
		if (GinPageRightMost(page))
			return buffer;
		itup = get_entry_tuple(page, PageGetMaxOffsetNumber(page));
		read_entry_key(reader, itup, &key);
		if (compare_entry_keys(&key, target) >= 0)
			return buffer;
		set_fence(reader, fence, itup);
		buffer = gin_step_right(reader, buffer);
	}
}

/*
 * Find and share-lock the leaf that has or would have the target.  The fence
 * (may be NULL) becomes the largest entry to the left of the leaf, if there is
 * one; the path (may be NULL) notes the way.
 */
Buffer
detmeta_gin_find_entry_leaf(GinReader *reader, const GinEntryKey *target,
							GinFence *fence, GinPath *path)
{
	Buffer		buffer = ReadBuffer(reader->index, GIN_ROOT_BLKNO);

	CHECK_FOR_INTERRUPTS();
	MemoryContextReset(reader->scratch);
	if (fence)
		fence->valid = false;
	if (path)
		path->depth = 0;
	for (;;)
	{
		Page		page;
		OffsetNumber child;
		BlockNumber block;

		(void) gin_lock_page(reader, buffer);
		buffer = move_right_to_entry(reader, buffer, target, fence);
		page = BufferGetPage(buffer);
		if (GinPageIsLeaf(page))
			return buffer;
		child = detmeta_gin_search_page(reader, page, target, false);
		if (child > FirstOffsetNumber)
			set_fence(reader, fence, get_entry_tuple(page, child - 1));
		if (path)
			detmeta_gin_path_note(path, buffer, child);
		block = GinGetDownlink(get_entry_tuple(page, child));
		LockBuffer(buffer, GIN_UNLOCK);
		buffer = ReleaseAndReadBuffer(buffer, reader->index, block);
	}
}

/* Find an entry: its tuple with the page share-locked, or NULL with none locked. */
static IndexTuple
find_entry(GinReader *reader, const GinEntryKey *target, Buffer *buffer)
{
	Page		page;
	OffsetNumber offset;
	IndexTuple	itup;
	GinEntryKey key;

	*buffer = detmeta_gin_find_entry_leaf(reader, target, NULL, NULL);
	page = BufferGetPage(*buffer);
	offset = detmeta_gin_search_page(reader, page, target, false);
	if (offset <= PageGetMaxOffsetNumber(page))
	{
		itup = get_entry_tuple(page, offset);
		read_entry_key(reader, itup, &key);
		if (compare_entry_keys(&key, target) == 0)
			return itup;
	}
	UnlockReleaseBuffer(*buffer);
	return NULL;
}

/* Look up an entry and read its posting list, or find its posting tree. */
static bool
look_up(GinReader *reader, const GinEntryKey *target, GinPostings *postings)
{
	Buffer		buffer;
	IndexTuple	itup = find_entry(reader, target, &buffer);

	detmeta_gin_postings_of(reader, itup, postings);
	if (itup == NULL)
		return false;
	UnlockReleaseBuffer(buffer);
	return true;
}

/* Look up the entry with a key. */
bool
detmeta_gin_lookup(GinReader *reader, const char *key, int keylen, GinPostings *postings)
{
	GinEntryKey target = {reader->attnum, GIN_CAT_NORM_KEY, key, keylen};

	return look_up(reader, &target, postings);
}

/* Look up the entry of a category of NULLs, such as GIN_CAT_NULL_ITEM. */
bool
detmeta_gin_lookup_null(GinReader *reader, GinNullCategory category, GinPostings *postings)
{
	GinEntryKey target = {reader->attnum, category, NULL, 0};

	return look_up(reader, &target, postings);
}

/* Estimate how many TIDs the entry with a key has: of a posting tree, from so many leaves. */
double
detmeta_gin_estimate_entry(GinReader *reader, const char *key, int keylen, int nleaves)
{
	GinEntryKey target = {reader->attnum, GIN_CAT_NORM_KEY, key, keylen};
	Buffer		buffer;
	IndexTuple	itup = find_entry(reader, &target, &buffer);
	BlockNumber tree = InvalidBlockNumber;
	int			ntids = 0;

	if (itup == NULL)
		return 0;
	if (GinIsPostingTree(itup))
		tree = GinGetPostingTree(itup);
	else
		ntids = GinGetNPosting(itup);
	UnlockReleaseBuffer(buffer);
	return tree == InvalidBlockNumber ? ntids :
		detmeta_gin_tree_estimate(reader, tree, nleaves);
}

/*
 * page.c
 *		Read pages of a GIN index without trusting them.
 *
 * Every length and offset is compared with the bounds of the page before it is
 * used.  What is wrong is reported, and the caller told by false, or by -1.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/itup.h"
#include "access/tupmacs.h"
#include "common/hashfn.h"
#include "miscadmin.h"

#include "base/compat.h"
#include "check/page.h"
#include "gin/packed_tid.h"
#include "index/entry.h"

/* No entry of metadata_ops is longer: a mark, a key, a separator, a tag and a payload. */
#define MAX_ENTRY_BYTES \
	(ENTRY_KEY_SECTION_BYTES + ENTRY_CUT_KEY + 2 + ENTRY_CUT_LENGTH)

/* A TID in a posting list is followed by a distance of at most so many bytes. */
#define MAX_DISTANCE_BYTES	7

/* Pin and share-lock a page to which another one leads; InvalidBuffer if it does not exist. */
Buffer
detmeta_check_lock(IndexCheck *check, BlockNumber from, BlockNumber block)
{
	Buffer		buffer;

	if (block >= check->nblocks)
		check->nblocks = RelationGetNumberOfBlocks(check->index);
	if (block >= check->nblocks)
	{
		detmeta_check_page_problem(check, from, "leads to page %u, and the index has %u pages",
								   block, check->nblocks);
		return InvalidBuffer;
	}
	buffer = ReadBufferExtended(check->index, MAIN_FORKNUM, block, RBM_NORMAL, check->strategy);
	LockBuffer(buffer, GIN_SHARE);
	test_for_old_snapshot(check->snapshot, check->index, BufferGetPage(buffer));
	return buffer;
}

/* Copy a page to which another one leads. */
bool
detmeta_check_copy(IndexCheck *check, BlockNumber from, BlockNumber block, Page page)
{
	Buffer		buffer = detmeta_check_lock(check, from, block);

	if (!BufferIsValid(buffer))
		return false;
	memcpy(page, BufferGetPage(buffer), BLCKSZ);
	UnlockReleaseBuffer(buffer);
	return true;
}

/* Check a page's header, and that it has no other flags than these. */
static bool
check_header(IndexCheck *check, BlockNumber block, Page page, int allowed_flags)
{
	PageHeader	header = (PageHeader) page;

	if (PageIsNew(page))
		return detmeta_check_page_problem(check, block, "is empty, and in use");
	if (header->pd_special != BLCKSZ - MAXALIGN(sizeof(GinPageOpaqueData)) ||
		header->pd_upper > header->pd_special || header->pd_lower > header->pd_upper ||
		header->pd_lower < SizeOfPageHeaderData)
		return detmeta_check_page_problem(check, block, "has a header that cannot be");
	if ((GinPageGetOpaque(page)->flags & ~allowed_flags) != 0)
		return detmeta_check_page_problem(check, block,
										  "is of another kind (flags %04x) than what leads to it",
										  GinPageGetOpaque(page)->flags);
	return true;
}

/* Check where the tuples of a page lie. */
bool
detmeta_check_tuple_page(IndexCheck *check, BlockNumber block, Page page, int allowed_flags)
{
	PageHeader	header = (PageHeader) page;
	int			n;

	if (!check_header(check, block, page, allowed_flags))
		return false;
	n = PageGetMaxOffsetNumber(page);
	if ((header->pd_lower - SizeOfPageHeaderData) % sizeof(ItemIdData) != 0 ||
		n > MaxIndexTuplesPerPage)
		return detmeta_check_page_problem(check, block, "has line pointers that cannot be");
	for (int i = FirstOffsetNumber; i <= n; i++)
	{
		ItemId		item = PageGetItemId(page, i);
		int			offset = ItemIdGetOffset(item);
		int			len = ItemIdGetLength(item);
		IndexTuple	itup = (IndexTuple) (page + offset);

		if (!ItemIdIsNormal(item) || offset < header->pd_upper ||
			offset % MAXIMUM_ALIGNOF != 0 || offset + len > header->pd_special ||
			len < (int) sizeof(IndexTupleData) || (int) IndexTupleSize(itup) > len ||
			IndexTupleSize(itup) < IndexInfoFindDataOffset(itup->t_info))
			return detmeta_check_page_problem(check, block,
											  "has no tuple where item %d is to be", i);
	}
	return true;
}

/* Check the header of a posting tree's page, and the number of its items. */
bool
detmeta_check_posting_page(IndexCheck *check, BlockNumber block, Page page)
{
	int			flags;

	if (!check_header(check, block, page,
					  GIN_DATA | GIN_LEAF | GIN_DELETED | GIN_INCOMPLETE_SPLIT | GIN_COMPRESSED))
		return false;
	flags = GinPageGetOpaque(page)->flags;
	if ((flags & GIN_DATA) == 0 || ((flags & GIN_LEAF) && !(flags & GIN_COMPRESSED)))
		return detmeta_check_page_problem(check, block,
										  "is of another kind (flags %04x) than what leads to it",
										  flags);
	if (flags & GIN_DELETED)
		return true;
	if (flags & GIN_LEAF)
	{
		if (((PageHeader) page)->pd_lower <
			MAXALIGN(SizeOfPageHeaderData) + MAXALIGN(sizeof(ItemPointerData)))
			return detmeta_check_page_problem(check, block, "has a header that cannot be");
	}
	else if (GinPageGetOpaque(page)->maxoff < FirstOffsetNumber ||
			 GinPageGetOpaque(page)->maxoff > GinDataPageMaxDataSize / sizeof(PostingItem))
		return detmeta_check_page_problem(check, block, "has %u children, which cannot be",
										  GinPageGetOpaque(page)->maxoff);
	return true;
}

/* Check that a tree's root, whose header was checked, is alone on its level: it splits downward. */
bool
detmeta_check_root(IndexCheck *check, BlockNumber block, Page page)
{
	return GinPageRightMost(page) ||
		detmeta_check_page_problem(check, block, "is the root of a tree, and has a right link");
}

/* Find a key of a type in a tuple; -1 if it is not within the limit. */
static int
find_key(Form_pg_attribute attribute, const char *start, int offset, int limit)
{
	int			len;

	if (offset >= limit)
		return -1;
	if (attribute->attlen != -1 || start[offset] == 0)
		offset = att_align_nominal(offset, attribute->attalign);
	if (attribute->attlen == -1)
	{
		const char *value = start + offset;

		/* first the header itself */
		if (offset + 1 > limit || VARATT_IS_1B_E(value) ||
			(!VARATT_IS_1B(value) && offset + VARHDRSZ > limit))
			return -1;
		len = VARSIZE_ANY(value);
		if (len < (int) (VARATT_IS_1B(value) ? VARHDRSZ_SHORT : VARHDRSZ))
			return -1;
	}
	else if (attribute->attlen == -2)
	{
		const char *end = offset < limit ? memchr(start + offset, '\0', limit - offset) : NULL;

		if (end == NULL)
			return -1;
		len = end + 1 - (start + offset);
	}
	else
		len = attribute->attlen;
	return offset + len <= limit ? offset : -1;
}

/* Return the description of the key of a column. */
static Form_pg_attribute
key_attribute(IndexCheck *check, AttrNumber attnum)
{
	return check->multicolumn ? TupleDescAttr(check->gin.tupdesc[attnum - 1], 1) :
		TupleDescAttr(check->gin.origTupdesc, 0);
}

/* Take the key of a tuple of a checked page; the limit is where it has to end. */
static bool
take_key(IndexCheck *check, IndexTuple itup, int limit, CheckKey *key)
{
	const char *start = (char *) itup + IndexInfoFindDataOffset(itup->t_info);
	Form_pg_attribute attribute;
	int			offset = 0;

	limit -= start - (char *) itup;
	key->attnum = 1;
	key->category = GIN_CAT_NORM_KEY;
	key->datum = (Datum) 0;
	key->data = NULL;
	key->len = 0;
	key->from_row = false;
	if (check->multicolumn)
	{
		offset = sizeof(uint16);
		if (limit < offset)
			return false;
		key->attnum = *(const uint16 *) start;
		if (key->attnum < 1 || key->attnum > RelationGetDescr(check->index)->natts)
			return false;
	}
	if (IndexTupleHasNulls(itup))
	{
		if (limit < offset + 1)
			return false;
		key->category = *(const GinNullCategory *) (start + offset);
		return key->category >= GIN_CAT_NULL_KEY && key->category <= GIN_CAT_NULL_ITEM;
	}
	attribute = key_attribute(check, key->attnum);
	offset = find_key(attribute, start, offset, limit);
	if (offset < 0)
		return false;
	key->datum = fetchatt(attribute, start + offset);
	if (!check->ours[key->attnum])
		return true;
	if (VARATT_IS_COMPRESSED(start + offset))
		return false;
	key->data = VARDATA_ANY(start + offset);
	key->len = VARSIZE_ANY_EXHDR(start + offset);
	return key->len <= MAX_ENTRY_BYTES;
}

/* Read the key of a tuple of a checked page. */
bool
detmeta_check_read_key(IndexCheck *check, BlockNumber block, Page page,
					   OffsetNumber offset, CheckKey *key)
{
	IndexTuple	itup = (IndexTuple) PageGetItem(page, PageGetItemId(page, offset));
	int			limit = IndexTupleSize(itup);

	if (!GinPageIsList(page) && GinPageIsLeaf(page) && !GinIsPostingTree(itup))
		limit = Min(limit, (int) Min(GinGetPostingOffset(itup), INT_MAX));
	if (!take_key(check, itup, limit, key))
		return detmeta_check_page_problem(check, block, "has a key that cannot be, in item %d",
										  offset);
	return true;
}

/* Read a distance between TIDs; NULL if it does not end. */
static const unsigned char *
read_distance(const unsigned char *next, const unsigned char *limit, uint64 *distance)
{
	*distance = 0;
	for (int i = 0; i < MAX_DISTANCE_BYTES && next < limit; i++)
	{
		unsigned char byte = *next++;

		*distance |= (uint64) (byte & 0x7F) << (7 * i);
		if ((byte & 0x80) == 0)
			return next;
	}
	return NULL;
}

/*
 * Read segments of TIDs, which have to be in order.  Return how many there
 * are, or -1.  There is room for as many as the segments have bytes.
 */
static int
read_segments(const char *start, Size len, uint64 *tids)
{
	int			n = 0;
	Size		used = 0;

	while (used < len)
	{
		const GinPostingList *segment = (const GinPostingList *) (start + used);
		const unsigned char *next = segment->bytes;
		const unsigned char *limit;
		uint64		tid;

		if (len - used < offsetof(GinPostingList, bytes) ||
			len - used < SizeOfGinPostingList(segment))
			return -1;
		limit = segment->bytes + segment->nbytes;
		tid = GIN_PACK_TID(&segment->first);
		for (;;)
		{
			uint64		distance;
			int			offset = GIN_PACKED_OFFSET(tid);

			if (offset == 0 || offset > (int) MaxHeapTuplesPerPage ||
				tid >= GIN_PACK(InvalidBlockNumber, 0) || (n > 0 && tid <= tids[n - 1]))
				return -1;
			tids[n++] = tid;
			if (next >= limit)
				break;
			next = read_distance(next, limit, &distance);
			if (next == NULL)
				return -1;
			tid += distance;
		}
		used += SizeOfGinPostingList(segment);
	}
	return n;
}

/* Read the posting list of a tuple whose key was read. */
int
detmeta_check_read_list(IndexCheck *check, BlockNumber block, IndexTuple itup, uint64 *tids)
{
	Size		offset = GinGetPostingOffset(itup);
	Size		size = IndexTupleSize(itup);
	const GinPostingList *list = (const GinPostingList *) ((char *) itup + offset);
	int			n = 0;

	if (GinGetNPosting(itup) == 0)
		return 0;
	if (!GinItupIsCompressed(itup) || offset != SHORTALIGN(offset) ||
		offset + offsetof(GinPostingList, bytes) > size ||
		offset + SizeOfGinPostingList(list) > size)
		n = -1;
	else
		n = read_segments((const char *) list, SizeOfGinPostingList(list), tids);
	if (n != GinGetNPosting(itup))
	{
		detmeta_check_page_problem(check, block, "has a posting list that cannot be read");
		return -1;
	}
	return n;
}

/* Read the TIDs of a posting tree's leaf. */
int
detmeta_check_read_leaf(IndexCheck *check, BlockNumber block, Page page, uint64 *tids)
{
	int			n = read_segments((const char *) GinDataLeafPageGetPostingList(page),
								  GinDataLeafPageGetPostingListSize(page), tids);

	if (n < 0)
		detmeta_check_page_problem(check, block, "has a posting list that cannot be read");
	return n;
}

/* Compare two keys in the order of the index. */
int
detmeta_check_compare(IndexCheck *check, const CheckKey *a, const CheckKey *b)
{
	int			cmp;

	if (a->attnum == b->attnum && a->category == GIN_CAT_NORM_KEY &&
		b->category == GIN_CAT_NORM_KEY && check->ours[a->attnum])
	{
		cmp = memcmp(a->data, b->data, Min(a->len, b->len));
		return cmp != 0 ? cmp : a->len - b->len;
	}
	return ginCompareAttEntries(&check->gin, a->attnum, a->datum, a->category,
								b->attnum, b->datum, b->category);
}

/* Return a hash of an entry of metadata_ops, with its column. */
uint64
detmeta_check_hash(const CheckKey *key)
{
	return DatumGetUInt64(hash_any_extended((const unsigned char *) key->data, key->len,
											(uint64) key->attnum << 8 | (uint8) key->category));
}

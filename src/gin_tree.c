/*
 * gin_tree.c
 *		Leaves of a GIN index's posting trees, and the segments in them.
 *
 * Between two pages nothing is kept of a posting tree but a TID: the next page
 * is found from the root again, by the first TID not read.  It is on that page
 * or to the right of it, as pages split to the right, and VACUUM deletes only
 * pages that are empty.  A descent takes less than a microsecond, a page holds
 * thousands of TIDs, and no page is pinned or locked while the caller works.
 *
 * A descent lets go of the parent before it locks the child, as inserters lock
 * the other way round.  VACUUM may delete the child meanwhile.  On a primary it
 * cannot be reused before our snapshot is gone, and its right link leads on.  A
 * standby has no such guard.  So the parent stays pinned, and when its LSN has
 * changed once the child is locked, we start from the root again: while the
 * parent is as we saw it, the child is its child.
 *
 * Pages of the format before 9.4 are refused: no index of ours is that old.
 */
#include "postgres.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "access/visibilitymap.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "port/pg_bswap.h"

#include "gin_tree.h"

/* a descent to a sample leaf */
typedef struct Probe
{
	double		fraction;		/* where on each inner page, below 1 */
	double		nleaves;		/* of the tree, as the pages on the way tell */
} Probe;

/* Complain about a page or list that is not as it should be. */
void
detmeta_gin_report_corruption(GinReader *reader, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_INDEX_CORRUPTED),
			 errmsg("index \"%s\" contains %s",
					RelationGetRelationName(reader->index), what),
			 errhint("Please REINDEX it.")));
}

/*
 * Return the bytes of the visibility map's page that has a heap block, or NULL
 * where the map does not reach so far.  The page stays pinned.
 */
const unsigned char *
detmeta_gin_visibility_map(GinReader *reader, BlockNumber block)
{
	BlockNumber number = block / GIN_VM_PAGE_BLOCKS;
	Buffer	   *buffer = &reader->vm_buffers[number % GIN_READER_VM_BUFFERS];

	if (reader->vm_map != NULL && reader->vm_page == number)
		return reader->vm_map;
	/* The map of this page may take the place of the one that is remembered. */
	reader->vm_map = NULL;
	(void) visibilitymap_get_status(reader->heap, block, buffer);
	if (BufferIsValid(*buffer))
	{
		reader->vm_page = number;
		reader->vm_map = (const unsigned char *) PageGetContents(BufferGetPage(*buffer));
	}
	return reader->vm_map;
}

/* Enter a segment at its first TID. */
static inline void
enter_segment(GinCursor *cursor, const GinPostingList *segment)
{
	cursor->segment = segment;
	cursor->valid = (const char *) segment < cursor->end;
	if (!cursor->valid)
		return;
	cursor->next = segment->bytes;
	cursor->limit = segment->bytes + segment->nbytes;
	cursor->tid = GIN_PACK_TID(&segment->first);
}

/* Start to read segments. */
void
detmeta_gin_cursor_start(GinCursor *cursor, const void *segments, Size len)
{
	cursor->end = (const char *) segments + len;
	enter_segment(cursor, segments);
}

/* Go to the next TID. */
static inline void
advance(GinCursor *cursor)
{
	uint64		delta;
	uint32		byte;
	int			shift = 7;

	if (cursor->next >= cursor->limit)
	{
		enter_segment(cursor, GinNextPostingListSegment(cursor->segment));
		return;
	}
	byte = *cursor->next++;
	delta = byte & 0x7F;
	while ((byte & 0x80) && shift < 49)
	{
		byte = *cursor->next++;
		delta |= (uint64) (byte & 0x7F) << shift;
		shift += 7;
	}
	cursor->tid += delta;
}

/* Add up four numbers of 16 bits. */
static inline uint64
sum_lanes(uint64 lanes)
{
	return lanes * UINT64CONST(0x0001000100010001) >> 48;
}

/*
 * Skip TIDs before the target eight bytes at a time, as long as their deltas
 * have one or two bytes each.  The lower byte of a delta comes first, so bytes
 * behind one with its high bit set count 128 times.
 */
static inline void
skip_words(GinCursor *cursor, uint64 target)
{
	const uint64 high = UINT64CONST(0x8080808080808080);
	const uint64 even = UINT64CONST(0x00FF00FF00FF00FF);
	const unsigned char *next = cursor->next;
	uint64		tid = cursor->tid;

	if (!cursor->valid)
		return;
	while (cursor->limit - next >= (int) sizeof(uint64))
	{
		uint64		word;
		uint64		more;
		uint64		upper;
		uint64		sum;
		int			nbytes = sizeof(uint64);

		memcpy(&word, next, sizeof(word));
#ifdef WORDS_BIGENDIAN
		word = pg_bswap64(word);
#endif
		more = word & high;
		if ((more & more << 8) != 0)
			break;
		/* a last delta that is not complete is left to the next round */
		if (word >> 63 != 0)
		{
			nbytes--;
			word &= UINT64CONST(0x00FFFFFFFFFFFFFF);
		}
		upper = (more >> 7) * 0xFF << 8;	/* mask of the bytes behind */
		word &= ~high;
		sum = sum_lanes((word & even) + (word >> 8 & even)) +
			127 * sum_lanes((word & upper & even) + ((word & upper) >> 8 & even));
		if (tid + sum >= target)
			break;
		tid += sum;
		next += nbytes;
	}
	cursor->next = next;
	cursor->tid = tid;
}

/* Go forward to the first TID that is not before the target. */
void
detmeta_gin_cursor_seek(GinCursor *cursor, uint64 target)
{
	const GinPostingList *segment = cursor->segment;
	const GinPostingList *next;

	if (!cursor->valid || cursor->tid >= target)
		return;
	for (;;)
	{
		next = GinNextPostingListSegment(segment);
		if ((const char *) next >= cursor->end || GIN_PACK_TID(&next->first) > target)
			break;
		segment = next;
	}
	if (segment != cursor->segment)
		enter_segment(cursor, segment);
	skip_words(cursor, target);
	while (cursor->valid && cursor->tid < target)
		advance(cursor);
}

/* Read the TIDs of the next heap block. */
bool
detmeta_gin_next_run(GinReader *reader, GinCursor *pos, GinRun *run)
{
	GinCursor		cursor = *pos;
	uint64		base;
	uint64		offset;

	if (!cursor.valid)
		return false;
	run->block = GIN_PACKED_BLOCK(cursor.tid);
	run->count = 0;
	memset(run->bits, 0, sizeof(run->bits));
	base = GIN_PACK(run->block, 0);
	offset = cursor.tid - base;
	do
	{
		if (unlikely(offset - 1 >= MaxHeapTuplesPerPage))
			detmeta_gin_report_corruption(reader, "an invalid TID");
		run->nwords = (offset - 1) / 64 + 1;
		run->bits[run->nwords - 1] |= UINT64CONST(1) << (offset - 1) % 64;
		run->count++;
		advance(&cursor);
		offset = cursor.tid - base;
	} while (cursor.valid && offset < (1 << GIN_OFFSET_BITS));
	reader->ntids += run->count;
	*pos = cursor;
	return true;
}

/* Make room for so many TIDs, forgetting those that are there. */
void
detmeta_gin_reserve_tids(GinTids *tids, int capacity)
{
	tids->count = 0;
	tids->capacity = capacity;
	tids->tids = palloc_array(ItemPointerData, capacity);
	tids->proven = palloc_array(bool, capacity);
}

/* Append the TIDs of a heap block. */
void
detmeta_gin_append_run(GinReader *reader, GinTids *tids, const GinRun *run, bool proven)
{
	int			i;

	if (tids->count + run->count > tids->capacity)
		detmeta_gin_report_corruption(reader, "a posting list of a wrong length");
	for (i = 0; i < run->nwords; i++)
	{
		uint64		bits = run->bits[i];

		while (bits != 0)
		{
			ItemPointerSet(&tids->tids[tids->count], run->block,
						   i * 64 + pg_rightmost_one_pos64(bits) + 1);
			tids->proven[tids->count++] = proven;
			bits &= bits - 1;
		}
	}
}

/*
 * Append the TIDs of an entry tuple's posting list.  To prove them, the page
 * they are on must be locked.
 */
void
detmeta_gin_decode_list(GinReader *reader, IndexTuple itup, bool prove, GinTids *tids)
{
	const GinPostingList *list = (GinPostingList *) GinGetPosting(itup);
	GinCursor		cursor;
	GinRun			run;

	if (GinGetNPosting(itup) == 0)
		return;
	if (!GinItupIsCompressed(itup))
		detmeta_gin_report_corruption(reader, "a posting list of an old format");
	detmeta_gin_cursor_start(&cursor, list, SizeOfGinPostingList(list));
	while (detmeta_gin_next_run(reader, &cursor, &run))
		detmeta_gin_append_run(reader, tids, &run,
				   prove && detmeta_gin_block_proven(reader, run.block));
}

/* Choose the child of an inner page that is to hold a TID. */
static BlockNumber
choose_child(Page page, uint64 target)
{
	OffsetNumber low = FirstOffsetNumber;
	OffsetNumber high = GinPageGetOpaque(page)->maxoff; /* no right bound */

	while (low < high)
	{
		OffsetNumber mid = low + (high - low) / 2;

		if (GIN_PACK_TID(&GinDataPageGetPostingItem(page, mid)->key) < target)
			low = mid + 1;
		else
			high = mid;
	}
	return PostingItemGetBlockNumber(GinDataPageGetPostingItem(page, low));
}

/* Choose the child at a fraction of an inner page, and note the fan-out. */
static BlockNumber
sample_child(Page page, Probe *probe)
{
	int			nchildren = GinPageGetOpaque(page)->maxoff;
	int			child = (int) (nchildren * probe->fraction);

	probe->nleaves *= nchildren;
	return PostingItemGetBlockNumber(GinDataPageGetPostingItem(page, child + 1));
}

/* Go right as long as the page cannot hold the TID. */
static Buffer
move_right(GinReader *reader, Buffer buffer, uint64 target)
{
	for (;;)
	{
		Page		page = BufferGetPage(buffer);

		if (!GinPageIsData(page) ||
			(!GinPageIsLeaf(page) && !GinPageIsDeleted(page) &&
			 GinPageGetOpaque(page)->maxoff < FirstOffsetNumber))
			detmeta_gin_report_corruption(reader, "an unexpected page in a posting tree");
		if (GinPageRightMost(page) ||
			(!GinPageIsDeleted(page) &&
			 GIN_PACK_TID(GinDataPageGetRightBound(page)) >= target))
			return buffer;
		buffer = gin_step_right(reader, buffer);
	}
}

/*
 * Lock a child whose parent is pinned and no longer locked.  If the parent has
 * changed meanwhile, return InvalidBuffer.
 */
static Buffer
lock_child(GinReader *reader, Buffer parent, XLogRecPtr parent_lsn, BlockNumber child)
{
	Buffer		buffer = ReadBuffer(reader->index, child);

	gin_lock_page(reader, buffer);
	if (BufferGetLSNAtomic(parent) != parent_lsn)
	{
		UnlockReleaseBuffer(buffer);
		buffer = InvalidBuffer;
	}
	ReleaseBuffer(parent);
	return buffer;
}

/*
 * Find and share-lock the leaf of a posting tree that is to hold a TID, or,
 * with a probe, the leaf at a fraction of the tree.
 */
static Buffer
find_leaf(GinReader *reader, BlockNumber root, uint64 target, Probe *probe)
{
	Buffer		buffer = InvalidBuffer;

	for (;;)
	{
		Page		page;
		BlockNumber child;
		XLogRecPtr	lsn;

		if (!BufferIsValid(buffer))
		{
			CHECK_FOR_INTERRUPTS();
			if (probe)
				probe->nleaves = 1;
			buffer = ReadBuffer(reader->index, root);
			gin_lock_page(reader, buffer);
		}
		buffer = move_right(reader, buffer, target);
		page = BufferGetPage(buffer);
		if (GinPageIsLeaf(page))
			return buffer;
		child = probe ? sample_child(page, probe) : choose_child(page, target);
		lsn = BufferGetLSNAtomic(buffer);
		LockBuffer(buffer, GIN_UNLOCK);
		buffer = lock_child(reader, buffer, lsn, child);
	}
}

/* Open the leaf that is to hold a TID, at the first TID not before it. */
void
detmeta_gin_open_leaf(GinReader *reader, BlockNumber root, uint64 from, GinLeaf *leaf)
{
	Page		page;

	leaf->buffer = find_leaf(reader, root, from, NULL);
	page = BufferGetPage(leaf->buffer);
	if (!GinPageIsCompressed(page))
		detmeta_gin_report_corruption(reader, "a posting tree of an old format");
	detmeta_gin_cursor_start(&leaf->cursor, GinDataLeafPageGetPostingList(page),
				 GinDataLeafPageGetPostingListSize(page));
	detmeta_gin_cursor_seek(&leaf->cursor, from);
	leaf->last = GinPageRightMost(page);
	leaf->next = leaf->last ? PG_UINT64_MAX :
		GIN_PACK_TID(GinDataPageGetRightBound(page)) + 1;
}

/* Unlock a leaf. */
void
detmeta_gin_close_leaf(GinLeaf *leaf)
{
	UnlockReleaseBuffer(leaf->buffer);
}

#ifdef __SSE2__
/* Count the bytes below 0x80 in 16 times n bytes; n is at most 255. */
static inline int
count_ends(const unsigned char *bytes, int n)
{
	const __m128i minus_one = _mm_set1_epi8(-1);
	__m128i		lanes = _mm_setzero_si128();	/* a count for each of 16 places */

	for (int i = 0; i < n; i++)
	{
		__m128i		chunk = _mm_loadu_si128((const __m128i *) (bytes + 16 * i));

		/* those below 0x80 are greater than -1 as signed bytes, which gives -1 */
		lanes = _mm_sub_epi8(lanes, _mm_cmpgt_epi8(chunk, minus_one));
	}
	lanes = _mm_sad_epu8(lanes, _mm_setzero_si128());
	return _mm_cvtsi128_si32(lanes) + _mm_extract_epi16(lanes, 4);
}
#else
/* Mark the bytes of eight that end a TID: 1 in the lane of each. */
static inline uint64
mark_ends(const unsigned char *bytes)
{
	uint64		word;

	memcpy(&word, bytes, sizeof(word));
	return ~word >> 7 & UINT64CONST(0x0101010101010101);
}

/* Count the bytes below 0x80 in 16 times n bytes; n is at most 127. */
static inline int
count_ends(const unsigned char *bytes, int n)
{
	const uint64 low = UINT64CONST(0x00FF00FF00FF00FF);
	uint64		lanes = 0;		/* a count for each of eight places */

	for (int i = 0; i < n; i++)
		lanes += mark_ends(bytes + 16 * i) + mark_ends(bytes + 16 * i + 8);
	lanes = (lanes & low) + (lanes >> 8 & low);
	return (int) (lanes * UINT64CONST(0x0001000100010001) >> 48);
}
#endif

/* Count the TIDs of a segment: all but the first end with a byte below 0x80. */
static int
count_segment(const GinPostingList *segment)
{
	int			chunks = Min(segment->nbytes / 16, 127);
	int			count = 1 + count_ends(segment->bytes, chunks);

	for (int i = 16 * chunks; i < segment->nbytes; i++)
		count += segment->bytes[i] < 0x80;
	return count;
}

/* Count the TIDs of some segments of a leaf. */
int
detmeta_gin_count_segments(const GinPostingList *segment, const char *end)
{
	int			n = 0;

	for (; (const char *) segment < end; segment = GinNextPostingListSegment(segment))
		n += count_segment(segment);
	return n;
}

/* Count the TIDs on a leaf of a posting tree. */
static int
count_leaf(Page page)
{
	const GinPostingList *segment = GinDataLeafPageGetPostingList(page);

	return detmeta_gin_count_segments(segment, (const char *) segment + GinDataLeafPageGetPostingListSize(page));
}

/* Count the TIDs of the leaf at a fraction of a posting tree, and estimate its leaves. */
static int
probe_leaf(GinReader *reader, BlockNumber root, double fraction, double *nleaves)
{
	Probe		probe = {fraction, 1};
	Buffer		buffer = find_leaf(reader, root, 0, &probe);
	int			count = count_leaf(BufferGetPage(buffer));

	UnlockReleaseBuffer(buffer);
	*nleaves = probe.nleaves;
	return count;
}

/*
 * Estimate the TIDs of a posting tree from a few of its leaves.  A tree that
 * has no more is counted: its last leaf is often nearly empty.
 */
double
detmeta_gin_tree_estimate(GinReader *reader, BlockNumber root, int nprobes)
{
	double		nleaves;
	double		total = probe_leaf(reader, root, 0.5 / nprobes, &nleaves);
	double		ignored;
	int			i;

	if (nleaves <= nprobes)
	{
		for (i = 1; i < nleaves; i++)
			total += probe_leaf(reader, root, (i + 0.5) / nleaves, &ignored);
		return total;
	}
	total *= nleaves;
	for (i = 1; i < nprobes; i++)
	{
		int			count = probe_leaf(reader, root, (i + 0.5) / nprobes, &nleaves);

		total += count * nleaves;
	}
	return total / nprobes;
}

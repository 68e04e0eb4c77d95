/*
 * segment.c
 *		Segments of a GIN index: compressed lists of TIDs.
 *
 * A segment has its first TID as it is, and of each other one the difference
 * to the one before, as packed integers: seven bits to a byte, the lower ones
 * first, and in all bytes but the last the highest bit set.
 */
#include "postgres.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "access/htup_details.h"

#include "gin/packed_tid.h"
#include "gin/segment.h"

/*
 * Read the TIDs of a segment, packed, to reader->packed; returns how many they
 * are.
 *
 * Where a TID ends cannot be foreseen, and a branch that is mispredicted takes
 * longer than all else here.  So each byte stores the sum so far, and the place
 * moves on behind a byte that ends a TID.
 */
int
detmeta_gin_decode_segment(GinReader *reader, const GinPostingList *segment)
{
	uint64		tid = GIN_PACK_TID(&segment->first);
	uint64	   *place = reader->packed;
	uint32		shift = 0;

	if (unlikely(segment->nbytes >= GIN_SEGMENT_TIDS))
		detmeta_gin_report_corruption(reader, "a posting list of a wrong length");
	*place++ = tid;
	for (int i = 0; i < segment->nbytes; i++)
	{
		uint32		byte = segment->bytes[i];
		uint32		more = byte >> 7;

		tid += (uint64) (byte & 0x7F) << shift % 64;
		*place = tid;
		place += 1 - more;
		shift = (shift + 7) & -more;
	}
	return place - reader->packed;
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

/*
 * Append the TIDs of a segment that are not before one, packed.  To prove them,
 * the page that they are on must be locked.
 */
void
detmeta_gin_append_segment(GinReader *reader, const GinPostingList *segment, uint64 from,
						   bool prove, GinTids *tids)
{
	int			n = detmeta_gin_decode_segment(reader, segment);
	BlockNumber block = InvalidBlockNumber;
	bool		proven = false;

	if (tids->count + n > tids->capacity)
		detmeta_gin_report_corruption(reader, "a posting list of a wrong length");
	reader->ntids += n;
	for (int i = 0; i < n; i++)
	{
		uint64		tid = reader->packed[i];
		OffsetNumber offset = GIN_PACKED_OFFSET(tid);

		if (tid < from)
			continue;
		if (unlikely(offset < 1 || offset > MaxHeapTuplesPerPage))
			detmeta_gin_report_corruption(reader, "an invalid TID");
		if (GIN_PACKED_BLOCK(tid) != block)
		{
			block = GIN_PACKED_BLOCK(tid);
			proven = prove && detmeta_gin_block_proven(reader, block);
		}
		ItemPointerSet(&tids->tids[tids->count], block, offset);
		tids->proven[tids->count++] = proven;
	}
}

/*
 * Append the TIDs of an entry tuple's posting list.  To prove them, the page
 * they are on must be locked.
 */
void
detmeta_gin_decode_list(GinReader *reader, IndexTuple itup, bool prove, GinTids *tids)
{
	if (GinGetNPosting(itup) == 0)
		return;
	if (!GinItupIsCompressed(itup))
		detmeta_gin_report_corruption(reader, "a posting list of an old format");
	detmeta_gin_append_segment(reader, (GinPostingList *) GinGetPosting(itup), 0, prove, tids);
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

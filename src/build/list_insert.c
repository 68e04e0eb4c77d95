/*
 * list_insert.c
 *		Put a TID into a compressed list of TIDs.
 *
 * Core's functions decode a list, merge the TID with it and encode it again.  But a list
 * is its first TID and the differences between neighbours, each in as many bytes as it
 * takes (gin/segment.c), so one more TID divides one difference in two and leaves all
 * other bytes as they are.  What comes out is what core's functions make, byte for byte.
 */
#include "postgres.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "build/list_insert.h"
#include "gin/packed_tid.h"

#define MAX_DIFFERENCE_SHIFT	42	/* of seven bytes */

/* Read the difference at a byte; return the byte behind it, 0 if there is none in the list. */
static inline int
read_difference(const GinPostingList *list, int at, uint64 *difference)
{
	*difference = 0;
	for (int shift = 0; at < list->nbytes && shift <= MAX_DIFFERENCE_SHIFT; shift += 7)
	{
		unsigned char byte = list->bytes[at++];

		*difference |= (uint64) (byte & 0x7F) << shift;
		if (byte < 0x80)
			return at;
	}
	return 0;
}

/* Write a difference; return how many bytes it takes. */
static inline int
write_difference(unsigned char *bytes, uint64 difference)
{
	int			n = 0;

	for (; difference > 0x7F; difference >>= 7)
		bytes[n++] = (unsigned char) (difference | 0x80);
	bytes[n++] = (unsigned char) difference;
	return n;
}

#ifdef __SSE2__
/* Add up bytes, shifted to the left, in two halves. */
static inline __m128i
add_bytes(__m128i sums, __m128i bytes, int shift)
{
	__m128i		halves = _mm_sad_epu8(bytes, _mm_setzero_si128());

	return _mm_add_epi64(sums, _mm_slli_epi64(halves, shift));
}

/* Move the marks of a chunk's bytes by some bytes, with those of the chunk before. */
#define MOVE_MARKS(marks, before, n) \
	_mm_or_si128(_mm_slli_si128(marks, n), _mm_srli_si128(before, 16 - (n)))

/*
 * Add up the seven bits of 16 bytes, each shifted by the seven bits of the bytes before
 * it in its difference; false: one has more than three of these.  "before" has the
 * marks of the 16 bytes before: which go on.
 */
static inline bool
add_chunk(__m128i chunk, __m128i *before, uint64 *sum)
{
	__m128i		marks = _mm_cmplt_epi8(chunk, _mm_setzero_si128());
	__m128i		bits = _mm_and_si128(chunk, _mm_set1_epi8(0x7F));
	__m128i		one = MOVE_MARKS(marks, *before, 1);
	__m128i		two = _mm_and_si128(one, MOVE_MARKS(marks, *before, 2));
	__m128i		three = _mm_and_si128(two, MOVE_MARKS(marks, *before, 3));
	__m128i		four = _mm_and_si128(three, MOVE_MARKS(marks, *before, 4));
	__m128i		sums = _mm_setzero_si128();

	if (_mm_movemask_epi8(four) != 0)
		return false;
	sums = add_bytes(sums, _mm_andnot_si128(one, bits), 0);
	sums = add_bytes(sums, _mm_andnot_si128(two, _mm_and_si128(one, bits)), 7);
	sums = add_bytes(sums, _mm_andnot_si128(three, _mm_and_si128(two, bits)), 14);
	sums = add_bytes(sums, _mm_and_si128(three, bits), 21);
	*before = marks;
	sums = _mm_add_epi64(sums, _mm_unpackhi_epi64(sums, sums));
	memcpy(sum, &sums, sizeof(*sum));
	return true;
}

/*
 * Pass over differences as long as their sum stays below one: 16 bytes at a time.
 * Returns the byte where a difference begins, and takes what was passed off "rest".
 */
static int
pass_differences(const unsigned char *bytes, int nbytes, uint64 *rest)
{
	__m128i		before = _mm_setzero_si128();
	int			at = 0;
	int			start;
	uint64		sum;

	for (; at + 16 <= nbytes; at += 16)
	{
		if (!add_chunk(_mm_loadu_si128((const __m128i *) (bytes + at)), &before, &sum) ||
			sum >= *rest)
			break;
		*rest -= sum;
	}

	/* back to the beginning of a difference, parts of which are passed */
	for (start = at; start > 0 && (bytes[start - 1] & 0x80); start--)
		;
	for (int i = start; i < at; i++)
		*rest += (uint64) (bytes[i] & 0x7F) << 7 * (i - start);
	return start;
}
#else
/* Without instructions for it, nothing is passed at once. */
static int
pass_differences(const unsigned char *bytes, int nbytes, uint64 *rest)
{
	return 0;
}
#endif

/* Find the place of a TID; false: the list is not one. */
bool
detmeta_list_find_place(const GinPostingList *list, uint64 tid, ListPlace *place)
{
	uint64		first = GIN_PACK_TID(&list->first);
	uint64		rest;
	int			at;

	memset(place, 0, sizeof(*place));
	place->tid = tid;
	if (tid <= first)
	{
		place->first = true;
		place->after = first;
		return true;
	}
	rest = tid - first;
	at = pass_differences(list->bytes, list->nbytes, &rest);
	while (at < list->nbytes)
	{
		uint64		difference;
		int			next = read_difference(list, at, &difference);

		if (next == 0)
			return false;
		if (difference >= rest)
		{
			place->before = tid - rest;
			place->after = place->before + difference;
			place->start = at;
			place->end = next;
			return true;
		}
		rest -= difference;
		at = next;
	}
	place->before = tid - rest;
	place->start = place->end = list->nbytes;
	place->last = true;
	return true;
}

/* Copy a list with a TID that is not in it. */
void
detmeta_list_copy_with(const GinPostingList *list, const ListPlace *place, GinPostingList *copy)
{
	unsigned char *bytes = copy->bytes;

	if (place->first)
		ItemPointerSet(&copy->first, GIN_PACKED_BLOCK(place->tid),
					   GIN_PACKED_OFFSET(place->tid));
	else
	{
		copy->first = list->first;
		memcpy(bytes, list->bytes, place->start);
		bytes += place->start;
		bytes += write_difference(bytes, place->tid - place->before);
	}
	if (!place->last)
		bytes += write_difference(bytes, place->after - place->tid);
	memcpy(bytes, list->bytes + place->end, list->nbytes - place->end);
	bytes += list->nbytes - place->end;
	copy->nbytes = bytes - copy->bytes;
	if (copy->nbytes % 2 != 0)
		*bytes = 0;				/* what pads a list is zero */
}

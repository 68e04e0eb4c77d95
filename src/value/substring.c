/*
 * substring.c
 *		Look for one substring in many texts: short ones, and long ones too.
 *
 * This is the two-way algorithm of Crochemore and Perrin, which takes no more
 * than two comparisons for a byte of the text, whatever both are, and no
 * memory.  The pattern is cut in two where the halves overlap least:
 *
 *		"abaaba"	ab aaba, which repeats after 3 bytes
 *
 * The right half is compared first.  Where it fails at its n-th byte the
 * search moves on by n; where the left half fails, by the pattern's period.
 * In front of that goes a look at the text's byte under the pattern's last
 * one, as Horspool has it, which moves most searches on by the whole pattern; or,
 * where the processor compares 16 bytes at once, at those under the first and the
 * last at 16 places, which foresees nothing and so mistakes nothing.
 *
 * memmem() is as quick only where the C library has the same, prepares itself
 * at every call, and cannot be interrupted.
 *
 * Characters match, not bytes: in EUC_JP the bytes A4 A2 A4 A2 are two
 * characters that A2 A4 is not among.  In UTF-8 and where a character is one
 * byte, no match of bytes can begin within a character; elsewhere the text's
 * characters are counted off up to the match.
 */
#include "postgres.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"

#include "base/compat.h"
#include "value/character.h"
#include "value/substring.h"

#define MAX_SHIFT	255

/* Bytes between looks for an interrupt. */
#define SKIPPED_AT_ONCE	65536

/*
 * Return where the suffix begins that is the last in the order of bytes, or in
 * its reverse, and the suffix' period.
 */
static int
last_suffix(const char *bytes, int len, bool reverse, int *period)
{
	int			before = -1;	/* the byte before the suffix */
	int			other = 0;		/* the byte before one that is compared with it */
	int			n = 1;			/* the byte of both that is compared */

	*period = 1;
	while (other + n < len)
	{
		unsigned char x = bytes[before + n];
		unsigned char y = bytes[other + n];

		CHECK_FOR_INTERRUPTS();
		if (x == y && n < *period)
			n++;
		else if (x == y || (reverse ? x < y : x > y))
		{
			other += n;
			n = 1;
			if (x != y)
				*period = other - before;
		}
		else
		{
			before = other++;
			n = *period = 1;
		}
	}
	return before + 1;
}

/* Find where the pattern is cut in two, and how far to move on from a match. */
static void
cut_in_two(Substring *pattern)
{
	int			period;
	int			right = last_suffix(pattern->bytes, pattern->len, true, &period);

	pattern->right = last_suffix(pattern->bytes, pattern->len, false, &pattern->period);
	if (right > pattern->right)
	{
		pattern->right = right;
		pattern->period = period;
	}
	pattern->overlap = pattern->len - pattern->period;

	/* Is it the period of the whole, or only of the right half? */
	if (memcmp(pattern->bytes, pattern->bytes + pattern->period, pattern->right) != 0)
	{
		pattern->period = Max(pattern->right, pattern->len - pattern->right) + 1;
		pattern->overlap = 0;
	}
}

/* Prepare a pattern, which must stay where it is. */
Substring *
detmeta_substring(const char *bytes, int len)
{
	Substring  *pattern = palloc0_object(Substring);

	pattern->bytes = bytes;
	pattern->len = len;
	pattern->by_characters = !encoding_marks_characters();
	memset(pattern->shift, Min(len, MAX_SHIFT), sizeof(pattern->shift));
	for (int i = 0; i < len; i++)
		pattern->shift[(unsigned char) bytes[i]] = Min(len - 1 - i, MAX_SHIFT);
	if (len > 0)
		cut_in_two(pattern);
	return pattern;
}

/*
 * Compare the pattern with the text at a place; return how far to move on from
 * there, or 0 if it matches.  "known" bytes in front match, before and after.
 */
static inline int
compare_halves(const Substring *pattern, const char *text, int *known)
{
	int			i = Max(pattern->right, *known);
	bool		matches;

	while (i < pattern->len && pattern->bytes[i] == text[i])
		i++;
	if (i < pattern->len)
	{
		*known = 0;
		return i - pattern->right + 1;
	}
	i = pattern->right;
	while (i > *known && pattern->bytes[i - 1] == text[i - 1])
		i--;
	matches = (i <= *known);
	*known = pattern->overlap;
	return matches ? 0 : pattern->period;
}

/*
 * Say whether a character begins at a place; "character", which begins before
 * it, is moved on to there or behind it.
 */
static bool
begins_character(const char **character, const char *place, const char *end)
{
	while (*character < place)
	{
		CHECK_FOR_INTERRUPTS();
		*character = character_end(*character, end);
	}
	return *character == place;
}

#ifdef __SSE2__
#define PLACES_AT_ONCE	16

/*
 * Go to the next place where the text has the pattern's first and last byte, or
 * behind the last place to look at; there are as many places as are compared at
 * once, or more.
 */
static inline const char *
skip_at_once(const Substring *pattern, const char *text, const char *stop)
{
	const __m128i first = _mm_set1_epi8(pattern->bytes[0]);
	const __m128i last = _mm_set1_epi8(pattern->bytes[pattern->len - 1]);

	for (; text <= stop; text += PLACES_AT_ONCE)
	{
		/* the last places are compared with some in front, which are left out */
		int			before = Max(0, PLACES_AT_ONCE - 1 - (int) (stop - text));
		const char *place;
		__m128i		equal;
		uint32		found;

		CHECK_FOR_INTERRUPTS();
		place = text - before;
		equal = _mm_and_si128(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *) place), first),
							  _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)
															 (place + pattern->len - 1)), last));
		found = (uint32) _mm_movemask_epi8(equal) >> before;
		if (found != 0)
			return text + pg_rightmost_one_pos32(found);
	}
	return text;
}
#endif

/*
 * Go to the next place where the text has the pattern's last byte, or behind the
 * last place to look at.  Most of a search is here.
 */
static inline const char *
skip(const Substring *pattern, const char *text, const char *stop)
{
	int			last = pattern->len - 1;

#ifdef __SSE2__
	if (stop - text >= PLACES_AT_ONCE - 1)
		return skip_at_once(pattern, text, stop);
#endif
	while (text <= stop)
	{
		const char *pause = stop - text > SKIPPED_AT_ONCE ? text + SKIPPED_AT_ONCE : stop;
		int			step = 1;

		CHECK_FOR_INTERRUPTS();
		while (text <= pause && (step = pattern->shift[(unsigned char) text[last]]) > 0)
			text += step;
		if (step == 0)
			break;
	}
	return text;
}

/* Say whether a text contains the pattern. */
bool
detmeta_substring_found(const Substring *pattern, const char *text, int len)
{
	const char *character = text;
	const char *end = text + len;
	const char *stop;
	int			known = 0;

	if (pattern->len == 0 || len < pattern->len)
		return pattern->len == 0;
	stop = end - pattern->len;
	while (text <= stop)
	{
		int			step;

		if (known == 0)
		{
			text = skip(pattern, text, stop);
			if (text > stop)
				break;
			step = 0;
		}
		else
		{
			CHECK_FOR_INTERRUPTS();
			step = pattern->shift[(unsigned char) text[pattern->len - 1]];
		}
		if (step > 0)
		{
			step = Max(step, known);
			known = 0;
		}
		else
			step = compare_halves(pattern, text, &known);
		if (step == 0)
		{
			if (!pattern->by_characters || begins_character(&character, text, end))
				return true;
			step = pattern->period;
		}
		text += step;
	}
	return false;
}

/* Say whether a text ends with the pattern. */
bool
detmeta_substring_at_end(const Substring *pattern, const char *text, int len)
{
	const char *character = text;
	const char *end = text + len;

	if (len < pattern->len || memcmp(end - pattern->len, pattern->bytes, pattern->len) != 0)
		return false;
	return !pattern->by_characters || begins_character(&character, end - pattern->len, end);
}

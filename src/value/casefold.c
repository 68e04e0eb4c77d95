/*
 * casefold.c
 *		Full Unicode case folding, for comparisons without regard to case.
 *
 * Each code point folds by itself, whatever its neighbours and whatever the
 * locale, so a text contains another one without regard to case just when its
 * folding contains the other's:
 *
 *		"STRASSE", "Straße"		both fold to "strasse"
 *
 * Not done: normalization (é as one code point or two stay different) and the
 * Turkic dotless i.  In a database that is not UTF-8 only ASCII folds.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "value/casefold.h"
#include "value/casefold_table.h"

#define MAX_UTF8_BYTES	4

/* Eight bytes of the same value. */
#define EIGHT(byte)		(UINT64CONST(0x0101010101010101) * (byte))

/* Fold eight ASCII characters at once: add 0x20 where a byte is A to Z. */
static inline uint64
fold_eight(uint64 chunk)
{
	uint64		from_a = chunk + EIGHT(0x80 - 'A');
	uint64		above_z = chunk + EIGHT(0x80 - 'Z' - 1);

	return chunk + (((from_a & ~above_z) & EIGHT(0x80)) >> 2);
}

/* Fold ASCII up to the first other byte; return how many bytes that was. */
static int
fold_ascii(const char *text, int len, char *to)
{
	int			i = 0;

	for (; i + (int) sizeof(uint64) <= len; i += sizeof(uint64))
	{
		uint64		chunk;

		memcpy(&chunk, text + i, sizeof(chunk));
		if (chunk & EIGHT(0x80))
			break;
		chunk = fold_eight(chunk);
		memcpy(to + i, &chunk, sizeof(chunk));
	}
	for (; i < len && !IS_HIGHBIT_SET(text[i]); i++)
		to[i] = pg_ascii_tolower((unsigned char) text[i]);
	return i;
}

/* Append one code point. */
static void
append_code(uint32 code, StringInfo out)
{
	unsigned char utf8[MAX_UTF8_BYTES];

	unicode_to_utf8(code, utf8);
	appendBinaryStringInfo(out, (const char *) utf8, pg_utf_mblen(utf8));
}

/* Return what a code point folds to, where that is one code point. */
static uint32
fold_to_one(uint32 code)
{
	int			low = 0;
	int			high = lengthof(casefold_ranges);

	while (low < high)
	{
		int			middle = (low + high) / 2;
		const struct CasefoldRange *range = &casefold_ranges[middle];

		if (code < range->first)
			high = middle;
		else if (code > range->last)
			low = middle + 1;
		else if ((code - range->first) % range->step == 0)
			return code + range->distance;
		else
			break;
	}
	return code;
}

/* Append what a code point folds to, where that is several; else return false. */
static bool
fold_to_many(uint32 code, StringInfo out)
{
	int			low = 0;
	int			high = lengthof(casefold_expansions);

	while (low < high)
	{
		int			middle = (low + high) / 2;
		const struct CasefoldExpansion *expansion = &casefold_expansions[middle];

		if (code < expansion->code)
			high = middle;
		else if (code > expansion->code)
			low = middle + 1;
		else
		{
			append_code(expansion->folded[0], out);
			append_code(expansion->folded[1], out);
			if (expansion->folded[2] != 0)
				append_code(expansion->folded[2], out);
			return true;
		}
	}
	return false;
}

/*
 * Append the folding of the character that starts here; return its bytes.
 * Bytes that are no UTF-8 stay as they are, such as the beginning of the
 * character that the text of a cut index entry may end in.
 */
static int
fold_character(const char *text, int len, StringInfo out)
{
	const unsigned char *bytes = (const unsigned char *) text;
	int			width = pg_utf_mblen(bytes);
	uint32		code;

	if (width > len || !pg_utf8_islegal(bytes, width))
	{
		appendStringInfoCharMacro(out, *text);
		return 1;
	}

	code = utf8_to_unicode(bytes);
	if (!fold_to_many(code, out))
		append_code(fold_to_one(code), out);
	return width;
}

/* Append the full case folding of a text. */
void
detmeta_casefold(const char *text, int len, StringInfo out)
{
	bool		utf8 = (GetDatabaseEncoding() == PG_UTF8);
	int			i = 0;

	while (i < len)
	{
		int			n;

		enlargeStringInfo(out, len - i);
		n = fold_ascii(text + i, len - i, out->data + out->len);
		out->len += n;
		i += n;

		for (; i < len && IS_HIGHBIT_SET(text[i]); i += n)
		{
			CHECK_FOR_INTERRUPTS();
			n = 1;
			if (utf8)
				n = fold_character(text + i, len - i, out);
			else
				appendStringInfoCharMacro(out, text[i]);
		}
	}
	out->data[out->len] = '\0';
}

/*
 * number.c
 *		Numbers as bytes that memcmp orders: an exact decimal of any width.
 *
 * A positive number is 0.d1d2d3... times 100^e, with base-100 digits and d1
 * not zero.  It is written as a header that orders by e, then each digit plus
 * one.  Trailing zero digits are dropped, so 20, 20.0 and 2e1 are one value:
 *
 *		0		80
 *		20		C1 15				e = 1
 *		0.5		C0 33				e = 0
 *		-20		3E EA FF			the complement, and a terminator
 *
 * A negative number is the complement of its absolute value, followed by FF:
 * without that, -0.5 would be a prefix of -0.51 and sort below it.
 *
 * Exponents outside one byte's range take three more bytes.  jsonb holds
 * neither NaN nor infinities, but a float argument of a predicate may.
 */
#include "postgres.h"

#include <limits.h>

#include "common/jsonapi.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "value/number.h"

#define HEADER_NEG_INFINITY		0x01
#define HEADER_ZERO				0x80
#define HEADER_SMALL			0x90	/* e below EXPONENT_MIN */
#define HEADER_BASE				0xC0	/* e = 0 */
#define HEADER_LARGE			0xF0	/* e above EXPONENT_MAX */
#define HEADER_INFINITY			0xFE
#define HEADER_NAN				0xFF
#define EXPONENT_MIN			(-40)
#define EXPONENT_MAX			40
#define EXPONENT_BIAS			0x800000	/* makes a wide exponent unsigned */
#define NEGATIVE_TERMINATOR		0xFF

/* What numeric holds, in decimal digits before and behind the point. */
#define NUMERIC_DIGITS_BEFORE	131072
#define NUMERIC_DIGITS_BEHIND	16383

/*
 * How numeric is stored: a word of flags, perhaps one of weight, and base-10000
 * digits, all of 16 bits.  pg_upgrade leaves stored numbers as they are, so
 * this form lasts, and reading it spares a post numeric_send()'s two buffers
 * for each number.  sql/number_layout.sql compares with what that one sends.
 */
#define STORED_KIND				0xC000
#define STORED_NEGATIVE			0x4000
#define STORED_SHORT			0x8000
#define STORED_SPECIAL			0xC000
#define STORED_SPECIAL_KIND		0xF000
#define STORED_INFINITY			0xD000
#define STORED_NEG_INFINITY		0xF000
#define STORED_SCALE			0x3FFF
#define SHORT_NEGATIVE			0x2000
#define SHORT_SCALE				0x1F80
#define SHORT_SCALE_SHIFT		7
#define SHORT_WEIGHT_NEGATIVE	0x0040
#define SHORT_WEIGHT			0x003F

/* Append the header of a positive number whose leading digit has weight e. */
static void
append_exponent(int e, StringInfo out)
{
	unsigned int biased;

	if (e >= EXPONENT_MIN && e <= EXPONENT_MAX)
	{
		appendStringInfoCharMacro(out, (char) (HEADER_BASE + e));
		return;
	}

	biased = (unsigned int) (e + EXPONENT_BIAS);
	appendStringInfoCharMacro(out, (char) (e > 0 ? HEADER_LARGE : HEADER_SMALL));
	appendStringInfoCharMacro(out, (char) (biased >> 16));
	appendStringInfoCharMacro(out, (char) (biased >> 8));
	appendStringInfoCharMacro(out, (char) biased);
}

/* Write a base-100 digit as bytes order it; return where the next goes. */
static inline char *
put_pair(char *p, int pair)
{
	*p = (char) (pair + 1);
	return p + 1;
}

/*
 * Append a finite number's absolute value: base-10000 digits, the first of
 * which has weight 10000^weight.
 */
static void
append_magnitude(const int16 *digits, int ndigits, int weight, StringInfo out)
{
	char	   *p;
	int			first;

	while (ndigits > 0 && digits[0] == 0)
	{
		digits++;
		ndigits--;
		weight--;
	}
	while (ndigits > 0 && digits[ndigits - 1] == 0)
		ndigits--;
	if (ndigits == 0)
	{
		appendStringInfoCharMacro(out, (char) HEADER_ZERO);
		return;
	}

	first = digits[0] < 100 ? 1 : 0;	/* is the first pair zero? */
	append_exponent(2 * weight + 2 - first, out);
	enlargeStringInfo(out, 2 * ndigits);
	p = out->data + out->len;
	for (int i = 0; i < ndigits; i++)
	{
		int			high = digits[i] / 100;
		int			low = digits[i] % 100;

		if (i > 0 || first == 0)
			p = put_pair(p, high);
		if (i < ndigits - 1 || low != 0)
			p = put_pair(p, low);
	}
	out->len = p - out->data;
	out->data[out->len] = '\0';
}

/* Append the encoding of a special value. */
static void
append_special(int flags, StringInfo out)
{
	int			kind = flags & STORED_SPECIAL_KIND;

	appendStringInfoCharMacro(out, (char) (kind == STORED_INFINITY ? HEADER_INFINITY :
										   kind == STORED_NEG_INFINITY ? HEADER_NEG_INFINITY :
										   HEADER_NAN));
}

/* A finite number as it is stored. */
typedef struct StoredNumber
{
	bool		negative;
	int			scale;			/* decimal digits behind the point that it prints */
	int			weight;
	const int16 *digits;
	int			ndigits;
} StoredNumber;

/* Read a finite number's stored form. */
static void
read_stored(Numeric number, StoredNumber *stored)
{
	const uint16 *words = (const uint16 *) VARDATA_ANY(number);
	int			nwords = VARSIZE_ANY_EXHDR(number) / sizeof(uint16);
	int			flags = words[0];

	if ((flags & STORED_KIND) == STORED_SHORT)
	{
		stored->negative = (flags & SHORT_NEGATIVE) != 0;
		stored->scale = (flags & SHORT_SCALE) >> SHORT_SCALE_SHIFT;
		stored->weight = flags & SHORT_WEIGHT;
		if (flags & SHORT_WEIGHT_NEGATIVE)
			stored->weight |= ~SHORT_WEIGHT;
		stored->digits = (const int16 *) words + 1;
		stored->ndigits = nwords - 1;
		return;
	}
	stored->negative = (flags & STORED_KIND) == STORED_NEGATIVE;
	stored->scale = flags & STORED_SCALE;
	stored->weight = (int16) words[1];
	stored->digits = (const int16 *) words + 2;
	stored->ndigits = nwords - 2;
}

/* Say whether a finite number prints no zero at the end of what is behind the point: 20.0 does. */
bool
detmeta_number_is_plain(Numeric number)
{
	StoredNumber stored;
	int			needed;

	read_stored(number, &stored);
	needed = stored.ndigits > 0 ? 4 * (stored.ndigits - 1 - stored.weight) : 0;
	if (needed > 0)
	{
		for (int digit = stored.digits[stored.ndigits - 1]; digit % 10 == 0; digit /= 10)
			needed--;
	}
	return stored.scale <= Max(0, needed);
}

/* Append the encoding of a number. */
void
detmeta_number_encode(Numeric number, StringInfo out)
{
	int			flags = *(const uint16 *) VARDATA_ANY(number);
	int			start = out->len;
	StoredNumber stored;

	if ((flags & STORED_KIND) == STORED_SPECIAL)
	{
		append_special(flags, out);
		return;
	}

	read_stored(number, &stored);
	append_magnitude(stored.digits, stored.ndigits, stored.weight, out);
	if (stored.negative && (unsigned char) out->data[start] != HEADER_ZERO)
	{
		for (int i = start; i < out->len; i++)
			out->data[i] = ~out->data[i];
		appendStringInfoCharMacro(out, (char) NEGATIVE_TERMINATOR);
	}
}

/* Return the number that a text which is known to be one says. */
Numeric
detmeta_number_read(const char *text)
{
	return DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(text),
											   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
}

/*
 * Say whether numeric can hold a valid JSON number: 1e999999 is one, but no
 * document has such a value.
 */
bool
detmeta_number_fits(const char *text)
{
	const char *p = text + (*text == '-');
	long		before = 0;		/* digits before the point, without leading zeros */
	long		behind = 0;
	long		zeros = 0;		/* behind the point, before the first other digit */
	long		exponent = 0;

	for (; *p >= '0' && *p <= '9'; p++)
		before += (before > 0 || *p != '0');
	if (*p == '.')
	{
		for (p++; *p >= '0' && *p <= '9'; p++)
		{
			zeros += (*p == '0' && zeros == behind);
			behind++;
		}
	}
	if (*p == 'e' || *p == 'E')
		exponent = strtol(p + 1, NULL, 10);
	exponent = Max(LONG_MIN / 2, Min(LONG_MAX / 2, exponent));

	if (behind - exponent > NUMERIC_DIGITS_BEHIND)
		return false;
	return (before > 0 ? before : -zeros) + exponent <= NUMERIC_DIGITS_BEFORE;
}

/*
 * Append the encoding of a text that is a JSON number; return false, and
 * append nothing, for any other text.
 */
bool
detmeta_number_encode_text(const char *text, int len, StringInfo out)
{
	char	   *copy;

	if (len == 0 || !(text[0] == '-' || (text[0] >= '0' && text[0] <= '9')) ||
		!IsValidJsonNumber(text, len))
		return false;

	copy = pnstrdup(text, len);
	if (!detmeta_number_fits(copy))
	{
		pfree(copy);
		return false;
	}
	detmeta_number_encode(detmeta_number_read(copy), out);
	pfree(copy);
	return true;
}

/* Read what append_exponent wrote; return the number of its bytes. */
static int
read_exponent(const unsigned char *bytes, int *e)
{
	if (bytes[0] == HEADER_SMALL || bytes[0] == HEADER_LARGE)
	{
		*e = ((bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) - EXPONENT_BIAS;
		return 4;
	}
	*e = bytes[0] - HEADER_BASE;
	return 1;
}

/* Return n, where a positive finite number is at least 10^n and below 10^(n + 2). */
int
detmeta_number_exponent(Numeric number)
{
	StringInfoData bytes;
	int			e;

	initStringInfo(&bytes);
	detmeta_number_encode(number, &bytes);
	(void) read_exponent((const unsigned char *) bytes.data, &e);
	pfree(bytes.data);
	return 2 * e - 2;
}

/* Write a positive finite number as decimal text in scientific notation. */
static void
append_decimal(const unsigned char *bytes, int len, StringInfo text)
{
	int			e;
	int			pos = read_exponent(bytes, &e);
	int			exponent;

	/* The digits as one integer, scaled by its last digit's weight. */
	for (int i = pos; i < len; i++)
		appendStringInfo(text, "%02d", bytes[i] - 1);
	exponent = 2 * (e - (len - pos));

	/* An odd scale became even: 1e-16383 would be 10e-16384, out of range. */
	if (text->data[text->len - 1] == '0')
	{
		text->data[--text->len] = '\0';
		exponent++;
	}
	appendStringInfo(text, "e%d", exponent);
}

/* Return the number that an encoding stands for. */
Numeric
detmeta_number_decode(const char *bytes, int len)
{
	const unsigned char *u = (const unsigned char *) bytes;
	StringInfoData text;
	Datum		number;

	initStringInfo(&text);
	if (u[0] == HEADER_NAN)
		appendStringInfoString(&text, "NaN");
	else if (u[0] == HEADER_INFINITY)
		appendStringInfoString(&text, "Infinity");
	else if (u[0] == HEADER_NEG_INFINITY)
		appendStringInfoString(&text, "-Infinity");
	else if (u[0] == HEADER_ZERO)
		appendStringInfoChar(&text, '0');
	else if (u[0] > HEADER_ZERO)
		append_decimal(u, len, &text);
	else
	{
		unsigned char *positive = palloc(len);

		for (int i = 0; i < len - 1; i++)
			positive[i] = ~u[i];
		appendStringInfoChar(&text, '-');
		append_decimal(positive, len - 1, &text);
		pfree(positive);
	}

	/* An exponent of 100 may leave zeros behind the point: 2050e-2 is 20.5. */
	number = DirectFunctionCall1(numeric_trim_scale,
								 NumericGetDatum(detmeta_number_read(text.data)));
	pfree(text.data);
	return DatumGetNumeric(number);
}

/* Say whether a finite number, as encoded, is a whole one of not too many digits. */
bool
detmeta_number_is_whole(const char *bytes, int len)
{
	unsigned char header = (unsigned char) bytes[0];
	bool		negative = header < HEADER_ZERO;
	int			e;

	if (header == HEADER_ZERO)
		return true;
	if (negative)
		header = ~header;
	e = header - HEADER_BASE;
	/* a byte for the header, and with a negative number one at the end */
	return e > 0 && e <= EXPONENT_MAX && len - 1 - (negative ? 1 : 0) <= e;
}

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

#include <math.h>

#include "common/jsonapi.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "value.h"

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

/* The words of numeric_send's format: see numeric.c, "External format". */
#define WIRE_POSITIVE			0x0000
#define WIRE_NEGATIVE			0x4000
#define WIRE_NAN				0xC000
#define WIRE_POSITIVE_INFINITY	0xD000
#define WIRE_NEGATIVE_INFINITY	0xF000
#define WIRE_HEADER_BYTES		8

/* Read a big-endian 16-bit word. */
static inline int
read_word(const char *p)
{
	const unsigned char *u = (const unsigned char *) p;

	return (u[0] << 8) | u[1];
}

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

/*
 * Append a finite number's absolute value.  Its ndigits base-10000 digits
 * start at 'digits'; the first has weight 10000^weight.
 */
static void
append_magnitude(const char *digits, int ndigits, int weight, StringInfo out)
{
	int			npairs = ndigits * 2;
	int			first = 0;
	int			e = 2 * weight + 2;

#define PAIR(i) ((i) % 2 == 0 ? read_word(digits + (i)) / 100 : read_word(digits + (i) - 1) % 100)
	while (first < npairs && PAIR(first) == 0)
	{
		first++;
		e--;
	}
	while (npairs > first && PAIR(npairs - 1) == 0)
		npairs--;

	if (first == npairs)
	{
		appendStringInfoCharMacro(out, (char) HEADER_ZERO);
		return;
	}

	append_exponent(e, out);
	for (int i = first; i < npairs; i++)
		appendStringInfoCharMacro(out, (char) (PAIR(i) + 1));
#undef PAIR
}

/* Append the encoding of a number. */
void
detmeta_number_encode(Numeric number, StringInfo out)
{
	bytea	   *wire = DatumGetByteaPP(DirectFunctionCall1(numeric_send,
														   NumericGetDatum(number)));
	const char *data = VARDATA_ANY(wire);
	int			ndigits = read_word(data);
	int			weight = (int16) read_word(data + 2);
	int			sign = read_word(data + 4);
	int			start = out->len;

	switch (sign)
	{
		case WIRE_NAN:
			appendStringInfoCharMacro(out, (char) HEADER_NAN);
			return;
		case WIRE_POSITIVE_INFINITY:
			appendStringInfoCharMacro(out, (char) HEADER_INFINITY);
			return;
		case WIRE_NEGATIVE_INFINITY:
			appendStringInfoCharMacro(out, (char) HEADER_NEG_INFINITY);
			return;
	}

	append_magnitude(data + WIRE_HEADER_BYTES, ndigits, weight, out);

	if (sign == WIRE_NEGATIVE && ndigits > 0)
	{
		for (int i = start; i < out->len; i++)
			out->data[i] = ~out->data[i];
		appendStringInfoCharMacro(out, (char) NEGATIVE_TERMINATOR);
	}
	pfree(wire);
}

/*
 * Say whether numeric can hold a valid JSON number: 1e999999 is one, but no
 * document has such a value.
 */
static bool
fits_numeric(const char *text)
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
	exponent = Max(-1000000L, Min(1000000L, exponent));

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
	Datum		number;

	if (len == 0 || !(text[0] == '-' || (text[0] >= '0' && text[0] <= '9')) ||
		!IsValidJsonNumber(text, len))
		return false;

	copy = pnstrdup(text, len);
	if (!fits_numeric(copy))
	{
		pfree(copy);
		return false;
	}
	number = DirectFunctionCall3(numeric_in, CStringGetDatum(copy),
								 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	detmeta_number_encode(DatumGetNumeric(number), out);
	pfree(copy);
	return true;
}

/* Write a positive finite number as decimal text in scientific notation. */
static void
append_decimal(const unsigned char *bytes, int len, StringInfo text)
{
	int			e;
	int			pos = 1;
	int			exponent;

	if (bytes[0] == HEADER_SMALL || bytes[0] == HEADER_LARGE)
	{
		e = ((bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) - EXPONENT_BIAS;
		pos = 4;
	}
	else
		e = bytes[0] - HEADER_BASE;

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

	number = DirectFunctionCall3(numeric_in, CStringGetDatum(text.data),
								 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	/* An exponent of 100 may leave zeros behind the point: 2050e-2 is 20.5. */
	number = DirectFunctionCall1(numeric_trim_scale, number);
	pfree(text.data);
	return DatumGetNumeric(number);
}

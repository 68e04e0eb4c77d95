/*
 * shim_numeric.c
 *		The type numeric, for the fuzzers: decimal text in, digits in base
 *		10000 out.
 *
 * Functions here work on a Decimal; a Numeric is what the server stores, since
 * detmeta reads that: a word of flags, with the weight in it or behind it, and
 * the digits.
 */
#include "shim.h"

#include <limits.h>

#include "fmgr.h"
#include "utils/builtins.h"

#define DIGITS		4			/* decimal ones in a digit */
#define MAX_WEIGHT	32767		/* 131072 decimal digits before the point */
#define MAX_SCALE	16383

/* Signs, as numeric_send writes them. */
#define POSITIVE	0x0000
#define NEGATIVE	0x4000
#define NAN_SIGN	0xC000
#define PLUS_INFINITY 0xD000
#define MINUS_INFINITY 0xF000

typedef struct Decimal
{
	uint16		sign;
	int16		weight;			/* of the first digit: 10000 ^ weight */
	int16		scale;			/* decimal digits behind the point that are shown */
	int16		ndigits;
	int16		digits[FLEXIBLE_ARRAY_MEMBER];
} Decimal;

/* The stored form's flags, of which the short one has all in one word. */
#define STORED_SHORT	0x8000
#define SHORT_NEGATIVE	0x2000
#define SHORT_SCALE_SHIFT 7
#define SHORT_MAX		63		/* scale, and weight, which may be -64 */

#define GET_DECIMAL(n) unpack((Numeric) PG_GETARG_POINTER(n))

static void
refuse(int sqlstate, const char *text)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("no numeric: \"%.100s\"", text)));
}

static Decimal *
make(int sign, int ndigits)
{
	Decimal    *result = palloc0(offsetof(Decimal, digits) + ndigits * sizeof(int16));

	result->sign = sign;
	result->ndigits = ndigits;
	return result;
}

/* Store a number. */
static Datum
pack(const Decimal *number)
{
	uint16		head[2] = {number->sign, 0};
	int			nhead = 1;
	char	   *stored;

	if (number->sign == POSITIVE || number->sign == NEGATIVE)
	{
		if (number->scale <= SHORT_MAX && number->weight >= -SHORT_MAX - 1 &&
			number->weight <= SHORT_MAX)
			head[0] = STORED_SHORT | (number->sign == NEGATIVE ? SHORT_NEGATIVE : 0) |
				number->scale << SHORT_SCALE_SHIFT | (number->weight & 0x7F);
		else
		{
			head[0] |= number->scale;
			head[nhead++] = (uint16) number->weight;
		}
	}
	stored = palloc(VARHDRSZ + (nhead + number->ndigits) * sizeof(int16));
	SET_VARSIZE(stored, VARHDRSZ + (nhead + number->ndigits) * sizeof(int16));
	memcpy(stored + VARHDRSZ, head, nhead * sizeof(int16));
	memcpy(stored + VARHDRSZ + nhead * sizeof(int16), number->digits,
		   number->ndigits * sizeof(int16));
	return PointerGetDatum(stored);
}

/* Read a stored number. */
static Decimal *
unpack(Numeric stored)
{
	const uint16 *words = (const uint16 *) VARDATA_ANY(stored);
	int			nwords = VARSIZE_ANY_EXHDR(stored) / sizeof(uint16);
	bool		is_special = words[0] >= NAN_SIGN;
	bool		is_short = !is_special && (words[0] & STORED_SHORT);
	int			nhead = is_special || is_short ? 1 : 2;
	Decimal    *result = make(POSITIVE, nwords - nhead);

	if (is_special)
		result->sign = words[0];
	else if (is_short)
	{
		result->sign = words[0] & SHORT_NEGATIVE ? NEGATIVE : POSITIVE;
		result->scale = words[0] >> SHORT_SCALE_SHIFT & SHORT_MAX;
		result->weight = words[0] & SHORT_MAX;
		if (words[0] & (SHORT_MAX + 1))
			result->weight -= SHORT_MAX + 1;
	}
	else
	{
		result->sign = words[0] & NEGATIVE;
		result->scale = words[0] & MAX_SCALE;
		result->weight = (int16) words[1];
	}
	memcpy(result->digits, words + nhead, result->ndigits * sizeof(int16));
	return result;
}

/*
 * Make a number of decimal digits, of which "whole" (or minus so many zeros)
 * stand before the point.
 */
static Decimal *
make_finite(bool negative, const char *digits, int n, long whole, long scale, const char *text)
{
	Decimal    *result;
	long		weight;
	int			first;

	if (scale > MAX_SCALE)
		refuse(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, text);
	for (; n > 0 && *digits == '0'; digits++, n--)
		whole--;
	while (n > 0 && digits[n - 1] == '0')
		n--;
	if (n == 0)
	{
		result = make(POSITIVE, 0);
		result->scale = scale;
		return result;
	}

	weight = (whole + DIGITS * 100000L + DIGITS - 1) / DIGITS - 100000L - 1;
	if (weight > MAX_WEIGHT)
		refuse(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, text);
	first = (weight + 1) * DIGITS - whole;	/* zeros in front, in the first digit */
	result = make(negative ? NEGATIVE : POSITIVE, (first + n + DIGITS - 1) / DIGITS);
	result->weight = weight;
	result->scale = scale;
	for (int i = 0; i < result->ndigits * DIGITS; i++)
	{
		int			at = i - first;

		result->digits[i / DIGITS] = result->digits[i / DIGITS] * 10 +
			(at >= 0 && at < n ? digits[at] - '0' : 0);
	}
	return result;
}

Datum
numeric_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	const char *p = text;
	bool		negative = *p == '-';
	char	   *digits = palloc(strlen(text) + 1);
	int			n = 0;
	long		whole = -1;
	long		exponent = 0;
	char	   *end;

	if (strcmp(text, "NaN") == 0)
		return pack(make(NAN_SIGN, 0));
	if (strcmp(text, "Infinity") == 0)
		return pack(make(PLUS_INFINITY, 0));
	if (strcmp(text, "-Infinity") == 0)
		return pack(make(MINUS_INFINITY, 0));

	for (p += negative; (*p >= '0' && *p <= '9') || (*p == '.' && whole < 0); p++)
	{
		if (*p == '.')
			whole = n;
		else
			digits[n++] = *p;
	}
	if (whole < 0)
		whole = n;
	if (*p == 'e' || *p == 'E')
	{
		exponent = strtol(p + 1, &end, 10);
		if (end == p + 1 || exponent >= INT_MAX / 2 || exponent <= -(INT_MAX / 2))
			refuse(ERRCODE_INVALID_TEXT_REPRESENTATION, text);
		p = end;
	}
	if (n == 0 || *p != '\0')
		refuse(ERRCODE_INVALID_TEXT_REPRESENTATION, text);
	return pack(make_finite(negative, digits, n, whole + exponent,
							Max(0, n - whole - exponent), text));
}

/* Return a decimal digit by its place: 0 is that of the ones. */
static int
decimal_digit(const Decimal *number, int place)
{
	static const int powers[DIGITS] = {1, 10, 100, 1000};
	int			block = place >= 0 ? place / DIGITS : -((DIGITS - 1 - place) / DIGITS);
	int			at = number->weight - block;

	if (at < 0 || at >= number->ndigits)
		return 0;
	return number->digits[at] / powers[place - block * DIGITS] % 10;
}

Datum
numeric_out(PG_FUNCTION_ARGS)
{
	Decimal    *number = GET_DECIMAL(0);
	StringInfoData out;
	int			place = Max(0, number->weight * DIGITS + DIGITS - 1);

	if (number->sign == NAN_SIGN)
		PG_RETURN_CSTRING(pstrdup("NaN"));
	if (number->sign == PLUS_INFINITY)
		PG_RETURN_CSTRING(pstrdup("Infinity"));
	if (number->sign == MINUS_INFINITY)
		PG_RETURN_CSTRING(pstrdup("-Infinity"));

	initStringInfo(&out);
	if (number->sign == NEGATIVE)
		appendStringInfoChar(&out, '-');
	while (place > 0 && decimal_digit(number, place) == 0)
		place--;
	for (; place >= -number->scale; place--)
	{
		if (place == -1)
			appendStringInfoChar(&out, '.');
		appendStringInfoChar(&out, '0' + decimal_digit(number, place));
	}
	PG_RETURN_CSTRING(out.data);
}

Datum
numeric_trim_scale(PG_FUNCTION_ARGS)
{
	Decimal    *number = GET_DECIMAL(0);

	while (number->scale > 0 && decimal_digit(number, -number->scale) == 0)
		number->scale--;
	return pack(number);
}

bool
numeric_is_nan(Numeric num)
{
	return unpack(num)->sign == NAN_SIGN;
}

bool
numeric_is_inf(Numeric num)
{
	return unpack(num)->sign == PLUS_INFINITY || unpack(num)->sign == MINUS_INFINITY;
}

/* Compare absolute values. */
static int
compare_magnitude(const Decimal *a, const Decimal *b)
{
	if (a->ndigits == 0 || b->ndigits == 0)
		return (a->ndigits > 0) - (b->ndigits > 0);
	if (a->weight != b->weight)
		return a->weight < b->weight ? -1 : 1;
	for (int i = 0; i < Max(a->ndigits, b->ndigits); i++)
	{
		int			x = i < a->ndigits ? a->digits[i] : 0;
		int			y = i < b->ndigits ? b->digits[i] : 0;

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

int
shim_numeric_compare(Numeric a, Numeric b)
{
	const Decimal *x = unpack(a);
	const Decimal *y = unpack(b);

	if (x->sign != y->sign)
		return x->sign == NEGATIVE ? -1 : 1;
	return x->sign == NEGATIVE ? compare_magnitude(y, x) : compare_magnitude(x, y);
}

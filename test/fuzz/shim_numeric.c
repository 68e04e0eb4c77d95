/*
 * shim_numeric.c
 *		The type numeric, for the fuzzers: decimal text in, digits in base
 *		10000 out.
 *
 * What detmeta may know of a numeric is what its functions return, so what is
 * inside is nobody's business: here a sign, a weight and a scale, then the
 * digits as the binary format has them.
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
	int32		vl_len_;
	uint16		sign;
	int16		weight;			/* of the first digit: 10000 ^ weight */
	int16		scale;			/* decimal digits behind the point that are shown */
	int16		ndigits;
	int16		digits[FLEXIBLE_ARRAY_MEMBER];
} Decimal;

#define GET_DECIMAL(n) ((Decimal *) PG_GETARG_POINTER(n))

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

	SET_VARSIZE(result, offsetof(Decimal, digits) + ndigits * sizeof(int16));
	result->sign = sign;
	result->ndigits = ndigits;
	return result;
}

/* Make a number of decimal digits, of which "whole" (or minus so many zeros) stand before the point. */
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
		PG_RETURN_POINTER(make(NAN_SIGN, 0));
	if (strcmp(text, "Infinity") == 0)
		PG_RETURN_POINTER(make(PLUS_INFINITY, 0));
	if (strcmp(text, "-Infinity") == 0)
		PG_RETURN_POINTER(make(MINUS_INFINITY, 0));

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
	PG_RETURN_POINTER(make_finite(negative, digits, n, whole + exponent,
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

static void
append_word(StringInfo out, int word)
{
	appendStringInfoChar(out, (char) (word >> 8));
	appendStringInfoChar(out, (char) word);
}

Datum
numeric_send(PG_FUNCTION_ARGS)
{
	Decimal    *number = GET_DECIMAL(0);
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoSpaces(&out, VARHDRSZ);
	append_word(&out, number->ndigits);
	append_word(&out, number->weight);
	append_word(&out, number->sign);
	append_word(&out, number->scale);
	for (int i = 0; i < number->ndigits; i++)
		append_word(&out, number->digits[i]);
	SET_VARSIZE(out.data, out.len);
	PG_RETURN_BYTEA_P(out.data);
}

Datum
numeric_trim_scale(PG_FUNCTION_ARGS)
{
	Decimal    *number = GET_DECIMAL(0);
	Decimal    *copy = palloc(VARSIZE(number));

	memcpy(copy, number, VARSIZE(number));
	while (copy->scale > 0 && decimal_digit(copy, -copy->scale) == 0)
		copy->scale--;
	PG_RETURN_POINTER(copy);
}

bool
numeric_is_nan(Numeric num)
{
	return ((Decimal *) num)->sign == NAN_SIGN;
}

bool
numeric_is_inf(Numeric num)
{
	return ((Decimal *) num)->sign == PLUS_INFINITY || ((Decimal *) num)->sign == MINUS_INFINITY;
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
	const Decimal *x = (const Decimal *) a;
	const Decimal *y = (const Decimal *) b;

	if (x->sign != y->sign)
		return x->sign == NEGATIVE ? -1 : 1;
	return x->sign == NEGATIVE ? compare_magnitude(y, x) : compare_magnitude(x, y);
}

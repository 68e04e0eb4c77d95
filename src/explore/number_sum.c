/*
 * number_sum.c
 *		Sums of numbers and of their squares, exact.
 *
 * Nearly all numbers have few digits: a whole number times a power of 100, as
 * index entries have them (value/number.c).  For each power that occurs there are two
 * sums of 128 bits.  What has more digits goes to sums of numeric.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/datum.h"

#include "base/compat.h"
#include "explore/number_sum.h"
#include "value/number.h"

/* Digits of base 100: squares of such numbers are below 1e28, and 1e10 of them below 1e38. */
#ifdef HAVE_INT128
#define SMALL_DIGITS	7
#else							/* only zero, then */
#define SMALL_DIGITS	0
typedef int64 int128;
#endif

#define HEADER_ZERO		0x80
#define HEADER_BASE		0xC0
#define EXPONENT_RANGE	20		/* on both sides of zero */
#define POSITIVE(header) ((header) >= HEADER_ZERO)

/* Where the square of a number may be more than numeric holds. */
#define MAX_SQUARED_EXPONENT	65000

/* Sums of numbers times one power of 100. */
typedef struct PowerSum
{
	int			exponent;
	int128		sum;
	int128		squares;
} PowerSum;

struct NumberSum
{
	MemoryContext context;
	int			n;
	int			allocated;
	PowerSum   *powers;
	Numeric		sum;			/* of other numbers; NULL: there are none */
	Numeric		squares;
	bool		no_squares;		/* some square is too large */
};

/* Read a number that is small; false: it is not. */
static bool
read_small(const char *payload, int len, NumberTerm *term)
{
	const unsigned char *bytes = (const unsigned char *) payload;
	bool		positive = POSITIVE(bytes[0]);
	int			ndigits = positive ? len - 1 : len - 2;
	int			header = positive ? bytes[0] : (unsigned char) ~bytes[0];
	int			exponent = header - HEADER_BASE - ndigits;

	term->mantissa = 0;
	term->exponent = 0;
	if (header == HEADER_ZERO)
		return true;
	if (ndigits < 1 || ndigits > SMALL_DIGITS || abs(header - HEADER_BASE) > EXPONENT_RANGE)
		return false;
	for (int i = 1; i <= ndigits; i++)
	{
		int			digit = (positive ? bytes[i] : (unsigned char) ~bytes[i]) - 1;

		term->mantissa = term->mantissa * 100 + digit;
	}
	if (!positive)
		term->mantissa = -term->mantissa;
	term->exponent = exponent;
	return true;
}

/* Read a number. */
void
detmeta_number_term(const char *payload, int len, NumberTerm *term)
{
	term->is_small = read_small(payload, len, term);
	term->number = term->is_small ? NULL : detmeta_number_decode(payload, len);
}

/* Find the sums of a power, making them if need be. */
static PowerSum *
find_power(NumberSum *sum, int exponent)
{
	for (int i = 0; i < sum->n; i++)
	{
		if (sum->powers[i].exponent == exponent)
			return &sum->powers[i];
	}
	if (sum->n == sum->allocated)
	{
		sum->allocated = Max(2, sum->allocated * 2);
		sum->powers = sum->powers == NULL ?
			MemoryContextAlloc(sum->context, sizeof(PowerSum) * sum->allocated) :
			repalloc(sum->powers, sizeof(PowerSum) * sum->allocated);
	}
	memset(&sum->powers[sum->n], 0, sizeof(PowerSum));
	sum->powers[sum->n].exponent = exponent;
	return &sum->powers[sum->n++];
}

/* Return the sum of two numbers, the first of which is freed and may be NULL. */
static Numeric
add_numeric(Numeric a, Numeric b)
{
	Numeric		result;

	if (a == NULL)
		return DatumGetNumeric(datumCopy(NumericGetDatum(b), false, -1));
	result = DatumGetNumeric(DirectFunctionCall2(numeric_add, NumericGetDatum(a),
												 NumericGetDatum(b)));
	pfree(a);
	return result;
}

/* Add a number that is not small. */
static void
add_large(NumberSum *sum, Numeric number, int64 times)
{
	Datum		n = DirectFunctionCall1(int8_numeric, Int64GetDatum(times));
	Datum		terms = DirectFunctionCall2(numeric_mul, NumericGetDatum(number), n);
	MemoryContext old = MemoryContextSwitchTo(sum->context);

	sum->sum = add_numeric(sum->sum, DatumGetNumeric(terms));
	sum->no_squares |= detmeta_number_exponent(number) > MAX_SQUARED_EXPONENT;
	if (!sum->no_squares)
	{
		Datum		squares = DirectFunctionCall2(numeric_mul, terms, NumericGetDatum(number));

		sum->squares = add_numeric(sum->squares, DatumGetNumeric(squares));
		pfree(DatumGetPointer(squares));
	}
	MemoryContextSwitchTo(old);
	pfree(DatumGetPointer(terms));
	pfree(DatumGetPointer(n));
}

/* Add a number, so many times. */
void
detmeta_number_sum_add(NumberSum **sum, const NumberTerm *term, int64 times)
{
	PowerSum   *power;

	if (*sum == NULL)
	{
		*sum = palloc0_object(NumberSum);
		(*sum)->context = CurrentMemoryContext;
	}
	if (!term->is_small)
	{
		add_large(*sum, term->number, times);
		return;
	}
	power = find_power(*sum, term->exponent);
	power->sum += (int128) term->mantissa * times;
	power->squares += (int128) term->mantissa * term->mantissa * times;
}

/* Return an integer times a power of 100. */
static Datum
numeric_of_int128(int128 value, int exponent)
{
	char		digits[64];
	char	   *p = &digits[lengthof(digits) - 1];
	bool		negative = value < 0;

	*p = '\0';
	do
	{
		int			digit = (int) (value % 10);

		*--p = '0' + abs(digit);
		value /= 10;
	} while (value != 0);
	return NumericGetDatum(detmeta_number_read(psprintf("%s%se%d", negative ? "-" : "", p,
														2 * exponent)));
}

/* Return the sum of numbers, or of their squares. */
static Datum
total(const NumberSum *sum, bool squares)
{
	Numeric		large = squares ? sum->squares : sum->sum;
	Datum		result = large != NULL ? NumericGetDatum(large) :
		DirectFunctionCall1(int4_numeric, Int32GetDatum(0));

	for (int i = 0; i < sum->n; i++)
	{
		const PowerSum *power = &sum->powers[i];

		result = DirectFunctionCall2(numeric_add, result,
									 numeric_of_int128(squares ? power->squares : power->sum,
													   (squares ? 2 : 1) * power->exponent));
	}
	return result;
}

/* Return the mean of n numbers. */
Numeric
detmeta_number_sum_mean(const NumberSum *sum, int64 n)
{
	if (n == 0)
		return NULL;
	return DatumGetNumeric(DirectFunctionCall2(numeric_div, total(sum, false),
											   DirectFunctionCall1(int8_numeric,
																   Int64GetDatum(n))));
}

/* Return the standard deviation of a sample of n numbers. */
Numeric
detmeta_number_sum_stddev(const NumberSum *sum, int64 n)
{
	Datum		count = DirectFunctionCall1(int8_numeric, Int64GetDatum(n));
	Datum		sums;
	Datum		squares;
	Datum		variance;

	if (n < 2 || sum->no_squares)
		return NULL;
	sums = total(sum, false);
	squares = DirectFunctionCall2(numeric_sub,
								  DirectFunctionCall2(numeric_mul, count, total(sum, true)),
								  DirectFunctionCall2(numeric_mul, sums, sums));
	variance = DirectFunctionCall2(numeric_div, squares,
								   DirectFunctionCall2(numeric_mul, count,
													   DirectFunctionCall1(int8_numeric,
																		   Int64GetDatum(n - 1))));
	return DatumGetNumeric(DirectFunctionCall1(numeric_sqrt, variance));
}

/*
 * histogram.c
 *		Count numbers, or dates, in ranges of equal width.
 *
 * The ranges reach from the least value to the greatest; each contains its
 * lower bound, and the last one both.  The bounds are payloads like the values,
 * so that a value's range is found by comparing bytes.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "explore/histogram.h"
#include "value/date.h"
#include "value/instant.h"
#include "value/number.h"
#include "value/value.h"

/* What is before each value's payload. */
typedef struct ValueHead
{
	int64		runs;
	int32		len;
} ValueHead;

struct Histogram
{
	bool		dates;
	int64		n;				/* values, each of which may be of many runs */
	int64		runs;
	bool		unordered;		/* a value came behind a greater one */
	Size		used;			/* of the values, one behind the other */
	Size		allocated;
	char	   *values;
	StringInfoData min;
	StringInfoData max;
};

/* Make a histogram of numbers or dates. */
Histogram *
detmeta_histogram_create(bool dates)
{
	Histogram  *histogram = palloc0_object(Histogram);

	histogram->dates = dates;
	histogram->allocated = 1024;
	histogram->values = palloc(histogram->allocated);
	initStringInfo(&histogram->min);
	initStringInfo(&histogram->max);
	return histogram;
}

/* Replace a payload. */
static void
set_bytes(StringInfo target, const char *bytes, int len)
{
	resetStringInfo(target);
	appendBinaryStringInfo(target, bytes, len);
}

/* Add a value. */
void
detmeta_histogram_add(Histogram *histogram, const char *payload, int len, int64 runs)
{
	ValueHead	head = {runs, len};
	Size		needed = sizeof(head) + len;

	if (histogram->used + needed > histogram->allocated)
	{
		histogram->allocated = Max(histogram->allocated * 2, histogram->used + needed);
		histogram->values = repalloc_huge(histogram->values, histogram->allocated);
	}
	if (histogram->used == 0 ||
		detmeta_bytes_compare(payload, len, histogram->min.data, histogram->min.len) < 0)
		set_bytes(&histogram->min, payload, len);
	if (histogram->used == 0 ||
		detmeta_bytes_compare(payload, len, histogram->max.data, histogram->max.len) > 0)
		set_bytes(&histogram->max, payload, len);
	else
		histogram->unordered = true;
	memcpy(histogram->values + histogram->used, &head, sizeof(head));
	memcpy(histogram->values + histogram->used + sizeof(head), payload, len);
	histogram->used += needed;
	histogram->n++;
	histogram->runs += runs;
}

/* Return the instant of a date's payload. */
static int64
instant_of(const StringInfoData *payload)
{
	int64		instant;

	(void) detmeta_date_read_instant(payload->data, &instant);
	return instant;
}

/* Say whether all values are the same number or instant. */
static bool
is_one_value(const Histogram *histogram)
{
	if (histogram->dates)
		return instant_of(&histogram->min) == instant_of(&histogram->max);
	return detmeta_bytes_compare(histogram->min.data, histogram->min.len,
								 histogram->max.data, histogram->max.len) == 0;
}

/* Write the lower bounds of ranges of dates. */
static void
set_date_bounds(const Histogram *histogram, StringInfo bounds, int n)
{
	int64		min = instant_of(&histogram->min);
	int64		range = instant_of(&histogram->max) - min;

	for (int i = 0; i < n; i++)
		detmeta_date_append_instant(min + range / n * i + range % n * i / n, &bounds[i]);
}

/*
 * Numbers from the least to the greatest.  Where these are far from 1, their
 * distance is in a unit: the product of a distance and a count, or the distance
 * of numbers on both sides of zero, may be more than numeric holds, and
 * numeric_div() keeps no more than 1,000 decimals.
 */
typedef struct NumberSpan
{
	Datum		min;
	Datum		max;
	bool		around_zero;	/* is it on both sides of zero? */
	int			exponent;		/* of the unit, a power of ten; 0: there is none */
	Datum		unit;
	Datum		distance;		/* in units */
} NumberSpan;

/* Exponents of what is near enough to 1. */
#define MAX_EXPONENT	500

/* The least power of ten that numeric holds. */
#define MIN_UNIT		(-16383)

/* Say whether a number is less than another one. */
static bool
is_less(Datum a, Datum b)
{
	return DatumGetBool(DirectFunctionCall2(numeric_lt, a, b));
}

/* Return a number in units. */
static Datum
in_units(const NumberSpan *span, Datum number)
{
	return span->exponent == 0 ? number : DirectFunctionCall2(numeric_div, number, span->unit);
}

/* Return what a number of units is. */
static Datum
from_units(const NumberSpan *span, Datum units)
{
	return span->exponent == 0 ? units : DirectFunctionCall2(numeric_mul, units, span->unit);
}

/* Choose the unit for numbers of the size of a positive one. */
static void
choose_unit(NumberSpan *span, Datum size)
{
	int			exponent = detmeta_number_exponent(DatumGetNumeric(size));

	if (abs(exponent) <= MAX_EXPONENT)
		return;
	span->exponent = Max(exponent, MIN_UNIT);
	span->unit = NumericGetDatum(detmeta_number_read(psprintf("1e%d", span->exponent)));
}

/* Measure a histogram's numbers, which are not all the same. */
static void
measure(const Histogram *histogram, NumberSpan *span)
{
	Datum		zero = DirectFunctionCall1(int4_numeric, Int32GetDatum(0));
	Datum		below;

	memset(span, 0, sizeof(*span));
	span->min = NumericGetDatum(detmeta_number_decode(histogram->min.data, histogram->min.len));
	span->max = NumericGetDatum(detmeta_number_decode(histogram->max.data, histogram->max.len));
	span->around_zero = is_less(span->min, zero) && is_less(zero, span->max);
	if (span->around_zero)
	{
		below = DirectFunctionCall1(numeric_abs, span->min);
		choose_unit(span, is_less(below, span->max) ? span->max : below);
		span->distance = DirectFunctionCall2(numeric_sub, in_units(span, span->max),
											 in_units(span, span->min));
		return;
	}
	span->distance = DirectFunctionCall2(numeric_sub, span->max, span->min);
	choose_unit(span, span->distance);
	span->distance = in_units(span, span->distance);
}

/* Return the number that is so many parts from the least one. */
static Datum
number_at(const NumberSpan *span, int i, int n)
{
	Datum		part = DirectFunctionCall2(numeric_mul, span->distance,
										   DirectFunctionCall1(int4_numeric, Int32GetDatum(i)));

	part = DirectFunctionCall2(numeric_div, part,
							   DirectFunctionCall1(int4_numeric, Int32GetDatum(n)));
	if (span->around_zero)
		return from_units(span, DirectFunctionCall2(numeric_add, in_units(span, span->min), part));
	return DirectFunctionCall2(numeric_add, span->min, from_units(span, part));
}

/* Write the lower bounds of ranges of numbers. */
static void
set_number_bounds(const Histogram *histogram, StringInfo bounds, int n)
{
	NumberSpan	span;
	MemoryContext bound_context;

	set_bytes(&bounds[0], histogram->min.data, histogram->min.len);
	if (n == 1)
		return;
	measure(histogram, &span);
	bound_context = AllocSetContextCreate(CurrentMemoryContext, "metadata bound",
										  ALLOCSET_DEFAULT_SIZES);
	for (int i = 1; i < n; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(bound_context);

		CHECK_FOR_INTERRUPTS();
		detmeta_number_encode(DatumGetNumeric(number_at(&span, i, n)), &bounds[i]);
		MemoryContextSwitchTo(old);
		MemoryContextReset(bound_context);
	}
	MemoryContextDelete(bound_context);
}

/* Find the range of a value: the last one whose lower bound is not above it. */
int
detmeta_histogram_range_of(const HistogramRanges *ranges, const char *payload, int len)
{
	int			low = 0;
	int			high = ranges->n - 1;

	while (low < high)
	{
		int			mid = low + (high - low + 1) / 2;

		if (detmeta_bytes_compare(ranges->bounds[mid].data, ranges->bounds[mid].len,
								  payload, len) <= 0)
			low = mid;
		else
			high = mid - 1;
	}
	return low;
}

/* Count the values of each range. */
static void
fill_ranges(const Histogram *histogram, HistogramRanges *ranges)
{
	Size		at = 0;

	while (at < histogram->used)
	{
		ValueHead	head;

		CHECK_FOR_INTERRUPTS();
		memcpy(&head, histogram->values + at, sizeof(head));
		at += sizeof(head);
		ranges->runs[detmeta_histogram_range_of(ranges, histogram->values + at, head.len)] +=
			head.runs;
		at += head.len;
	}
}

/* Divide the values into ranges. */
HistogramRanges *
detmeta_histogram_ranges(const Histogram *histogram, int buckets)
{
	HistogramRanges *ranges;

	if (histogram->used == 0)
		return NULL;
	ranges = palloc_object(HistogramRanges);
	ranges->dates = histogram->dates;
	ranges->n = is_one_value(histogram) ? 1 : buckets;
	ranges->bounds = palloc_array(StringInfoData, ranges->n + 1);
	ranges->runs = palloc0_array(int64, ranges->n);
	for (int i = 0; i <= ranges->n; i++)
		initStringInfo(&ranges->bounds[i]);
	if (histogram->dates)
		set_date_bounds(histogram, ranges->bounds, ranges->n);
	else
		set_number_bounds(histogram, ranges->bounds, ranges->n);
	set_bytes(&ranges->bounds[ranges->n], histogram->max.data, histogram->max.len);
	fill_ranges(histogram, ranges);
	return ranges;
}

/* Return a bound as JSON. */
void
detmeta_histogram_bound(const HistogramRanges *ranges, int i, JsonbValue *value)
{
	const StringInfoData *payload = &ranges->bounds[i];
	StringInfoData text;

	if (!ranges->dates)
	{
		value->type = jbvNumeric;
		value->val.numeric = detmeta_number_decode(payload->data, payload->len);
		return;
	}
	initStringInfo(&text);
	detmeta_instant_print(instant_of(payload), &text);
	value->type = jbvString;
	value->val.string.val = text.data;
	value->val.string.len = text.len;
}

/* Push a member of an object. */
static void
push_member(JsonbBuilder *builder, const char *name, JsonbValue *value)
{
	JsonbValue	key;

	key.type = jbvString;
	key.val.string.val = unconstify(char *, name);
	key.val.string.len = strlen(name);
	push_jsonb(builder, WJB_KEY, &key);
	push_jsonb(builder, WJB_VALUE, value);
}

/* Push a string as a member. */
static void
push_text(JsonbBuilder *builder, const char *name, const char *text)
{
	JsonbValue	value;

	value.type = jbvString;
	value.val.string.val = unconstify(char *, text);
	value.val.string.len = strlen(text);
	push_member(builder, name, &value);
}

/* Push a number as a member. */
static void
push_number(JsonbBuilder *builder, const char *name, Numeric number)
{
	JsonbValue	value;

	value.type = jbvNumeric;
	value.val.numeric = number;
	push_member(builder, name, &value);
}

/* Push the ranges onto an array. */
void
detmeta_histogram_push(Histogram *histogram, int buckets, JsonbBuilder *builder)
{
	HistogramRanges *ranges = detmeta_histogram_ranges(histogram, buckets);

	for (int i = 0; ranges != NULL && i < ranges->n; i++)
	{
		JsonbValue	bound;

		push_jsonb(builder, WJB_BEGIN_OBJECT, NULL);
		push_text(builder, "type", ranges->dates ? "date" : "number");
		detmeta_histogram_bound(ranges, i, &bound);
		push_member(builder, "from", &bound);
		detmeta_histogram_bound(ranges, i + 1, &bound);
		push_member(builder, "to", &bound);
		push_number(builder, "count",
					DatumGetNumeric(DirectFunctionCall1(int8_numeric,
														Int64GetDatum(ranges->runs[i]))));
		push_jsonb(builder, WJB_END_OBJECT, NULL);
	}
}

/* ---- quantiles ---- */

#define QUANTILE_PARTS	4

/* A value's payload, and how many runs have no greater one. */
typedef struct RankedValue
{
	const char *payload;
	int			len;
	int64		runs;
} RankedValue;

/* Order values; dates are bytes that begin with their instant. */
static int
compare_ranked(const void *a, const void *b, void *arg)
{
	const RankedValue *x = a;
	const RankedValue *y = b;

	return detmeta_bytes_compare(x->payload, x->len, y->payload, y->len);
}

/* Return the values in their order. */
static RankedValue *
rank_values(const Histogram *histogram)
{
	RankedValue *values = MemoryContextAllocHuge(CurrentMemoryContext,
												 sizeof(RankedValue) * histogram->n);
	Size		at = 0;

	for (int64 i = 0; i < histogram->n; i++)
	{
		ValueHead	head;

		memcpy(&head, histogram->values + at, sizeof(head));
		at += sizeof(head);
		values[i].payload = histogram->values + at;
		values[i].len = head.len;
		values[i].runs = head.runs;
		at += head.len;
	}
	if (histogram->unordered)
		qsort_interruptible(values, histogram->n, sizeof(RankedValue), compare_ranked, NULL);
	for (int64 i = 1; i < histogram->n; i++)
		values[i].runs += values[i - 1].runs;
	return values;
}

/* Return the value of the run at a place, from 0. */
static const RankedValue *
value_at_rank(const Histogram *histogram, const RankedValue *values, int64 place)
{
	int64		low = 0;
	int64		high = histogram->n - 1;

	while (low < high)
	{
		int64		mid = low + (high - low) / 2;

		if (values[mid].runs > place)
			high = mid;
		else
			low = mid + 1;
	}
	return &values[low];
}

/* Return so many parts of a number. */
static Datum
parts_of_number(const RankedValue *value, int parts)
{
	static const char *const weights[] = {"0", "0.25", "0.5", "0.75", "1"};

	return DirectFunctionCall2(numeric_mul,
							   NumericGetDatum(detmeta_number_decode(value->payload, value->len)),
							   NumericGetDatum(detmeta_number_read(weights[parts])));
}

/* Return what is so many parts of the way from one number to another. */
static Numeric
number_between(const RankedValue *a, const RankedValue *b, int parts)
{
	if (parts == 0 || a == b)
		return detmeta_number_decode(a->payload, a->len);
	/* the distance of numbers on both sides of zero may be more than numeric holds */
	return DatumGetNumeric(DirectFunctionCall2(numeric_add,
											   parts_of_number(a, QUANTILE_PARTS - parts),
											   parts_of_number(b, parts)));
}

/* The same of dates. */
static int64
instant_between(const RankedValue *a, const RankedValue *b, int parts)
{
	int64		from;
	int64		to;

	(void) detmeta_date_read_instant(a->payload, &from);
	(void) detmeta_date_read_instant(b->payload, &to);
	return from + (to - from) / QUANTILE_PARTS * parts +
		(to - from) % QUANTILE_PARTS * parts / QUANTILE_PARTS;
}

/* Push a quantile onto an array. */
static void
push_quantile(const Histogram *histogram, const RankedValue *values, int k,
			  JsonbBuilder *builder)
{
	int64		parts = (histogram->runs - 1) * k;
	int64		place = parts / QUANTILE_PARTS;
	const RankedValue *a = value_at_rank(histogram, values, place);
	const RankedValue *b = value_at_rank(histogram, values, Min(place + 1, histogram->runs - 1));
	StringInfoData text;
	JsonbValue	value;

	if (!histogram->dates)
	{
		value.type = jbvNumeric;
		value.val.numeric = number_between(a, b, parts % QUANTILE_PARTS);
	}
	else
	{
		initStringInfo(&text);
		detmeta_instant_print(instant_between(a, b, parts % QUANTILE_PARTS), &text);
		value.type = jbvString;
		value.val.string.val = text.data;
		value.val.string.len = text.len;
	}
	push_jsonb(builder, WJB_ELEM, &value);
}

/* Push the quantiles as a member of an object. */
void
detmeta_histogram_push_quantiles(Histogram *histogram, JsonbBuilder *builder)
{
	RankedValue *values;
	const char *name = histogram->dates ? "date" : "number";
	JsonbValue	key;

	if (histogram->n == 0)
		return;
	values = rank_values(histogram);
	key.type = jbvString;
	key.val.string.val = unconstify(char *, name);
	key.val.string.len = strlen(name);
	push_jsonb(builder, WJB_KEY, &key);
	push_jsonb(builder, WJB_BEGIN_ARRAY, NULL);
	for (int k = 0; k <= QUANTILE_PARTS; k++)
		push_quantile(histogram, values, k, builder);
	push_jsonb(builder, WJB_END_ARRAY, NULL);
	pfree(values);
}

/*
 * cast.c
 *		Comparisons of values in the metadata that are cast to another type.
 *
 *		(metadata ->> 'loss')::float8 < 0.5
 *
 * A cast keeps the order of numbers, but may round: float8 to a neighbour, a
 * cast of jsonb to an integer to a whole number.  So around the constant lies a
 * band of numbers that may be cast to it, which are in doubt, between those
 * that are surely less and those that are surely more.  Numbers outside the
 * type's domain, and values that are no numbers, make the cast fail; some
 * strings are read as numbers.  All these are in doubt, and core decides.
 *
 * Text is cast to an integer only if it is written as one.  If the key has other
 * numbers, all rows that hold it are in doubt.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "catalog/pg_type_d.h"
#include "common/shortest_dec.h"
#include "datatype/timestamp.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgroids.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "dialect/cast.h"
#include "dialect/intersect.h"
#include "dialect/path_read.h"
#include "value/date.h"
#include "value/number.h"

/* Kinds that are no numbers. */
#define OTHER_KINDS		(META_ALL_KINDS & ~META_KIND_BIT(META_NUMBER))

/* What a constant may be equal to when it is cast: numbers as the index has them. */
typedef struct Band
{
	Bound		below;			/* numbers up to it are less */
	Bound		exact;			/* the constant itself */
	Bound		above;			/* numbers from it on are more */
	Bound		min;			/* of the type's domain; no bytes: none */
	Bound		max;
	Bound		tiny_negative;	/* between these and zero the cast fails; no bytes: nowhere */
	Bound		tiny;
} Band;

/* ---- reading ---- */

/* Read a cast. */
bool
detmeta_cast_read(Dialect *dialect, Node *node, DocumentPath *path, Oid *type)
{
	node = detmeta_strip_relabel(node);
	*type = exprType(node);
	if (IsA(node, CoerceViaIO))
		return detmeta_path_read(dialect, (Node *) ((CoerceViaIO *) node)->arg, path) &&
			path->is_text;
	if (!IsA(node, FuncExpr))
		return false;
	switch (((FuncExpr *) node)->funcid)
	{
		case F_NUMERIC_JSONB:
		case F_FLOAT4_JSONB:
		case F_FLOAT8_JSONB:
		case F_INT2_JSONB:
		case F_INT4_JSONB:
		case F_INT8_JSONB:
		case F_BOOL_JSONB:
			return detmeta_path_read(dialect, linitial(((FuncExpr *) node)->args), path) &&
				!path->is_text;
		default:
			return false;
	}
}

/* ---- numbers ---- */

/* Make a bound of a number. */
static Bound
number_bound(Numeric number)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	detmeta_number_encode(number, &bytes);
	return detmeta_bound(bytes.data, bytes.len, true);
}

/* Make a bound of a number that is written. */
static Bound
decimal_bound(const char *text)
{
	return number_bound(detmeta_number_read(text));
}

/*
 * Make a bound of a double.  Its digits are read back as the same double, so
 * what is less than they are is cast to it or to a lesser one.  They are the
 * shortest that are, as people and programs write them: 0.4 is not in doubt.
 */
static Bound
double_bound(double value)
{
	char		digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(value, digits);
	return decimal_bound(digits);
}

/* Fill in the band of a cast to float8; false: it is not a finite one. */
static bool
fill_float_band(Band *band, double value)
{
	memset(band, 0, sizeof(*band));
	if (isnan(value) || isinf(value) || fabs(value) >= DBL_MAX)
		return false;
	band->below = double_bound(nextafter(value, -DBL_MAX));
	band->exact = double_bound(value);
	band->above = double_bound(nextafter(value, DBL_MAX));
	band->min = double_bound(-DBL_MAX);
	band->max = double_bound(DBL_MAX);
	band->tiny_negative = double_bound(-DBL_MIN);
	band->tiny = double_bound(DBL_MIN);
	return true;
}

/* Fill in the band of a cast of jsonb to an integer. */
static void
fill_integer_band(Band *band, int64 value, const char *min, const char *max)
{
	Datum		number = NumericGetDatum(int64_to_numeric(value));
	Datum		one = NumericGetDatum(int64_to_numeric(1));

	band->below = number_bound(DatumGetNumeric(DirectFunctionCall2(numeric_sub, number, one)));
	band->exact = number_bound(DatumGetNumeric(number));
	band->above = number_bound(DatumGetNumeric(DirectFunctionCall2(numeric_add, number, one)));
	band->min = decimal_bound(min);
	band->max = decimal_bound(max);
}

/* Return an integer constant. */
static bool
read_integer(Datum value, Oid type, int64 *result)
{
	switch (type)
	{
		case INT2OID:
			*result = DatumGetInt16(value);
			return true;
		case INT4OID:
			*result = DatumGetInt32(value);
			return true;
		case INT8OID:
			*result = DatumGetInt64(value);
			return true;
		default:
			return false;
	}
}

/* Fill in the band of a constant that a cast is compared with; false: it is not known. */
static bool
fill_band(Band *band, Oid cast, Datum value, Oid type)
{
	int64		integer;

	memset(band, 0, sizeof(*band));
	switch (cast)
	{
		case NUMERICOID:
			if (type != NUMERICOID)
				return false;
			band->below = band->exact = band->above = number_bound(DatumGetNumeric(value));
			return true;
		case FLOAT8OID:
			if (type != FLOAT8OID && type != FLOAT4OID)
				return false;
			return fill_float_band(band, type == FLOAT8OID ? DatumGetFloat8(value) :
								   DatumGetFloat4(value));
		case INT2OID:
		case INT4OID:
		case INT8OID:
			if (!read_integer(value, type, &integer))
				return false;
			fill_integer_band(band, integer,
							  cast == INT2OID ? "-32768" : cast == INT4OID ? "-2147483648" :
							  "-9223372036854775808",
							  cast == INT2OID ? "32767" : cast == INT4OID ? "2147483647" :
							  "9223372036854775807");
			return true;
		default:
			return false;
	}
}

/* Let a leaf accept the numbers between two bounds; without bytes there is no end. */
static void
add_numbers(Leaf *leaf, Bound low, bool low_inclusive, Bound high, bool high_inclusive,
			bool may_fail,
			bool unsure)
{
	bool		is_closed = low.bytes != NULL && high.bytes != NULL;
	int			cmp = is_closed ?
		detmeta_bytes_compare(low.bytes, low.len, high.bytes, high.len) : -1;
	ValueTest  *test;

	if (cmp > 0 || (cmp == 0 && !(low_inclusive && high_inclusive)))
		return;
	test = detmeta_leaf_add_test(leaf, cmp == 0 ? TEST_EQUAL : TEST_RANGE, META_NUMBER);
	if (cmp == 0)
	{
		test->bytes = low.bytes;
		test->len = low.len;
	}
	else
	{
		test->low = detmeta_bound(low.bytes, low.len, low_inclusive);
		test->high = detmeta_bound(high.bytes, high.len, high_inclusive);
	}
	test->may_fail = may_fail;
	test->unsure = unsure || may_fail;
}

/* Let a leaf accept numbers for sure, but for those whose cast fails. */
static void
add_sure_numbers(Leaf *leaf, const Band *band, Bound low, bool low_inclusive, Bound high,
				 bool high_inclusive)
{
	Bound		zero;

	low = detmeta_inner_bound(low, band->min, true);
	high = detmeta_inner_bound(high, band->max, false);
	if (band->tiny.bytes == NULL)
	{
		add_numbers(leaf, low, low_inclusive, high, high_inclusive, false, false);
		return;
	}
	zero = decimal_bound("0");
	if (detmeta_bytes_compare(low.bytes, low.len, band->tiny.bytes, band->tiny.len) >= 0 ||
		detmeta_bytes_compare(high.bytes, high.len, band->tiny_negative.bytes,
							  band->tiny_negative.len) <= 0)
	{
		add_numbers(leaf, low, low_inclusive, high, high_inclusive, false, false);
		return;
	}
	/* around zero, in three parts */
	add_numbers(leaf, low, low_inclusive, detmeta_inner_bound(high, band->tiny_negative, false),
				high_inclusive, false, false);
	add_numbers(leaf, detmeta_inner_bound(low, zero, true), low_inclusive,
				detmeta_inner_bound(high, zero, false),
				high_inclusive, false, false);
	add_numbers(leaf, detmeta_inner_bound(low, band->tiny, true), low_inclusive, high,
				high_inclusive,
				false, false);
}

/* Let a leaf put in doubt the numbers from below the constant, or above it, that may become it. */
static void
add_band(Leaf *leaf, const Band *band, bool below)
{
	if (band->below.bytes == band->above.bytes)
		return;
	if (below)
		add_numbers(leaf, band->below, false, band->exact, false, false, true);
	else
		add_numbers(leaf, band->exact, false, band->above, false, false, true);
}

/*
 * Let a leaf accept the numbers that a comparison is true of.  The constant
 * itself is cast to what it is, so numbers beyond it are cast to that or more.
 */
static void
add_compared_numbers(Leaf *leaf, StrategyNumber strategy, const Band *band)
{
	Bound		none = {0};
	bool		is_exact = band->below.bytes == band->above.bytes;

	switch (strategy)
	{
		case BTLessStrategyNumber:
			add_sure_numbers(leaf, band, none, true, band->below, !is_exact);
			add_band(leaf, band, true);
			break;
		case BTLessEqualStrategyNumber:
			add_sure_numbers(leaf, band, none, true, band->exact, true);
			add_band(leaf, band, false);
			break;
		case BTGreaterEqualStrategyNumber:
			add_sure_numbers(leaf, band, band->exact, true, none, true);
			add_band(leaf, band, true);
			break;
		case BTGreaterStrategyNumber:
			add_sure_numbers(leaf, band, band->above, !is_exact, none, true);
			add_band(leaf, band, false);
			break;
		default:
			add_sure_numbers(leaf, band, band->exact, true, band->exact, true);
			add_band(leaf, band, true);
			add_band(leaf, band, false);
			break;
	}
}

/* Let a leaf put in doubt the numbers that a cast fails for. */
static void
add_failing_numbers(Leaf *leaf, const Band *band)
{
	Bound		none = {0};
	Bound		zero;

	if (band->min.bytes != NULL)
		add_numbers(leaf, none, false, band->min, false, true, true);
	if (band->max.bytes != NULL)
		add_numbers(leaf, band->max, false, none, false, true, true);
	if (band->tiny.bytes == NULL)
		return;
	zero = decimal_bound("0");
	add_numbers(leaf, band->tiny_negative, false, zero, false, true, true);
	add_numbers(leaf, zero, false, band->tiny, false, true, true);
}

/* Let a leaf put in doubt the numbers whose cast to a type fails. */
void
detmeta_leaf_add_failing_numbers(Leaf *leaf, Oid cast)
{
	Band		band;

	if (cast == FLOAT8OID ? fill_float_band(&band, 0) :
		fill_band(&band, cast, Int64GetDatum(0), INT8OID))
		add_failing_numbers(leaf, &band);
}

/*
 * Let a leaf put in doubt values of some kinds, whose cast may fail.  That of a
 * JSON null does, or is NULL from PostgreSQL 18 on; its text is NULL.
 */
static void
add_failing_kinds(Leaf *leaf, const DocumentPath *path, int kinds)
{
	if (path->is_text)
		kinds &= ~META_KIND_BIT(META_NULL);
	for (MetaKind kind = META_NULL; kind <= META_OBJECT; kind++)
	{
		ValueTest  *test;

		if ((kinds & META_KIND_BIT(kind)) == 0)
			continue;
		test = detmeta_leaf_add_test(leaf, TEST_KIND, kind);
		test->unsure = test->may_fail = true;
	}
}

/* ---- dates ---- */

/* Time zones are less than a day apart, and text without one is of the session's. */
#define MARGIN	USECS_PER_DAY

/* Return the instant of a constant; false: it has none. */
static bool
read_instant(Datum value, Oid type, int64 *instant)
{
	switch (type)
	{
		case TIMESTAMPTZOID:
		case TIMESTAMPOID:
			*instant = DatumGetTimestamp(value);
			break;
		case DATEOID:
			*instant = date_to_timestamp(DatumGetDateADT(value));
			break;
		default:
			return false;
	}
	return !TIMESTAMP_NOT_FINITE(*instant) &&
		*instant > PG_INT64_MIN + 3 * MARGIN && *instant < PG_INT64_MAX - 3 * MARGIN;
}

/* Make a bound of an instant. */
static Bound
instant_bound(int64 instant)
{
	char	   *bytes = palloc(DETMETA_INSTANT_BYTES);

	detmeta_instant_encode(instant, bytes);
	return detmeta_bound(bytes, DETMETA_INSTANT_BYTES, true);
}

/* Put in doubt the dates that a comparison may be true of. */
static bool
add_compared_dates(Leaf *leaf, StrategyNumber strategy, Datum value, Oid type)
{
	ValueTest  *test;
	int64		instant;

	if (!read_instant(value, type, &instant))
		return false;
	test = detmeta_leaf_add_test(leaf, TEST_RANGE, META_DATE);
	test->unsure = true;
	/* a date is a day, from its first instant on */
	if (strategy >= BTEqualStrategyNumber)
		test->low = instant_bound(instant - MARGIN);
	if (strategy <= BTEqualStrategyNumber)
		test->high = instant_bound(instant + 2 * MARGIN);
	return true;
}

/* Put in doubt the dates that core may not read. */
static void
add_odd_dates(Leaf *leaf)
{
	ValueTest  *test = detmeta_leaf_add_test(leaf, TEST_ODD, META_DATE);

	test->unsure = test->may_fail = true;
}

/* ---- comparisons ---- */

/* Say whether text is cast to a type only if it is written in one of several ways. */
static bool
wants_spelling(Oid cast)
{
	return cast == INT2OID || cast == INT4OID || cast == INT8OID;
}

/* Say whether a type is one of dates. */
static bool
is_date_type(Oid type)
{
	return type == TIMESTAMPTZOID || type == TIMESTAMPOID || type == DATEOID;
}

/* Return the kinds of values whose cast to a type may fail. */
static int
kinds_that_fail(Oid cast)
{
	if (is_date_type(cast))
		return META_ALL_KINDS & ~META_KIND_BIT(META_DATE);
	if (cast == BOOLOID)
		return META_ALL_KINDS & ~META_KIND_BIT(META_TRUE) & ~META_KIND_BIT(META_FALSE);
	return cast == NUMERICOID || cast == FLOAT8OID || wants_spelling(cast) ? OTHER_KINDS :
		META_ALL_KINDS;
}

/*
 * Let a leaf accept the numbers that a comparison is true of; false: they are
 * not known.  Of text, those are whole numbers, which are not rounded.
 */
static bool
add_number_comparison(Leaf *leaf, const DocumentPath *path, Oid cast, const Comparison *comparison,
					  Datum value, bool first)
{
	Band		band;

	if (!fill_band(&band, cast, value, comparison->type))
		return false;
	if (path->is_text && wants_spelling(cast))
		band.below = band.above = band.exact;
	add_compared_numbers(leaf, comparison->strategy, &band);
	if (first)
		add_failing_numbers(leaf, &band);
	return true;
}

/* Say whether all numbers at a path are written as whole numbers. */
static bool
is_spelled_whole(const Dialect *dialect, const DocumentPath *path, const Leaf *leaf)
{
	return path->arrays == NIL && !detmeta_may_have(dialect, leaf, TEST_ODD, META_NUMBER) &&
		!detmeta_may_have(dialect, leaf, TEST_FRACTION, META_NUMBER);
}

/* (path)::cast operator value */
Truth
detmeta_compare_cast(Dialect *dialect, const DocumentPath *path, Oid cast,
					 const Comparison *comparison)
{
	bool		dates = is_date_type(cast);
	Leaf		leaf;

	detmeta_leaf_begin(&leaf, path);
	if (comparison->nvalues == 0 ||
		(path->is_text && wants_spelling(cast) && !is_spelled_whole(dialect, path, &leaf)))
		return detmeta_truth_where_held(dialect, path);
	for (int i = 0; i < comparison->nvalues; i++)
	{
		Datum		value = comparison->values[i];

		CHECK_FOR_INTERRUPTS();
		if (!(dates ? add_compared_dates(&leaf, comparison->strategy, value, comparison->type) :
			  add_number_comparison(&leaf, path, cast, comparison, value, i == 0)))
			return detmeta_truth_where_held(dialect, path);
	}
	if (dates)
		add_odd_dates(&leaf);
	add_failing_kinds(&leaf, path, kinds_that_fail(cast));
	return detmeta_truth_of_leaf(dialect, path, &leaf);
}

/* (path)::cast IS NOT NULL */
Truth
detmeta_truth_of_held_cast(Dialect *dialect, const DocumentPath *path, Oid cast)
{
	Leaf		failing;

	detmeta_leaf_begin(&failing, path);
	if (path->is_text && wants_spelling(cast) && !is_spelled_whole(dialect, path, &failing))
		add_failing_kinds(&failing, path, META_ALL_KINDS);
	else
	{
		add_failing_kinds(&failing, path, kinds_that_fail(cast));
		detmeta_leaf_add_failing_numbers(&failing, cast);
		if (is_date_type(cast))
			add_odd_dates(&failing);
	}
	return detmeta_truth_of_held(dialect, path, &failing);
}

/* (path)::boolean, as a condition */
Truth
detmeta_truth_of_boolean(Dialect *dialect, const DocumentPath *path)
{
	Leaf		leaf;

	if (path->nsteps == 0)
		return detmeta_truth_nothing();
	detmeta_leaf_begin(&leaf, path);
	detmeta_leaf_add_kinds(&leaf, META_KIND_BIT(META_TRUE), false);
	add_failing_kinds(&leaf, path, kinds_that_fail(BOOLOID));
	return detmeta_truth_of_leaf(dialect, path, &leaf);
}

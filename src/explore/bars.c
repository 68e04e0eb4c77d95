/*
 * bars.c
 *		metadata_histogram(): a key's numbers and dates in ranges, with bars to look at.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "explore/arguments.h"
#include "explore/histogram.h"
#include "explore/values.h"
#include "value/value.h"

/* from, to, runs, bar */
#define HISTOGRAM_COLUMNS	4

/* Characters of the longest bar, and parts that Unicode has of one. */
#define BAR_WIDTH	40
#define BAR_PARTS	8

/* The values of a key. */
typedef struct BarValues
{
	Histogram  *numbers;
	Histogram  *dates;
} BarValues;

/* Take a value into account. */
static void
visit_bar_value(const char *bytes, int len, int64 runs, void *arg)
{
	BarValues  *values = arg;
	MetaKind	kind = (unsigned char) bytes[0];

	if (kind == META_NUMBER)
		detmeta_histogram_add(values->numbers, bytes + 1, len - 1, runs);
	else if (kind == META_DATE)
		detmeta_histogram_add(values->dates, bytes + 1, len - 1, runs);
}

/* Return the bar of a number of runs; where there are any, there is something to see. */
static Datum
bar_of(int64 runs, int64 most)
{
	static const char *const parts[BAR_PARTS] = {
		"", "\u258F", "\u258E", "\u258D", "\u258C", "\u258B", "\u258A", "\u2589"
	};
	bool		has_blocks = GetDatabaseEncoding() == PG_UTF8;
	int			unit = has_blocks ? BAR_PARTS : 1;
	int			length = (int) ((double) runs / most * BAR_WIDTH * unit + 0.5);
	StringInfoData bar;

	if (runs > 0)
		length = Max(1, length);
	initStringInfo(&bar);
	for (int i = 0; i < length / unit; i++)
		appendStringInfoString(&bar, has_blocks ? "\u2588" : "#");
	if (has_blocks)
		appendStringInfoString(&bar, parts[length % BAR_PARTS]);
	return PointerGetDatum(cstring_to_text_with_len(bar.data, bar.len));
}

/* Return the largest number of runs in a range. */
static int64
most_runs(const HistogramRanges *ranges)
{
	int64		most = 0;

	for (int i = 0; ranges != NULL && i < ranges->n; i++)
		most = Max(most, ranges->runs[i]);
	return most;
}

/* Return a bound as jsonb. */
static Datum
bound_datum(const HistogramRanges *ranges, int i)
{
	JsonbValue	bound;

	detmeta_histogram_bound(ranges, i, &bound);
	return JsonbPGetDatum(JsonbValueToJsonb(&bound));
}

/* Return ranges as rows. */
static void
return_ranges(const HistogramRanges *ranges, int64 most, ReturnSetInfo *rsinfo)
{
	for (int i = 0; ranges != NULL && i < ranges->n; i++)
	{
		Datum		values[HISTOGRAM_COLUMNS];
		bool		nulls[HISTOGRAM_COLUMNS] = {false};

		values[0] = bound_datum(ranges, i);
		values[1] = bound_datum(ranges, i + 1);
		values[2] = Int64GetDatum(ranges->runs[i]);
		values[3] = bar_of(ranges->runs[i], most);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
}

PG_FUNCTION_INFO_V1(detmeta_metadata_histogram);
/* metadata_histogram(rel, key, buckets, filter, scope, col): rows of from, to, runs, bar. */
Datum
detmeta_metadata_histogram(PG_FUNCTION_ARGS)
{
	int			buckets = detmeta_buckets_argument(fcinfo, 2);
	BarValues	bars = {detmeta_histogram_create(false), detmeta_histogram_create(true)};
	ValueReading reading = {
		.function = fcinfo->flinfo->fn_oid,
		.visitor = visit_bar_value,
		.arg = &bars
	};
	HistogramRanges *numbers;
	HistogramRanges *dates;
	int64		most;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || buckets == 0 || PG_ARGISNULL(5))
		return (Datum) 0;
	reading.relid = PG_GETARG_OID(0);
	reading.key = VARDATA_ANY(PG_GETARG_TEXT_PP(1));
	reading.keylen = VARSIZE_ANY_EXHDR(PG_GETARG_TEXT_PP(1));
	reading.selection = detmeta_selection_of_arguments(fcinfo, 3, 4);
	reading.column = NameStr(*PG_GETARG_NAME(5));
	detmeta_read_values(&reading);
	numbers = detmeta_histogram_ranges(bars.numbers, buckets);
	dates = detmeta_histogram_ranges(bars.dates, buckets);
	most = Max(most_runs(numbers), most_runs(dates));
	return_ranges(numbers, most, (ReturnSetInfo *) fcinfo->resultinfo);
	return_ranges(dates, most, (ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}

/*
 * summary.c
 *		metadata_summary(): one row about a key's values.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "explore/arguments.h"
#include "explore/document.h"
#include "explore/histogram.h"
#include "explore/values.h"
#include "value/value.h"

/* What is told of the values. */
typedef struct Summary
{
	int64		distinct;
	StringInfoData min;
	StringInfoData max;
	Histogram  *numbers;
	Histogram  *dates;
} Summary;

/* Take a value into account. */
static void
visit_summary_value(const char *bytes, int len, int64 runs, void *arg)
{
	Summary    *summary = arg;
	MetaKind	kind = (unsigned char) bytes[0];

	if (summary->distinct == 0 ||
		detmeta_bytes_compare(bytes, len, summary->min.data, summary->min.len) < 0)
	{
		resetStringInfo(&summary->min);
		appendBinaryStringInfo(&summary->min, bytes, len);
	}
	if (summary->distinct == 0 ||
		detmeta_bytes_compare(bytes, len, summary->max.data, summary->max.len) > 0)
	{
		resetStringInfo(&summary->max);
		appendBinaryStringInfo(&summary->max, bytes, len);
	}
	summary->distinct++;
	if (kind == META_NUMBER)
		detmeta_histogram_add(summary->numbers, bytes + 1, len - 1, runs);
	else if (kind == META_DATE)
		detmeta_histogram_add(summary->dates, bytes + 1, len - 1, runs);
}

/* Return a value as jsonb. */
static Datum
value_datum(const StringInfoData *bytes)
{
	JsonbValue	jbv;

	return JsonbPGetDatum(JsonbValueToJsonb(detmeta_tallied_value(bytes->data, bytes->len, &jbv)));
}

/* Return the histogram, or NULL where there are neither numbers nor dates. */
static Datum
histogram_datum(Summary *summary, int buckets, bool *isnull)
{
	JsonbBuilder builder = {0};

	push_jsonb(&builder, WJB_BEGIN_ARRAY, NULL);
	detmeta_histogram_push(summary->numbers, buckets, &builder);
	detmeta_histogram_push(summary->dates, buckets, &builder);
	push_jsonb(&builder, WJB_END_ARRAY, NULL);
	*isnull = builder.result->val.array.nElems == 0;
	return *isnull ? (Datum) 0 : JsonbPGetDatum(JsonbValueToJsonb(builder.result));
}

/* Return the quantiles, or NULL where there are neither numbers nor dates. */
static Datum
quantiles_datum(Summary *summary, bool *isnull)
{
	JsonbBuilder builder = {0};

	push_jsonb(&builder, WJB_BEGIN_OBJECT, NULL);
	detmeta_histogram_push_quantiles(summary->numbers, &builder);
	detmeta_histogram_push_quantiles(summary->dates, &builder);
	push_jsonb(&builder, WJB_END_OBJECT, NULL);
	*isnull = builder.result->val.object.nPairs == 0;
	return *isnull ? (Datum) 0 : JsonbPGetDatum(JsonbValueToJsonb(builder.result));
}

PG_FUNCTION_INFO_V1(detmeta_metadata_summary);
/*
 * metadata_summary(rel, key, buckets, col, filter, scope): runs, empty_runs,
 * distinct_values, min, max, histogram, quantiles.
 */
Datum
detmeta_metadata_summary(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int			buckets = detmeta_buckets_argument(fcinfo, 2);
	Summary		summary = {0};
	ValueReading reading = {
		.count_runs = true,
		.visitor = visit_summary_value,
		.arg = &summary
	};
	text	   *key;
	Datum		values[7] = {0};
	bool		nulls[7] = {false};

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(3))
		return (Datum) 0;
	key = PG_GETARG_TEXT_PP(1);
	reading.key = VARDATA_ANY(key);
	reading.keylen = VARSIZE_ANY_EXHDR(key);
	initStringInfo(&summary.min);
	initStringInfo(&summary.max);
	summary.numbers = detmeta_histogram_create(false);
	summary.dates = detmeta_histogram_create(true);
	reading.relid = PG_GETARG_OID(0);
	reading.column = NameStr(*PG_GETARG_NAME(3));
	reading.function = fcinfo->flinfo->fn_oid;
	reading.selection = detmeta_selection_of_arguments(fcinfo, 4, 5);
	detmeta_read_values(&reading);

	values[0] = Int64GetDatum(reading.runs);
	values[1] = Int64GetDatum(reading.all_runs - reading.runs);
	values[2] = Int64GetDatum(summary.distinct);
	nulls[3] = nulls[4] = summary.distinct == 0;
	if (summary.distinct > 0)
	{
		values[3] = value_datum(&summary.min);
		values[4] = value_datum(&summary.max);
	}
	nulls[5] = true;
	if (buckets > 0)
		values[5] = histogram_datum(&summary, buckets, &nulls[5]);
	values[6] = quantiles_datum(&summary, &nulls[6]);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	return (Datum) 0;
}

/*
 * sample.c
 *		Estimate from the documents that ANALYZE kept of a column.
 *
 * jsonb has most common values and a histogram like any ordered type.  Their
 * order says nothing about keys, but both are documents, and together a sample
 * of the column: a most common value stands for its frequency, and
 * the histogram's bounds share what is left.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "filter/match.h"
#include "plan/sample.h"
#include "value/document.h"

/* Values of a key that are told apart to count the distinct ones. */
#define MAX_DISTINCT	1000

/* Values that an unknown list is taken to have. */
#define LISTED_VALUES	5

/* Add the documents of a statistics slot; equal weights unless they have numbers. */
static void
add_documents(DocumentSample *sample, const AttStatsSlot *slot, double weight)
{
	for (int i = 0; i < slot->nvalues; i++)
	{
		sample->documents[sample->n] = DatumGetJsonbPCopy(slot->values[i]);
		sample->weights[sample->n] = i < slot->nnumbers ? slot->numbers[i] : weight;
		sample->n++;
	}
}

/* Return the sum of some weights. */
static double
sum_of(const double *weights, int n)
{
	double		sum = 0;

	for (int i = 0; i < n; i++)
		sum += weights[i];
	return sum;
}

/* Read a column's sample; return false where there is none. */
bool
detmeta_sample_read(VariableStatData *vardata, DocumentSample *sample)
{
	double		nullfrac;
	AttStatsSlot common;
	AttStatsSlot histogram;
	bool		has_common;
	bool		has_histogram;
	double		rest;
	int			total = 0;

	sample->n = 0;
	if (!HeapTupleIsValid(vardata->statsTuple))
		return false;
	nullfrac = ((Form_pg_statistic) GETSTRUCT(vardata->statsTuple))->stanullfrac;

	has_common = get_attstatsslot(&common, vardata->statsTuple, STATISTIC_KIND_MCV,
								  InvalidOid, ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS);
	has_histogram = get_attstatsslot(&histogram, vardata->statsTuple, STATISTIC_KIND_HISTOGRAM,
									 InvalidOid, ATTSTATSSLOT_VALUES);
	total += has_common ? common.nvalues : 0;
	total += has_histogram ? histogram.nvalues : 0;
	sample->documents = palloc_array(Jsonb *, Max(1, total));
	sample->weights = palloc_array(double, Max(1, total));

	if (has_common)
	{
		add_documents(sample, &common, 0);
		free_attstatsslot(&common);
	}
	if (has_histogram)
	{
		rest = Max(0.0, 1.0 - nullfrac - sum_of(sample->weights, sample->n));
		add_documents(sample, &histogram, rest / Max(1, histogram.nvalues));
		free_attstatsslot(&histogram);
	}
	return sample->n > 0;
}

/*
 * Turn the weight of the sample's documents that match into a selectivity.
 * None of n matching does not mean none at all: half a document is assumed,
 * and the same for those that do not match.
 */
static double
smooth(const DocumentSample *sample, double matching, double weight)
{
	double		half = 0.5 * weight / (sample->n + 1);

	return Max(half, Min(weight - half, matching));
}

/*
 * Return the share of rows that satisfy a query.
 * What one document takes of memory is free for the next: a large filter
 * decodes many values.
 */
double
detmeta_sample_selectivity(const DocumentSample *sample, const FilterQuery *query)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "metadata of a sampled row",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	double		matching = 0;

	for (int i = 0; i < sample->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (detmeta_query_match(query, sample->documents[i]))
			matching += sample->weights[i];
		MemoryContextReset(context);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	return smooth(sample, matching, sum_of(sample->weights, sample->n));
}

/* The values of a key, seen over a sample. */
typedef struct KeyValues
{
	bool		holds;			/* in the current document */
	int			nhashes;
	uint32		hashes[MAX_DISTINCT];
} KeyValues;

/* Note a value's hash. */
static bool
note_value(const JsonbValue *jbv, void *arg)
{
	KeyValues  *values = arg;
	MetaValue	value;

	detmeta_value_read(jbv, &value);
	if (META_IS_EMPTY(value.kind))
		return false;
	values->holds = true;
	if (values->nhashes < MAX_DISTINCT)
		values->hashes[values->nhashes++] =
			hash_combine(hash_bytes((const unsigned char *) value.bytes, value.len), value.kind);
	return false;
}

/* Order hashes. */
static int
compare_hashes(const void *a, const void *b)
{
	uint32		x = *(const uint32 *) a;
	uint32		y = *(const uint32 *) b;

	return (x > y) - (x < y);
}

/* Count distinct hashes. */
static int
count_distinct(KeyValues *values)
{
	int			distinct = values->nhashes > 0 ? 1 : 0;

	qsort(values->hashes, values->nhashes, sizeof(uint32), compare_hashes);
	for (int i = 1; i < values->nhashes; i++)
		distinct += values->hashes[i] != values->hashes[i - 1];
	return distinct;
}

/* Return the share of a key's rows that an operator typically selects. */
double
detmeta_typical_share(FilterOp op, double ndistinct)
{
	if (detmeta_filter_op_searches(op))
	{
		if (detmeta_filter_op_positive(op) != op)
			return 1.0 - DEFAULT_MATCHING_SEL;
		return op == FILTER_IIS ? 1.0 / ndistinct : Max(DEFAULT_MATCHING_SEL, 1.0 / ndistinct);
	}
	switch (op)
	{
		case FILTER_IS:
			return 1.0 / ndistinct;
		case FILTER_IN:
			return 1.0 - pow(1.0 - 1.0 / ndistinct, LISTED_VALUES);
		case FILTER_IS_NOT:
			return 1.0 - 1.0 / ndistinct;
		case FILTER_NOT_IN:
			return pow(1.0 - 1.0 / ndistinct, LISTED_VALUES);
		case FILTER_LT:
		case FILTER_LE:
		case FILTER_GT:
		case FILTER_GE:
			return DEFAULT_INEQ_SEL;
		case FILTER_BETWEEN:
			return DEFAULT_RANGE_INEQ_SEL;
		default:
			return 1.0;			/* the key is held, or not */
	}
}

/*
 * Return the share of rows that satisfy a condition on a known key and an
 * unknown value, as the planner assumes it of "column = $1": what a typical
 * value would select.  "rows" is the table's size.
 */
double
detmeta_sample_typical(const DocumentSample *sample, const char *key, int keylen,
					   FilterOp op, double rows)
{
	KeyValues  *values = palloc0_object(KeyValues);
	double		holding = 0;
	int			nholding = 0;
	double		weight = sum_of(sample->weights, sample->n);
	double		ndistinct;

	for (int i = 0; i < sample->n; i++)
	{
		values->holds = false;
		detmeta_visit_places(&sample->documents[i]->root, key, keylen, note_value, values);
		if (values->holds)
		{
			holding += sample->weights[i];
			nholding++;
		}
	}
	holding = smooth(sample, holding, weight);
	if (op == FILTER_IS_EMPTY)
		return Max(0.0, weight - holding);

	/* Values that never repeat in the sample are taken as unique. */
	ndistinct = count_distinct(values);
	if (nholding > 1 && ndistinct >= Min(nholding, MAX_DISTINCT))
		ndistinct = holding * rows;
	return holding * detmeta_typical_share(op, Max(1.0, ndistinct));
}

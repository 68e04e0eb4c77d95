/*
 * selfuncs.c
 *		Selectivity of @~ and !@~.
 *
 * Where the column has an index, that is asked (plan/estimate.c).  Else a filter is
 * tried on the column's sample; and for an unknown value of a known key the
 * sample tells what a typical one would select.
 *
 * The operators are not leakproof, so neither the index nor a sample is looked
 * at for a user who may not read all of the column (column privileges, row-level
 * security).
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type_d.h"
#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

#include "plan/estimate.h"
#include "plan/sample.h"
#include "base/siblings.h"

/* Filters of another column that a join estimate tries. */
#define MAX_JOIN_FILTERS 10

/* Documents of a sample that have to match until it is trusted. */
#define TRUSTED_DOCUMENTS 3

#define DEFAULT_ROWS 1000			/* of an unknown table */

/* Return the share of a column that is not NULL. */
static double
share_not_null(VariableStatData *vardata)
{
	if (!HeapTupleIsValid(vardata->statsTuple))
		return 1.0;
	return 1.0 - ((Form_pg_statistic) GETSTRUCT(vardata->statsTuple))->stanullfrac;
}

/* Return the selectivity of  metadata @~ filter  on a column's sample; false without one. */
static bool
sample_selectivity(VariableStatData *vardata, Node *filter, Oid operator,
				   double *result, int *nmatching)
{
	DocumentSample sample;
	text	   *key;
	FilterOp	op;
	double		rows = vardata->rel != NULL ? vardata->rel->tuples : DEFAULT_ROWS;

	*nmatching = 0;
	if (!statistic_proc_security_check(vardata, get_opcode(operator)) ||
		!detmeta_sample_read(vardata, &sample))
		return false;
	if (IsA(filter, Const))
		*result = detmeta_sample_selectivity(&sample,
											 detmeta_query_compile(DatumGetMetadataFilterP(((Const *) filter)->constvalue)),
											 nmatching);
	else if (detmeta_read_constructor(filter, &key, &op))
		*result = detmeta_sample_typical(&sample, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), op, rows);
	else
		return false;
	return true;
}

/*
 * Return the selectivity of  metadata @~ filter.  Where the index has seen only
 * some of a key's values, and the sample's documents tell of frequent ones, go
 * between the two.
 */
static double
filter_selectivity(PlannerInfo *root, VariableStatData *vardata, Node *filter, Oid operator)
{
	IndexOptInfo *index;
	int			column;
	FilterEstimate estimate;
	double		sampled;
	int			nmatching;

	if (detmeta_find_metadata_column(root, vardata->rel, vardata->var, &index, &column) &&
		detmeta_estimate_index_filter(root, index, column, filter, &estimate))
	{
		double		result = estimate.selectivity * share_not_null(vardata);

		if (estimate.guessed &&
			sample_selectivity(vardata, filter, operator, &sampled, &nmatching) &&
			nmatching >= TRUSTED_DOCUMENTS)
			result = (result + sampled) / 2;
		return result;
	}
	if (sample_selectivity(vardata, filter, operator, &sampled, &nmatching))
		return sampled;
	return DEFAULT_MATCHING_SEL;
}

/*
 * Say whether an estimator's arguments are a document and a filter.  Anybody
 * may name it for an operator on other types, whose values are not ours to read.
 */
static bool
are_our_operands(FunctionCallInfo fcinfo, List *args)
{
	Oid			namespace = get_func_namespace(fcinfo->flinfo->fn_oid);

	return list_length(args) == 2 &&
		exprType(linitial(args)) == JSONBOID &&
		exprType(lsecond(args)) == detmeta_sibling_type(namespace, "metadata_filter");
}

/* Estimate a restriction; the negated operator selects the other rows. */
static double
restriction_estimate(FunctionCallInfo fcinfo, bool negated)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	int			varRelid = PG_GETARG_INT32(3);
	VariableStatData vardata;
	Node	   *other;
	bool		varonleft;
	double		result;

	if (!are_our_operands(fcinfo, args) ||
		!get_restriction_variable(root, args, varRelid, &vardata, &other, &varonleft))
		return DEFAULT_MATCHING_SEL;

	if (!varonleft)
		result = DEFAULT_MATCHING_SEL;
	else if (IsA(other, Const) && ((Const *) other)->constisnull)
		result = 0.0;			/* the operators are strict */
	else
	{
		result = filter_selectivity(root, &vardata, other, PG_GETARG_OID(1));
		if (negated)
			result = share_not_null(&vardata) - result;
	}
	ReleaseVariableStats(vardata);
	CLAMP_PROBABILITY(result);
	return result;
}

/* Return the mean selectivity of a column of filters on a column of documents. */
static double
mean_selectivity(const DocumentSample *sample, VariableStatData *filters)
{
	AttStatsSlot slot;
	double		sum = 0;
	int			n;
	int			nmatching;

	if (!HeapTupleIsValid(filters->statsTuple))
		return DEFAULT_MATCHING_SEL;
	if (!get_attstatsslot(&slot, filters->statsTuple, STATISTIC_KIND_MCV,
						  InvalidOid, ATTSTATSSLOT_VALUES) &&
		!get_attstatsslot(&slot, filters->statsTuple, STATISTIC_KIND_HISTOGRAM,
						  InvalidOid, ATTSTATSSLOT_VALUES))
		return DEFAULT_MATCHING_SEL;

	n = Min(slot.nvalues, MAX_JOIN_FILTERS);
	for (int i = 0; i < n; i++)
	{
		/* Spread over the slot: a histogram is sorted. */
		Datum		filter = slot.values[(int64) i * slot.nvalues / n];

		sum += detmeta_sample_selectivity(sample,
										  detmeta_query_compile(DatumGetMetadataFilterP(filter)),
										  &nmatching);
	}
	free_attstatsslot(&slot);
	return n > 0 ? sum / n : DEFAULT_MATCHING_SEL;
}

/*
 * Return the selectivity of a join on documents and filters: of a typical value
 * of a known key, or of the filters that the other column holds.
 */
static double
join_selectivity_of(PlannerInfo *root, VariableStatData *documents, VariableStatData *filters,
					Node *filter, Oid function)
{
	IndexOptInfo *index;
	int			column;
	FilterEstimate estimate;
	DocumentSample sample;
	text	   *key;
	FilterOp	op;
	double		rows = documents->rel != NULL ? documents->rel->tuples : DEFAULT_ROWS;

	if (detmeta_find_metadata_column(root, documents->rel, documents->var, &index, &column) &&
		detmeta_estimate_index_filter(root, index, column, filter, &estimate))
		return estimate.selectivity * share_not_null(documents);

	if (!statistic_proc_security_check(documents, function) ||
		!detmeta_sample_read(documents, &sample))
		return DEFAULT_MATCHING_SEL;
	if (detmeta_read_constructor(filter, &key, &op))
		return detmeta_sample_typical(&sample, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), op, rows);
	if (!statistic_proc_security_check(filters, function))
		return DEFAULT_MATCHING_SEL;
	return mean_selectivity(&sample, filters);
}

/* Estimate a join. */
static double
join_estimate(FunctionCallInfo fcinfo, bool negated)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	VariableStatData documents;
	VariableStatData filters;
	double		result;

	if (!are_our_operands(fcinfo, args))
		return DEFAULT_MATCHING_SEL;
	examine_variable(root, linitial(args), 0, &documents);
	examine_variable(root, lsecond(args), 0, &filters);
	result = join_selectivity_of(root, &documents, &filters, lsecond(args),
								 get_opcode(PG_GETARG_OID(1)));
	if (negated)
		result = share_not_null(&documents) - result;
	ReleaseVariableStats(documents);
	ReleaseVariableStats(filters);
	CLAMP_PROBABILITY(result);
	return result;
}

PG_FUNCTION_INFO_V1(detmeta_match_sel);
/* Restriction selectivity of @~. */
Datum
detmeta_match_sel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(restriction_estimate(fcinfo, false));
}

PG_FUNCTION_INFO_V1(detmeta_no_match_sel);
/* Restriction selectivity of !@~. */
Datum
detmeta_no_match_sel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(restriction_estimate(fcinfo, true));
}

PG_FUNCTION_INFO_V1(detmeta_match_joinsel);
/* Join selectivity of @~. */
Datum
detmeta_match_joinsel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(join_estimate(fcinfo, false));
}

PG_FUNCTION_INFO_V1(detmeta_no_match_joinsel);
/* Join selectivity of !@~. */
Datum
detmeta_no_match_joinsel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(join_estimate(fcinfo, true));
}

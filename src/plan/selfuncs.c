/*
 * selfuncs.c
 *		Selectivity of @~ and !@~.
 *
 * plan/estimate.c knows; here are the functions that the operators name.
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

#include "base/siblings.h"
#include "plan/estimate.h"
#include "plan/sample.h"

/* Filters of another column that a join estimate tries. */
#define MAX_JOIN_FILTERS 10

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
		result = DEFAULT_MATCHING_SEL;
		(void) detmeta_estimate_selectivity(root, &vardata, other, get_opcode(PG_GETARG_OID(1)),
											&result);
		if (negated)
			result = detmeta_share_not_null(&vardata) - result;
	}
	ReleaseVariableStats(vardata);
	CLAMP_PROBABILITY(result);
	return result;
}

/*
 * Return the mean selectivity of a column of filters on a column of documents.
 * A few of them tell enough: one alone may be rare (sql/estimates).
 */
static double
mean_selectivity(VariableStatData *documents, VariableStatData *filters, Oid function)
{
	DocumentSample sample;
	AttStatsSlot slot;
	double		sum = 0;
	int			n;

	if (!statistic_proc_security_check(documents, function) ||
		!statistic_proc_security_check(filters, function) ||
		!detmeta_sample_read(documents, &sample) ||
		!HeapTupleIsValid(filters->statsTuple))
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

		sum += detmeta_sample_selectivity(&sample,
										  detmeta_query_compile(DatumGetMetadataFilterP(filter)));
	}
	free_attstatsslot(&slot);
	return n > 0 ? sum / n : DEFAULT_MATCHING_SEL;
}

/* Estimate a join. */
static double
join_estimate(FunctionCallInfo fcinfo, bool negated)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	VariableStatData documents;
	VariableStatData filters;
	Oid			function = get_opcode(PG_GETARG_OID(1));
	double		result;

	if (!are_our_operands(fcinfo, args))
		return DEFAULT_MATCHING_SEL;
	examine_variable(root, linitial(args), 0, &documents);
	examine_variable(root, lsecond(args), 0, &filters);
	/* of a typical value of a known key, or of the filters that the other column holds */
	if (!detmeta_estimate_selectivity(root, &documents, lsecond(args), function, &result))
		result = mean_selectivity(&documents, &filters, function);
	if (negated)
		result = detmeta_share_not_null(&documents) - result;
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

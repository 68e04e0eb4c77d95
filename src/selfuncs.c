/*
 * selfuncs.c
 *		Selectivity of @~ and !@~.
 *
 * A known filter is tried on the column's sample.  Of an unknown one, such as
 * metadata_filter('loss', '<', $1), the key and the operator are often known,
 * and the sample tells what a typical value would select.
 *
 * The operators are not leakproof, so a sample that the user may not read
 * (column privileges, row-level security) is not looked at.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

#include "sample.h"

/* Filters of another column that a join estimate tries. */
#define MAX_JOIN_FILTERS 10

/* Read a constant text; return false where the node is none. */
static bool
read_constant_text(Node *node, text **value)
{
	Const	   *constant = (Const *) node;

	if (!IsA(node, Const) || constant->constisnull)
		return false;
	*value = DatumGetTextPP(constant->constvalue);
	return true;
}

/*
 * Return the key and operator of a constructor call whose values are unknown;
 * false where they are unknown themselves.
 */
static bool
read_constructor(Node *node, text **key, FilterOp *op)
{
	FuncExpr   *call = (FuncExpr *) node;
	text	   *name;

	if (!IsA(node, FuncExpr) || list_length(call->args) < 2 ||
		exprType(linitial(call->args)) != TEXTOID ||
		exprType(lsecond(call->args)) != TEXTOID)
		return false;
	return read_constant_text(linitial(call->args), key) &&
		read_constant_text(lsecond(call->args), &name) &&
		detmeta_filter_op_from_name(text_to_cstring(name), op);
}

/* Return the selectivity of  metadata @~ filter  on a column's sample. */
static double
filter_selectivity(VariableStatData *vardata, Node *filter, Oid operator)
{
	DocumentSample sample;
	text	   *key;
	FilterOp	op;
	double		rows = vardata->rel != NULL ? vardata->rel->tuples : 1000;

	if (!statistic_proc_security_check(vardata, get_opcode(operator)) ||
		!detmeta_sample_read(vardata, &sample))
		return DEFAULT_MATCHING_SEL;
	if (IsA(filter, Const))
		return detmeta_sample_selectivity(&sample,
										  detmeta_query_compile(DatumGetMetadataFilterP(((Const *) filter)->constvalue)));
	if (read_constructor(filter, &key, &op))
		return detmeta_sample_typical(&sample, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), op, rows);
	return DEFAULT_MATCHING_SEL;
}

/* Return the share of a column that is not NULL. */
static double
share_not_null(VariableStatData *vardata)
{
	if (!HeapTupleIsValid(vardata->statsTuple))
		return 1.0;
	return 1.0 - ((Form_pg_statistic) GETSTRUCT(vardata->statsTuple))->stanullfrac;
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

	if (!get_restriction_variable(root, args, varRelid, &vardata, &other, &varonleft))
		return DEFAULT_MATCHING_SEL;

	if (!varonleft)
		result = DEFAULT_MATCHING_SEL;
	else if (IsA(other, Const) && ((Const *) other)->constisnull)
		result = 0.0;			/* the operators are strict */
	else
	{
		result = filter_selectivity(&vardata, other, PG_GETARG_OID(1));
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
										  detmeta_query_compile(DatumGetMetadataFilterP(filter)));
	}
	free_attstatsslot(&slot);
	return n > 0 ? sum / n : DEFAULT_MATCHING_SEL;
}

/* Estimate a join on documents and filters. */
static double
join_estimate(FunctionCallInfo fcinfo, bool negated)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			function = get_opcode(PG_GETARG_OID(1));
	List	   *args = (List *) PG_GETARG_POINTER(2);
	VariableStatData documents;
	VariableStatData filters;
	DocumentSample sample;
	double		result = DEFAULT_MATCHING_SEL;

	if (list_length(args) != 2)
		return DEFAULT_MATCHING_SEL;
	examine_variable(root, linitial(args), 0, &documents);
	examine_variable(root, lsecond(args), 0, &filters);
	if (statistic_proc_security_check(&documents, function) &&
		statistic_proc_security_check(&filters, function) &&
		detmeta_sample_read(&documents, &sample))
	{
		text	   *key;
		FilterOp	op;

		if (read_constructor(lsecond(args), &key, &op))
			result = detmeta_sample_typical(&sample, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), op,
											documents.rel != NULL ? documents.rel->tuples : 1000);
		else
			result = mean_selectivity(&sample, &filters);
	}
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

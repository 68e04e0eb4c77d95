/*
 * predicate.c
 *		metadata_is() and its sisters, and the constructors metadata_filter().
 *
 * The planner replaces a predicate by  metadata @~ filter  (see plan/support.c), so
 * the functions here run only where no planner has been, and the constructors
 * only where a key or value is not a constant.  Both make the same condition
 * from their arguments.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "filter/filter.h"
#include "filter/match.h"
#include "filter/match_op.h"
#include "filter/operand.h"
#include "filter/predicate.h"
#include "filter/query.h"

/* Make the operands of a list of values; NULL elements are passed over. */
static Operand *
array_operands(Datum value, int *noperands)
{
	ArrayType  *array = DatumGetArrayTypeP(value);
	Oid			type = ARR_ELEMTYPE(array);
	int16		typlen;
	bool		typbyval;
	char		typalign;
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	Operand    *operands;

	get_typlenbyvalalign(type, &typlen, &typbyval, &typalign);
	deconstruct_array(array, type, typlen, typbyval, typalign, &elements, &nulls, &n);

	operands = palloc_array(Operand, Max(1, n));
	*noperands = 0;
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!nulls[i])
			operands[(*noperands)++] = detmeta_operand_datum(elements[i], type);
	}
	return operands;
}

/* Return the type of an argument; an error where the caller does not tell. */
static Oid
argument_type(FunctionCallInfo fcinfo, int argno)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, argno);

	if (!OidIsValid(type))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("could not determine data type for argument %d", argno + 1)));
	return type;
}

/*
 * Return the array that an argument is.  A text is an array of texts as the
 * server writes it: what drivers send that leave the types of parameters open.
 */
static Datum
array_argument(FunctionCallInfo fcinfo, int argno, FilterOp op)
{
	Oid			type = argument_type(fcinfo, argno);
	Oid			input;
	Oid			element;

	if (OidIsValid(get_base_element_type(type)))
		return PG_GETARG_DATUM(argno);
	if (type != TEXTOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("\"%s\" needs an array of values", detmeta_filter_op_name(op)),
				 errhint("Give an array, such as ARRAY[1, 2].")));

	getTypeInputInfo(TEXTARRAYOID, &input, &element);
	return OidInputFunctionCall(input, text_to_cstring(PG_GETARG_TEXT_PP(argno)), element, -1);
}

/* Make a condition of a key and the arguments from number "first" on. */
static FilterNode *
condition_from_arguments(FunctionCallInfo fcinfo, text *key, FilterOp op, int first)
{
	int			noperands = PG_NARGS() - first;
	Operand    *operands = palloc_array(Operand, Max(1, noperands));

	if (op == FILTER_IN || op == FILTER_NOT_IN)
	{
		if (noperands != 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" needs one array of values", detmeta_filter_op_name(op))));
		operands = array_operands(array_argument(fcinfo, first, op), &noperands);
	}
	else
	{
		for (int i = 0; i < noperands; i++)
			operands[i] = detmeta_operand_datum(PG_GETARG_DATUM(first + i),
												argument_type(fcinfo, first + i));
	}

	/* A pattern is a string: there is no other reading of it. */
	if (detmeta_filter_op_searches(op))
	{
		for (int i = 0; i < noperands; i++)
		{
			if (operands[i].kind == OPERAND_TEXT)
				operands[i].kind = OPERAND_STRING;
		}
	}
	return detmeta_filter_condition(VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key),
									op, operands, noperands);
}

/* Make a filter of one condition from the arguments of a constructor. */
static MetadataFilter *
make_filter(FunctionCallInfo fcinfo)
{
	text	   *key = PG_GETARG_TEXT_PP(0);
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	FilterOp	op;

	if (!detmeta_filter_op_from_name(name, &op))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unrecognized metadata filter operator: \"%s\"", name),
				 errhint("Use one of: is, is not, in, not in, <, <=, >, >=, between, is empty, is not empty, and with or without \"not\" in front: contains, icontains, iis, starts with, istarts with, ends with, matches, like, ilike.")));
	return detmeta_filter_store(condition_from_arguments(fcinfo, key, op, 2));
}

#define MAX_MAKE_ARGS	4

/* The last filter that a call made, and of what. */
typedef struct MakeCache
{
	MemoryContext context;
	int16		typlen[MAX_MAKE_ARGS];
	bool		typbyval[MAX_MAKE_ARGS];
	Datum		args[MAX_MAKE_ARGS];
	MetadataFilter *filter;		/* NULL: none */
} MakeCache;

/* Return the cache of a call. */
static MakeCache *
make_cache(FunctionCallInfo fcinfo)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;
	MakeCache  *cache = flinfo->fn_extra;

	if (cache != NULL)
		return cache;
	cache = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(MakeCache));
	for (int i = 0; i < PG_NARGS(); i++)
		get_typlenbyval(argument_type(fcinfo, i), &cache->typlen[i], &cache->typbyval[i]);
	cache->context = AllocSetContextCreate(flinfo->fn_mcxt, "metadata filter constructor",
										   ALLOCSET_SMALL_SIZES);
	flinfo->fn_extra = cache;
	return cache;
}

/* Say whether an argument can change while it stays where it is, as a variable of PL/pgSQL can. */
static bool
can_change(const MakeCache *cache, int i, Datum arg)
{
	return cache->typlen[i] == -1 && VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(arg));
}

/* Say whether a call has the arguments that the last one had. */
static bool
has_same_arguments(FunctionCallInfo fcinfo, const MakeCache *cache)
{
	if (cache->filter == NULL)
		return false;
	for (int i = 0; i < PG_NARGS(); i++)
	{
		Datum		arg = PG_GETARG_DATUM(i);

		if (can_change(cache, i, arg) ||
			!datumIsEqual(arg, cache->args[i], cache->typbyval[i], cache->typlen[i]))
			return false;
	}
	return true;
}

/* Remember a filter and what it was made of. */
static void
remember_filter(FunctionCallInfo fcinfo, MakeCache *cache, const MetadataFilter *filter)
{
	MemoryContext old;

	cache->filter = NULL;
	MemoryContextReset(cache->context);
	for (int i = 0; i < PG_NARGS(); i++)
	{
		if (can_change(cache, i, PG_GETARG_DATUM(i)))
			return;
	}
	old = MemoryContextSwitchTo(cache->context);
	for (int i = 0; i < PG_NARGS(); i++)
		cache->args[i] = datumCopy(PG_GETARG_DATUM(i), cache->typbyval[i], cache->typlen[i]);
	cache->filter = palloc(VARSIZE(filter));
	memcpy(cache->filter, filter, VARSIZE(filter));
	MemoryContextSwitchTo(old);
}

PG_FUNCTION_INFO_V1(detmeta_filter_make);
/*
 * Make a filter of one condition: key, operator's name, values.
 *
 * Where a value is no constant but the same for all rows, as a parameter or the
 * result of a subquery is, the executor calls this for each row that it checks,
 * and a list may be long: so the last filter is kept.
 */
Datum
detmeta_filter_make(PG_FUNCTION_ARGS)
{
	MakeCache  *cache = make_cache(fcinfo);
	MetadataFilter *filter;

	if (!has_same_arguments(fcinfo, cache))
	{
		filter = make_filter(fcinfo);
		remember_filter(fcinfo, cache, filter);
		PG_RETURN_POINTER(filter);
	}
	filter = palloc(VARSIZE(cache->filter));
	memcpy(filter, cache->filter, VARSIZE(cache->filter));
	PG_RETURN_POINTER(filter);
}

/* Evaluate a predicate: metadata, key, values. */
static Datum
evaluate(FunctionCallInfo fcinfo, FilterOp op, Jsonb *metadata)
{
	text	   *key = PG_GETARG_TEXT_PP(1);
	FilterNode *node = condition_from_arguments(fcinfo, key, op, 2);

	PG_RETURN_BOOL(detmeta_query_match(detmeta_query_compile(detmeta_filter_store(node)),
									   metadata));
}

/* Define the SQL-callable function of a strict predicate. */
#define PREDICATE(name, op) \
PG_FUNCTION_INFO_V1(detmeta_##name); \
Datum \
detmeta_##name(PG_FUNCTION_ARGS) \
{ \
	return evaluate(fcinfo, op, PG_GETARG_JSONB_P(0)); \
} \
extern Datum detmeta_##name(PG_FUNCTION_ARGS)

PREDICATE(is, FILTER_IS);
PREDICATE(is_not, FILTER_IS_NOT);
PREDICATE(in, FILTER_IN);
PREDICATE(not_in, FILTER_NOT_IN);
PREDICATE(lt, FILTER_LT);
PREDICATE(le, FILTER_LE);
PREDICATE(gt, FILTER_GT);
PREDICATE(ge, FILTER_GE);
PREDICATE(between, FILTER_BETWEEN);
PREDICATE(contains, FILTER_CONTAINS);
PREDICATE(not_contains, FILTER_NOT_CONTAINS);
PREDICATE(icontains, FILTER_ICONTAINS);
PREDICATE(not_icontains, FILTER_NOT_ICONTAINS);
PREDICATE(iis, FILTER_IIS);
PREDICATE(not_iis, FILTER_NOT_IIS);
PREDICATE(starts_with, FILTER_STARTS_WITH);
PREDICATE(not_starts_with, FILTER_NOT_STARTS_WITH);
PREDICATE(istarts_with, FILTER_ISTARTS_WITH);
PREDICATE(not_istarts_with, FILTER_NOT_ISTARTS_WITH);
PREDICATE(ends_with, FILTER_ENDS_WITH);
PREDICATE(not_ends_with, FILTER_NOT_ENDS_WITH);
PREDICATE(matches_regex, FILTER_MATCHES);
PREDICATE(not_matches_regex, FILTER_NOT_MATCHES);
PREDICATE(like, FILTER_LIKE);
PREDICATE(not_like, FILTER_NOT_LIKE);
PREDICATE(ilike, FILTER_ILIKE);
PREDICATE(not_ilike, FILTER_NOT_ILIKE);
PREDICATE(not_empty, FILTER_NOT_EMPTY);

PG_FUNCTION_INFO_V1(detmeta_is_empty);
/* metadata_is_empty(metadata, key): not strict, metadata NULL reads as {}. */
Datum
detmeta_is_empty(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		PG_RETURN_NULL();
	return evaluate(fcinfo, FILTER_IS_EMPTY,
					PG_ARGISNULL(0) ? detmeta_empty_document() : PG_GETARG_JSONB_P(0));
}

/* Find the operator of the filter language that a predicate is; false for other functions. */
bool
detmeta_predicate_op(PGFunction code, FilterOp *op)
{
	static const struct
	{
		PGFunction	code;
		FilterOp	op;
	}			predicates[] = {
		{detmeta_is, FILTER_IS},
		{detmeta_is_not, FILTER_IS_NOT},
		{detmeta_in, FILTER_IN},
		{detmeta_not_in, FILTER_NOT_IN},
		{detmeta_lt, FILTER_LT},
		{detmeta_le, FILTER_LE},
		{detmeta_gt, FILTER_GT},
		{detmeta_ge, FILTER_GE},
		{detmeta_between, FILTER_BETWEEN},
		{detmeta_contains, FILTER_CONTAINS},
		{detmeta_not_contains, FILTER_NOT_CONTAINS},
		{detmeta_icontains, FILTER_ICONTAINS},
		{detmeta_not_icontains, FILTER_NOT_ICONTAINS},
		{detmeta_iis, FILTER_IIS},
		{detmeta_not_iis, FILTER_NOT_IIS},
		{detmeta_starts_with, FILTER_STARTS_WITH},
		{detmeta_not_starts_with, FILTER_NOT_STARTS_WITH},
		{detmeta_istarts_with, FILTER_ISTARTS_WITH},
		{detmeta_not_istarts_with, FILTER_NOT_ISTARTS_WITH},
		{detmeta_ends_with, FILTER_ENDS_WITH},
		{detmeta_not_ends_with, FILTER_NOT_ENDS_WITH},
		{detmeta_matches_regex, FILTER_MATCHES},
		{detmeta_not_matches_regex, FILTER_NOT_MATCHES},
		{detmeta_like, FILTER_LIKE},
		{detmeta_not_like, FILTER_NOT_LIKE},
		{detmeta_ilike, FILTER_ILIKE},
		{detmeta_not_ilike, FILTER_NOT_ILIKE},
		{detmeta_is_empty, FILTER_IS_EMPTY},
		{detmeta_not_empty, FILTER_NOT_EMPTY},
	};

	for (size_t i = 0; i < lengthof(predicates); i++)
	{
		if (predicates[i].code == code)
		{
			*op = predicates[i].op;
			return true;
		}
	}
	return false;
}

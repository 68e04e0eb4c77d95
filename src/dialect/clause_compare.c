/*
 * clause_compare.c
 *		Clauses that compare something in the metadata with a value, or several.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "dialect/cast.h"
#include "dialect/clause_compare.h"
#include "dialect/path_read.h"

/*
 * Find the strategy of an operator in the btree family of a type, or of its
 * negator; false: there is none.
 */
static bool
find_strategy(Comparison *comparison, Oid operator, Oid type, bool *negated)
{
	Oid			family = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY)->btree_opf;

	*negated = false;
	if (!OidIsValid(family))
		return false;
	comparison->operator = operator;
	comparison->strategy = get_op_opfamily_strategy(operator, family);
	if (comparison->strategy != InvalidStrategy)
		return true;
	*negated = true;
	comparison->operator = get_negator(operator);
	if (!OidIsValid(comparison->operator))
		return false;
	comparison->strategy = get_op_opfamily_strategy(comparison->operator, family);
	return comparison->strategy == BTEqualStrategyNumber;
}

/* Return the path of jsonb that an expression calls jsonb_typeof() of. */
static bool
read_kind_name(Dialect *dialect, Node *node, DocumentPath *path)
{
	Call		call;

	return detmeta_read_call(node, &call) && call.function == F_JSONB_TYPEOF &&
		detmeta_path_read(dialect, linitial(call.args), path) && !path->is_text;
}

/* Compare a path, or something made of the value there. */
static Truth
compare_at_path(Dialect *dialect, Node *subject, const Comparison *comparison, DocumentPath *path)
{
	Oid			cast;

	if (detmeta_path_read(dialect, subject, path))
	{
		if (path->is_unknown)
			return detmeta_truth_unknown();
		return path->is_text ? detmeta_compare_text(dialect, path, comparison) :
			detmeta_compare_jsonb(dialect, path, comparison);
	}
	if (read_kind_name(dialect, subject, path))
		return path->is_unknown ? detmeta_truth_unknown() :
			detmeta_compare_kind_name(dialect, path, comparison);
	if (!detmeta_cast_read(dialect, subject, path, &cast) || path->nsteps == 0)
		return detmeta_truth_nothing();
	dialect->may_fail = true;
	return path->is_unknown ? detmeta_truth_unknown() :
		detmeta_compare_cast(dialect, path, cast, comparison);
}

/* The same, also with values that are not known yet. */
static Truth
compare_path(Dialect *dialect, Node *subject, const Comparison *comparison, DocumentPath *path)
{
	Truth		truth = compare_at_path(dialect, subject, comparison, path);

	return comparison->is_unknown && detmeta_truth_is_known(&truth) ?
		detmeta_truth_of_unknown(dialect, path) : truth;
}

/* Say whether a comparison is true of a constant. */
static bool
is_true_of_constant(const Comparison *comparison, const Const *constant)
{
	for (int i = 0; i < comparison->nvalues; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (DatumGetBool(OidFunctionCall2Coll(get_opcode(comparison->operator),
											  comparison->collation, constant->constvalue,
											  comparison->values[i])))
			return true;
	}
	return false;
}

/*
 * Compare what coalesce() ends with, which is the same for all rows.  Core comes to
 * evaluate it for some only, so it must not be more than a value.
 */
static Truth
compare_default(Dialect *dialect, Node *node, const Comparison *comparison)
{
	Node	   *bare = detmeta_strip_relabel(node);
	Truth		truth = detmeta_truth_unknown();
	Const	   *constant;

	if (!IsA(bare, Const) &&
		!(IsA(bare, Param) && ((Param *) bare)->paramkind == PARAM_EXTERN))
		return detmeta_truth_nothing();
	if (!detmeta_read_operand(dialect, node, &constant))
		return detmeta_truth_nothing();
	if (constant == NULL || comparison->is_unknown)
	{
		dialect->is_untold = true;
		truth.true_of_null = truth.false_of_null = true;
		return truth;
	}
	if (constant->constisnull)
		return detmeta_truth_never();
	return detmeta_truth_always(is_true_of_constant(comparison, constant));
}

/* Compare the first of some expressions that is not NULL. */
static Truth
compare_coalesce(Dialect *dialect, const List *args, int first, const Comparison *comparison)
{
	bool		is_last = first == list_length(args) - 1;
	DocumentPath path;
	Truth		truth = compare_path(dialect, list_nth(args, first), comparison, &path);
	Truth		rest;

	check_stack_depth();
	if (is_last)
		return detmeta_truth_is_known(&truth) ? truth :
			compare_default(dialect, list_nth(args, first), comparison);
	rest = compare_coalesce(dialect, args, first + 1, comparison);
	if (!detmeta_truth_is_known(&truth) || !detmeta_truth_is_known(&rest) ||
		path.arrays != NIL)
		return detmeta_truth_nothing();
	return detmeta_truth_or_else(dialect, &path, truth, rest);
}

/* Compare what stands on the left of an operator. */
static Truth
compare_subject(Dialect *dialect, Node *subject, const Comparison *comparison)
{
	Node	   *bare = detmeta_strip_relabel(subject);
	DocumentPath path;

	if (IsA(bare, CoalesceExpr))
		return compare_coalesce(dialect, ((CoalesceExpr *) bare)->args, 0, comparison);
	return compare_path(dialect, subject, comparison, &path);
}

/* Return what is known of a comparison with NULL: it fails where its subject does. */
static Truth
compare_with_null(Dialect *dialect, Node *subject, const Comparison *comparison)
{
	Truth		truth = compare_subject(dialect, subject, comparison);

	if (!detmeta_truth_is_known(&truth))
		return truth;
	if (truth.may_fail == NULL)
		return detmeta_truth_never();
	truth.is_true = truth.is_false = truth.may_fail;
	return truth;
}

/* subject operator value */
Truth
detmeta_derive_comparison(Dialect *dialect, Node *subject, Oid operator, Oid collation,
						  Node *operand)
{
	bool		negated;
	Comparison	comparison = {
		.collation = collation,
		.type = exprType(operand)
	};
	Const	   *constant;
	Truth		truth;

	if (!find_strategy(&comparison, operator, exprType(subject), &negated) ||
		!detmeta_read_operand(dialect, operand, &constant))
		return detmeta_truth_nothing();
	if (constant != NULL && constant->constisnull)
		return compare_with_null(dialect, subject, &comparison);
	if (constant != NULL)
	{
		comparison.values = &constant->constvalue;
		comparison.nvalues = 1;
	}
	comparison.is_unknown = constant == NULL;
	truth = compare_subject(dialect, subject, &comparison);
	return negated ? detmeta_truth_not(truth) : truth;
}

/* Read the elements of an array that are not NULL. */
static void
read_elements(const Const *array, Comparison *comparison, bool *has_nulls)
{
	ArrayType  *elements = DatumGetArrayTypeP(array->constvalue);
	int16		typlen;
	bool		typbyval;
	char		typalign;
	bool	   *nulls;
	int			n;
	int			kept = 0;

	comparison->type = ARR_ELEMTYPE(elements);
	get_typlenbyvalalign(comparison->type, &typlen, &typbyval, &typalign);
	deconstruct_array(elements, comparison->type, typlen, typbyval, typalign,
					  &comparison->values, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (!nulls[i])
			comparison->values[kept++] = comparison->values[i];
	}
	comparison->nvalues = kept;
	*has_nulls = kept < n;
}

/* subject = ANY (array), subject <> ALL (array) */
Truth
detmeta_derive_array(Dialect *dialect, ScalarArrayOpExpr *op)
{
	Node	   *subject = linitial(op->args);
	Comparison	comparison = {
		.collation = op->inputcollid,
		.type = get_element_type(exprType(lsecond(op->args)))
	};
	bool		negated;
	bool		has_nulls = false;
	Const	   *array;
	Truth		truth;

	if (!find_strategy(&comparison, op->opno, exprType(subject), &negated) ||
		comparison.strategy != BTEqualStrategyNumber || op->useOr == negated ||
		!detmeta_read_operand(dialect, lsecond(op->args), &array))
		return detmeta_truth_nothing();
	comparison.type = get_element_type(exprType(lsecond(op->args)));
	if (array != NULL && array->constisnull)
		return compare_with_null(dialect, subject, &comparison);
	if (array != NULL)
		read_elements(array, &comparison, &has_nulls);
	/* without elements, it is false even where the subject is NULL */
	if (array != NULL && comparison.nvalues == 0 && !has_nulls)
		return detmeta_truth_nothing();
	comparison.is_unknown = array == NULL;
	truth = compare_subject(dialect, subject, &comparison);
	if (!detmeta_truth_is_known(&truth))
		return truth;
	if (array == NULL)
		truth.false_of_null = true; /* it may turn out to be empty */
	if (has_nulls)
		truth.is_false = truth.may_fail != NULL ? truth.may_fail : detmeta_node_none();
	return negated ? detmeta_truth_not(truth) : truth;
}

/* subject IS DISTINCT FROM value */
Truth
detmeta_derive_distinct(Dialect *dialect, DistinctExpr *op)
{
	Truth		truth;
	Const	   *constant;

	if (!detmeta_read_operand(dialect, lsecond(op->args), &constant) ||
		(constant != NULL && constant->constisnull))
		return detmeta_truth_nothing();
	truth = detmeta_derive_comparison(dialect, linitial(op->args), op->opno, op->inputcollid,
									  lsecond(op->args));
	if (!detmeta_truth_is_known(&truth))
		return truth;
	truth = detmeta_truth_is_not(truth, true);
	truth.false_of_null |= constant == NULL;	/* which may turn out to be NULL */
	return truth;
}

/*
 * clause_compare.c
 *		Clauses that compare something in the metadata with a value, or several.
 */
#include "postgres.h"

#include "nodes/nodeFuncs.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "dialect/cast.h"
#include "dialect/clause_compare.h"
#include "dialect/path_read.h"

/* Return the strategy of an operator in the btree family of a type, or of its negator. */
static StrategyNumber
btree_strategy(Oid operator, Oid type, bool *negated)
{
	Oid			family = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY)->btree_opf;
	StrategyNumber strategy;
	Oid			negator;

	*negated = false;
	if (!OidIsValid(family))
		return InvalidStrategy;
	strategy = get_op_opfamily_strategy(operator, family);
	if (strategy != InvalidStrategy)
		return strategy;
	negator = get_negator(operator);
	*negated = true;
	return OidIsValid(negator) &&
		get_op_opfamily_strategy(negator, family) == BTEqualStrategyNumber ?
		BTEqualStrategyNumber : InvalidStrategy;
}

/* Return the path of jsonb that an expression calls jsonb_typeof() of. */
static bool
read_kind_name(Dialect *dialect, Node *node, DocumentPath *path)
{
	Call		call;

	return detmeta_read_call(node, &call) && call.function == F_JSONB_TYPEOF &&
		detmeta_path_read(dialect, linitial(call.args), path) && !path->is_text;
}

/* Compare what stands on the left of an operator, and return its path. */
static Truth
compare_path(Dialect *dialect, Node *subject, const Comparison *comparison, DocumentPath *path)
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

/* Compare what stands on the left of an operator, also with values that are not known yet. */
static Truth
compare_subject(Dialect *dialect, Node *subject, const Comparison *comparison)
{
	DocumentPath path;
	Truth		truth = compare_path(dialect, subject, comparison, &path);

	return comparison->is_unknown && detmeta_truth_is_known(&truth) ?
		detmeta_truth_of_unknown(dialect, &path) : truth;
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

	comparison.strategy = btree_strategy(operator, exprType(subject), &negated);
	if (comparison.strategy == InvalidStrategy ||
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

	comparison.strategy = btree_strategy(op->opno, exprType(subject), &negated);
	if (comparison.strategy != BTEqualStrategyNumber || op->useOr == negated ||
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
	truth.false_of_null = constant == NULL; /* which may turn out to be NULL */
	return truth;
}

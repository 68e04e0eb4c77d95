/*
 * derive.c
 *		What the index tells of a clause that is written with core's operators.
 *
 * Nothing is rewritten: of each part of a clause it is derived where it is true
 * and where it is false (dialect/truth.h).
 */
#include "postgres.h"

#include "catalog/pg_operator_d.h"
#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "dialect/cast.h"
#include "dialect/compare.h"
#include "dialect/contain.h"
#include "dialect/derive.h"
#include "dialect/json_path.h"
#include "dialect/path_read.h"
#include "dialect/pattern.h"

static Truth derive_part(Dialect *dialect, Node *node);

/* ---- comparisons ---- */

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

/* Compare what stands on the left of an operator. */
static Truth
compare_subject(Dialect *dialect, Node *subject, const Comparison *comparison)
{
	DocumentPath path;
	Oid			cast;

	if (detmeta_path_read(dialect, subject, &path))
	{
		if (path.is_unknown)
			return detmeta_truth_unknown();
		return path.is_text ? detmeta_compare_text(dialect, &path, comparison) :
			detmeta_compare_jsonb(dialect, &path, comparison);
	}
	if (read_kind_name(dialect, subject, &path))
		return path.is_unknown ? detmeta_truth_unknown() :
			detmeta_compare_kind_name(dialect, &path, comparison);
	if (!detmeta_cast_read(dialect, subject, &path, &cast) || path.nsteps == 0)
		return detmeta_truth_nothing();
	dialect->may_fail = true;
	return path.is_unknown ? detmeta_truth_unknown() :
		detmeta_compare_cast(dialect, &path, cast, comparison);
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
static Truth
derive_comparison(Dialect *dialect, Node *subject, Oid operator, Oid collation, Node *operand)
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
	truth = compare_subject(dialect, subject, &comparison);
	if (constant == NULL && detmeta_truth_is_known(&truth))
		return detmeta_truth_unknown();
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
static Truth
derive_array(Dialect *dialect, ScalarArrayOpExpr *op)
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
	truth = compare_subject(dialect, subject, &comparison);
	if (!detmeta_truth_is_known(&truth))
		return truth;
	if (array == NULL)
	{
		truth = detmeta_truth_unknown();
		truth.false_of_null = true; /* it may turn out to be empty */
	}
	if (has_nulls)
		truth.is_false = truth.may_fail != NULL ? truth.may_fail : detmeta_node_none();
	return negated ? detmeta_truth_not(truth) : truth;
}

/* subject IS DISTINCT FROM value */
static Truth
derive_distinct(Dialect *dialect, DistinctExpr *op)
{
	Truth		truth;
	Const	   *constant;

	if (!detmeta_read_operand(dialect, lsecond(op->args), &constant) ||
		(constant != NULL && constant->constisnull))
		return detmeta_truth_nothing();
	truth = derive_comparison(dialect, linitial(op->args), op->opno, op->inputcollid,
							  lsecond(op->args));
	if (!detmeta_truth_is_known(&truth))
		return truth;
	truth = detmeta_truth_is_not(truth, true);
	truth.false_of_null = constant == NULL; /* which may turn out to be NULL */
	return truth;
}

/* ---- other operators and functions ---- */

/* Read the text that a pattern function is called with. */
static bool
read_text(Dialect *dialect, Node *node, const text **value)
{
	Const	   *constant;

	*value = NULL;
	if (!detmeta_read_operand(dialect, node, &constant))
		return false;
	if (constant == NULL)
		return true;
	if (constant->constisnull || constant->consttype != TEXTOID)
		return false;
	*value = DatumGetTextPP(constant->constvalue);
	return true;
}

/* Return the path that upper() or lower() is called of. */
static bool
read_folded(Dialect *dialect, Node *node, DocumentPath *path)
{
	Call		call;

	return detmeta_read_call(node, &call) &&
		(call.function == F_UPPER_TEXT || call.function == F_LOWER_TEXT) &&
		detmeta_path_read(dialect, linitial(call.args), path) && path->is_text;
}

/* path LIKE pattern, and all that looks for a text in a path's */
static Truth
derive_pattern(Dialect *dialect, const Call *call)
{
	Node	   *left = linitial(call->args);
	bool		folded = false;
	DocumentPath path;
	const text *value;
	Oid			collation;

	if (!OidIsValid(call->collation) || !get_collation_isdeterministic(call->collation))
		return detmeta_truth_nothing();
	if (!detmeta_path_read(dialect, left, &path) || !path.is_text)
	{
		folded = true;
		if (!read_folded(dialect, left, &path))
			return detmeta_truth_nothing();
	}
	if (path.nsteps == 0 || !read_text(dialect, lsecond(call->args), &value))
		return detmeta_truth_nothing();
	if (value == NULL || path.is_unknown)
		return detmeta_truth_unknown();
	collation = folded ? InvalidOid : call->collation;
	switch (call->function)
	{
		case F_TEXTLIKE:
		case F_LIKE_TEXT_TEXT:
			return detmeta_match_like(dialect, &path, value, folded, collation);
		case F_TEXTNLIKE:
		case F_NOTLIKE_TEXT_TEXT:
			return detmeta_truth_not(detmeta_match_like(dialect, &path, value, folded, collation));
		case F_TEXTICLIKE:
			return detmeta_match_like(dialect, &path, value, true, collation);
		case F_TEXTICNLIKE:
			return detmeta_truth_not(detmeta_match_like(dialect, &path, value, true, collation));
		case F_STARTS_WITH:
			return folded ? detmeta_truth_where_held(dialect, &path) :
				detmeta_match_prefix(dialect, &path, value);
		case F_TEXTEQ:
			return folded ? detmeta_match_folded(dialect, &path, value) : detmeta_truth_nothing();
		case F_TEXTNE:
			return folded ? detmeta_truth_not(detmeta_match_folded(dialect, &path, value)) :
				detmeta_truth_nothing();
		default:
			return detmeta_truth_nothing();
	}
}

/* path @> jsonb, jsonb <@ path */
static Truth
derive_containment(Dialect *dialect, Node *whole, Node *part)
{
	DocumentPath path;
	Const	   *constant;

	if (!detmeta_path_read(dialect, whole, &path) || path.is_text ||
		!detmeta_read_operand(dialect, part, &constant))
		return detmeta_truth_nothing();
	if (constant == NULL || path.is_unknown)
		return detmeta_truth_unknown();
	if (constant->constisnull)
		return detmeta_truth_never();
	return detmeta_truth_contains(dialect, &path, DatumGetJsonbP(constant->constvalue));
}

/* Read the names that an existence operator asks for; false: one is NULL. */
static bool
read_names(const Const *constant, text ***names, int *n)
{
	Datum	   *values;
	bool	   *nulls;

	if (constant->consttype == TEXTOID)
	{
		*names = palloc_array(text *, 1);
		(*names)[0] = DatumGetTextPP(constant->constvalue);
		*n = 1;
		return true;
	}
	deconstruct_array(DatumGetArrayTypeP(constant->constvalue), TEXTOID, -1, false, TYPALIGN_INT,
					  &values, &nulls, n);
	*names = palloc_array(text *, Max(1, *n));
	for (int i = 0; i < *n; i++)
	{
		if (nulls[i])
			return false;
		(*names)[i] = DatumGetTextPP(values[i]);
	}
	return true;
}

/* path ? name, path ?| names, path ?& names */
static Truth
derive_existence(Dialect *dialect, const Call *call)
{
	DocumentPath path;
	Const	   *constant;
	text	  **names;
	int			n;

	if (!detmeta_path_read(dialect, linitial(call->args), &path) || path.is_text ||
		!detmeta_read_operand(dialect, lsecond(call->args), &constant))
		return detmeta_truth_nothing();
	if (constant == NULL || path.is_unknown)
		return detmeta_truth_unknown();
	if (constant->constisnull)
		return detmeta_truth_never();
	if ((constant->consttype != TEXTOID && constant->consttype != TEXTARRAYOID) ||
		!read_names(constant, &names, &n))
		return detmeta_truth_nothing();
	return detmeta_truth_exists(dialect, &path, names, n, call->function == F_JSONB_EXISTS_ALL);
}

/* Return rows where a value that a JSON path leads to passes its comparison. */
static QueryNode *
rows_of_json_path(Dialect *dialect, const DocumentPath *path, const JsonPathTest *test)
{
	QueryNode  *rows = NULL;

	for (LeafPlaces places = PLACES_VALUE; places <= PLACES_ELEMENTS; places++)
	{
		Leaf		leaf;

		detmeta_leaf_begin(&leaf, path);
		leaf.places = places;
		if (test->strategy == BTEqualStrategyNumber)
			detmeta_leaf_add_scalar(&leaf, &test->value, places == PLACES_ELEMENTS);
		else
			detmeta_leaf_add_numbers(&leaf, test->strategy, test->value.val.numeric,
									 places == PLACES_ELEMENTS);
		rows = detmeta_node_group(FILTER_OR, rows, detmeta_node_leaf(dialect, &leaf));
	}
	return rows;
}

/* path @? json_path, path @@ json_path, and the functions that do the same */
static Truth
derive_json_path(Dialect *dialect, const Call *call)
{
	bool		is_match = call->function == F_JSONB_PATH_MATCH ||
		call->function == F_JSONB_PATH_MATCH_OPR;
	DocumentPath path;
	JsonPathTest test;
	Const	   *constant;
	QueryNode  *rows;

	if (!detmeta_path_read(dialect, linitial(call->args), &path) || path.is_text ||
		!detmeta_read_operand(dialect, lsecond(call->args), &constant))
		return detmeta_truth_nothing();
	if (constant == NULL || path.is_unknown)
		return detmeta_truth_unknown();
	if (constant->constisnull)
		return detmeta_truth_never();
	if (!detmeta_json_path_read(constant->constvalue, &path, &test) ||
		is_match != (test.kind == JSON_PATH_PREDICATE))
		return detmeta_truth_nothing();
	rows = test.kind == JSON_PATH_PLAIN ?
		detmeta_node_kinds(dialect, &path, META_ALL_KINDS, false) :
		rows_of_json_path(dialect, &path, &test);
	return detmeta_truth_of_search(dialect, &path, rows, is_match);
}

/* (path)::boolean as a condition */
static Truth
derive_boolean_cast(Dialect *dialect, Node *node)
{
	DocumentPath path;
	Oid			type;

	if (!detmeta_cast_read(dialect, node, &path, &type) || type != BOOLOID || path.nsteps == 0)
		return detmeta_truth_nothing();
	dialect->may_fail = true;
	return path.is_unknown ? detmeta_truth_unknown() : detmeta_truth_of_boolean(dialect, &path);
}

/* Find the path that an expression is NULL with, by functions that are strict. */
static bool
find_strict_path(Dialect *dialect, Node *node, DocumentPath *path)
{
	ListCell   *lc;
	Call		call;

	check_stack_depth();
	node = detmeta_strip_relabel(node);
	if (detmeta_path_read(dialect, node, path))
		return path->nsteps > 0;
	if (IsA(node, CoerceViaIO))
		return find_strict_path(dialect, (Node *) ((CoerceViaIO *) node)->arg, path);
	if (!detmeta_read_call(node, &call) || !func_strict(call.function))
		return false;
	foreach(lc, call.args)
	{
		if (find_strict_path(dialect, lfirst(lc), path))
			return true;
	}
	return false;
}

/* A clause of which it is only known that it is NULL where a path is. */
static Truth
derive_strict(Dialect *dialect, Node *node)
{
	DocumentPath path;

	if (!find_strict_path(dialect, node, &path))
		return detmeta_truth_nothing();
	return detmeta_truth_where_held(dialect, &path);
}

/* A call by an operator whose sides may have changed places. */
static Truth
derive_operator(Dialect *dialect, const Call *call)
{
	Truth		truth = derive_comparison(dialect, linitial(call->args), call->operator,
										  call->collation,
										  lsecond(call->args));
	Oid			commutator;

	if (detmeta_truth_is_known(&truth))
		return truth;
	commutator = get_commutator(call->operator);
	if (!OidIsValid(commutator))
		return truth;
	return derive_comparison(dialect, lsecond(call->args), commutator, call->collation,
							 linitial(call->args));
}

/* A call of a function. */
static Truth
derive_call(Dialect *dialect, Node *node, const Call *call)
{
	Truth		truth = detmeta_truth_nothing();

	switch (call->function)
	{
		case F_JSONB_CONTAINS:
			truth = derive_containment(dialect, linitial(call->args), lsecond(call->args));
			break;
		case F_JSONB_CONTAINED:
			truth = derive_containment(dialect, lsecond(call->args), linitial(call->args));
			break;
		case F_JSONB_EXISTS:
		case F_JSONB_EXISTS_ANY:
		case F_JSONB_EXISTS_ALL:
			truth = derive_existence(dialect, call);
			break;
		case F_JSONB_PATH_EXISTS:
		case F_JSONB_PATH_EXISTS_OPR:
		case F_JSONB_PATH_MATCH:
		case F_JSONB_PATH_MATCH_OPR:
			truth = derive_json_path(dialect, call);
			break;
		default:
			if (list_length(call->args) == 2)
				truth = derive_pattern(dialect, call);
			if (!detmeta_truth_is_known(&truth) && OidIsValid(call->operator) &&
				list_length(call->args) == 2)
				truth = derive_operator(dialect, call);
			if (!detmeta_truth_is_known(&truth))
				truth = derive_boolean_cast(dialect, node);
			break;
	}
	return detmeta_truth_is_known(&truth) ? truth : derive_strict(dialect, node);
}

/* ---- logic ---- */

/* path IS NULL, path IS NOT NULL */
static Truth
derive_null_test(Dialect *dialect, NullTest *test)
{
	DocumentPath path;
	Leaf		leaf;
	QueryNode  *held;
	Truth		truth;

	if (test->argisrow ||
		!detmeta_path_read(dialect, (Node *) test->arg, &path) || path.nsteps == 0 ||
		path.arrays != NIL)
		return detmeta_truth_nothing();
	detmeta_leaf_begin(&leaf, &path);
	leaf.type = LEAF_HOLDS;
	held = detmeta_node_of_path(dialect, &path, detmeta_node_leaf(dialect, &leaf));
	leaf.type = LEAF_EMPTY;
	truth = path.is_unknown ? detmeta_truth_unknown() :
		detmeta_truth_of_rows(held, path.is_dotted ? detmeta_node_not(held) :
							  detmeta_node_of_path(dialect, &path,
												   detmeta_node_leaf(dialect, &leaf)));
	truth.false_of_null = true;
	return test->nulltesttype == IS_NULL ? detmeta_truth_not(truth) : truth;
}

/* AND, OR, NOT; nothing is known if nothing is known of a part. */
static Truth
derive_group(Dialect *dialect, BoolExpr *group)
{
	Truth	   *truths = palloc_array(Truth, list_length(group->args));
	int			n = 0;
	ListCell   *lc;

	foreach(lc, group->args)
	{
		truths[n] = derive_part(dialect, lfirst(lc));
		if (!detmeta_truth_is_known(&truths[n++]))
			return detmeta_truth_nothing();
	}
	return group->boolop == NOT_EXPR ? detmeta_truth_not(truths[0]) :
		detmeta_truth_group(dialect, group->boolop, truths, n);
}

/* a IS TRUE and the like */
static Truth
derive_boolean_test(Dialect *dialect, BooleanTest *test)
{
	Truth		truth = derive_part(dialect, (Node *) test->arg);

	if (!detmeta_truth_is_known(&truth))
		return truth;
	switch (test->booltesttype)
	{
		case IS_TRUE:
			return detmeta_truth_is(truth, true);
		case IS_FALSE:
			return detmeta_truth_is(truth, false);
		case IS_NOT_TRUE:
			return detmeta_truth_is_not(truth, true);
		case IS_NOT_FALSE:
			return detmeta_truth_is_not(truth, false);
		default:
			return detmeta_truth_nothing();
	}
}

/* coalesce(a, false) is a IS TRUE, coalesce(a, true) is a IS NOT FALSE. */
static Truth
derive_coalesce(Dialect *dialect, CoalesceExpr *coalesce)
{
	Const	   *other = lsecond(coalesce->args);
	Truth		truth;

	if (list_length(coalesce->args) != 2 || !IsA(other, Const) || other->constisnull)
		return detmeta_truth_nothing();
	truth = derive_part(dialect, linitial(coalesce->args));
	if (!detmeta_truth_is_known(&truth))
		return truth;
	return DatumGetBool(other->constvalue) ? detmeta_truth_is_not(truth, false) :
		detmeta_truth_is(truth, true);
}

/* CASE WHEN a THEN true ELSE false END is a IS TRUE. */
static Truth
derive_case(Dialect *dialect, CaseExpr *expr)
{
	CaseWhen   *when = linitial(expr->args);
	Const	   *result = (Const *) when->result;
	Const	   *other = (Const *) expr->defresult;
	Truth		truth;

	if (expr->arg != NULL || list_length(expr->args) != 1 ||
		!IsA(result, Const) || result->constisnull || !DatumGetBool(result->constvalue) ||
		other == NULL || !IsA(other, Const) || other->constisnull ||
		DatumGetBool(other->constvalue))
		return detmeta_truth_nothing();
	truth = derive_part(dialect, (Node *) when->expr);
	return detmeta_truth_is_known(&truth) ? detmeta_truth_is(truth, true) : truth;
}

/* Derive the truth of a part of a clause, which is of type boolean. */
static Truth
derive_part(Dialect *dialect, Node *node)
{
	Call		call;

	check_stack_depth();
	if (exprType(node) != BOOLOID)
		return detmeta_truth_nothing();
	switch (nodeTag(node))
	{
		case T_BoolExpr:
			return derive_group(dialect, (BoolExpr *) node);
		case T_NullTest:
			return derive_null_test(dialect, (NullTest *) node);
		case T_BooleanTest:
			return derive_boolean_test(dialect, (BooleanTest *) node);
		case T_CoalesceExpr:
			return derive_coalesce(dialect, (CoalesceExpr *) node);
		case T_CaseExpr:
			return derive_case(dialect, (CaseExpr *) node);
		case T_ScalarArrayOpExpr:
			return derive_array(dialect, (ScalarArrayOpExpr *) node);
		case T_DistinctExpr:
			return derive_distinct(dialect, (DistinctExpr *) node);
		case T_CoerceViaIO:
			return derive_boolean_cast(dialect, node);
		default:
			if (!detmeta_read_call(node, &call))
				return detmeta_truth_nothing();
			return derive_call(dialect, node, &call);
	}
}

/* Make a query of what was read. */
static FilterQuery *
make_query(const Dialect *dialect, QueryNode *root)
{
	FilterQuery *query = palloc_object(FilterQuery);

	query->root = root;
	query->nleaves = dialect->nleaves;
	query->leaves = dialect->leaves;
	return query;
}

/*
 * Say whether core may leave a part of a clause out, as another has decided.  It
 * may do so in a conjunction, too, but promises no order there.
 */
static bool
is_decided_by_parts(Node *clause)
{
	return !IsA(clause, OpExpr) && !IsA(clause, ScalarArrayOpExpr) && !IsA(clause, NullTest);
}

/* Return the node of rows where a clause is true; NULL: the index does not help. */
static QueryNode *
rows_of_clause(Dialect *dialect, Node *clause)
{
	Truth		truth;

	dialect->is_group = is_decided_by_parts(clause);
	truth = derive_part(dialect, clause);
	if (!detmeta_truth_is_known(&truth) || (truth.true_of_null && !dialect->not_null))
		return NULL;
	return detmeta_truth_rows(&truth);
}

/*
 * Return the rows where clauses that were joined are true.  Core promises no
 * order of these, so one need not fail where another is false.
 */
static QueryNode *
rows_of_clauses(Dialect *dialect, List *clauses)
{
	QueryNode  *result = NULL;
	ListCell   *lc;

	foreach(lc, clauses)
	{
		QueryNode  *rows = rows_of_clause(dialect, lfirst(lc));

		if (rows == NULL)
			return NULL;
		result = result == NULL ? rows : detmeta_node_of_both(dialect, result, rows);
	}
	return result;
}

/* Return the rows where a clause, or a conjunction of clauses, is true. */
FilterQuery *
detmeta_derive(Dialect *dialect, Node *clause)
{
	QueryNode  *rows;

	detmeta_dialect_begin(dialect);
	rows = is_andclause(clause) ? rows_of_clauses(dialect, ((BoolExpr *) clause)->args) :
		rows_of_clause(dialect, clause);
	return rows != NULL ? make_query(dialect, rows) : NULL;
}

/* Return a query that leaves all rows in doubt. */
FilterQuery *
detmeta_derive_nothing(Dialect *dialect)
{
	detmeta_dialect_begin(dialect);
	return make_query(dialect, detmeta_node_document(dialect, DOCUMENT_IS_ANY, true));
}

/* ---- operators of the document alone, for the operator class ---- */

/* Begin to read an operand for documents of any kind; the path is that of the document. */
static void
begin_operand(Dialect *dialect, DocumentPath *path)
{
	memset(dialect, 0, sizeof(*dialect));
	dialect->has_dotted_names = dialect->has_no_objects = true;
	memset(path, 0, sizeof(*path));
	initStringInfo(&path->key);
}

/* Make the query of what was derived. */
static FilterQuery *
query_of_truth(Dialect *dialect, const Truth *truth)
{
	return detmeta_truth_is_known(truth) ? make_query(dialect, truth->is_true) :
		detmeta_derive_nothing(dialect);
}

/* Return the rows where  metadata @> part  is true. */
FilterQuery *
detmeta_query_of_containment(Jsonb *part)
{
	Dialect		dialect;
	DocumentPath path;
	Truth		truth;

	begin_operand(&dialect, &path);
	truth = detmeta_truth_contains(&dialect, &path, part);
	return query_of_truth(&dialect, &truth);
}

/* Return the rows where  metadata ? name, metadata ?| names  or  metadata ?& names  is true. */
FilterQuery *
detmeta_query_of_existence(Datum names, Oid type, bool all)
{
	Dialect		dialect;
	DocumentPath path;
	Const		constant = {
		.consttype = type,
		.constvalue = names
	};
	Truth		truth = detmeta_truth_nothing();
	text	  **read;
	int			n;

	begin_operand(&dialect, &path);
	if (read_names(&constant, &read, &n))
		truth = detmeta_truth_exists(&dialect, &path, read, n, all);
	return query_of_truth(&dialect, &truth);
}

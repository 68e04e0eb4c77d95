/*
 * part_clause.c
 *		The conditions of a query as a filter and a scope.
 *
 *		metadata @~ 'loss < 0.1' AND (project_id IS NULL OR project_id = ANY ('{1,2}'))
 *
 * is the filter and the scope {"project_id": ["1", "2", null]}.  Functions of exploring
 * write them so (explore/selection.c).  What is not understood is no error: then rows
 * are counted as the query says.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "base/relation.h"
#include "base/siblings.h"
#include "explore/part_clause.h"
#include "explore/part_json.h"
#include "filter/filter.h"
#include "filter/match_op.h"

/* Return what an expression is, but for changes of its type's name. */
static Node *
strip(Node *node)
{
	while (node != NULL && IsA(node, RelabelType))
		node = (Node *) ((RelabelType *) node)->arg;
	return node;
}

/* Return a column of the table, or 0. */
AttrNumber
detmeta_part_column(const PartConditions *conditions, Node *node)
{
	Var		   *var = (Var *) strip(node);

	if (var == NULL || !IsA(var, Var) || (Index) var->varno != conditions->relid ||
		var->varlevelsup != 0 || var->varattno <= 0)
		return 0;
	return var->varattno;
}

/* ---- filters ---- */

/* Say whether a filter is one that all documents satisfy. */
static bool
is_true_filter(const Const *filter)
{
	const FilterNode *root = detmeta_filter_read(DatumGetMetadataFilterP(filter->constvalue));

	return root->type == FILTER_TRUE;
}

/* Take a call with the metadata and a constant filter. */
static bool
take_filter(PartConditions *conditions, PGFunction code, List *args)
{
	Const	   *filter = lsecond(args);

	if ((code != detmeta_match && code != detmeta_matches) || !IsA(filter, Const) ||
		filter->constisnull ||
		detmeta_part_column(conditions, linitial(args)) != conditions->metadata)
		return false;
	/* NULL is a document without keys to the function, and no match to the operator */
	if (is_true_filter(filter) &&
		(code == detmeta_matches ||
		 detmeta_attribute_is_not_null(conditions->table, conditions->metadata, true)))
		return true;
	if (code == detmeta_matches || conditions->filter != NULL)
		return false;
	conditions->filter = filter;
	return true;
}

/* ---- scopes ---- */

/* What a column is to be. */
typedef struct ColumnValues
{
	AttrNumber	column;			/* 0: not known yet */
	bool		with_null;
	Const	   *array;			/* or NULL */
} ColumnValues;

/* Say whether a column that is meant is the one that was, or the first. */
static bool
is_column(ColumnValues *values, AttrNumber column)
{
	if (column == 0 || (values->column != 0 && values->column != column))
		return false;
	values->column = column;
	return true;
}

/* Say whether an operator is the equality that scopes compare a column by. */
static bool
is_equality(const PartConditions *conditions, AttrNumber column, Oid operator, Oid collation)
{
	Oid			type;
	int32		typmod;
	Oid			column_collation;

	get_atttypetypmodcoll(conditions->table, column, &type, &typmod, &column_collation);
	return operator == lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr &&
		collation == column_collation;
}

/* Take IS NULL, or = ANY (array). */
static bool
take_alternative(const PartConditions *conditions, Node *node, ColumnValues *values)
{
	ScalarArrayOpExpr *any = (ScalarArrayOpExpr *) node;
	Const	   *array;

	if (IsA(node, NullTest))
	{
		NullTest   *test = (NullTest *) node;

		values->with_null = true;
		return test->nulltesttype == IS_NULL && !test->argisrow &&
			is_column(values, detmeta_part_column(conditions, (Node *) test->arg));
	}
	if (!IsA(node, ScalarArrayOpExpr) || !any->useOr || values->array != NULL ||
		!is_column(values, detmeta_part_column(conditions, linitial(any->args))) ||
		!is_equality(conditions, values->column, any->opno, any->inputcollid))
		return false;
	array = (Const *) strip(lsecond(any->args));
	values->array = array;
	return IsA(array, Const) && !array->constisnull;
}

/* Take what an OR is of, or a single condition. */
static bool
take_alternatives(const PartConditions *conditions, Expr *clause, ColumnValues *values)
{
	ListCell   *lc;

	if (!is_orclause(clause))
		return take_alternative(conditions, (Node *) clause, values);
	foreach(lc, ((BoolExpr *) clause)->args)
	{
		if (!take_alternative(conditions, lfirst(lc), values))
			return false;
	}
	return true;
}

/* Say whether the texts of values of a type read back as the same. */
static bool
has_exact_texts(Oid type)
{
	return (type != FLOAT4OID && type != FLOAT8OID) || extra_float_digits > 0;
}

/* Push the elements of an array as texts. */
static bool
push_array(const Const *constant, JsonbBuilder *out)
{
	ArrayType  *array = DatumGetArrayTypeP(constant->constvalue);
	Oid			type = ARR_ELEMTYPE(array);
	int16		typlen;
	bool		typbyval;
	char		typalign;
	Oid			output;
	bool		is_varlena;
	Datum	   *values;
	bool	   *nulls;
	int			n;

	if (!has_exact_texts(type))
		return false;
	get_typlenbyvalalign(type, &typlen, &typbyval, &typalign);
	getTypeOutputInfo(type, &output, &is_varlena);
	deconstruct_array(array, type, typlen, typbyval, typalign, &values, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		char	   *text;

		CHECK_FOR_INTERRUPTS();
		/* nothing equals NULL */
		if (nulls[i])
			continue;
		text = OidOutputFunctionCall(output, values[i]);
		detmeta_part_push_text(out, WJB_ELEM, text, strlen(text));
	}
	return true;
}

/* Take a condition on a column of the scope. */
static bool
take_scope(PartConditions *conditions, Expr *clause)
{
	ColumnValues values = {0};
	JsonbValue	null = {.type = jbvNull};

	if (!take_alternatives(conditions, clause, &values) ||
		list_member_int(conditions->columns, values.column))
		return false;
	conditions->columns = lappend_int(conditions->columns, values.column);
	if (list_length(conditions->columns) == 1)
		push_jsonb(&conditions->scope, WJB_BEGIN_OBJECT, NULL);
	detmeta_part_push_name(&conditions->scope,
						   get_attname(conditions->table, values.column, false));
	push_jsonb(&conditions->scope, WJB_BEGIN_ARRAY, NULL);
	if (values.with_null)
		push_jsonb(&conditions->scope, WJB_ELEM, &null);
	if (values.array != NULL && !push_array(values.array, &conditions->scope))
		return false;
	push_jsonb(&conditions->scope, WJB_END_ARRAY, NULL);
	return true;
}

/* Take a condition. */
bool
detmeta_part_take_clause(PartConditions *conditions, Expr *clause)
{
	if (IsA(clause, OpExpr) && list_length(((OpExpr *) clause)->args) == 2)
	{
		OpExpr	   *call = (OpExpr *) clause;

		return take_filter(conditions, detmeta_function_code(get_opcode(call->opno)), call->args);
	}
	if (IsA(clause, FuncExpr) && list_length(((FuncExpr *) clause)->args) == 2)
	{
		FuncExpr   *call = (FuncExpr *) clause;

		return take_filter(conditions, detmeta_function_code(call->funcid), call->args);
	}
	return take_scope(conditions, clause);
}

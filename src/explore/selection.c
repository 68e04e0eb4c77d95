/*
 * selection.c
 *		Which rows of a relation are explored: those of a filter, and of a scope.
 *
 * A scope's values are read as their columns' types, and compared by the types'
 * default equality.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type_d.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "base/relation.h"
#include "base/siblings.h"
#include "explore/selection.h"
#include "filter/match.h"

/* ---- arguments ---- */

/* Make the selection of a filter and a scope, either of which may be NULL. */
Selection *
detmeta_selection_make(const MetadataFilter *filter, Jsonb *scope)
{
	Selection  *selection;

	if (scope != NULL && !JB_ROOT_IS_OBJECT(scope))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a scope is a JSON object of columns and values"),
				 errhint("For example, {\"project_id\": 42, \"state\": [\"ACTIVE\", \"PAUSED\"]}.")));
	if (filter == NULL && scope == NULL)
		return NULL;
	selection = palloc0_object(Selection);
	selection->filter = filter;
	if (filter != NULL)
		selection->query = detmeta_query_compile(filter);
	selection->scope = scope;
	return selection;
}

/* The same of arguments. */
Selection *
detmeta_selection_of_arguments(FunctionCallInfo fcinfo, int filter, int scope)
{
	return detmeta_selection_make(PG_ARGISNULL(filter) ? NULL : PG_GETARG_METADATA_FILTER_P(filter),
								  PG_ARGISNULL(scope) ? NULL : PG_GETARG_JSONB_P(scope));
}

/* ---- columns ---- */

/* Return the text that a type's input function reads a value from. */
static char *
text_of_scope_value(JsonbValue *value)
{
	Jsonb	   *jsonb;

	switch (value->type)
	{
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvBool:
			return pstrdup(value->val.boolean ? "true" : "false");
		default:
			jsonb = JsonbValueToJsonb(value);
			return JsonbToCString(NULL, &jsonb->root, VARSIZE(jsonb));
	}
}

/* Add a value to what a column may be. */
static void
add_scope_value(ScopeColumn *column, JsonbValue *value)
{
	Oid			input;
	Oid			param;

	if (value->type == jbvNull)
	{
		column->with_null = true;
		return;
	}
	getTypeInputInfo(column->type, &input, &param);
	column->values[column->nvalues++] = OidInputFunctionCall(input, text_of_scope_value(value),
															 param, -1);
}

/* Read what a column may be. */
static void
read_scope_values(ScopeColumn *column, JsonbValue *value)
{
	bool		is_array = value->type == jbvBinary &&
		JsonContainerIsArray(value->val.binary.data);
	int			n = is_array ? JsonContainerSize(value->val.binary.data) : 1;

	column->values = palloc_array(Datum, Max(1, n));
	if (!is_array)
	{
		add_scope_value(column, value);
		return;
	}
	for (int i = 0; i < n; i++)
		add_scope_value(column, getIthJsonbValueFromContainer(value->val.binary.data, i));
}

/* Refuse a column whose values cannot be compared. */
static void
check_equality(const ScopeColumn *column)
{
	if (OidIsValid(column->equality))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_FUNCTION),
			 errmsg("column \"%s\" of type %s has no equality to be in a scope by",
					column->name, format_type_be(column->type))));
}

/* Look one column up. */
static void
bind_scope_column(ScopeColumn *column, Oid relid, char relkind)
{
	AttrNumber	attnum = detmeta_find_column(relid, column->name,
											 "The names in a scope are those of columns.");
	TypeCacheEntry *type;
	int32		typmod;

	if (pg_class_aclcheck(relid, GetUserId(), ACL_SELECT) != ACLCHECK_OK &&
		pg_attribute_aclcheck(relid, attnum, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, get_relkind_objtype(relkind), get_rel_name(relid));
	get_atttypetypmodcoll(relid, attnum, &column->type, &typmod, &column->collation);
	type = lookup_type_cache(column->type, TYPECACHE_EQ_OPR | TYPECACHE_EQ_OPR_FINFO |
							 TYPECACHE_CMP_PROC_FINFO);
	column->equality = type->eq_opr;
	check_equality(column);
	fmgr_info_copy(&column->equal, &type->eq_opr_finfo, CurrentMemoryContext);
	if (OidIsValid(type->cmp_proc_finfo.fn_oid))
	{
		column->compare = palloc_object(FmgrInfo);
		fmgr_info_copy(column->compare, &type->cmp_proc_finfo, CurrentMemoryContext);
	}
}

/* Order values of a column. */
static int
compare_scope_values(const void *a, const void *b, void *arg)
{
	const ScopeColumn *column = arg;

	return DatumGetInt32(FunctionCall2Coll(column->compare, column->collation, *(const Datum *) a,
										   *(const Datum *) b));
}

/* Look the scope's columns up, and read its values. */
void
detmeta_selection_bind(Selection *selection, Oid relid, char relkind)
{
	JsonbIterator *it;
	JsonbValue	item;

	if (selection->scope == NULL)
		return;
	/* a selection may be read by more than once */
	selection->ncolumns = 0;
	selection->columns = palloc0_array(ScopeColumn, Max(1, JB_ROOT_COUNT(selection->scope)));
	it = JsonbIteratorInit(&selection->scope->root);
	(void) JsonbIteratorNext(&it, &item, true);
	while (JsonbIteratorNext(&it, &item, true) == WJB_KEY)
	{
		ScopeColumn *column = &selection->columns[selection->ncolumns++];

		column->name = pnstrdup(item.val.string.val, item.val.string.len);
		(void) JsonbIteratorNext(&it, &item, true);
		bind_scope_column(column, relid, relkind);
		read_scope_values(column, &item);
		if (column->compare != NULL)
			qsort_interruptible(column->values, column->nvalues, sizeof(Datum),
								compare_scope_values, column);
	}
}

/* ---- rows ---- */

/* Return the numbers of the scope's columns in a table. */
AttrNumber *
detmeta_selection_attributes(const Selection *selection, Oid relid)
{
	AttrNumber *attributes = palloc_array(AttrNumber, Max(1, selection->ncolumns));

	for (int i = 0; i < selection->ncolumns; i++)
		attributes[i] = get_attnum(relid, selection->columns[i].name);
	return attributes;
}

/* Say whether a value is one of the scope's, which are searched in their order. */
static bool
is_scope_value(const ScopeColumn *column, Datum value)
{
	int			low = 0;
	int			high = column->nvalues;

	while (low < high)
	{
		int			mid = low + (high - low) / 2;
		int			cmp = compare_scope_values(&value, &column->values[mid], (void *) column);

		if (cmp == 0)
			return true;
		if (cmp < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return false;
}

/* Say whether a column of a row, perhaps one of the system's, is one of the scope's values. */
static bool
is_in_scope(ScopeColumn *column, TupleTableSlot *slot, AttrNumber attnum)
{
	bool		isnull;
	Datum		value = attnum > 0 ? slot_getattr(slot, attnum, &isnull) :
		slot_getsysattr(slot, attnum, &isnull);

	if (isnull)
		return column->with_null;
	if (column->compare != NULL)
		return is_scope_value(column, value);
	for (int i = 0; i < column->nvalues; i++)
	{
		if (DatumGetBool(FunctionCall2Coll(&column->equal, column->collation, value,
										   column->values[i])))
			return true;
	}
	return false;
}

/* Say whether a row is selected; its metadata may be NULL. */
bool
detmeta_selection_passes(const Selection *selection, const AttrNumber *attributes,
						 TupleTableSlot *slot, Jsonb *metadata)
{
	for (int i = 0; i < selection->ncolumns; i++)
	{
		if (!is_in_scope(&selection->columns[i], slot, attributes[i]))
			return false;
	}
	return selection->query == NULL ||
		(metadata != NULL && detmeta_query_match(selection->query, metadata));
}

/* ---- as expressions ---- */

/* Return a column's part of the scope as a clause, for proofs. */
List *
detmeta_selection_clauses(const Selection *selection, const AttrNumber *attributes, int column)
{
	const ScopeColumn *scope = &selection->columns[column];
	Var		   *var = makeVar(1, attributes[column], scope->type, -1, scope->collation, 0);
	List	   *alternatives = NIL;

	for (int i = 0; i < scope->nvalues; i++)
	{
		Const	   *value = makeConst(scope->type, -1, scope->collation, get_typlen(scope->type),
									  scope->values[i], false, get_typbyval(scope->type));

		alternatives = lappend(alternatives,
							   make_opclause(scope->equality, BOOLOID, false, (Expr *) var,
											 (Expr *) value, InvalidOid, scope->collation));
	}
	if (scope->with_null)
	{
		NullTest   *test = makeNode(NullTest);

		test->arg = (Expr *) var;
		test->nulltesttype = IS_NULL;
		test->location = -1;
		alternatives = lappend(alternatives, test);
	}
	/* what is implied by nothing would be true */
	if (alternatives == NIL)
		return list_make1(makeBoolConst(false, false));
	if (list_length(alternatives) == 1)
		return alternatives;
	return list_make1(makeBoolExpr(OR_EXPR, alternatives, -1));
}

/* ---- as SQL ---- */

/* Add a parameter of a query; returns its number. */
static int
add_query_argument(SelectionQuery *query, Oid type, Datum value)
{
	query->types[query->nargs] = type;
	query->values[query->nargs] = value;
	return ++query->nargs;
}

/* Return a column's values as an array of a type. */
static Datum
array_of_column(const ScopeColumn *column)
{
	int16		typlen;
	bool		typbyval;
	char		typalign;

	get_typlenbyvalalign(column->type, &typlen, &typbyval, &typalign);
	return PointerGetDatum(construct_array(column->values, column->nvalues, column->type, typlen,
										   typbyval, typalign));
}

/* Append an operator. */
static void
append_operator(Oid operator, StringInfo sql)
{
	HeapTuple	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(operator));
	Form_pg_operator form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator %u", operator);
	form = (Form_pg_operator) GETSTRUCT(tuple);
	appendStringInfo(sql, "OPERATOR(%s.%s)",
					 quote_identifier(get_namespace_name(form->oprnamespace)),
					 NameStr(form->oprname));
	ReleaseSysCache(tuple);
}

/* Append that a column equals what follows, whose collation may be that of a domain. */
static void
append_equality(const ScopeColumn *column, StringInfo sql)
{
	appendStringInfo(sql, " OR r.%s %s ", quote_identifier(column->name),
					 detmeta_collate_clause(column->collation));
	append_operator(column->equality, sql);
}

/*
 * Append what a column is to be.  Values are parameters of its type: a cast to it in SQL
 * would be to character(1) and bit(1).  There are no arrays of arrays.
 */
static void
append_column(const ScopeColumn *column, StringInfo sql, SelectionQuery *query)
{
	Oid			array = get_array_type(column->type);

	if (column->with_null)
		appendStringInfo(sql, "(r.%s IS NULL", quote_identifier(column->name));
	else
		appendStringInfoString(sql, "(false");
	if (OidIsValid(array))
	{
		append_equality(column, sql);
		appendStringInfo(sql, " ANY ($%d)",
						 add_query_argument(query, array, array_of_column(column)));
	}
	for (int i = 0; i < column->nvalues && !OidIsValid(array); i++)
	{
		append_equality(column, sql);
		appendStringInfo(sql, " $%d",
						 add_query_argument(query, column->type, column->values[i]));
	}
	appendStringInfoChar(sql, ')');
}

/* Return how many parameters a query may have: the filter, and those of the columns. */
static int
max_query_arguments(const Selection *selection)
{
	int			n = 1;

	for (int i = 0; i < selection->ncolumns; i++)
		n += Max(1, selection->columns[i].nvalues);
	return n;
}

/* Append what is asked of rows to a query, and to its parameters. */
void
detmeta_selection_append_where(const Selection *selection, const char *source, Oid function,
							   const char *word, StringInfo sql, SelectionQuery *query)
{
	Oid			namespace = get_func_namespace(function);

	query->types = palloc_array(Oid, max_query_arguments(selection));
	query->values = palloc_array(Datum, max_query_arguments(selection));
	if (selection->filter != NULL)
	{
		int			arg = add_query_argument(query,
											 detmeta_sibling_type(namespace, "metadata_filter"),
											 PointerGetDatum(selection->filter));

		appendStringInfo(sql, "%s%s OPERATOR(%s.@~) $%d", word, source,
						 quote_identifier(get_namespace_name(namespace)), arg);
		word = " AND ";
	}
	for (int i = 0; i < selection->ncolumns; i++)
	{
		appendStringInfoString(sql, word);
		append_column(&selection->columns[i], sql, query);
		word = " AND ";
	}
}

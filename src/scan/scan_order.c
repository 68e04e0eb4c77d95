/*
 * scan_order.c
 *		The order of a Metadata Scan's rows: from its plan, for the run, and as text.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "executor/executor.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"

#include "base/compat.h"
#include "index/probe.h"
#include "scan/derived_clause.h"
#include "scan/scan_order.h"

/* Prepare an expression of the order. */
static void
init_expression(OrderExpression *result, Expr *expression, List *sort, PlanState *parent)
{
	List	   *oids = list_nth(sort, SCAN_SORT_OIDS);
	List	   *flags = list_nth(sort, SCAN_SORT_FLAGS);
	RowKey	   *key = &result->row_key;

	result->expression = expression;
	key->sort.type = list_nth_oid(oids, SORT_OID_TYPE);
	key->sort.operator = list_nth_oid(oids, SORT_OID_OPERATOR);
	result->reverse = list_nth_oid(oids, SORT_OID_REVERSE);
	key->sort.collation = list_nth_oid(oids, SORT_OID_COLLATION);
	key->btree = list_nth_oid(oids, SORT_OID_BTREE);
	key->descending = list_nth_int(flags, SORT_FLAG_DESCENDING);
	key->sort.nulls_first = list_nth_int(flags, SORT_FLAG_NULLS_FIRST);
	key->backward = list_nth_int(flags, SORT_FLAG_BACKWARD);
	key->nulls_apart = list_nth_int(flags, SORT_FLAG_NULLS_APART);
	key->key_start.with_nulls = list_nth_int(flags, SORT_FLAG_START_WITH_NULLS);
	if (IsA(expression, FuncExpr) && key->sort.type == BYTEAOID && !OidIsValid(key->btree))
		result->sort_key = ExecInitExpr(lsecond(((FuncExpr *) expression)->args), parent);
}

/* Prepare what the rows of an expression start with. */
static void
init_start(OrderExpression *expression, Expr *start, PlanState *parent)
{
	expression->start = start;
	expression->start_state = ExecInitExpr(start, parent);
	expression->row_key.start_type = exprType((Node *) start);
}

/*
 * Prepare what values of an expression are found by.  A column of a joined table is
 * none of the scan's rows; it is found by what these are joined by.
 */
static void
init_value(ScanOrder *order, OrderExpression *expression, PlanState *parent)
{
	bool		is_joined = order->join != NIL && expression == &order->expressions[order->n - 1];

	expression->row_key.expression =
		ExecInitExpr(is_joined ? list_nth(order->join, JOIN_OWN) : expression->expression, parent);
	if (expression->sort_key == NULL && !OidIsValid(expression->row_key.btree))
		order->may_fail = true;
}

/* Prepare an order; NULL: there is none. */
ScanOrder *
detmeta_scan_order_init(const ScanOrderPlan *plan, PlanState *parent)
{
	ScanOrder  *order;
	ListCell   *lc;
	ListCell   *lc2;
	int			n = 0;

	if (plan->expressions == NIL)
		return NULL;
	order = palloc0_object(ScanOrder);
	order->n = list_length(plan->expressions);
	order->expressions = palloc0_array(OrderExpression, order->n);
	order->join = plan->join;
	order->partner = plan->partner;
	forboth(lc, plan->expressions, lc2, plan->sorts)
	{
		OrderExpression *expression = &order->expressions[n++];

		init_expression(expression, lfirst(lc), lfirst(lc2), parent);
		if (n <= list_length(plan->starts))
			init_start(expression, list_nth(plan->starts, n - 1), parent);
		init_value(order, expression, parent);
	}
	return order;
}

/* Find the key that metadata_sort() is called with; false: NULL, which makes no order. */
static bool
find_sort_key(ExprState *sort_key, PlanState *parent, KeyOrderShape *shape)
{
	bool		isnull;
	Datum		key = ExecEvalExpr(sort_key, parent->ps_ExprContext, &isnull);
	text	   *copy;

	if (isnull)
		return false;
	copy = DatumGetTextPCopy(key);
	shape->kind = ORDER_METADATA;
	shape->key = VARDATA_ANY(copy);
	shape->keylen = VARSIZE_ANY_EXHDR(copy);
	shape->held = META_FALSE;
	shape->apart = NULL;
	return true;
}

/* Find the key of an expression; false: it makes no order. */
static bool
find_order_key(const OrderExpression *expression, Relation index, AttrNumber attnum,
			   PlanState *parent,
			   RowKey *key)
{
	*key = expression->row_key;
	if (OidIsValid(key->btree))
		return true;
	if (expression->sort_key != NULL)
		return find_sort_key(expression->sort_key, parent, &key->shape);
	detmeta_derived_order(expression->expression, index, attnum, parent, &key->shape);
	if (key->shape.apart != NULL)
		key->apart = detmeta_index_query_of(key->shape.apart, false, NULL);
	return true;
}

/*
 * Find what the rows of an expression start with; false: nothing that tells where,
 * such as a NULL, which no row of a btree is.
 */
static bool
find_start(const OrderExpression *expression, PlanState *parent, RowKey *key)
{
	bool		isnull;
	Datum		value = ExecEvalExpr(expression->start_state, parent->ps_ExprContext, &isnull);
	int16		typlen;
	bool		typbyval;

	key->key_start.is_null = isnull;
	if (isnull)
		return !OidIsValid(key->btree);
	get_typlenbyval(key->start_type, &typlen, &typbyval);
	if (typlen == -1)
		value = PointerGetDatum(PG_DETOAST_DATUM(value));
	key->start = datumCopy(value, typbyval, typlen);
	return OidIsValid(key->btree) ||
		detmeta_key_start_read(key->start, key->start_type, key->shape.kind, key->descending,
							   &key->key_start);
}

/* Fill in the keys of a run; there may be none. */
void
detmeta_scan_order_prepare(const ScanOrder *order, AttrNumber attnum, PlanState *parent,
						   RowOrder *rows)
{
	rows->keys = palloc0_array(RowKey, order->n);
	rows->nkeys = 0;
	for (int i = 0; i < order->n; i++)
	{
		const OrderExpression *expression = &order->expressions[i];
		RowKey	   *key = &rows->keys[rows->nkeys];

		if (!find_order_key(expression, rows->scan->index, attnum, parent, key))
			continue;
		/* a start is one of rows that are equal in all keys before */
		key->has_start = expression->start != NULL && rows->nkeys == i &&
			find_start(expression, parent, key);
		if (order->join != NIL && i == order->n - 1)
			key->partner = detmeta_partner_open(linitial(order->partner), lsecond(order->partner),
												key->expression, rows->scan->heap,
												rows->scan->snapshot);
		rows->nkeys++;
	}
}

/* Close what the keys of a run have opened. */
void
detmeta_scan_order_finish(RowOrder *rows)
{
	for (int i = 0; i < rows->nkeys; i++)
	{
		if (rows->keys[i].partner != NULL)
			detmeta_partner_close(rows->keys[i].partner);
	}
	rows->nkeys = 0;
}

/* Turn an expression of the order round. */
static void
reverse_expression(OrderExpression *expression)
{
	RowKey	   *key = &expression->row_key;

	key->sort.operator = expression->reverse;
	key->sort.nulls_first = !key->sort.nulls_first;
	key->descending = !key->descending;
	key->backward = !key->backward;
}

/* Fill in the keys of a run that reads the rows from the last to the first. */
void
detmeta_scan_order_reverse(const ScanOrder *order, AttrNumber attnum, PlanState *parent,
						   RowOrder *rows)
{
	ScanOrder	reversed = *order;

	reversed.expressions = palloc_array(OrderExpression, order->n);
	for (int i = 0; i < order->n; i++)
	{
		reversed.expressions[i] = order->expressions[i];
		reverse_expression(&reversed.expressions[i]);
	}
	detmeta_scan_order_prepare(&reversed, attnum, parent, rows);
}

/* Return an order as text. */
char *
detmeta_scan_order_shown(const ScanOrder *order, List *context, bool prefix)
{
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < order->n; i++)
	{
		const OrderExpression *expression = &order->expressions[i];

		appendStringInfo(&text, "%s%s%s NULLS %s", i > 0 ? ", " : "",
						 deparse_expression((Node *) expression->expression, context, prefix,
											false),
						 expression->row_key.descending ? " DESC" : "",
						 expression->row_key.sort.nulls_first ? "FIRST" : "LAST");
	}
	return text.data;
}

/* Return the values that the rows start with as text. */
char *
detmeta_scan_order_start_shown(const ScanOrder *order, List *context, bool prefix)
{
	StringInfoData text;

	if (order->expressions[0].start == NULL)
		return NULL;
	initStringInfo(&text);
	for (int i = 0; i < order->n && order->expressions[i].start != NULL; i++)
		appendStringInfo(&text, "%s%s", i > 0 ? ", " : "",
						 deparse_expression((Node *) order->expressions[i].start, context, prefix,
											false));
	return text.data;
}

/* Return how the table that an order ends with is joined as text. */
char *
detmeta_scan_order_join_shown(const ScanOrder *order, List *context)
{
	if (order->join == NIL)
		return NULL;
	return psprintf("%s = %s",
					deparse_expression(list_nth(order->join, JOIN_PARTNER), context, true, false),
					deparse_expression(list_nth(order->join, JOIN_OWN), context, true, false));
}

/* Return the index that an order ends in. */
Oid
detmeta_scan_order_btree(const ScanOrder *order)
{
	return order->expressions[order->n - 1].row_key.btree;
}

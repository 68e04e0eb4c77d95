/*
 * order.c
 *		Orders of a query that a scan has its rows in.
 *
 * An order begins with a key of the metadata.  Further keys may follow, and at
 * the end a column with a btree index of its own, or of a joined table (plan/partner.c),
 * as in
 *
 *		ORDER BY metadata_sort(metadata, 'status'), metadata_sort(metadata, 'loss'), run_id
 *
 * What the query sorts by behind that is left to core, which sorts rows that are
 * equal so far; but behind a unique column there are none.
 */
#include "postgres.h"

#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/paths.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "plan/column_index.h"
#include "plan/core_clause.h"
#include "plan/implied.h"
#include "plan/keyset.h"
#include "plan/order.h"
#include "plan/partner.h"
#include "plan/support.h"
#include "scan/scan_order.h"
#include "value/sort_key.h"

/* Say whether an expression is a call of metadata_sort() on the target. */
static bool
is_sort(const ScanTarget *target, Expr *expr)
{
	FuncExpr   *call = (FuncExpr *) expr;

	return IsA(expr, FuncExpr) &&
		detmeta_planned_function(call->funcid) == detmeta_sort &&
		detmeta_expr_is_target(target, linitial(call->args)) &&
		detmeta_is_scan_constant(target, lsecond(call->args));
}

/*
 * Say whether a scan has rows in the order of an expression.  One of core's is
 * evaluated on rows that the index cannot put in order, which may tell of hidden
 * ones; and the clauses of the table before it, so they must not be volatile.
 * It may fail on rows that a join would keep from it, so there is none.
 */
static bool
knows_order(const ScanTarget *target, Expr *expr, FilterQuery **apart)
{
	*apart = NULL;
	if (is_sort(target, expr))
		return true;
	return target->root->qual_security_level == 0 &&
		bms_membership(target->root->all_baserels) == BMS_SINGLETON &&
		!contain_volatile_functions((Node *) target->rel->baserestrictinfo) &&
		detmeta_core_order(target, (Node *) expr, apart);
}

/*
 * Add an expression that the rows are in the order of, a member of the path key's
 * class.  The operators may be of another type than it is: of anyenum, say.  Rows
 * without a value that the clauses rule out come when all others have.
 */
static void
add_expression(const ScanTarget *target, PlannedOrder *order, PathKey *pathkey,
			   const EquivalenceMember *member, FilterQuery *apart, const ColumnIndex *index)
{
	Expr	   *expr = member->em_expr;
	Oid			type = member->em_datatype;
	bool		descending = PATHKEY_IS_DESCENDING(pathkey);
	Oid			up = get_opfamily_member(pathkey->pk_opfamily, type, type, BTLessStrategyNumber);
	Oid			down = get_opfamily_member(pathkey->pk_opfamily, type, type,
										   BTGreaterStrategyNumber);
	List	   *oids = list_make5_oid(exprType((Node *) expr), descending ? down : up,
									  descending ? up : down,
									  pathkey->pk_eclass->ec_collation, index->index);
	bool		nulls_first = pathkey->pk_nulls_first &&
		!detmeta_clauses_want_order(target->rel, expr);
	List	   *flags = list_make5_int(descending, nulls_first, index->backward,
									   index->nulls_apart, false);

	order->pathkeys = lappend(order->pathkeys, pathkey);
	order->expressions = lappend(order->expressions, expr);
	order->sorts = lappend(order->sorts, list_make2(oids, flags));
	order->apart = lappend(order->apart, apart);
}

/* Say whether an order of this kind is a type's own. */
static bool
is_default_order(const PathKey *pathkey, Expr *expr)
{
	Oid			type = exprType((Node *) expr);

	return lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY)->btree_opf == pathkey->pk_opfamily;
}

/* Add the order of a path key to the one that is known so far; false: it is not known. */
static bool
add_pathkey(const ScanTarget *target, PathKey *pathkey, PlannedOrder *order, ColumnIndex *index)
{
	EquivalenceClass *ec = pathkey->pk_eclass;
	EquivalenceMember *member;
	EquivalenceMemberIterator iterator;

	EC_ITERATE(iterator, ec, target->rel->relids);
	while ((member = EC_NEXT(iterator, ec)) != NULL)
	{
		FilterQuery *apart = NULL;

		memset(index, 0, sizeof(*index));
		if (!bms_equal(member->em_relids, target->rel->relids) ||
			!is_default_order(pathkey, member->em_expr))
			continue;
		if (!knows_order(target, member->em_expr, &apart) &&
			(order->pathkeys == NIL ||
			 !detmeta_find_column_index(target->root, target->rel, member->em_expr, pathkey,
										index)))
			continue;
		add_expression(target, order, pathkey, member, apart, index);
		return true;
	}
	return false;
}

/* Add the order of a path key by a joined table; false: it is not known so. */
static bool
add_partner(const ScanTarget *target, PathKey *pathkey, PlannedOrder *order)
{
	if (order->pathkeys == NIL || !detmeta_find_partner(target, pathkey, &order->partner))
		return false;
	/* which is the only member of its class */
	add_expression(target, order, pathkey, linitial(pathkey->pk_eclass->ec_members), NULL,
				   &order->partner.index);
	return true;
}

/* Say whether the target tells what a path key sorts by. */
static bool
is_of_target(const ScanTarget *target, const PathKey *pathkey)
{
	EquivalenceClass *ec = pathkey->pk_eclass;
	EquivalenceMember *member;
	EquivalenceMemberIterator iterator;

	EC_ITERATE(iterator, ec, target->rel->relids);
	while ((member = EC_NEXT(iterator, ec)) != NULL)
	{
		if (bms_equal(member->em_relids, target->rel->relids) && !ec->ec_has_volatile)
			return true;
	}
	return false;
}

/* Add the path keys behind a unique column, from the n-th of the query on. */
static void
add_redundant(const ScanTarget *target, int n, PlannedOrder *order)
{
	List	   *pathkeys = target->root->query_pathkeys;

	for (; n < list_length(pathkeys) && is_of_target(target, list_nth(pathkeys, n)); n++)
		order->pathkeys = lappend(order->pathkeys, list_nth(pathkeys, n));
}

/* Describe the order for a search of where it begins. */
static KeysetOrder
keyset_order(const ScanTarget *target, const PlannedOrder *order)
{
	int			n = list_length(order->expressions);
	KeysetOrder result = {
		.n = n,
		.expressions = palloc_array(Expr *, n),
		.pathkeys = palloc_array(PathKey *, n)
	};

	for (int i = 0; i < n; i++)
	{
		result.expressions[i] = list_nth(order->expressions, i);
		result.pathkeys[i] = list_nth(order->pathkeys, i);
	}
	return result;
}

/* Find where the order begins. */
static void
find_starts(const ScanTarget *target, PlannedOrder *order)
{
	KeysetOrder keyset = keyset_order(target, order);
	KeysetStart start;

	if (!detmeta_keyset_start(target, &keyset, &start))
		return;
	order->starts = start.values;
	for (int i = 0; i < list_length(start.values); i++)
		lfirst_int(list_nth_cell(list_nth(list_nth(order->sorts, i), SCAN_SORT_FLAGS),
								 SORT_FLAG_START_WITH_NULLS)) = list_nth_int(start.with_nulls, i);
}

/* Find how much of the query's order a scan has its rows in. */
bool
detmeta_find_order(const ScanTarget *target, PlannedOrder *order)
{
	ListCell   *lc;

	memset(order, 0, sizeof(*order));
	foreach(lc, target->root->query_pathkeys)
	{
		ColumnIndex index;

		if (!add_pathkey(target, lfirst(lc), order, &index))
		{
			(void) add_partner(target, lfirst(lc), order);
			break;
		}
		if (!OidIsValid(index.index))
			continue;
		order->is_total = index.is_total;
		if (index.is_total)
			add_redundant(target, foreach_current_index(lc) + 1, order);
		break;
	}
	if (order->pathkeys != NIL)
		find_starts(target, order);
	return order->pathkeys != NIL;
}

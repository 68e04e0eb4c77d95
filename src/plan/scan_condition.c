/*
 * scan_condition.c
 *		Which clauses a Metadata Scan can take.
 *
 * A clause is taken when it is and/or over  column @~ filter  and
 * column !@~ filter, where the filter does not depend on the row.  Predicates
 * that are not strict take part where plan/support.c can make them operators.
 *
 * Of other columns of the index, equality with a value or with any element of
 * an array is taken, if their entries are the column's values (btree_gin).
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "optimizer/paths.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "index/opclass.h"
#include "index/strategy.h"
#include "plan/core_clause.h"
#include "plan/scan_condition.h"
#include "plan/support.h"

/*
 * Say whether an operator is equality on an index column whose entries are its
 * values.  With a value of another type, as btree_gin of 19 takes it, one entry is
 * not the answer.
 */
static bool
is_scope_operator(const IndexOptInfo *index, int column, Oid opno, Oid collation)
{
	Oid			type = index->opcintype[column];
	Oid			left;
	Oid			right;

	if (!op_in_opfamily(opno, index->opfamily[column]))
		return false;
	op_input_types(opno, &left, &right);
	return left == right && op_mergejoinable(opno, type) &&
		get_atttype(index->indexoid, column + 1) == type &&
		(!OidIsValid(index->indexcollations[column]) ||
		 index->indexcollations[column] == collation);
}

/*
 * Find the other column of the index that an equality is about; -1 if none.
 * Rows with NULL metadata have no row entry, so such a condition can only be
 * the whole of a scan where there are none.
 */
static int
scope_column(const ScanTarget *target, Node *left, Node *right, Oid opno, Oid collation)
{
	if (!target->not_null || !detmeta_is_scan_constant(target, right))
		return -1;
	for (int i = 0; i < target->index->nkeycolumns; i++)
	{
		if (i != target->column &&
			match_index_to_operand(left, i, target->index) &&
			is_scope_operator(target->index, i, opno, collation))
			return i;
	}
	return -1;
}

/* Say whether an operator is one of our own. */
static bool
is_match_operator(Oid opno, Oid opfamily)
{
	int			strategy = get_op_opfamily_strategy(opno, opfamily);

	return strategy == STRATEGY_MATCH || strategy == STRATEGY_NO_MATCH;
}

/* Take an operator clause. */
static Expr *
operator_condition(const ScanTarget *target, OpExpr *op)
{
	Node	   *left;
	Node	   *right;

	if (list_length(op->args) != 2)
		return NULL;
	left = linitial(op->args);
	right = lsecond(op->args);
	if (detmeta_expr_is_target(target, left))
	{
		if (is_match_operator(op->opno, target->index->opfamily[target->column]) &&
			detmeta_is_scan_constant(target, right))
			return (Expr *) op;
		return NULL;
	}
	return scope_column(target, left, right, op->opno, op->inputcollid) >= 0 ? (Expr *) op : NULL;
}

/* Take  column = ANY (array). */
static Expr *
array_condition(const ScanTarget *target, ScalarArrayOpExpr *op)
{
	if (!op->useOr ||
		scope_column(target, linitial(op->args), lsecond(op->args), op->opno, op->inputcollid) < 0)
		return NULL;
	return (Expr *) op;
}

/* Take a predicate that is not strict, as an operator. */
static Expr *
function_condition(const ScanTarget *target, FuncExpr *call)
{
	Expr	   *match;

	match = detmeta_match_expression(target->root, call);
	if (match == NULL ||
		!(target->not_null || detmeta_rejects_empty_document(lsecond(((OpExpr *) match)->args))))
		return NULL;
	return operator_condition(target, (OpExpr *) match);
}

/* Take the negation of a predicate: the negated operator. */
static Expr *
negated_condition(const ScanTarget *target, Expr *arg)
{
	OpExpr	   *match;
	Oid			negator;

	if (!IsA(arg, FuncExpr) || !target->not_null)
		return NULL;
	match = (OpExpr *) function_condition(target, (FuncExpr *) arg);
	if (match == NULL)
		return NULL;
	negator = get_negator(match->opno);
	return make_opclause(negator, BOOLOID, false, linitial(match->args), lsecond(match->args),
						 InvalidOid, InvalidOid);
}

/*
 * Take a group: all of it or nothing.  A part that may fail does so also where
 * another part would decide, if that comes later, which the sets of rows of the
 * parts do not tell.
 */
static Expr *
group_condition(const ScanTarget *target, BoolExpr *group)
{
	List	   *children = NIL;
	ListCell   *lc;

	if (group->boolop == NOT_EXPR)
		return NULL;
	foreach(lc, group->args)
	{
		Expr	   *child = detmeta_scan_condition(target, lfirst(lc));

		if (child == NULL ||
			(IsA(child, BooleanTest) && detmeta_core_may_fail(target, (BooleanTest *) child)))
			return NULL;
		children = lappend(children, child);
	}
	return makeBoolExpr(group->boolop, children, -1);
}

/* Take a clause of our own operators and predicates alone. */
static Expr *
own_condition(const ScanTarget *target, Expr *clause)
{
	if (IsA(clause, OpExpr))
		return operator_condition(target, (OpExpr *) clause);
	if (IsA(clause, ScalarArrayOpExpr))
		return array_condition(target, (ScalarArrayOpExpr *) clause);
	if (IsA(clause, FuncExpr))
		return function_condition(target, (FuncExpr *) clause);
	if (is_notclause(clause))
		return negated_condition(target, get_notclausearg(clause));
	return NULL;
}

/* Return a clause as a scan evaluates it, or NULL where it cannot. */
Expr *
detmeta_scan_condition(const ScanTarget *target, Expr *clause)
{
	Expr	   *condition;

	check_stack_depth();
	if (IsA(clause, RestrictInfo))
		clause = ((RestrictInfo *) clause)->clause;
	condition = own_condition(target, clause);
	if (condition == NULL)
		condition = detmeta_core_condition(target, clause);
	if (condition == NULL && IsA(clause, BoolExpr))
		condition = group_condition(target, (BoolExpr *) clause);
	return condition;
}

/* Collect the parts of a clause that are no constants, and do not depend on the row. */
static bool
collect_values(Node *node, void *context)
{
	if (node == NULL || IsA(node, Const))
		return false;
	if (contain_var_clause(node))
		return expression_tree_walker(node, collect_values, context);
	*(List **) context = lappend(*(List **) context, node);
	return false;
}

/* Return the operands of a condition, in order. */
List *
detmeta_condition_operands(Node *condition)
{
	List	   *operands = NIL;
	ListCell   *lc;

	check_stack_depth();
	if (IsA(condition, BooleanTest))
	{
		(void) collect_values(condition, &operands);
		return operands;
	}
	if (IsA(condition, OpExpr))
		return list_make1(lsecond(((OpExpr *) condition)->args));
	if (IsA(condition, ScalarArrayOpExpr))
		return list_make1(lsecond(((ScalarArrayOpExpr *) condition)->args));
	foreach(lc, IsA(condition, List) ? (List *) condition : ((BoolExpr *) condition)->args)
		operands = list_concat(operands, detmeta_condition_operands(lfirst(lc)));
	return operands;
}

/* Return those operands that are filters. */
List *
detmeta_condition_filters(Node *condition)
{
	List	   *filters = NIL;
	ListCell   *lc;

	check_stack_depth();
	if (IsA(condition, OpExpr))
	{
		OpExpr	   *op = (OpExpr *) condition;

		return exprType(linitial(op->args)) == JSONBOID ? list_make1(lsecond(op->args)) : NIL;
	}
	if (IsA(condition, ScalarArrayOpExpr) || IsA(condition, BooleanTest))
		return NIL;
	foreach(lc, IsA(condition, List) ? (List *) condition : ((BoolExpr *) condition)->args)
		filters = list_concat(filters, detmeta_condition_filters(lfirst(lc)));
	return filters;
}

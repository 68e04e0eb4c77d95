/*
 * core_clause.c
 *		Clauses that are written with core's operators, for the planner.
 *
 * Whether the index helps with a clause is found by deriving what it tells of
 * it (dialect/derive.c).  Parts that do not depend on the row may be parameters,
 * whose values are not known yet; the scan derives once more when they are.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "utils/fmgroids.h"

#include "base/settings.h"
#include "dialect/derive.h"
#include "plan/core_clause.h"
#include "plan/estimate.h"

/* A clause that is being looked at. */
typedef struct Looking
{
	const ScanTarget *target;
	bool		is_group;		/* core may not evaluate all of its parts */
} Looking;

/* Say whether an expression is the index's column; for the derivation. */
static bool
is_target_column(Node *node, void *arg)
{
	return detmeta_expr_is_target(((Looking *) arg)->target, node);
}

/* Say whether an expression may fail, or is not among the few that surely do not. */
static bool
may_fail(Node *node, void *context)
{
	if (node == NULL || IsA(node, Param) || IsA(node, Const) || IsA(node, RelabelType) ||
		IsA(node, ArrayExpr) || IsA(node, List) ||
		(IsA(node, OpExpr) && ((OpExpr *) node)->opfuncid == F_TEXTCAT))
		return node != NULL && expression_tree_walker(node, may_fail, context);
	return true;
}

/*
 * Say whether an operand can be evaluated before rows are read: also where core
 * would not come to evaluate it, if it cannot fail.
 */
static bool
is_early_operand(Node *node, void *arg)
{
	Looking    *looking = arg;

	return detmeta_is_scan_constant(looking->target, node) &&
		!(looking->is_group && may_fail(node, NULL));
}

/* Derive what the index tells of a clause. */
static FilterQuery *
derive_clause(const ScanTarget *target, Node *clause, bool *is_unknown)
{
	Looking		looking = {target, !IsA(clause, OpExpr) && !IsA(clause, ScalarArrayOpExpr)};
	Dialect		dialect = {
		.is_metadata = is_target_column,
		.is_operand = is_early_operand,
		.arg = &looking,
		.not_null = target->not_null
	};
	FilterQuery *query = detmeta_derive(&dialect, clause);

	*is_unknown = dialect.is_unknown;
	return query;
}

/* Return a clause as a scan evaluates it. */
Expr *
detmeta_core_condition(const ScanTarget *target, Expr *clause)
{
	BooleanTest *test;
	bool		is_unknown;

	if (!detmeta_enable_core_dialect || contain_volatile_functions((Node *) clause) ||
		contain_subplans((Node *) clause) ||
		derive_clause(target, (Node *) clause, &is_unknown) == NULL)
		return NULL;
	test = makeNode(BooleanTest);
	test->arg = clause;
	test->booltesttype = IS_TRUE;
	test->location = -1;
	return (Expr *) test;
}

/* Estimate a clause that a scan can evaluate. */
bool
detmeta_core_estimate(const ScanTarget *target, Node *clause, FilterEstimate *estimate)
{
	bool		is_unknown;
	FilterQuery *query = derive_clause(target, clause, &is_unknown);

	return query != NULL && !is_unknown &&
		detmeta_estimate_index_clause(target->root, target->index, target->column, clause, query,
									  estimate);
}

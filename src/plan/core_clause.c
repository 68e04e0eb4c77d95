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
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"

#include "base/settings.h"
#include "dialect/derive.h"
#include "dialect/order.h"
#include "plan/core_clause.h"
#include "plan/estimate.h"

/* Say whether an expression is the index's column; for the derivation. */
static bool
is_target_column(Node *node, void *arg)
{
	return detmeta_expr_is_target(arg, node);
}

/* Say whether an operand can be evaluated before rows are read. */
static bool
is_early_operand(Node *node, void *arg)
{
	return detmeta_is_scan_constant(arg, node);
}

/* Begin to read an expression of a query. */
static void
begin_dialect(const ScanTarget *target, Dialect *dialect)
{
	memset(dialect, 0, sizeof(*dialect));
	dialect->is_metadata = is_target_column;
	dialect->is_operand = is_early_operand;
	dialect->arg = unconstify(ScanTarget *, target);
	dialect->not_null = target->not_null;
}

/* Derive what the index tells of a clause, for one of the two estimates of it. */
static FilterQuery *
derive_clause(const ScanTarget *target, Node *clause, bool likely_only, Dialect *dialect)
{
	begin_dialect(target, dialect);
	dialect->likely_only = likely_only;
	return detmeta_derive(dialect, clause);
}

/* Return a condition: a test for being true, which no condition of our own operators is. */
static Expr *
make_condition(Expr *clause)
{
	BooleanTest *test = makeNode(BooleanTest);

	test->arg = clause;
	test->booltesttype = IS_TRUE;
	test->location = -1;
	return (Expr *) test;
}

/* Say whether a condition is one that detmeta_core_condition() returned. */
bool
detmeta_is_core_condition(const Node *condition)
{
	return IsA(condition, BooleanTest);
}

/* Return a clause as a scan evaluates it. */
Expr *
detmeta_core_condition(const ScanTarget *target, Expr *clause)
{
	Dialect		dialect;

	if (!detmeta_enable_core_dialect || contain_volatile_functions((Node *) clause) ||
		contain_subplans((Node *) clause) ||
		derive_clause(target, (Node *) clause, false, &dialect) == NULL)
		return NULL;
	return make_condition(clause);
}

/*
 * Join the clauses of core's operators among conditions that all have to hold:
 * what two say of one value is read at once.
 */
List *
detmeta_join_core_conditions(List *conditions)
{
	List	   *others = NIL;
	List	   *clauses = NIL;
	ListCell   *lc;

	foreach(lc, conditions)
	{
		if (IsA(lfirst(lc), BooleanTest))
			clauses = lappend(clauses, ((BooleanTest *) lfirst(lc))->arg);
		else
			others = lappend(others, lfirst(lc));
	}
	if (list_length(clauses) < 2)
		return conditions;
	return lappend(others, make_condition(makeBoolExpr(AND_EXPR, clauses, -1)));
}

/* Say whether the evaluation of what detmeta_core_condition() returned may fail. */
bool
detmeta_core_may_fail(const ScanTarget *target, const BooleanTest *condition)
{
	Dialect		dialect;

	(void) derive_clause(target, (Node *) condition->arg, false, &dialect);
	return dialect.may_fail;
}

/* Estimate a clause that a scan can evaluate: the rows that it has to look at. */
bool
detmeta_core_estimate(const ScanTarget *target, Node *clause, FilterEstimate *estimate)
{
	Dialect		dialect;
	FilterQuery *query = derive_clause(target, clause, false, &dialect);

	return query != NULL && !dialect.is_unknown &&
		detmeta_estimate_index_clause(target->root, target->index, target->column, clause, query,
									  estimate);
}

/*
 * Estimate the share of rows with metadata that satisfy a clause.  Values in
 * doubt satisfy it, if they were found by what they are; those that are in doubt
 * for their kind do not.  Where there is nothing but kinds, as of a comparison
 * with what is not known yet, "guess" is core's for the clause.
 */
bool
detmeta_core_selectivity(const ScanTarget *target, Node *clause, double guess, double *selectivity)
{
	Dialect		dialect;
	FilterEstimate estimate;
	FilterQuery *query;

	if (detmeta_core_estimate(target, clause, &estimate) && estimate.unsure <= 0)
	{
		*selectivity = estimate.selectivity;
		return true;
	}
	query = derive_clause(target, clause, true, &dialect);
	if (query == NULL || dialect.is_untold ||
		!detmeta_estimate_index_query(target->root, target->index, target->column, query,
									  &estimate))
		return false;
	*selectivity = dialect.is_guess ? Min(estimate.selectivity, guess) : estimate.selectivity;
	return true;
}

/* Say whether a scan has rows in the order of an expression. */
bool
detmeta_core_order(const ScanTarget *target, Node *expression, FilterQuery **apart)
{
	Dialect		dialect;
	KeyOrderShape shape;

	begin_dialect(target, &dialect);
	if (!detmeta_enable_core_dialect || !detmeta_order_read(&dialect, expression, &shape))
		return false;
	*apart = shape.apart;
	return true;
}

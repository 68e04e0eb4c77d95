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
#include "plan/plan_memo.h"

/* What the index tells of a clause, and the estimate of that. */
typedef struct Derivation
{
	Oid			index;
	int			column;
	Node	   *clause;
	bool		likely_only;
	FilterQuery *query;			/* NULL: nothing */
	Dialect		dialect;		/* as the derivation left it */
	bool		estimated;
	FilterEstimate estimate;
} Derivation;

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

/* Find what was derived of a clause before; NULL: nothing was. */
static Derivation *
recall_derivation(const ScanTarget *target, const Node *clause, bool likely_only)
{
	ListCell   *lc;

	foreach(lc, detmeta_plan_memo(target->root)->derivations)
	{
		Derivation *derivation = lfirst(lc);

		if (derivation->index == target->index->indexoid &&
			derivation->column == target->column && derivation->likely_only == likely_only &&
			equal(derivation->clause, clause))
			return derivation;
	}
	return NULL;
}

/* Derive what the index tells of a clause, for one of the two estimates of it. */
static Derivation *
derive_clause(const ScanTarget *target, Node *clause, bool likely_only)
{
	Derivation *derivation = recall_derivation(target, clause, likely_only);
	PlanMemo   *memo;
	MemoryContext old;

	if (derivation != NULL)
		return derivation;
	memo = detmeta_plan_memo(target->root);
	old = MemoryContextSwitchTo(target->root->planner_cxt);
	derivation = palloc0_object(Derivation);
	derivation->index = target->index->indexoid;
	derivation->column = target->column;
	derivation->clause = copyObject(clause);
	derivation->likely_only = likely_only;
	begin_dialect(target, &derivation->dialect);
	derivation->dialect.likely_only = likely_only;
	derivation->query = detmeta_derive(&derivation->dialect, derivation->clause);
	memo->derivations = lappend(memo->derivations, derivation);
	MemoryContextSwitchTo(old);
	return derivation;
}

/* Estimate what was derived of a clause; false: nothing is known. */
static bool
estimate_derivation(const ScanTarget *target, Derivation *derivation)
{
	if (!derivation->estimated)
		derivation->estimated = detmeta_estimate_index_query(target->root, target->index,
															 target->column, derivation->query,
															 &derivation->estimate);
	return derivation->estimated;
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
	if (!detmeta_enable_core_dialect || contain_volatile_functions((Node *) clause) ||
		contain_subplans((Node *) clause) ||
		derive_clause(target, (Node *) clause, false)->query == NULL)
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
	return derive_clause(target, (Node *) condition->arg, false)->dialect.may_fail;
}

/* Estimate a clause that a scan can evaluate: the rows that it has to look at. */
bool
detmeta_core_estimate(const ScanTarget *target, Node *clause, FilterEstimate *estimate)
{
	Derivation *derivation = derive_clause(target, clause, false);

	if (derivation->query == NULL || derivation->dialect.is_unknown ||
		!estimate_derivation(target, derivation))
		return false;
	*estimate = derivation->estimate;
	return true;
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
	FilterEstimate estimate;
	Derivation *likely;

	if (detmeta_core_estimate(target, clause, &estimate) && estimate.unsure <= 0)
	{
		*selectivity = estimate.selectivity;
		return true;
	}
	likely = derive_clause(target, clause, true);
	if (likely->query == NULL || likely->dialect.is_untold || !estimate_derivation(target, likely))
		return false;
	*selectivity = likely->estimate.selectivity;
	if (likely->dialect.is_guess)
		*selectivity = Min(*selectivity, guess);
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

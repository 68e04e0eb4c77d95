/*
 * count_path.c
 *		Offer counts straight from the index to the planner.
 *
 * Served is a query without GROUP BY over one table, partitioned or not, whose
 * conditions are all ours, and whose aggregates are count(*) or the count of a
 * constant or a column that cannot be NULL, each with a FILTER of ours or none.
 * count(DISTINCT column) is the same, if the column is unique.
 */
#include "postgres.h"

#include "catalog/pg_class_d.h"
#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/appendinfo.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/restrictinfo.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "base/relation.h"
#include "plan/core_clause.h"
#include "plan/count_path.h"
#include "plan/implied.h"
#include "plan/scan_condition.h"
#include "plan/scan_cost.h"
#include "plan/scan_path.h"
#include "scan/metadata_count.h"

/* A table of the count, or a partition of it. */
typedef struct CountTarget
{
	const ScanTarget *scan;
	Oid			table;
	List	   *conditions;		/* of all aggregates */
	List	   *filters;		/* of each aggregate: a list of conditions */
} CountTarget;

/* Find the aggregates of a target list; false where it holds plain columns. */
bool
detmeta_find_aggregates(PathTarget *target, List **aggregates)
{
	List	   *vars = pull_var_clause((Node *) target->exprs,
									   PVC_INCLUDE_AGGREGATES | PVC_RECURSE_WINDOWFUNCS |
									   PVC_INCLUDE_PLACEHOLDERS);
	ListCell   *lc;

	*aggregates = NIL;
	foreach(lc, vars)
	{
		if (!IsA(lfirst(lc), Aggref))
			return false;
		*aggregates = list_append_unique(*aggregates, lfirst(lc));
	}
	return *aggregates != NIL;
}

/* Say whether an expression is a column of the table that is never NULL. */
static bool
is_not_null_column(PlannerInfo *root, RelOptInfo *rel, Expr *expr)
{
	Var		   *var = (Var *) expr;
	RangeTblEntry *rte = planner_rt_fetch(rel->relid, root);

	return rte->rtekind == RTE_RELATION && IsA(var, Var) && (Index) var->varno == rel->relid &&
		var->varlevelsup == 0 && var->varattno > 0 &&
		detmeta_attribute_is_not_null(rte->relid, var->varattno, rte->inh);
}

/*
 * Say whether no two rows of the table have the same value of a column; of a
 * partitioned table, its root's.
 */
static bool
is_unique_column(PlannerInfo *root, RelOptInfo *rel, Expr *expr)
{
	Oid			equality = lookup_type_cache(exprType((Node *) expr), TYPECACHE_EQ_OPR)->eq_opr;
	RestrictInfo *clause;

	if (!OidIsValid(equality))
		return false;

	/* as if the column were joined with one that is like it */
	clause = make_simple_restrictinfo(root,
									  make_opclause(equality, BOOLOID, false, expr, expr,
													InvalidOid, exprCollation((Node *) expr)));
	clause->mergeopfamilies = get_mergejoin_opfamilies(equality);
	return RELATION_HAS_UNIQUE_INDEX_FOR(root, rel, list_make1(clause));
}

/* Say whether an aggregate counts rows. */
static bool
counts_rows(PlannerInfo *root, RelOptInfo *rel, Aggref *aggref)
{
	Expr	   *argument;

	if (aggref->aggorder != NIL || aggref->aggfnoid == F_COUNT_)
		return aggref->aggorder == NIL && aggref->aggdistinct == NIL;
	if (aggref->aggfnoid != F_COUNT_ANY)
		return false;
	argument = ((TargetEntry *) linitial(aggref->args))->expr;
	if (aggref->aggdistinct != NIL)
		return is_not_null_column(root, rel, argument) && is_unique_column(root, rel, argument);
	return (IsA(argument, Const) && !((Const *) argument)->constisnull) ||
		is_not_null_column(root, rel, argument);
}

/* Translate a table's expression for one of its partitions. */
static Node *
translate(PlannerInfo *root, RelOptInfo *parent, RelOptInfo *child, Node *node)
{
	if (parent == child)
		return node;
	return ADJUST_FOR_CHILD(root, node, child, parent);
}

/*
 * Return clauses in the order in which core evaluates them, the cheaper first:
 * where the index leaves doubt, one may keep another from failing.
 */
static List *
in_core_order(PlannerInfo *root, List *clauses)
{
	List	   *ordered = NIL;
	ListCell   *lc;

	foreach(lc, clauses)
	{
		RestrictInfo *rinfo = lfirst_node(RestrictInfo, lc);
		QualCost	cost;
		int			place = list_length(ordered);

		cost_qual_eval_node(&cost, (Node *) rinfo, root);	/* fills in eval_cost */
		while (place > 0 &&
			   ((RestrictInfo *) list_nth(ordered, place - 1))->eval_cost.per_tuple >
			   rinfo->eval_cost.per_tuple)
			place--;
		ordered = list_insert_nth(ordered, place, rinfo);
	}
	return ordered;
}

/*
 * Say whether a clause need not be asked of the rows of an index, as the table or
 * the predicate of a partial index implies it.
 */
static bool
is_implied(const ScanTarget *target, RestrictInfo *rinfo)
{
	List	   *predicate = target->index->indpred;

	return list_member_ptr(detmeta_implied_clauses(target->root, target->rel), rinfo) ||
		(predicate != NIL && !rinfo->pseudoconstant &&
		 !contain_mutable_functions((Node *) rinfo->clause) &&
		 predicate_implied_by(list_make1(rinfo->clause), predicate, false));
}

/* Fill in a table's conditions of some clauses; false where one is not ours. */
static bool
take_clauses(CountTarget *target, List *clauses)
{
	ListCell   *lc;

	target->conditions = NIL;
	foreach(lc, clauses)
	{
		RestrictInfo *rinfo = lfirst_node(RestrictInfo, lc);
		Expr	   *condition = rinfo->pseudoconstant ? NULL :
			detmeta_scan_condition(target->scan, rinfo->clause);

		if (condition != NULL)
			target->conditions = lappend(target->conditions, condition);
		else if (!is_implied(target->scan, rinfo))
			return false;
	}
	return true;
}

/* Say whether a condition is one of core's operators. */
static bool
has_core_condition(List *conditions)
{
	ListCell   *lc;

	foreach(lc, conditions)
	{
		if (IsA(lfirst(lc), BooleanTest))
			return true;
	}
	return false;
}

/*
 * Fill in a table's conditions; false where one is not ours.  Those that all rows
 * satisfy are left out, unless there are no others: it is a count of ours then, too.
 */
static bool
take_conditions(CountTarget *target)
{
	const ScanTarget *scan = target->scan;
	List	   *clauses = list_difference_ptr(scan->rel->baserestrictinfo,
											  detmeta_implied_clauses(scan->root, scan->rel));

	if (!take_clauses(target, clauses))
		return false;
	if (target->conditions == NIL)
	{
		clauses = scan->rel->baserestrictinfo;
		(void) take_clauses(target, clauses);
	}
	if (has_core_condition(target->conditions))
		(void) take_clauses(target, in_core_order(scan->root, clauses));
	target->conditions = detmeta_join_core_conditions(target->conditions);
	/* Without a condition, rows with NULL metadata count as well. */
	return target->conditions != NIL || scan->not_null;
}

/* Fill in the aggregates' filters; false where one is not ours. */
static bool
take_filters(CountTarget *target, RelOptInfo *parent, List *aggregates)
{
	ListCell   *lc;

	target->filters = NIL;
	foreach(lc, aggregates)
	{
		Aggref	   *aggref = lfirst(lc);
		List	   *conditions = NIL;
		ListCell   *lc2;

		foreach(lc2, make_ands_implicit(aggref->aggfilter))
		{
			Node	   *clause = translate(target->scan->root, parent, target->scan->rel,
										   lfirst(lc2));
			Expr	   *condition = detmeta_scan_condition(target->scan, (Expr *) clause);

			if (condition == NULL)
				return false;
			conditions = lappend(conditions, condition);
		}
		target->filters = lappend(target->filters, detmeta_join_core_conditions(conditions));
	}
	return true;
}

/* Add a table through one of its indexes; false where none will do. */
static bool
collect_table(PlannerInfo *root, RelOptInfo *parent, RelOptInfo *rel, List *aggregates,
			  List **targets)
{
	RangeTblEntry *rte = planner_rt_fetch(rel->relid, root);
	ListCell   *lc;

	if (rte->inh || !detmeta_can_scan(root, rel, rte))
		return false;
	foreach(lc, detmeta_find_targets(root, rel))
	{
		CountTarget *target = palloc0_object(CountTarget);

		target->scan = lfirst(lc);
		target->table = rte->relid;
		if (take_conditions(target) && take_filters(target, parent, aggregates))
		{
			*targets = lappend(*targets, target);
			return true;
		}
	}
	return false;
}

/* Add a table, or its partitions; false where one cannot be counted. */
static bool
collect_targets(PlannerInfo *root, RelOptInfo *parent, RelOptInfo *rel, List *aggregates,
				List **targets)
{
	RangeTblEntry *rte = planner_rt_fetch(rel->relid, root);
	int			i = -1;

	check_stack_depth();
	if (IS_DUMMY_REL(rel))
		return true;
	if (rte->rtekind != RTE_RELATION || rte->relkind != RELKIND_PARTITIONED_TABLE)
		return collect_table(root, parent, rel, aggregates, targets);
	while ((i = bms_next_member(rel->live_parts, i)) >= 0)
	{
		if (rel->part_rels[i] == NULL ||
			!collect_targets(root, parent, rel->part_rels[i], aggregates, targets))
			return false;
	}
	return true;
}

/*
 * Say whether a count has a condition.  A bare count(*) is left to core: a
 * query that mentions nothing of ours should not depend on whether the library
 * is loaded.
 */
static bool
has_condition(const CountTarget *target)
{
	ListCell   *lc;

	if (target->conditions != NIL)
		return true;
	foreach(lc, target->filters)
	{
		if (lfirst(lc) != NIL)
			return true;
	}
	return false;
}

/* Return a copy of conditions whose columns belong to range table entry 1. */
static List *
conditions_for_executor(const CountTarget *target, List *conditions)
{
	List	   *copy = copyObject(conditions);

	ChangeVarNodes((Node *) copy, target->scan->rel->relid, 1, 0);
	fix_opfuncids((Node *) copy);
	return copy;
}

/* Return a target as the plan's private data. */
static List *
target_private(const CountTarget *target)
{
	List	   *filters = NIL;
	ListCell   *lc;

	foreach(lc, target->filters)
		filters = lappend(filters, conditions_for_executor(target, lfirst(lc)));
	return list_make4(list_make2_oid(target->table, target->scan->index->indexoid),
					  list_make1_int(target->scan->column + 1),
					  conditions_for_executor(target, target->conditions),
					  filters);
}

/* Return the operands of all conditions, so that the planner sees their parameters. */
static List *
target_operands(const CountTarget *target)
{
	List	   *operands = NIL;
	ListCell   *lc;

	if (target->conditions != NIL)
		operands = detmeta_condition_operands((Node *) target->conditions);
	foreach(lc, target->filters)
	{
		if (lfirst(lc) != NIL)
			operands = list_concat(operands, detmeta_condition_operands(lfirst(lc)));
	}
	return operands;
}

/* Add what counting a table costs. */
static void
add_cost(const CountTarget *target, CustomPath *path)
{
	ListCell   *lc;

	path->path.startup_cost += detmeta_cost_set(target->scan, target->conditions) +
		detmeta_cost_visibility(target->scan, target->scan->rel->rows);
	foreach(lc, target->filters)
	{
		if (lfirst(lc) != NIL)
			path->path.startup_cost += detmeta_cost_set(target->scan, lfirst(lc));
	}
}

/* Make the plan of a path. */
static Plan *
plan_count(PlannerInfo *root, RelOptInfo *rel, CustomPath *path, List *tlist,
		   List *clauses, List *custom_plans)
{
	CustomScan *scan = makeNode(CustomScan);
	ListCell   *lc;

	scan->scan.scanrelid = 0;
	scan->scan.plan.targetlist = tlist;
	foreach(lc, list_nth(path->custom_private, COUNT_PATH_AGGREGATES))
		scan->custom_scan_tlist = lappend(scan->custom_scan_tlist,
										  makeTargetEntry(lfirst(lc),
														  list_length(scan->custom_scan_tlist) + 1,
														  NULL, false));
	scan->flags = path->flags;
	scan->custom_exprs = list_nth(path->custom_private, COUNT_PATH_OPERANDS);
	scan->custom_private = list_nth(path->custom_private, COUNT_PATH_TARGETS);
	scan->methods = &detmeta_count_methods;
	return (Plan *) scan;
}

static const CustomPathMethods path_methods = {
	.CustomName = "Metadata Count",
	.PlanCustomPath = plan_count,
};

/* Make the path of a count. */
static void
add_count_path(PlannerInfo *root, RelOptInfo *input_rel, RelOptInfo *output_rel,
			   List *targets, List *aggregates)
{
	CustomPath *path = makeNode(CustomPath);
	List	   *private =
		list_make1(list_make1_oid(planner_rt_fetch(input_rel->relid, root)->relid));
	List	   *operands = NIL;
	ListCell   *lc;

	path->path.pathtype = T_CustomScan;
	path->path.parent = output_rel;
	path->path.pathtarget = output_rel->reltarget;
	path->path.rows = 1;
	foreach(lc, targets)
	{
		private = lappend(private, target_private(lfirst(lc)));
		operands = list_concat(operands, target_operands(lfirst(lc)));
		add_cost(lfirst(lc), path);
	}
	path->path.total_cost = path->path.startup_cost + cpu_tuple_cost;
	path->flags = CUSTOMPATH_SUPPORT_PROJECTION;
	path->custom_private = list_make3(private, operands, aggregates);
	path->methods = &path_methods;
	add_path(output_rel, &path->path);
}

/*
 * Offer a count, if the query is one; of the whole table, or of a partition.
 *
 * What EXPLAIN ANALYZE tells of postings would tell of rows that a policy
 * hides.  The planner hands the policies of a partitioned table down to its
 * partitions as conditions with a security level, so the level is asked, not
 * the range table entries.
 */
void
detmeta_count_path(PlannerInfo *root, RelOptInfo *input_rel, RelOptInfo *output_rel)
{
	struct Query *parse = root->parse;
	List	   *aggregates;
	List	   *targets = NIL;
	ListCell   *lc;

	if (!parse->hasAggs || parse->groupClause != NIL || parse->groupingSets != NIL ||
		parse->havingQual != NULL ||
		!IS_SIMPLE_REL(input_rel) || root->qual_security_level > 0 ||
		!detmeta_find_aggregates(output_rel->reltarget, &aggregates))
		return;
	foreach(lc, aggregates)
	{
		if (!counts_rows(root, input_rel, lfirst(lc)))
			return;
	}
	if (collect_targets(root, input_rel, input_rel, aggregates, &targets) &&
		targets != NIL && has_condition(linitial(targets)))
		add_count_path(root, input_rel, output_rel, targets, aggregates);
}

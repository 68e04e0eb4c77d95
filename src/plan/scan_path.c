/*
 * scan_path.c
 *		Offer Metadata Scans to the planner.
 *
 * For a table with a metadata_ops index there may be two more paths: the rows
 * that satisfy our conditions, in TID order; and the rows in the order of a
 * key, filtered or not, with true pathkeys.  Clauses that are not ours are
 * filtered on top, but for those that the table's constraints imply.
 *
 * Left to core are SERIALIZABLE transactions, as GIN's own scans lock fewer
 * pages than we do (gin/reader.c; they may still meet a plan made before), and
 * clauses that must wait for a security barrier.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_type_d.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/planmain.h"
#include "optimizer/restrictinfo.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "base/settings.h"
#include "plan/core_clause.h"
#include "plan/estimate.h"
#include "plan/implied.h"
#include "plan/order.h"
#include "plan/scan_condition.h"
#include "plan/scan_cost.h"
#include "plan/scan_path.h"
#include "plan/support.h"
#include "scan/metadata_scan.h"
#include "value/sort_key.h"

/* custom_private of a path */
typedef enum PathPrivate
{
	PATH_INDEX,					/* OIDs: index */
	PATH_FLAGS,					/* integers, see ScanFlag */
	PATH_CONDITIONS,			/* expressions */
	PATH_CLAUSES,				/* the RestrictInfos that they are made of */
	PATH_ORDER,					/* expressions that the rows are in the order of */
	PATH_SORTS,					/* what is told of each, see ScanSort */
	PATH_STARTS,				/* the values that the rows of the first of them start with */
	PATH_LIMIT,					/* OFFSET and LIMIT, where the scan skips rows */
	PATH_JOIN,					/* of a joined table that the order ends with: see ScanExprs, */
	PATH_PARTNER				/* and ScanPrivate */
} PathPrivate;

/* Where OFFSET is not known: it skips so many of the rows, as core has it. */
#define DEFAULT_SHARE_SKIPPED	0.1

/* An order is left to core where more of the rows than this have to be evaluated first. */
#define MAX_SHARE_APART	0.25

/* What computing the set of some conditions takes, and the rows in it. */
typedef struct SetCost
{
	Cost		cost;
	double		rows;
} SetCost;

/*
 * Return what a row is checked with where the index leaves doubt: the clauses up
 * to the last of ours, in core's order.  A clause before a cast may keep it from
 * failing, so it goes first, though it is evaluated once more as a filter then.
 * Without clauses of core's operators the conditions do, which do not fail.
 */
static List *
checks_of_path(const CustomPath *path, List *clauses)
{
	List	   *ours = list_nth(path->custom_private, PATH_CLAUSES);
	List	   *checks = NIL;
	int			n = 0;			/* checks up to the last of ours */
	bool		may_fail = false;
	ListCell   *lc;

	foreach(lc, list_nth(path->custom_private, PATH_CONDITIONS))
		may_fail = may_fail || detmeta_is_core_condition(lfirst(lc));
	if (!may_fail)
		return list_copy(list_nth(path->custom_private, PATH_CONDITIONS));
	foreach(lc, clauses)
	{
		RestrictInfo *rinfo = lfirst_node(RestrictInfo, lc);
		bool		is_ours = list_member_ptr(ours, rinfo);

		if (!is_ours && (rinfo->pseudoconstant ||
						 contain_volatile_functions((Node *) rinfo->clause) ||
						 contain_subplans((Node *) rinfo->clause)))
			continue;
		checks = lappend(checks, rinfo->clause);
		if (is_ours)
			n = list_length(checks);
	}
	return list_truncate(checks, n);
}

/* Make the plan of a path. */
static Plan *
plan_scan(PlannerInfo *root, RelOptInfo *rel, CustomPath *path, List *tlist,
		  List *clauses, List *custom_plans)
{
	CustomScan *scan = makeNode(CustomScan);
	List	   *ours = list_nth(path->custom_private, PATH_CLAUSES);
	List	   *asked = list_difference_ptr(clauses, detmeta_implied_clauses(root, rel));
	List	   *rest = list_difference_ptr(asked, ours);
	List	   *checks = checks_of_path(path, asked);

	scan->scan.scanrelid = rel->relid;
	scan->scan.plan.targetlist = tlist;
	scan->scan.plan.qual = extract_actual_clauses(rest, false);
	scan->flags = path->flags;
	scan->custom_exprs = list_make5(list_nth(path->custom_private, PATH_CONDITIONS), checks,
									list_nth(path->custom_private, PATH_ORDER),
									list_nth(path->custom_private, PATH_STARTS),
									list_nth(path->custom_private, PATH_LIMIT));
	scan->custom_exprs = lappend(scan->custom_exprs, list_nth(path->custom_private, PATH_JOIN));
	scan->custom_private = list_make4(list_nth(path->custom_private, PATH_INDEX),
									  list_nth(path->custom_private, PATH_FLAGS),
									  list_nth(path->custom_private, PATH_SORTS),
									  list_nth(path->custom_private, PATH_PARTNER));
	scan->methods = &detmeta_scan_methods;
	return (Plan *) scan;
}

static const CustomPathMethods path_methods = {
	.CustomName = "Metadata Scan",
	.PlanCustomPath = plan_scan,
};

/* Set a flag of a path. */
static void
set_flag(CustomPath *path, ScanFlag flag, int value)
{
	lfirst_int(list_nth_cell(list_nth(path->custom_private, PATH_FLAGS), flag)) = value;
}

/* Say whether a path is a scan in an order that may skip rows: it returns all that it finds. */
bool
detmeta_can_skip(const Path *path)
{
	const CustomPath *scan = (const CustomPath *) path;

	return IsA(path, CustomPath) && scan->methods == &path_methods && path->pathkeys != NIL &&
		list_nth_int(list_nth(scan->custom_private, PATH_FLAGS), SCAN_FLAG_WHOLE);
}

/*
 * Return a copy of a scan that skips rows.  To skip one costs no more than to look
 * at its entry.
 */
CustomPath *
detmeta_path_that_skips(PlannerInfo *root, const CustomPath *scan, Node *offset, Node *limit)
{
	CustomPath *copy = makeNode(CustomPath);
	Node	   *known = estimate_expression_value(root, offset);
	double		skipped = scan->path.rows * DEFAULT_SHARE_SKIPPED;
	Cost		per_row = (scan->path.total_cost - scan->path.startup_cost) /
		Max(1.0, scan->path.rows);

	memcpy(copy, scan, sizeof(*copy));
	copy->custom_private = list_copy(scan->custom_private);
	lfirst(list_nth_cell(copy->custom_private, PATH_LIMIT)) =
		limit != NULL ? list_make2(offset, limit) : list_make1(offset);
	if (IsA(known, Const) && !((Const *) known)->constisnull)
		skipped = (double) DatumGetInt64(((Const *) known)->constvalue);
	skipped = Max(0.0, Min(skipped, scan->path.rows - 1));
	copy->path.rows = Max(1.0, scan->path.rows - skipped);
	copy->path.startup_cost += skipped * cpu_operator_cost;
	copy->path.total_cost = copy->path.startup_cost + per_row * copy->path.rows;
	return copy;
}

/* Make a path without costs. */
static CustomPath *
make_path(const ScanTarget *target, List *conditions, List *clauses, const PlannedOrder *order)
{
	CustomPath *path = makeNode(CustomPath);
	List	   *flags = NIL;

	for (int i = 0; i < SCAN_FLAG_COUNT; i++)
		flags = lappend_int(flags, 0);
	path->path.pathtype = T_CustomScan;
	path->path.parent = target->rel;
	path->path.pathtarget = target->rel->reltarget;
	path->path.rows = target->rel->rows;
	path->path.pathkeys = order != NULL ? order->pathkeys : NIL;
	path->flags = CUSTOMPATH_SUPPORT_PROJECTION;
	path->custom_private = list_make4(list_make1_oid(target->index->indexoid), flags,
									  conditions, clauses);
	path->custom_private = lappend(path->custom_private, order != NULL ? order->expressions : NIL);
	path->custom_private = lappend(path->custom_private, order != NULL ? order->sorts : NIL);
	path->custom_private = lappend(path->custom_private, order != NULL ? order->starts : NIL);
	path->custom_private = lappend(path->custom_private, NIL);
	path->custom_private = lappend(path->custom_private, order != NULL ? order->partner.join : NIL);
	path->custom_private = lappend(path->custom_private,
								   order != NULL && order->partner.join != NIL ?
								   list_make2(order->partner.oids, order->partner.columns) : NIL);
	path->methods = &path_methods;

	set_flag(path, SCAN_FLAG_ATTNUM, target->column + 1);
	set_flag(path, SCAN_FLAG_GUARDED, target->root->qual_security_level > 0);
	return path;
}

/* Add what the target list costs. */
static void
add_target_cost(CustomPath *path)
{
	path->path.startup_cost += path->path.pathtarget->cost.startup;
	path->path.total_cost += path->path.pathtarget->cost.startup +
		path->path.pathtarget->cost.per_tuple * path->path.rows;
}

/* Offer the rows of a set in TID order. */
static void
add_unordered_path(const ScanTarget *target, List *conditions, List *clauses, const SetCost *set)
{
	CustomPath *path = make_path(target, conditions, clauses, NULL);

	path->path.startup_cost = set->cost;
	path->path.total_cost = set->cost + detmeta_cost_heap_in_order(target, set->rows);
	add_target_cost(path);
	add_path(target->rel, &path->path);
}

/* Estimate the rows that are evaluated before the first of an order, of those that are wanted. */
static double
estimate_rows_apart(const ScanTarget *target, const PlannedOrder *order, double rows)
{
	double		apart = 0;
	ListCell   *lc;

	foreach(lc, order->apart)
	{
		FilterEstimate estimate;

		if (lfirst(lc) == NULL)
			continue;
		if (!detmeta_estimate_index_query(target->root, target->index, target->column, lfirst(lc),
										  &estimate))
			return rows;
		apart += estimate.selectivity * target->rel->tuples;
	}
	return Min(rows, apart);
}

/* Say whether a scan's clauses are all of the table's. */
static bool
are_all_clauses(const ScanTarget *target, List *clauses)
{
	List	   *implied = detmeta_implied_clauses(target->root, target->rel);
	ListCell   *lc;

	foreach(lc, target->rel->baserestrictinfo)
	{
		RestrictInfo *rinfo = lfirst_node(RestrictInfo, lc);

		if (rinfo->pseudoconstant ||
			!(list_member_ptr(clauses, rinfo) || list_member_ptr(implied, rinfo)))
			return false;
	}
	return true;
}

/*
 * Offer the rows in an order; conditions may be none.  Where a few
 * rows are wanted and many satisfy the conditions, it may take less to check
 * row after row than to compute the set; the scan then does so at first.
 */
static void
add_ordered_path(const ScanTarget *target, List *conditions, List *clauses,
				 const SetCost *set, const PlannedOrder *order)
{
	CustomPath *path;
	double		rows = conditions != NIL ? set->rows : target->rel->tuples;
	Cost		startup = conditions != NIL ? set->cost : 0;
	double		rows_apart = estimate_rows_apart(target, order, rows);
	Cost		apart = rows_apart > 0 ? detmeta_cost_heap_in_order(target, rows_apart) : 0;
	int			tries = 0;
	Cost		checks = 0;

	/* a sort of nearly all rows is core's */
	if (rows_apart > rows * MAX_SHARE_APART)
		return;
	path = make_path(target, conditions, clauses, order);
	if (conditions != NIL)
		tries = detmeta_cost_tries(target, set->cost, set->rows, &checks);
	set_flag(path, SCAN_FLAG_TRIES, tries);
	set_flag(path, SCAN_FLAG_TRY, tries > 0 && checks < startup);
	set_flag(path, SCAN_FLAG_WHOLE, are_all_clauses(target, clauses));
	set_flag(path, SCAN_FLAG_TOTAL, order->is_total);
	set_flag(path, SCAN_FLAG_WANTED, (int) Max(0, Min(INT_MAX, target->root->limit_tuples)));

	path->path.total_cost = startup + apart + detmeta_cost_walk(target) +
		detmeta_cost_heap_at_random(target, rows);
	if (list_length(order->expressions) > 1)
		path->path.total_cost += detmeta_cost_ties(target, rows);
	if (order->partner.join != NIL)
		path->path.total_cost += detmeta_cost_partners(target, rows);
	path->path.startup_cost = (tries > 0 ? Min(checks, startup) : startup) + apart;
	add_target_cost(path);
	add_path(target->rel, &path->path);
}

/* Collect the clauses that a scan has to take and can, and what it makes of them. */
static void
collect_conditions(const ScanTarget *target, List **conditions, List **clauses)
{
	List	   *implied = detmeta_implied_clauses(target->root, target->rel);
	ListCell   *lc;

	*conditions = NIL;
	*clauses = NIL;
	foreach(lc, target->rel->baserestrictinfo)
	{
		RestrictInfo *rinfo = lfirst_node(RestrictInfo, lc);
		Expr	   *condition;

		if (rinfo->pseudoconstant || list_member_ptr(implied, rinfo) ||
			!restriction_is_securely_promotable(rinfo, target->rel))
			continue;
		condition = detmeta_scan_condition(target, rinfo->clause);
		if (condition == NULL)
			continue;
		*conditions = lappend(*conditions, condition);
		*clauses = lappend(*clauses, rinfo);
	}
	*conditions = detmeta_join_core_conditions(*conditions);
}

/* Say whether a relation is a plain table that a scan can read. */
bool
detmeta_can_scan(PlannerInfo *root, RelOptInfo *rel, RangeTblEntry *rte)
{
	return detmeta_enable_metadata_scan && !IsolationIsSerializable() &&
		rte->rtekind == RTE_RELATION && rte->tablesample == NULL &&
		(rte->relkind == RELKIND_RELATION || rte->relkind == RELKIND_MATVIEW) &&
		!IS_DUMMY_REL(rel) && bms_is_empty(rel->lateral_relids) && rel->indexlist != NIL;
}

/* Offer Metadata Scans of a table through one index. */
static void
add_paths(const ScanTarget *target)
{
	PlannedOrder order;
	SetCost		set = {0, 0};
	List	   *conditions;
	List	   *clauses;

	collect_conditions(target, &conditions, &clauses);
	if (conditions != NIL)
	{
		set.cost = detmeta_cost_set(target, conditions);
		set.rows = clamp_row_est(target->rel->tuples *
								 clauselist_selectivity(target->root, clauses, target->rel->relid,
														JOIN_INNER, NULL));
		add_unordered_path(target, conditions, clauses, &set);
	}

	/* Rows whose metadata is NULL have no entry that the walk could end with. */
	if ((conditions != NIL || target->not_null) && detmeta_find_order(target, &order))
		add_ordered_path(target, conditions, clauses, &set, &order);
}

/* Offer Metadata Scans of a table. */
void
detmeta_scan_pathlist(PlannerInfo *root, RelOptInfo *rel, Index rti, RangeTblEntry *rte)
{
	ListCell   *lc;

	if (!detmeta_can_scan(root, rel, rte))
		return;
	foreach(lc, detmeta_find_targets(root, rel))
		add_paths(lfirst(lc));
}

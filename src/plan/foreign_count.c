/*
 * foreign_count.c
 *		Have the servers of foreign partitions count.
 *
 * PostgreSQL fetches a row for each match from a foreign partition where all of a
 * partitioned table is counted, as nothing can send a part of an aggregate.  But the
 * state of count() is the number itself, so that what a server answers to the whole
 * aggregate is what core's final phase wants of a partition:
 *
 *		Finalize Aggregate
 *		  Append
 *			Metadata Count on runs_0
 *			Foreign Scan		SELECT count(*) FROM public.runs_1 WHERE ...
 *
 * A foreign data wrapper is asked for that as core asks it if the aggregate is one for
 * each partition, and offers nothing where it cannot send a condition: then the rows of
 * that partition are counted here.  Others count here too, on their index where they
 * can.  Which is cheaper, this or the rows of all, is the planner's choice.
 *
 * Other aggregates are left alone, though the state of some is their result as well:
 * the greatest of some texts depends on the server that compares them.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "foreign/fdwapi.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/appendinfo.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/planner.h"
#include "optimizer/prep.h"
#include "optimizer/tlist.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "base/settings.h"
#include "base/siblings.h"
#include "plan/count_path.h"
#include "plan/foreign_count.h"
#include "plan/support.h"

/* Costs that differ by less are the same to the planner (STD_FUZZ_FACTOR). */
#define COST_FUZZ	1.01

extern Datum detmeta_match_sel(PG_FUNCTION_ARGS);
extern Datum detmeta_no_match_sel(PG_FUNCTION_ARGS);

/* Counts of a table, partition by partition. */
typedef struct PartCounts
{
	PlannerInfo *root;
	RelOptInfo *whole;
	List	   *aggregates;		/* of the whole */
	const GroupPathExtraData *extra;
	List	   *paths;			/* of each partition that is not known to be empty */
	bool		sent;			/* is any counted where it is? */
} PartCounts;

/* ---- which queries ---- */

/* Say whether any of a table's partitions is one that a server might count. */
static bool
has_foreign_partition(RelOptInfo *rel)
{
	int			i = -1;

	check_stack_depth();
	if (!IS_PARTITIONED_REL(rel))
		return rel->fdwroutine != NULL && rel->fdwroutine->GetForeignUpperPaths != NULL &&
			!IS_DUMMY_REL(rel);
	while ((i = bms_next_member(rel->live_parts, i)) >= 0)
	{
		if (has_foreign_partition(rel->part_rels[i]))
			return true;
	}
	return false;
}

/* Say whether aggregates are all counts, each of which is its own state. */
static bool
are_counts(List *aggregates)
{
	ListCell   *lc;

	foreach(lc, aggregates)
	{
		const Aggref *aggref = lfirst_node(Aggref, lc);

		if ((aggref->aggfnoid != F_COUNT_ && aggref->aggfnoid != F_COUNT_ANY) ||
			aggref->aggorder != NIL || aggref->aggdistinct != NIL)
			return false;
	}
	return true;
}

/* Say whether an operator is @~ or !@~, by the estimator that it has. */
static bool
is_matching(Oid opno)
{
	Oid			estimator = get_oprrest(opno);
	PGFunction	code = OidIsValid(estimator) ? detmeta_function_code(estimator) : NULL;

	return code == detmeta_match_sel || code == detmeta_no_match_sel;
}

/* Say whether a part of a condition is of ours, or of core's about a jsonb. */
static bool
is_about_metadata(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var) && detmeta_enable_core_dialect)
		return getBaseType(((Var *) node)->vartype) == JSONBOID;
	if (IsA(node, OpExpr) && is_matching(((OpExpr *) node)->opno))
		return true;
	if (IsA(node, FuncExpr) && detmeta_planned_function(((FuncExpr *) node)->funcid) != NULL)
		return true;
	return expression_tree_walker(node, is_about_metadata, context);
}

/*
 * Say whether a query is one to look at for what it asks: a count that says nothing
 * about metadata should not depend on whether the library is loaded.
 */
static bool
asks_for_metadata(const RelOptInfo *rel, List *aggregates)
{
	List	   *clauses = NIL;
	ListCell   *lc;

	foreach(lc, rel->baserestrictinfo)
	{
		RestrictInfo *rinfo = lfirst_node(RestrictInfo, lc);

		/* a plan checks these above its scans, but a server counts in place of one */
		if (rinfo->pseudoconstant)
			return false;
		clauses = lappend(clauses, rinfo->clause);
	}
	foreach(lc, aggregates)
		clauses = lappend(clauses, lfirst_node(Aggref, lc)->aggfilter);
	return is_about_metadata((Node *) clauses, NULL);
}

/*
 * Say whether rows of the query, or of one around it, may be rechecked because another
 * transaction has changed them.  Until the minor releases of late 2025, what is executed
 * for that takes a foreign scan without a table of its own for one that is rechecked.
 */
static bool
may_be_rechecked(const PlannerInfo *root)
{
	for (; root != NULL; root = root->parent_root)
	{
		if (root->parse->rowMarks != NIL || root->parse->commandType == CMD_UPDATE ||
			root->parse->commandType == CMD_DELETE || root->parse->commandType == CMD_MERGE)
			return true;
	}
	return false;
}

/* Say whether a query counts rows of a partitioned table, some of them on other servers. */
static bool
is_foreign_count(const PlannerInfo *root, RelOptInfo *rel, RelOptInfo *output_rel,
				 List **aggregates)
{
	const struct Query *parse = root->parse;

	return detmeta_enable_metadata_scan && parse->hasAggs && parse->groupClause == NIL &&
		parse->groupingSets == NIL && parse->havingQual == NULL &&
		rel->reloptkind == RELOPT_BASEREL && IS_PARTITIONED_REL(rel) &&
		has_foreign_partition(rel) &&
		detmeta_find_aggregates(output_rel->reltarget, aggregates) && are_counts(*aggregates) &&
		asks_for_metadata(rel, *aggregates) && !may_be_rechecked(root);
}

/* ---- the path ---- */

/* Make a target list. */
static PathTarget *
make_target(PlannerInfo *root, List *expressions)
{
	PathTarget *target = create_empty_pathtarget();

	target->exprs = expressions;
	return set_pathtarget_cost_width(root, target);
}

/* Return what a partition is to be counted as. */
static RelOptInfo *
make_grouped_partition(const PartCounts *counts, RelOptInfo *rel)
{
	RelOptInfo *grouped = fetch_upper_rel(counts->root, UPPERREL_GROUP_AGG, rel->relids);
	Node	   *aggregates = ADJUST_FOR_CHILD(counts->root, (Node *) counts->aggregates, rel,
											  counts->whole);

	grouped->reloptkind = RELOPT_OTHER_UPPER_REL;
	grouped->reltarget = make_target(counts->root, (List *) aggregates);
	grouped->serverid = rel->serverid;
	grouped->userid = rel->userid;
	grouped->useridiscurrent = rel->useridiscurrent;
	grouped->fdwroutine = rel->fdwroutine;
	return grouped;
}

/* Have a foreign data wrapper offer to count on its server; false: it does not. */
static bool
offer_foreign_count(const PartCounts *counts, RelOptInfo *rel, RelOptInfo *grouped)
{
	GroupPathExtraData extra = *counts->extra;

	if (rel->fdwroutine == NULL || rel->fdwroutine->GetForeignUpperPaths == NULL)
		return false;
	extra.patype = PARTITIONWISE_AGGREGATE_FULL;
	extra.targetList = (List *) ADJUST_FOR_CHILD(counts->root, (Node *) extra.targetList, rel,
												 counts->whole);
	rel->fdwroutine->GetForeignUpperPaths(counts->root, UPPERREL_GROUP_AGG, rel, grouped, &extra);
	return grouped->pathlist != NIL;
}

/* Offer to count a partition here. */
static void
offer_local_count(const PartCounts *counts, RelOptInfo *rel, RelOptInfo *grouped)
{
	AggClauseCosts costs = {0};

	get_agg_clause_costs(counts->root, AGGSPLIT_SIMPLE, &costs);
	add_path(grouped, (Path *) create_agg_path(counts->root, grouped, rel->cheapest_total_path,
											   grouped->reltarget, AGG_PLAIN, AGGSPLIT_SIMPLE,
											   NIL, NIL, &costs, 1));
	detmeta_count_path(counts->root, rel, grouped);
}

/*
 * Add the count of a partition.  The path is made one of the partition, so that the
 * executor can leave it out by the value of a parameter.
 */
static void
count_partition(PartCounts *counts, RelOptInfo *rel)
{
	RelOptInfo *grouped = make_grouped_partition(counts, rel);
	Path	   *path;

	if (offer_foreign_count(counts, rel, grouped))
		counts->sent = true;
	else
		offer_local_count(counts, rel, grouped);
	set_cheapest(grouped);
	path = (Path *) create_projection_path(counts->root, rel, grouped->cheapest_total_path,
										   grouped->reltarget);
	counts->paths = lappend(counts->paths, path);
}

/* Add the counts of all partitions below a table. */
static void
count_partitions(PartCounts *counts, RelOptInfo *rel)
{
	int			i = -1;

	check_stack_depth();
	if (IS_DUMMY_REL(rel))
		return;
	if (!IS_PARTITIONED_REL(rel))
	{
		count_partition(counts, rel);
		return;
	}
	while ((i = bms_next_member(rel->live_parts, i)) >= 0)
		count_partitions(counts, rel->part_rels[i]);
}

/* Return the target list of the partitions' counts, by which the final phase finds them. */
static PathTarget *
make_partial_target(const PartCounts *counts)
{
	List	   *partial = NIL;
	ListCell   *lc;

	foreach(lc, counts->aggregates)
	{
		Aggref	   *aggref = copyObject(lfirst_node(Aggref, lc));

		mark_partial_aggref(aggref, AGGSPLIT_INITIAL_SERIAL);
		partial = lappend(partial, aggref);
	}
	return make_target(counts->root, partial);
}

/*
 * Make a path cheaper than others that cost as much.  To count and to fetch the rows
 * costs the same where hardly any is expected, but only the rows cost more if there are
 * more, as where several conditions are estimated that nothing is known of.
 */
static void
prefer_path(Path *path, List *others)
{
	ListCell   *lc;

	foreach(lc, others)
	{
		const Path *other = lfirst(lc);
		Cost		excess = path->total_cost - other->total_cost * (1 - 1e-6);

		if (excess > 0 && path->total_cost <= other->total_cost * COST_FUZZ)
		{
			path->startup_cost -= excess;
			path->total_cost -= excess;
		}
	}
}

/* Add the path that adds the counts up. */
static void
add_sum_path(const PartCounts *counts, RelOptInfo *output_rel)
{
	AppendPath *append = CREATE_APPEND_PATH(counts->root, counts->whole, counts->paths);
	AggClauseCosts costs = {0};
	Path	   *sum;

	append->path.pathtarget = make_partial_target(counts);
	get_agg_clause_costs(counts->root, AGGSPLIT_FINAL_DESERIAL, &costs);
	sum = (Path *) create_agg_path(counts->root, output_rel, (Path *) append,
								   output_rel->reltarget, AGG_PLAIN, AGGSPLIT_FINAL_DESERIAL,
								   NIL, NIL, &costs, 1);
	prefer_path(sum, output_rel->pathlist);
	add_path(output_rel, sum);
}

/* Offer to have servers count, if the query is a count of rows that they have. */
void
detmeta_foreign_count_path(PlannerInfo *root, RelOptInfo *input_rel, RelOptInfo *output_rel,
						   const GroupPathExtraData *extra)
{
	PartCounts	counts = {
		.root = root,
		.whole = input_rel,
		.extra = extra
	};

	if (!is_foreign_count(root, input_rel, output_rel, &counts.aggregates))
		return;
	count_partitions(&counts, input_rel);
	if (counts.sent)
		add_sum_path(&counts, output_rel);
}

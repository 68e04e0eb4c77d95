/*
 * row_estimate.c
 *		Correct the planner's estimate of a table's rows.
 *
 * Core has no statistics of  metadata ->> 'key'  and guesses: 0.5 % of the rows
 * for an equality, a third for a range.  The index knows better, but is asked
 * only when the paths of a table have been made, as its clauses are at hand then.
 * So the selectivities that the clauses carry are replaced, the rows estimated
 * again, and the paths that are there told.  Joins are planned afterwards.
 */
#include "postgres.h"

#include "nodes/makefuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/restrictinfo.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

#include "plan/core_clause.h"
#include "plan/estimate.h"
#include "plan/row_estimate.h"
#include "plan/scan_condition.h"
#include "plan/scan_path.h"

/* Return the share of rows whose metadata is not NULL. */
static double
share_with_metadata(const ScanTarget *target)
{
	AttrNumber	attno = target->index->indexkeys[target->column];
	Oid			relid = planner_rt_fetch(target->rel->relid, target->root)->relid;
	VariableStatData documents;
	double		share;

	if (target->not_null || attno == 0)
		return 1.0;
	examine_variable(target->root,
					 (Node *) makeVar(target->rel->relid, attno, get_atttype(relid, attno), -1,
									  InvalidOid, 0),
					 0, &documents);
	share = detmeta_share_not_null(&documents);
	ReleaseVariableStats(documents);
	return share;
}

/* Estimate a clause from the index; false: it knows nothing. */
static bool
correct_clause(const ScanTarget *target, RestrictInfo *rinfo)
{
	double		selectivity;

	if (rinfo->pseudoconstant || detmeta_core_condition(target, rinfo->clause) == NULL ||
		!detmeta_core_selectivity(target, (Node *) rinfo->clause,
								  clause_selectivity(target->root, (Node *) rinfo, 0, JOIN_INNER,
													 NULL),
								  &selectivity))
		return false;
	rinfo->norm_selec = selectivity * share_with_metadata(target);
	CLAMP_PROBABILITY(rinfo->norm_selec);
	return true;
}

/* Multiply the rows of paths; those of a parameterized path are estimated with its parameters. */
static void
scale_paths(List *paths, double factor)
{
	ListCell   *lc;

	foreach(lc, paths)
	{
		Path	   *path = lfirst(lc);

		path->rows = path->param_info != NULL ? path->param_info->ppi_rows :
			clamp_row_est(path->rows * factor);
	}
}

/* Tell a table's paths that it has other rows than they were made for. */
static void
set_rows(PlannerInfo *root, RelOptInfo *rel, double rows)
{
	double		factor = rows / Max(1.0, rel->rows);
	ListCell   *lc;

	rel->rows = rows;
	foreach(lc, rel->ppilist)
	{
		ParamPathInfo *info = lfirst(lc);

		info->ppi_rows = get_parameterized_baserel_size(root, rel, info->ppi_clauses);
	}
	scale_paths(rel->pathlist, factor);
	scale_paths(rel->partial_pathlist, factor);
}

/* Correct the rows of a table with children: those of the children. */
static void
correct_parent(PlannerInfo *root, RelOptInfo *rel)
{
	double		rows = 0;
	ListCell   *lc;

	foreach(lc, root->append_rel_list)
	{
		AppendRelInfo *link = lfirst(lc);
		RelOptInfo *child = root->simple_rel_array[link->child_relid];

		if (link->parent_relid == rel->relid && child != NULL && !IS_DUMMY_REL(child))
			rows += child->rows;
	}
	if (rows > 0)
		rel->rows = clamp_row_est(rows);
}

/* Correct the rows of a table, when its paths have been made. */
void
detmeta_correct_rows(PlannerInfo *root, RelOptInfo *rel, RangeTblEntry *rte)
{
	bool		corrected = false;
	List	   *targets;
	ListCell   *lc;

	if (rte->rtekind != RTE_RELATION || IS_DUMMY_REL(rel))
		return;
	if (rte->inh)
	{
		correct_parent(root, rel);
		return;
	}
	if (rel->baserestrictinfo == NIL || !detmeta_can_scan(root, rel, rte))
		return;
	targets = detmeta_find_targets(root, rel);
	if (targets == NIL)
		return;
	foreach(lc, rel->baserestrictinfo)
	{
		ListCell   *lc2;

		foreach(lc2, targets)
		{
			if (correct_clause(lfirst(lc2), lfirst(lc)))
			{
				corrected = true;
				break;
			}
		}
	}
	if (corrected)
		set_rows(root, rel, clamp_row_est(rel->tuples *
										  clauselist_selectivity(root, rel->baserestrictinfo, 0,
																 JOIN_INNER, NULL)));
}

/*
 * row_estimate.c
 *		Correct the planner's estimate of a table's rows.
 *
 * Core has no statistics of  metadata ->> 'key'  and guesses: 0.5 % of the rows
 * for an equality, a third for a range.  The index knows better, but is asked
 * only when the paths of a table have been made, as its clauses are at hand then.
 * So the selectivities that the clauses carry are replaced, the rows estimated
 * again, and the paths that are there told.  Joins are planned afterwards.
 *
 * Core pairs the two sides of a range, and adds a share of NULLs that it guesses
 * as well, which is more than a narrow range has.  So sides are kept out of
 * core's way: the rows of all of them are estimated together.
 */
#include "postgres.h"

#include "nodes/makefuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/restrictinfo.h"
#include "parser/parsetree.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

#include "plan/core_clause.h"
#include "plan/estimate.h"
#include "plan/row_estimate.h"
#include "plan/scan_condition.h"
#include "plan/scan_path.h"

/* What is estimated of a table's clauses. */
typedef struct Correction
{
	PlannerInfo *root;
	RelOptInfo *rel;
	List	   *targets;		/* ScanTargets */
	Selectivity share;			/* rows that satisfy sides of ranges; 1: there are none */
	List	   *others;			/* the other clauses, which carry their selectivities */
} Correction;

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

/* Say whether an index tells something of a clause. */
static bool
is_told(const ScanTarget *target, RestrictInfo *rinfo)
{
	return !rinfo->pseudoconstant && detmeta_core_condition(target, rinfo->clause) != NULL;
}

/* Estimate a clause from the first index that knows something; false: none does. */
static bool
correct_clause(List *targets, RestrictInfo *rinfo)
{
	double		selectivity;
	ListCell   *lc;

	foreach(lc, targets)
	{
		const ScanTarget *target = lfirst(lc);

		if (!is_told(target, rinfo) ||
			!detmeta_core_selectivity(target, (Node *) rinfo->clause,
									  clause_selectivity(target->root, (Node *) rinfo, 0,
														 JOIN_INNER, NULL),
									  &selectivity))
			continue;
		rinfo->norm_selec = selectivity * share_with_metadata(target);
		CLAMP_PROBABILITY(rinfo->norm_selec);
		return true;
	}
	return false;
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

/* Say whether a clause is a side of a range, which core would pair with another one. */
static bool
is_side(const RestrictInfo *rinfo)
{
	switch (IsA(rinfo->clause, OpExpr) ? get_oprrest(((OpExpr *) rinfo->clause)->opno) : InvalidOid)
	{
		case F_SCALARLTSEL:
		case F_SCALARLESEL:
		case F_SCALARGTSEL:
		case F_SCALARGESEL:
			return true;
		default:
			return false;
	}
}

/* Return those of the other clauses that are sides of ranges which an index tells of. */
static List *
find_sides(const Correction *correction, const ScanTarget *target)
{
	List	   *sides = NIL;
	ListCell   *lc;

	foreach(lc, correction->others)
	{
		if (is_side(lfirst(lc)) && is_told(target, lfirst(lc)))
			sides = lappend(sides, lfirst(lc));
	}
	return sides;
}

/* Estimate the sides of ranges together that an index tells of; false: there are no two. */
static bool
correct_sides(Correction *correction, const ScanTarget *target)
{
	List	   *sides = find_sides(correction, target);
	double		together;

	if (list_length(sides) < 2 ||
		!detmeta_core_selectivity(target,
								  (Node *) make_andclause(extract_actual_clauses(sides, false)),
								  clauselist_selectivity(correction->root, sides,
														 correction->rel->relid, JOIN_INNER, NULL),
								  &together))
		return false;
	together *= share_with_metadata(target);
	CLAMP_PROBABILITY(together);
	correction->share *= together;
	correction->others = list_difference_ptr(correction->others, sides);
	return true;
}

/* Estimate the clauses of a table; false: nothing is known of any. */
static bool
correct_clauses(Correction *correction)
{
	bool		corrected = false;
	ListCell   *lc;

	foreach(lc, correction->targets)
		corrected |= correct_sides(correction, lfirst(lc));
	foreach(lc, correction->others)
		corrected |= correct_clause(correction->targets, lfirst(lc));
	return corrected;
}

/* Estimate the rows that satisfy a table's clauses, and others. */
static double
estimate_rows(const Correction *correction, List *clauses)
{
	return clamp_row_est(correction->rel->tuples * correction->share *
						 clauselist_selectivity(correction->root,
												list_concat_copy(clauses, correction->others),
												correction->rel->relid,
												JOIN_INNER, NULL));
}

/* Tell a table's paths that it has other rows than they were made for. */
static void
set_rows(const Correction *correction)
{
	RelOptInfo *rel = correction->rel;
	double		rows = estimate_rows(correction, NIL);
	double		factor = rows / Max(1.0, rel->rows);
	ListCell   *lc;

	rel->rows = rows;
	foreach(lc, rel->ppilist)
	{
		ParamPathInfo *info = lfirst(lc);

		info->ppi_rows = Min(rows, estimate_rows(correction, info->ppi_clauses));
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
	Correction	correction = {
		.root = root,
		.rel = rel,
		.share = 1.0,
		.others = rel->baserestrictinfo
	};

	if (rte->rtekind != RTE_RELATION || IS_DUMMY_REL(rel))
		return;
	if (rte->inh)
	{
		correct_parent(root, rel);
		return;
	}
	if (rel->baserestrictinfo == NIL || !detmeta_can_scan(root, rel, rte))
		return;
	correction.targets = detmeta_find_targets(root, rel);
	if (correction.targets != NIL && correct_clauses(&correction))
		set_rows(&correction);
}

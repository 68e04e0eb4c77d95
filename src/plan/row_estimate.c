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
 * core's way: their rows are estimated together.
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
	List	   *sides;			/* of ranges, */
	const ScanTarget *target;	/* all of which it knows; */
	Selectivity share;			/* rows that satisfy them */
	List	   *others;			/* the other clauses */
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

/* Estimate a clause from an index; false: it knows nothing. */
static bool
correct_clause_by(const ScanTarget *target, RestrictInfo *rinfo)
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

/* Estimate a clause from the first index that knows something, and return that; or NULL. */
static const ScanTarget *
correct_clause(List *targets, RestrictInfo *rinfo)
{
	ListCell   *lc;

	foreach(lc, targets)
	{
		if (correct_clause_by(lfirst(lc), rinfo))
			return lfirst(lc);
	}
	return NULL;
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

/* Keep apart a clause that was estimated, or leave it among the others. */
static void
take_clause(Correction *correction, const ScanTarget *target, RestrictInfo *rinfo)
{
	if (!is_side(rinfo) || (correction->target != NULL && correction->target != target))
		correction->others = lappend(correction->others, rinfo);
	else
	{
		correction->target = target;
		correction->sides = lappend(correction->sides, rinfo);
	}
}

/* Estimate the sides of ranges together; a single one is among the others. */
static void
estimate_sides(Correction *correction)
{
	List	   *clauses = extract_actual_clauses(correction->sides, false);
	double		together;

	correction->share = 1.0;
	if (list_length(clauses) < 2 ||
		!detmeta_core_selectivity(correction->target, (Node *) make_andclause(clauses),
								  clauselist_selectivity(correction->root, correction->sides,
														 correction->rel->relid, JOIN_INNER, NULL),
								  &together))
	{
		correction->others = list_concat(correction->others, correction->sides);
		return;
	}
	correction->share = together * share_with_metadata(correction->target);
	CLAMP_PROBABILITY(correction->share);
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
		.rel = rel
	};
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
		const ScanTarget *target = correct_clause(targets, lfirst(lc));

		if (target == NULL)
			correction.others = lappend(correction.others, lfirst(lc));
		else
			take_clause(&correction, target, lfirst(lc));
		corrected |= target != NULL;
	}
	if (!corrected)
		return;
	estimate_sides(&correction);
	set_rows(&correction);
}

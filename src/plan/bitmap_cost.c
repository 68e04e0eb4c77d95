/*
 * bitmap_cost.c
 *		What core's bitmap scans cost beyond what core knows.
 *
 * Core takes a partial match of GIN to read a hundred entries.  One of a substring
 * reads all strings of a key, and one of any key all that the index has
 * (index/probe_any.c).  So paths that cost more than core knows are made as expensive
 * as ours of the same conditions, before others are compared with them.
 */
#include "postgres.h"

#include "access/genam.h"
#include "miscadmin.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "base/gin_index.h"
#include "index/opclass.h"
#include "index/probe.h"
#include "index/strategy.h"
#include "plan/bitmap_cost.h"
#include "plan/estimate.h"
#include "plan/scan_cost.h"

/* Entries of a page of the index that are looked at. */
#define ENTRIES_OF_PAGE	200

/* Say whether some condition below a node is on any key. */
static bool
has_any_key(const FilterNode *node)
{
	check_stack_depth();
	if (node->any_key)
		return true;
	for (int i = 0; i < node->nchildren; i++)
	{
		if (has_any_key(node->children[i]))
			return true;
	}
	return false;
}

/* Return how often a filter has all entries of an index column read. */
static int
count_full_walks(const IndexPath *path, int column, const MetadataFilter *filter)
{
	Relation	index = index_open(path->indexinfo->indexoid, NoLock);
	IndexQuery *iq = detmeta_index_query(filter, false,
										 detmeta_options_of_index(index, column + 1));
	int			n = 0;

	for (int i = 0; i < iq->nprobes; i++)
		n += iq->probes[i].type == PROBE_ANY_KEY && !detmeta_probe_is_of_keys(&iq->probes[i]);
	index_close(index, NoLock);
	return n;
}

/* Return the filter of a clause that an index column serves, if it is known; or NULL. */
static Const *
filter_of_clause(const Expr *clause, Oid opfamily)
{
	const OpExpr *op = (const OpExpr *) clause;
	Const	   *constant;
	int			strategy;

	if (!IsA(clause, OpExpr))
		return NULL;
	strategy = get_op_opfamily_strategy(op->opno, opfamily);
	constant = lsecond(op->args);
	if ((strategy != STRATEGY_MATCH && strategy != STRATEGY_NO_MATCH) ||
		!IsA(constant, Const) || constant->constisnull)
		return NULL;
	return constant;
}

/*
 * Return the cost of reading what a filter asks an index column for.  Of any key,
 * core's scans go over all entries where ours find keys first.
 */
static Cost
cost_of_filter(PlannerInfo *root, const IndexPath *path, int column, Const *constant)
{
	IndexOptInfo *index = path->indexinfo;
	MetadataFilter *filter = DatumGetMetadataFilterP(constant->constvalue);
	FilterEstimate estimate;
	Cost		cost = 0;

	if (detmeta_estimate_index_filter(root, index, column, (Node *) constant, &estimate))
		cost = detmeta_cost_estimate(&estimate);
	if (has_any_key(detmeta_filter_read(filter)))
		cost = Max(cost, path->indextotalcost + (double) index->pages * ENTRIES_OF_PAGE *
				   cpu_operator_cost * count_full_walks(path, column, filter));
	return cost;
}

/* Return the cost of reading what one clause asks an index for, as far as that is known. */
static Cost
cost_of_clause(PlannerInfo *root, const IndexPath *path, const IndexClause *clause)
{
	const IndexOptInfo *index = path->indexinfo;
	int			column = clause->indexcol;
	Cost		cost = 0;
	ListCell   *lc;

	if (!detmeta_is_metadata_opfamily(index->opfamily[column], index->opcintype[column]))
		return 0;
	foreach(lc, clause->indexquals)
	{
		Const	   *filter = filter_of_clause(lfirst_node(RestrictInfo, lc)->clause,
											  index->opfamily[column]);

		if (filter != NULL)
			cost += cost_of_filter(root, path, column, filter);
	}
	return cost;
}

/* Return the cost of an index scan that core does not know. */
static Cost
cost_of_index_path(PlannerInfo *root, const IndexPath *path)
{
	Cost		cost = 0;
	ListCell   *lc;

	if (!detmeta_index_info_is_gin(path->indexinfo))
		return 0;
	foreach(lc, path->indexclauses)
		cost += cost_of_clause(root, path, lfirst(lc));
	return Max(0.0, cost - path->indextotalcost);
}

/* Return the cost of a bitmap that core does not know. */
static Cost
cost_of_bitmap(PlannerInfo *root, const Path *path)
{
	List	   *parts;
	Cost		cost = 0;
	ListCell   *lc;

	check_stack_depth();
	if (IsA(path, IndexPath))
		return cost_of_index_path(root, (const IndexPath *) path);
	parts = IsA(path, BitmapAndPath) ? ((const BitmapAndPath *) path)->bitmapquals :
		((const BitmapOrPath *) path)->bitmapquals;
	foreach(lc, parts)
		cost += cost_of_bitmap(root, lfirst(lc));
	return cost;
}

/* Correct the costs of those paths of a list that are bitmap scans; return these, which left it. */
static List *
take_corrected(PlannerInfo *root, List **paths)
{
	List	   *kept = NIL;
	List	   *corrected = NIL;
	ListCell   *lc;

	foreach(lc, *paths)
	{
		Path	   *path = lfirst(lc);
		Cost		more = IsA(path, BitmapHeapPath) ?
			cost_of_bitmap(root, ((BitmapHeapPath *) path)->bitmapqual) : 0;

		path->startup_cost += more;
		path->total_cost += more;
		if (more > 0)
			corrected = lappend(corrected, path);
		else
			kept = lappend(kept, path);
	}
	*paths = kept;
	return corrected;
}

/* Correct the costs of the bitmap scans of a table. */
void
detmeta_correct_bitmap_costs(PlannerInfo *root, RelOptInfo *rel)
{
	ListCell   *lc;

	foreach(lc, take_corrected(root, &rel->pathlist))
		add_path(rel, lfirst(lc));
	foreach(lc, take_corrected(root, &rel->partial_pathlist))
		add_partial_path(rel, lfirst(lc));
}

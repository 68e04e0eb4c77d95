/*
 * scan_cost.c
 *		Cost of reading sets from an index, and of fetching their rows.
 *
 * Work of our own is measured in the server's parameters: an entry of the index
 * or a row of an ordered walk that is looked at is a tuple, and the rows of an
 * entry on one heap page are read in one operation, like a bitmap.  That is far
 * cheaper than what core takes for a tuple of an index.
 *
 * Fetching rows costs what core takes for a bitmap heap scan, but without the
 * clauses that the index has decided, and with pages of a small table read at
 * random for little more than in their order.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/restrictinfo.h"

#include "base/compat.h"
#include "plan/core_clause.h"
#include "plan/estimate.h"
#include "plan/implied.h"
#include "plan/scan_cost.h"

/*
 * Several postings are decoded and added to a set in the time of one operation;
 * twice that takes the first of a heap page (sql/scan_order).
 */
#define POSTING_COST	(0.25 * cpu_operator_cost)

/* Return the cost of going to entries and reading their rows, which are on so many heap pages. */
static Cost
cost_entries(double entries, double postings, double pages)
{
	return entries * cpu_tuple_cost + (postings + 2 * pages) * POSTING_COST;
}

/* Return the cost of reading what a filter asks an index for. */
Cost
detmeta_cost_estimate(const FilterEstimate *estimate)
{
	return cost_entries(estimate->entries, estimate->postings, estimate->pages);
}

/* Return the cost of computing a filter's sets. */
static Cost
cost_filter(const ScanTarget *target, Node *filter, double *unsure)
{
	FilterEstimate estimate;

	if (!detmeta_estimate_index_filter(target->root, target->index, target->column,
									   filter, &estimate))
		return cost_entries(1, target->rel->tuples, target->rel->pages);

	*unsure += estimate.unsure;
	return detmeta_cost_estimate(&estimate);
}

/* Return the cost of computing the sets of a clause of core's operators. */
static Cost
cost_core_clause(const ScanTarget *target, Node *clause, double *unsure)
{
	FilterEstimate estimate;

	if (!detmeta_core_estimate(target, clause, &estimate))
		return cost_entries(1, target->rel->rows, target->rel->pages);
	*unsure += estimate.unsure;
	return detmeta_cost_estimate(&estimate);
}

/* Return the cost of computing the sets of a condition. */
static Cost
cost_condition(const ScanTarget *target, Node *condition, double *unsure)
{
	List	   *filters;
	Cost		result = 0;
	double		rows;
	ListCell   *lc;

	check_stack_depth();
	if (IsA(condition, BooleanTest))
		return cost_core_clause(target, (Node *) ((BooleanTest *) condition)->arg, unsure);
	if (IsA(condition, List) || IsA(condition, BoolExpr))
	{
		foreach(lc, IsA(condition, List) ? (List *) condition : ((BoolExpr *) condition)->args)
			result += cost_condition(target, lfirst(lc), unsure);
		return result;
	}
	filters = detmeta_condition_filters(condition);
	if (filters != NIL)
		return cost_filter(target, linitial(filters), unsure);

	/* on another column of the index */
	rows = target->rel->tuples * clause_selectivity(target->root, condition, target->rel->relid,
													JOIN_INNER, NULL);
	return cost_entries(1, rows, detmeta_pages_of_rows(target->rel->pages, rows));
}

/* Return the cost of the clauses of a table, for a row, that a scan leaves to others. */
static Cost
cost_other_clauses(const ScanTarget *target)
{
	List	   *implied = detmeta_implied_clauses(target->root, target->rel);
	Cost		result = 0;
	ListCell   *lc;

	foreach(lc, target->rel->baserestrictinfo)
	{
		RestrictInfo *rinfo = lfirst_node(RestrictInfo, lc);
		QualCost	cost;

		if (rinfo->pseudoconstant || list_member_ptr(implied, rinfo) ||
			(restriction_is_securely_promotable(rinfo, target->rel) &&
			 detmeta_scan_condition(target, rinfo->clause) != NULL))
			continue;
		cost_qual_eval_node(&cost, (Node *) rinfo, target->root);
		result += cost.per_tuple;
	}
	return result;
}

/*
 * Return the cost of a heap page read at random.  The smaller a table is against
 * effective_cache_size, the less it matters in which order its pages are read; of
 * one that fits easily, still enough to tell when to stop checking (sql/scan_order).
 */
static Cost
page_cost_at_random(const ScanTarget *target)
{
	double		share = Min(1.0, target->rel->pages / (double) Max(1, effective_cache_size));

	return seq_page_cost + (random_page_cost - seq_page_cost) * sqrt(share);
}

/* Return the cost of a heap page when many are read in order, as core's bitmap scans have it. */
static Cost
page_cost_in_order(const ScanTarget *target, double npages)
{
	double		pages = Max(1.0, target->rel->pages);
	Cost		at_random = page_cost_at_random(target);

	return at_random - (at_random - seq_page_cost) * sqrt(npages / pages);
}

/* Return the cost of the heap pages of some rows in TID order. */
static Cost
cost_pages_in_order(const ScanTarget *target, double rows)
{
	double		npages = detmeta_pages_of_rows(target->rel->pages, rows);

	return npages * page_cost_in_order(target, npages);
}

/*
 * Return the cost of the set of conditions, of all rows if there are none.  Rows
 * that have to be rechecked are fetched for that.
 */
Cost
detmeta_cost_set(const ScanTarget *target, List *conditions)
{
	double		unsure = 0;
	Cost		cost;

	if (conditions == NIL)
		return cost_entries(1, target->rel->tuples, target->rel->pages);
	cost = cost_condition(target, (Node *) conditions, &unsure);
	if (unsure > 0)
	{
		unsure = Max(1.0, target->rel->tuples) * Min(1.0, unsure);
		cost += cost_pages_in_order(target, unsure) +
			unsure * (cpu_tuple_cost + target->rel->baserestrictcost.per_tuple);
	}
	return cost;
}

/* Return the cost of walking all rows in the order of a key. */
Cost
detmeta_cost_walk(const ScanTarget *target)
{
	return target->rel->tuples * cpu_tuple_cost;
}

/*
 * Return the cost of bringing all ties in the order of further keys: at the worst,
 * each row is fetched once more for that.
 */
Cost
detmeta_cost_ties(const ScanTarget *target, double rows)
{
	return detmeta_cost_heap_at_random(target, rows);
}

/*
 * Return the cost of finding the partners of all rows in a joined table, or the
 * rows of all partners: a search of an index for each, and a row of a table that
 * is taken for as large.
 */
Cost
detmeta_cost_partners(const ScanTarget *target, double rows)
{
	return detmeta_cost_heap_at_random(target, rows) +
		rows * (cpu_index_tuple_cost + ceil(log(Max(2.0, target->rel->tuples)) / log(2.0)) *
				cpu_operator_cost);
}

/* Return the cost of fetching rows in TID order, as from a bitmap. */
Cost
detmeta_cost_heap_in_order(const ScanTarget *target, double rows)
{
	return cost_pages_in_order(target, rows) +
		rows * (cpu_tuple_cost + cost_other_clauses(target));
}

/* Return the cost of fetching rows in an order that has nothing to do with TIDs. */
Cost
detmeta_cost_heap_at_random(const ScanTarget *target, double rows)
{
	double		npages = index_pages_fetched(rows, target->rel->pages,
											 target->index->pages, target->root);

	return npages * page_cost_at_random(target) +
		rows * (cpu_tuple_cost + cpu_index_tuple_cost + cost_other_clauses(target));
}

/*
 * Return the cost of visiting a row of an ordered walk and checking its
 * conditions; of its page, what it costs more than one that is read in order.
 */
static Cost
cost_check(const ScanTarget *target)
{
	return Max(0.0, page_cost_at_random(target) - seq_page_cost) +
		2 * cpu_tuple_cost + cpu_index_tuple_cost + target->rel->baserestrictcost.per_tuple;
}

/*
 * Return how many rows of an ordered walk can be checked for what the set of its
 * conditions costs, or 0 where all rows are wanted; and the cost of checking
 * those that the query probably needs.
 */
int
detmeta_cost_tries(const ScanTarget *target, Cost set_cost, double rows, Cost *checks)
{
	double		limit = target->root->limit_tuples;
	Cost		check = cost_check(target);

	/* the server's parameters may all be 0 */
	if (limit <= 0 || check <= 0)
		return 0;
	*checks = check * limit * Max(1.0, target->rel->tuples) / Max(1.0, rows);
	return (int) Min(INT_MAX, ceil(set_cost / check));
}

/* Return the cost of checking in the heap the rows that are not proven visible. */
Cost
detmeta_cost_visibility(const ScanTarget *target, double rows)
{
	double		unproven = rows * (1.0 - target->rel->allvisfrac);

	return unproven < 1.0 ? 0 : cost_pages_in_order(target, unproven) + unproven * cpu_tuple_cost;
}

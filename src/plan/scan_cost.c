/*
 * scan_cost.c
 *		Cost of reading sets from an index, and of fetching their rows.
 *
 * Core's cost parameters make a sequential scan of rows in memory cost one unit
 * for three microseconds of a small table, six of a large one.  The constants
 * below are measured times of our own work in units of four microseconds, that
 * is, cpu_operator_cost is ten nanoseconds.  Reading postings is far cheaper
 * than what core takes for a tuple of an index: an entry that many rows have is
 * read like a bitmap, page by page.
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
#include "plan/estimate.h"
#include "plan/scan_cost.h"

#define POSTING_COST	(0.25 * cpu_operator_cost)	/* decode, add to a set */
#define RUN_COST		(0.5 * cpu_operator_cost)	/* the first of an entry on a heap page */
#define ENTRY_COST		(4.5 * cpu_operator_cost)	/* go to an entry of a range, compare it */
#define PROBE_COST		(80.0 * cpu_operator_cost)	/* descend to an entry */
#define PASSED_COST		(3.0 * cpu_operator_cost)	/* pass over a row of an ordered walk */
#define ORDERED_COST	(9.0 * cpu_operator_cost)	/* a row of an ordered walk that is returned */

/* How quickly pages get dear as a table grows to effective_cache_size. */
#define CACHED_POWER	0.5

/*
 * Rows in memory that are visited at random wait for it, unless the table fits
 * the processor's caches: so much more each time that it is twice as large.
 */
#define VISIT_COST		(40.0 * cpu_operator_cost)
#define CACHED_PAGES	1000.0

/* No check of a row is taken for cheaper. */
#define MIN_CHECK_COST	1e-6

/* Rows that are checked at most before a set is computed. */
#define MAX_TRIES		100000

/* Of all rows; less than what core takes to count them by an index. */
#define ALL_ROWS_COST	(7.0 * cpu_operator_cost)

/* Return the cost of computing a filter's sets. */
static Cost
cost_filter(const ScanTarget *target, Node *filter, double *unsure)
{
	double		tuples = Max(1.0, target->rel->tuples);
	FilterEstimate estimate;

	if (!detmeta_estimate_index_filter(target->root, target->index, target->column,
									   filter, &estimate))
		return 10 * PROBE_COST + tuples * (POSTING_COST + RUN_COST);

	*unsure += estimate.unsure;
	return estimate.probes * PROBE_COST + estimate.entries * ENTRY_COST +
		estimate.postings * POSTING_COST + estimate.runs * RUN_COST;
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
	return PROBE_COST + rows * POSTING_COST + detmeta_pages_of_rows(target->rel->pages, rows) * RUN_COST;
}

/* Return the cost of the clauses of a table, for a row, that a scan leaves to others. */
static Cost
cost_other_clauses(const ScanTarget *target)
{
	Cost		result = 0;
	ListCell   *lc;

	foreach(lc, target->rel->baserestrictinfo)
	{
		RestrictInfo *rinfo = lfirst_node(RestrictInfo, lc);
		QualCost	cost;

		if (rinfo->pseudoconstant ||
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
 * effective_cache_size, the less it matters in which order its pages are read.
 */
static Cost
page_cost_at_random(const ScanTarget *target)
{
	double		share = Min(1.0, target->rel->pages / (double) Max(1, effective_cache_size));

	return seq_page_cost + (random_page_cost - seq_page_cost) * pow(share, CACHED_POWER);
}

/* Return the cost of a heap page when many are read in order. */
static Cost
page_cost_in_order(const ScanTarget *target, double npages)
{
	double		pages = Max(1.0, target->rel->pages);
	Cost		at_random = page_cost_at_random(target);

	if (npages < 2.0)
		return at_random;
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
 * Estimate the cost of the set of conditions that select a share of the rows.
 * Rows that have to be rechecked are fetched for that.
 */
void
detmeta_cost_set(const ScanTarget *target, List *conditions, double selectivity, SetCost *result)
{
	double		tuples = Max(1.0, target->rel->tuples);
	double		unsure = 0;

	result->rows = clamp_row_est(tuples * selectivity);
	if (conditions == NIL)
		result->cost = PROBE_COST + tuples * ALL_ROWS_COST;
	else
		result->cost = cost_condition(target, (Node *) conditions, &unsure);
	if (unsure > 0)
	{
		unsure = tuples * Min(1.0, unsure);
		result->cost += cost_pages_in_order(target, unsure) +
			unsure * (cpu_tuple_cost + target->rel->baserestrictcost.per_tuple);
	}
}

/* Return the cost of walking all rows in the order of a key, some of them to be fetched. */
Cost
detmeta_cost_walk(const ScanTarget *target, double rows)
{
	return PROBE_COST + target->rel->tuples * PASSED_COST + rows * ORDERED_COST;
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
		rows * VISIT_COST * log2(Max(1.0, target->rel->pages / CACHED_PAGES)) +
		rows * (cpu_tuple_cost + cpu_index_tuple_cost + cost_other_clauses(target));
}

/*
 * Return the cost of visiting a row of an ordered walk and checking its
 * conditions; of its page, what it costs more than one that is read in order.
 */
static Cost
cost_check(const ScanTarget *target)
{
	Cost		cost = PASSED_COST + VISIT_COST * log2(Max(1.0, target->rel->pages / CACHED_PAGES)) +
		Max(0.0, page_cost_at_random(target) - seq_page_cost) +
		cpu_tuple_cost + cpu_index_tuple_cost + target->rel->baserestrictcost.per_tuple;

	/* the planner's parameters may all be 0 */
	return Max(cost, MIN_CHECK_COST);
}

/*
 * Return how many rows of an ordered walk can be checked for what the set of its
 * conditions costs, or 0 where all rows are wanted; and the cost of checking
 * those that the query probably needs.
 */
int
detmeta_cost_tries(const ScanTarget *target, const SetCost *set, Cost *checks)
{
	double		limit = target->root->limit_tuples;
	Cost		check = cost_check(target);

	if (limit <= 0)
		return 0;
	*checks = check * limit * Max(1.0, target->rel->tuples) / Max(1.0, set->rows);
	return (int) Min(MAX_TRIES, ceil(set->cost / check));
}

/* Return the cost of checking in the heap the rows that are not proven visible. */
Cost
detmeta_cost_visibility(const ScanTarget *target, double rows)
{
	double		unproven = rows * (1.0 - target->rel->allvisfrac);

	return unproven < 1.0 ? 0 : cost_pages_in_order(target, unproven) + unproven * cpu_tuple_cost;
}

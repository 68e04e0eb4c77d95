/*
 * scan_cost.c
 *		Cost of reading sets from an index, and of fetching their rows.
 *
 * Reading postings is far cheaper than what core's cost parameters know: about
 * ten nanoseconds each, where an operator call takes a hundred.
 */
#include "postgres.h"

#include <math.h>

#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"

#include "compat.h"
#include "estimate.h"
#include "scan_cost.h"

#define POSTING_COST	(0.1 * cpu_operator_cost)	/* decode, add to a set */
#define ENTRY_COST		(4.0 * cpu_operator_cost)	/* compare, look at its text */
#define PROBE_COST		(100.0 * cpu_operator_cost) /* descend to an entry */

/* Estimate the cost of the set of conditions that select a share of the rows. */
void
detmeta_cost_set(const ScanTarget *target, List *conditions, double selectivity, SetCost *result)
{
	double		tuples = Max(1.0, target->rel->tuples);
	List	   *filters = conditions == NIL ? NIL : detmeta_condition_filters((Node *) conditions);
	ListCell   *lc;

	result->rows = clamp_row_est(tuples * selectivity);
	result->cost = 0;
	if (filters == NIL)
		result->cost = PROBE_COST + tuples * POSTING_COST;

	foreach(lc, filters)
	{
		FilterEstimate estimate;

		if (detmeta_estimate_index_filter(target->root, target->index, target->column,
										  lfirst(lc), &estimate))
			result->cost += estimate.probes * PROBE_COST + estimate.entries * ENTRY_COST +
				estimate.postings * POSTING_COST;
		else
			result->cost += 10 * PROBE_COST + tuples * POSTING_COST;
	}
}

/* Return the heap pages that some rows lie on, as the planner estimates it. */
static double
pages_of_rows(const ScanTarget *target, double rows)
{
	double		pages = Max(1.0, target->rel->pages);

	return Min(pages, ceil(2.0 * pages * rows / (2.0 * pages + rows)));
}

/* Return the cost of a heap page when many are read in order. */
static Cost
page_cost_in_order(const ScanTarget *target, double npages)
{
	double		pages = Max(1.0, target->rel->pages);

	if (npages < 2.0)
		return random_page_cost;
	return random_page_cost - (random_page_cost - seq_page_cost) * sqrt(npages / pages);
}

/* Return the cost of fetching rows in TID order, as from a bitmap. */
Cost
detmeta_cost_heap_in_order(const ScanTarget *target, double rows)
{
	double		npages = pages_of_rows(target, rows);

	return npages * page_cost_in_order(target, npages) +
		rows * (cpu_tuple_cost + target->rel->baserestrictcost.per_tuple);
}

/* Return the cost of fetching rows in an order that has nothing to do with TIDs. */
Cost
detmeta_cost_heap_at_random(const ScanTarget *target, double rows)
{
	double		npages = index_pages_fetched(rows, target->rel->pages,
											 target->index->pages, target->root);

	return npages * random_page_cost + rows * (cpu_tuple_cost + cpu_index_tuple_cost);
}

/* Return the cost of checking in the heap the rows that are not proven visible. */
Cost
detmeta_cost_visibility(const ScanTarget *target, double rows)
{
	double		unproven = rows * (1.0 - target->rel->allvisfrac);

	return unproven < 1.0 ? 0 : detmeta_cost_heap_in_order(target, unproven);
}

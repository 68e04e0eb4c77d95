/*
 * tie_choice.c
 *		What ways to bring the current ties in order cost, from what is known of them.
 *
 * Each walk may pass all rows of the table, where those that come are not wanted
 * by other clauses.  When walks have taken what it takes to fetch all rows, further
 * ties are sorted, which fetches each row once.
 */
#include "postgres.h"

#include <math.h>

#include "gin/entries.h"
#include "gin/tid_set_read.h"
#include "scan/probe_set.h"
#include "scan/tie_choice.h"

/* Return which share of the rows is of some ties, and those that these are of. */
static double
share_of_ties(const TieRows *ties, double all)
{
	double		share = 1;

	for (; ties != NULL; ties = ties->rows->within)
		share *= Min(1.0, ties->size / all);
	return share;
}

/* Return the rows of which others are read within ties. */
static OrderedRows *
root_of(OrderedRows *rows)
{
	while (rows->within != NULL)
		rows = rows->within->rows;
	return rows;
}

/* Return how many rows the table has, about. */
static double
count_rows(OrderedRows *root)
{
	if (root->nrows == 0)
		root->nrows = Max(1.0, detmeta_gin_estimate_entry(root->order->scan->reader, "", 0, 1));
	return root->nrows;
}

/* Return how many rows satisfy the conditions, of which the set is known. */
static double
count_members(OrderedRows *root)
{
	if (root->counted != root->order->members)
	{
		root->counted = root->order->members;
		root->nmembers = (double) detmeta_tid_set_count(root->counted, NULL);
	}
	return root->nmembers;
}

/* Return what ways to bring ties in order cost. */
static TieCosts
cost_ties(const TieRows *ties)
{
	const RowOrder *order = ties->rows->order;
	OrderedRows *root = root_of(ties->rows);
	double		all = count_rows(root);
	const RowKey *next = ties->rows->key + 1;
	TieNumbers	numbers = {
		.all = all,
		.satisfying = order->members != NULL ? Min(all, count_members(root)) : all,
		.ties = ties->size,
		.share = share_of_ties(ties, all),
		.wanted = order->wanted > 0 ? Max(1.0, order->wanted - order->taken) : 0,
		.is_joined = order->keys[order->nkeys - 1].partner != NULL,
		.walks_joined = next->partner != NULL,
		.are_looked_up = OidIsValid(next->btree) && detmeta_ties_are_tree(ties->rows->walk)
	};

	return detmeta_tie_costs(&numbers);
}

/*
 * Say whether rows can be looked at one by one in the order of a key: not where
 * rows apart would all be sorted before.
 */
static bool
can_try(const RowOrder *order, const RowKey *key)
{
	SetSource	source = detmeta_set_scan_whole(order->scan);

	return OidIsValid(key->btree) || !detmeta_has_pending(&source);
}

/* Return which share of a table's rows are members of its order, about. */
double
detmeta_share_of_members(OrderedRows *rows)
{
	return rows->order->members == NULL ? 1 :
		Min(1.0, count_members(rows) / count_rows(rows));
}

/* Return what it takes to sort all members of an order. */
double
detmeta_members_cost(OrderedRows *rows)
{
	const RowOrder *order = rows->order;

	if (order->members == NULL || !order->sets_fit)
		return INFINITY;
	return count_members(rows) *
		(1 + (order->keys[order->nkeys - 1].partner != NULL ? TIE_PARTNER_COST : 0));
}

/*
 * Return what it takes at least to pass rows until as many members as are wanted were
 * among them: each is a step, or one of ties that are passed as a whole.
 */
double
detmeta_steps_cost(OrderedRows *rows)
{
	double		wanted = rows->order->wanted;
	bool		has_ties = rows->order->nkeys > 1;

	if (rows->order->members == NULL || wanted <= 0)
		return 0;
	return count_rows(rows) * Min(1.0, wanted / Max(1.0, count_members(rows))) *
		(has_ties ? TIE_POSTING_COST : TIE_STEP_COST);
}

/* Return the costs; those of ways that are not open are infinite. */
TieCosts
detmeta_tie_rows_costs(TieRows *ties)
{
	const RowOrder *order = ties->rows->order;
	TieCosts	costs = cost_ties(ties);

	if (!can_try(order, ties->rows->key + 1))
		costs.trying = order->sets_fit ? INFINITY : costs.trying;
	if (!order->sets_fit)
		costs.walking = costs.trying;
	if (ties->rows->spent > count_rows(root_of(ties->rows)))
		costs.walking = costs.trying = INFINITY;
	return costs;
}

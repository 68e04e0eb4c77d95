/*
 * tie_test.c
 *		Say whether a row is one of some ties, in one of three ways.
 *
 *	- by the set of the ties, once it was computed;
 *	- by a look into their posting tree: of those that a column's order leads to,
 *	  few parts are read, where rows that are near each other in that order are
 *	  so in the heap, too.  Where they are not, that ends with the set when it
 *	  has read as much;
 *	- by fetching the row and evaluating the key.  As those of a key may all be
 *	  elsewhere, there is an end of it when it has cost what the set costs.
 */
#include "postgres.h"

#include <math.h>

#include "executor/executor.h"

#include "gin/tid_set_read.h"
#include "scan/tie_test.h"

/* Fetch a row that is to be evaluated; false: it is not wanted. */
bool
detmeta_order_fetch(const RowOrder *order, ItemPointer tid)
{
	return detmeta_heap_fetch(&order->scan->fetcher, tid) && order->is_wanted(order->arg);
}

/* Note what it took to pass rows in search of some ties, and of those that these are of. */
void
detmeta_note_spent(TieRows *ties, double cost)
{
	for (; ties != NULL; ties = ties->rows->within)
		ties->rows->spent += cost;
}

/* Compute the set of some ties. */
static void
compute_members(TieRows *ties)
{
	OrderedRows *rows = ties->rows;
	MemoryContext old = MemoryContextSwitchTo(rows->ties_context);

	ties->lookup = NULL;
	ties->members = detmeta_ties_set(rows->walk, rows->order->members);
	if (rows->order->members != NULL)
		detmeta_tid_set_and(ties->members, rows->order->members);
	if (rows->within != NULL && rows->within->members != NULL)
		detmeta_tid_set_and(ties->members, rows->within->members);
	MemoryContextSwitchTo(old);
}

/* Choose by what rows are told to be ties, for a walk of rows in another order. */
void
detmeta_tie_test_begin(TieRows *ties, const TieCosts *costs)
{
	OrderedRows *rows = ties->rows;

	ties->tries = ceil(costs->walking);
	if (costs->walking > costs->trying)
		return;
	if (OidIsValid(rows->key[1].btree))
		ties->lookup = detmeta_ties_lookup(rows->walk);
	if (ties->lookup == NULL && rows->order->sets_fit)
		compute_members(ties);
}

/* Note that a row was fetched that is no member; stop that when it has taken too long. */
static void
note_miss(TieRows *ties)
{
	if (!ties->rows->order->sets_fit || --ties->tries > 0)
		return;
	compute_members(ties);
	if (ties->walked->walk != NULL)
		detmeta_ordered_walk_restrict(ties->walked->walk, ties->members);
}

/* Say whether the row that was fetched last is one of some ties. */
static bool
has_value_of_ties(TieRows *ties)
{
	const RowOrder *order = ties->rows->order;
	MemoryContext old = MemoryContextSwitchTo(order->econtext->ecxt_per_tuple_memory);
	bool		isnull;
	Datum		value = ExecEvalExpr(ties->rows->key->expression, order->econtext, &isnull);
	bool		result = detmeta_ties_have(ties->rows->walk, value, isnull);

	MemoryContextSwitchTo(old);
	ResetExprContext(order->econtext);
	return result;
}

/* Say whether a row is not in a set, where that is known. */
static bool
is_not_in(const TidSet *set, OrderedRow *row)
{
	bool		proven;

	if (set == NULL)
		return false;
	if (!detmeta_tid_set_contains(set, &row->tid, &proven))
		return true;
	row->proven |= proven;
	return false;
}

/* Say whether a row is not in the posting tree of some ties, if that is to be asked. */
static bool
is_not_in_tree(TieRows *ties, OrderedRow *row)
{
	bool		proven;

	if (ties->lookup != NULL && ties->lookup->nread > ties->size && ties->rows->order->sets_fit)
		compute_members(ties);
	if (ties->lookup == NULL)
		return is_not_in(ties->members, row);
	if (!detmeta_posting_lookup_has(ties->lookup, &row->tid, &proven))
		return true;
	row->proven |= proven;
	return false;
}

/* Say whether a row is not one of those that it has to be one of, as far as the index tells. */
static bool
is_outside(const RowOrder *order, TieRows *ties, OrderedRow *row)
{
	if (is_not_in(order->members, row))
		return true;
	for (; ties != NULL; ties = ties->rows->within)
	{
		if (is_not_in_tree(ties, row))
			return true;
	}
	return false;
}

/*
 * Say whether a row is one of some ties, and of those that these are of; it
 * may be fetched for that.
 */
bool
detmeta_is_tie(const RowOrder *order, TieRows *ties, OrderedRow *row)
{
	if (is_outside(order, ties, row))
		return false;
	for (; ties != NULL; ties = ties->rows->within)
	{
		if (ties->members != NULL || ties->lookup != NULL)
			continue;
		if (!row->fetched)
		{
			detmeta_note_spent(ties, 1);
			if (!detmeta_order_fetch(order, &row->tid))
				return false;
		}
		row->fetched = true;
		if (!has_value_of_ties(ties))
		{
			note_miss(ties);
			return false;
		}
	}
	return true;
}

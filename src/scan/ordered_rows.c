/*
 * ordered_rows.c
 *		The rows of a table in the order of one or more expressions.
 *
 * Rows come in the order of the first key, ties by ties (scan/ordered_walk.h);
 * and ties in the order of the others, in one of two ways:
 *	- they are fetched and sorted, where they are few;
 *	- all rows of the table are walked in the order of the next key, and those
 *	  kept that are ties, which is told in several ways (scan/tie_test.c).
 *
 *		status, then loss: the rows with status "done" by loss
 *		status, then run_id: alike, by a btree index on run_id
 *		status, then runs.started_at: alike, each run of the joined table leading to
 *		its row (scan/partner.h)
 *
 * A walk in the order of the next key has ties in its turn.  A walk that has cost
 * what it takes to sort the ties is given up, and those that are left are sorted; so
 * is the walk of all rows, where a set of those that satisfy the conditions is known.
 */
#include "postgres.h"

#include <math.h>

#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "gin/tid_set_read.h"
#include "scan/column_walk.h"
#include "scan/ordered_rows.h"
#include "scan/ordered_walk.h"
#include "scan/tie_choice.h"
#include "scan/tie_rows.h"
#include "scan/tie_test.h"
#include "scan/visible_rows.h"

static bool next_of_walk(OrderedRows *rows, OrderedRow *row);
static OrderedRows *begin_rows(const RowOrder *order, const RowKey *key, TieRows *within,
							   TidSet *only, bool at_start);

/* Say whether no key decides between rows that are equal in a key. */
static bool
is_last(const RowOrder *order, const RowKey *key)
{
	return key == &order->keys[order->nkeys - 1];
}

/* Leave out rows that are not in a set. */
static void
restrict_rows(OrderedRows *rows, TidSet *only)
{
	if (rows->walk != NULL)
		detmeta_ordered_walk_restrict(rows->walk, only);
}

/* Say whether a walk has brought a row. */
static bool
was_given(const TidSet *given, ItemPointer tid)
{
	return given != NULL && detmeta_tid_set_contains(given, tid, NULL);
}

/* Fetch and sort the rows of some ties, but for those that a walk has brought. */
static void
sort_ties(TieRows *ties)
{
	OrderedRows *rows = ties->rows;
	OrderedRow	row;

	ties->sorted = detmeta_tie_sorter_begin(rows->order, rows->key + 1);
	detmeta_ties_read(rows->walk);
	while (detmeta_ties_next(rows->walk, &row))
	{
		if (!was_given(ties->given, &row.tid) && detmeta_is_tie(rows->order, rows->within, &row) &&
			(row.fetched || detmeta_order_fetch(rows->order, &row.tid)))
			detmeta_tie_sorter_put(ties->sorted, &row.tid);
	}
	detmeta_tie_sorter_perform(ties->sorted);
}

/* Say whether the current ties have the value that the key's rows start with. */
static bool
are_at_start(const OrderedRows *rows)
{
	const RowKey *key = rows->key;

	return rows->at_start && key->has_start &&
		detmeta_ties_have(rows->walk, key->start, key->key_start.is_null);
}

/* Return the smallest set that is known to have all of some ties that are wanted; or NULL. */
static TidSet *
known_members(const TieRows *ties)
{
	const RowOrder *order = ties->rows->order;

	for (; ties != NULL; ties = ties->rows->within)
	{
		if (ties->members != NULL)
			return ties->members;
	}
	return order->members;
}

/* Begin to walk in the order of the next key, with a set of the ties or without. */
static void
walk_ties(TieRows *ties, const TieCosts *costs)
{
	OrderedRows *rows = ties->rows;

	detmeta_tie_test_begin(ties, costs);
	ties->limit = rows->order->sets_fit ? costs->sorting : INFINITY;
	ties->spent = rows->spent;
	ties->ntids = rows->order->scan->reader->ntids;
	ties->walked = begin_rows(rows->order, rows->key + 1, ties, known_members(ties),
							  are_at_start(rows));
}

/*
 * Note what a walk is about to pass, where it is the walk of all rows; false: it
 * is given up, as all can be sorted for that, or for what it has cost before.
 */
static bool
note_passed(OrderedRows *rows, double cost)
{
	if (rows->within != NULL)
		return true;
	rows->is_given_up |= rows->passed > rows->limit || cost > rows->limit;
	rows->passed += cost;
	return !rows->is_given_up;
}

/* Bring several ties in the order of the further keys; false: that would cost too much. */
static bool
order_ties(TieRows *ties)
{
	TieCosts	costs = detmeta_tie_rows_costs(ties);
	double		walking = Min(costs.walking, costs.trying);

	if (!note_passed(ties->rows, Min(costs.sorting, walking)))
		return false;
	if (costs.sorting <= walking)
		sort_ties(ties);
	else
		walk_ties(ties, &costs);
	return true;
}

/* Leave the current ties, if there are some. */
static void
end_ties(OrderedRows *rows)
{
	TieRows    *ties = rows->ties;

	if (ties == NULL)
		return;
	if (ties->sorted != NULL)
		detmeta_tie_sorter_end(ties->sorted);
	if (ties->walked != NULL)
	{
		rows->spent += (double) (rows->order->scan->reader->ntids - ties->ntids) * TIE_POSTING_COST;
		detmeta_ordered_rows_end(ties->walked);
	}
	rows->ties = NULL;
	MemoryContextReset(rows->ties_context);
}

/* Begin with ties that the walk has come to; false: the walk is given up. */
static bool
begin_ties(OrderedRows *rows, const Ties *next)
{
	MemoryContext old = MemoryContextSwitchTo(rows->ties_context);
	bool		result;

	rows->ties = palloc0_object(TieRows);
	rows->ties->rows = rows;
	rows->ties->size = next->size;
	result = order_ties(rows->ties);
	MemoryContextSwitchTo(old);
	if (!result)
		end_ties(rows);
	return result;
}

/* Say whether the walk of some ties has cost what it takes to sort them. */
static bool
walks_too_long(const TieRows *ties)
{
	return ties->walked != NULL && ties->rows->spent - ties->spent > ties->limit;
}

/* Say whether a walk that rows are read for is to end. */
static bool
is_given_up(const TieRows *ties)
{
	for (; ties != NULL; ties = ties->rows->within)
	{
		if (walks_too_long(ties))
			return true;
	}
	return false;
}

/* Note that a walk has brought a row, in case that it is given up. */
static void
note_given(TidSet **given, double limit, MemoryContext context, ItemPointer tid)
{
	if (isinf(limit))
		return;
	if (*given == NULL)
		*given = detmeta_tid_set_create(context, 0, InvalidBlockNumber);
	detmeta_tid_set_add(*given, tid, false);
}

/*
 * Sort the ties that a walk has not brought yet: they come behind those that it
 * has.  It was to cost less, but where ties are is not as it was taken to be.
 */
static void
give_up_walk(TieRows *ties)
{
	MemoryContext old = MemoryContextSwitchTo(ties->rows->ties_context);

	detmeta_ordered_rows_end(ties->walked);
	ties->walked = NULL;
	sort_ties(ties);
	MemoryContextSwitchTo(old);
}

/* Read the next row of those sorted; false: there are no more. */
static bool
read_sorted(TieSorter *sorted, OrderedRow *row)
{
	if (!detmeta_tie_sorter_next(sorted, &row->tid))
		return false;
	row->proven = true;			/* it was fetched to be sorted */
	row->fetched = false;
	return true;
}

/* Read the next row of the current ties; false: they have no more. */
static bool
read_ties(OrderedRows *rows, OrderedRow *row)
{
	TieRows    *ties = rows->ties;

	if (ties->walked != NULL)
	{
		if (next_of_walk(ties->walked, row))
		{
			note_given(&ties->given, ties->limit, rows->ties_context, &row->tid);
			return true;
		}
		if (!walks_too_long(ties))
			return false;
		give_up_walk(ties);
	}
	return read_sorted(ties->sorted, row);
}

/* Read the only row that the walk has come to, which has no ties; false: it is not wanted. */
static bool
read_only_tie(OrderedRows *rows, OrderedRow *row)
{
	detmeta_ties_read(rows->walk);
	return detmeta_ties_next(rows->walk, row) && detmeta_is_tie(rows->order, rows->within, row);
}

/* Read the next row in the order of the last key; false: there are no more. */
static bool
read_last(OrderedRows *rows, OrderedRow *row)
{
	double		step = rows->key->partner != NULL ? TIE_JOINED_STEP_COST : TIE_STEP_COST;

	do
	{
		if (is_given_up(rows->within) || !note_passed(rows, step))
			return false;
		detmeta_note_spent(rows->within, step);
		if (rows->column != NULL)
		{
			row->proven = row->fetched = false;
			if (!detmeta_column_walk_next(rows->column, &row->tid))
				return false;
		}
		else if (!detmeta_ordered_walk_next(rows->walk, row))
			return false;
	} while (!detmeta_is_tie(rows->order, rows->within, row));
	return true;
}

/* Go to the next row of a walk; false: there are no more, or it is given up. */
static bool
next_of_walk(OrderedRows *rows, OrderedRow *row)
{
	check_stack_depth();
	if (is_last(rows->order, rows->key))
		return read_last(rows, row);
	for (;;)
	{
		const Ties *next;

		if (rows->ties != NULL && read_ties(rows, row))
			return true;
		end_ties(rows);
		next = is_given_up(rows->within) ? NULL : detmeta_ordered_walk_next_ties(rows->walk);
		if (next == NULL)
			return false;
		detmeta_note_spent(rows->within, next->size * TIE_STEP_COST);
		if (next->size <= 1)
		{
			if (!note_passed(rows, TIE_STEP_COST))
				return false;
			if (read_only_tie(rows, row))
				return true;
		}
		else if (!begin_ties(rows, next))
			return false;
	}
}

/* Fetch and sort the members of the order, but for those that were brought. */
static void
sort_members(OrderedRows *rows)
{
	const RowOrder *order = rows->order;
	MemoryContext old = MemoryContextSwitchTo(rows->context);
	TidSetCursor *cursor = palloc_object(TidSetCursor);
	ItemPointerData tid;

	rows->rest = detmeta_tie_sorter_begin(order, order->keys);
	detmeta_tid_set_cursor(cursor, order->members, 0);
	while (detmeta_tid_set_next_tid(cursor, &tid))
	{
		CHECK_FOR_INTERRUPTS();
		if (!was_given(rows->given, &tid) && detmeta_order_fetch(order, &tid))
			detmeta_tie_sorter_put(rows->rest, &tid);
	}
	detmeta_tie_sorter_perform(rows->rest);
	for (; rows->skipped > 0 && detmeta_tie_sorter_next(rows->rest, &tid); rows->skipped--)
		CHECK_FOR_INTERRUPTS();
	MemoryContextSwitchTo(old);
}

/* Go to the next row. */
bool
detmeta_ordered_rows_next(OrderedRows *rows, OrderedRow *row)
{
	if (rows->rest == NULL)
	{
		if (!rows->is_given_up && next_of_walk(rows, row))
		{
			note_given(&rows->given, rows->limit, rows->context, &row->tid);
			return true;
		}
		if (!rows->is_given_up)
			return false;
		sort_members(rows);
	}
	return read_sorted(rows->rest, row);
}

/* Say how many of the ties that the walk has come to are wanted and visible; one is read. */
static double
count_ties(OrderedRows *rows, const Ties *ties)
{
	const RowOrder *order = rows->order;
	MemoryContext old;
	OrderedRow	row;
	double		n;

	if (ties->size <= 1)
		return read_only_tie(rows, &row) &&
			(row.proven || detmeta_heap_fetch(&order->scan->fetcher, &row.tid)) ? 1 : 0;
	old = MemoryContextSwitchTo(rows->ties_context);
	if (order->members == NULL)
		n = detmeta_ties_count(rows->walk);
	else
	{
		TidSet	   *set = detmeta_ties_set(rows->walk, order->members);

		detmeta_tid_set_and(set, order->members);
		n = detmeta_count_visible(&order->scan->fetcher, set);
	}
	MemoryContextSwitchTo(old);
	MemoryContextReset(rows->ties_context);
	return n;
}

/* Skip whole ties; of those in which the rows to be skipped end, none. */
double
detmeta_ordered_rows_skip(OrderedRows *rows, double most)
{
	double		share = detmeta_share_of_members(rows);
	double		skipped = 0;
	const Ties *next;

	if (rows->rest != NULL || is_last(rows->order, rows->key))
		return 0;
	while (skipped < most && (next = detmeta_ordered_walk_next_ties(rows->walk)) != NULL &&
		   note_passed(rows, next->size * TIE_POSTING_COST))
	{
		/* where many more are about to be left, they need not be counted */
		double		guess = next->size * share;
		double		n = guess / 2 > most - skipped ? guess : count_ties(rows, next);

		CHECK_FOR_INTERRUPTS();
		if (skipped + n > most)
		{
			(void) begin_ties(rows, next);
			break;
		}
		skipped += n;
	}
	rows->skipped = skipped;
	return skipped;
}

/* Begin to walk a column's btree index. */
static ColumnWalk *
begin_column(const RowOrder *order, const RowKey *key, bool at_start)
{
	SetScan    *scan = order->scan;
	ColumnBound bound = {key->start, key->start_type, key->descending};
	ColumnNulls nulls = !key->nulls_apart ? COLUMN_NULLS_OF_INDEX :
		key->sort.nulls_first ? COLUMN_NULLS_FIRST : COLUMN_NULLS_LAST;

	return detmeta_column_walk_begin(scan->heap, key->btree, scan->snapshot,
									 key->backward ? BackwardScanDirection : ForwardScanDirection,
									 nulls, at_start && key->has_start ? &bound : NULL,
									 key->partner);
}

/* Begin to read rows in the order of a key and those behind it. */
static OrderedRows *
begin_rows(const RowOrder *order, const RowKey *key, TieRows *within, TidSet *only,
		   bool at_start)
{
	OrderedRows *rows = palloc0_object(OrderedRows);

	check_stack_depth();
	rows->context = CurrentMemoryContext;
	rows->order = order;
	rows->key = key;
	rows->within = within;
	rows->at_start = at_start;
	if (OidIsValid(key->btree))
		rows->column = begin_column(order, key, at_start);
	else
		rows->walk = detmeta_ordered_walk_begin(order, key, only, at_start);
	if (!is_last(order, key))
		rows->ties_context = AllocSetContextCreate(CurrentMemoryContext, "metadata tie rows",
												   ALLOCSET_SMALL_SIZES);
	return rows;
}

/* Begin to read all rows. */
OrderedRows *
detmeta_ordered_rows_begin(const RowOrder *order)
{
	OrderedRows *rows = begin_rows(order, order->keys, NULL, order->members, true);

	rows->limit = detmeta_members_cost(rows);
	if (detmeta_steps_cost(rows) > rows->limit)
		sort_members(rows);
	return rows;
}

/* Leave out rows that are not members of the order. */
void
detmeta_ordered_rows_restrict(OrderedRows *rows)
{
	restrict_rows(rows, rows->order->members);
	for (TieRows *ties = rows->ties; ties != NULL && ties->walked != NULL;
		 ties = ties->walked->ties)
	{
		if (ties->members == NULL)
			restrict_rows(ties->walked, rows->order->members);
	}
}

/* End, wherever the rows are. */
void
detmeta_ordered_rows_end(OrderedRows *rows)
{
	end_ties(rows);
	if (rows->rest != NULL)
		detmeta_tie_sorter_end(rows->rest);
	if (rows->walk != NULL)
		detmeta_ordered_walk_end(rows->walk);
	if (rows->column != NULL)
		detmeta_column_walk_end(rows->column);
}

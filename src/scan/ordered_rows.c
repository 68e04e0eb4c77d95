/*
 * ordered_rows.c
 *		The rows of a table in the order of one or more expressions.
 *
 * Rows come in the order of the first key, ties by ties (scan/ordered_walk.h);
 * and ties in the order of the others, in one of three ways:
 *	- they are fetched and sorted, where they are few;
 *	- all rows of the table are walked in the order of the next key, and those
 *	  kept that are in the set of the ties;
 *	- the same, but rows are fetched and looked at instead of computing a set:
 *	  where many rows are ties, a page of them is found sooner.  As those of the
 *	  next key may all be elsewhere, there is an end of it when it has cost what
 *	  the set costs.
 *
 *		status, then loss: the rows with status "done" by loss
 *		status, then run_id: alike, by a btree index on run_id
 *		status, then runs.started_at: alike, each run of the joined table leading to
 *		its row (scan/partner.h)
 *
 * A walk in the order of the next key has ties in its turn.
 */
#include "postgres.h"

#include <math.h>

#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "gin/entries.h"
#include "gin/tid_set_read.h"
#include "scan/column_walk.h"
#include "scan/ordered_rows.h"
#include "scan/ordered_walk.h"
#include "scan/tie_cost.h"
#include "scan/tie_sorter.h"
#include "scan/visible_rows.h"

/* The rows of some ties, in the order of the further keys. */
typedef struct TieRows
{
	OrderedRows *rows;			/* whose current ties they are */
	TidSet	   *members;		/* all of them; NULL: rows are looked at, */
	double		tries;			/* so many as yet */
	TieSorter  *sorted;			/* they are sorted, */
	OrderedRows *walked;		/* or walked */
	double		size;			/* about so many */
	int64		ntids;			/* what the reader had read before they were walked */
} TieRows;

struct OrderedRows
{
	const RowOrder *order;
	const RowKey *key;
	TieRows    *within;			/* the ties of the key before that the rows are of; or NULL */
	OrderedWalk *walk;			/* in the order of the key, */
	ColumnWalk *column;			/* or of a column */
	bool		at_start;		/* rows before the start of the key may be left out */
	TieRows    *ties;			/* the current ones, or NULL */
	double		spent;			/* on walks in search of its ties, see TIE_STEP_COST */

	/* of rows within no ties, where it was asked for */
	double		nrows;			/* about so many are in the table; 0: not known */
	const TidSet *counted;		/* the order's members, */
	double		nmembers;		/* and how many they are */

	MemoryContext ties_context;
};

static OrderedRows *begin_rows(const RowOrder *order, const RowKey *key, TieRows *within,
							   TidSet *only, bool at_start);

/* Say whether no key decides between rows that are equal in a key. */
static bool
is_last(const RowOrder *order, const RowKey *key)
{
	return key == &order->keys[order->nkeys - 1];
}

/* Compute the set of some ties. */
static void
compute_members(TieRows *ties)
{
	OrderedRows *rows = ties->rows;
	MemoryContext old = MemoryContextSwitchTo(rows->ties_context);

	ties->members = detmeta_ties_set(rows->walk, rows->order->members);
	if (rows->order->members != NULL)
		detmeta_tid_set_and(ties->members, rows->order->members);
	if (rows->within != NULL && rows->within->members != NULL)
		detmeta_tid_set_and(ties->members, rows->within->members);
	MemoryContextSwitchTo(old);
}

/* Leave out rows that are not in a set. */
static void
restrict_rows(OrderedRows *rows, TidSet *only)
{
	if (rows->walk != NULL)
		detmeta_ordered_walk_restrict(rows->walk, only);
}

/* Note that a row is looked at, which is no member; stop that when it has taken too long. */
static void
note_miss(TieRows *ties)
{
	if (!ties->rows->order->sets_fit || --ties->tries > 0)
		return;
	compute_members(ties);
	restrict_rows(ties->walked, ties->members);
}

/* Note what it took to pass rows in search of some ties, and of those that these are of. */
static void
note_spent(TieRows *ties, double cost)
{
	for (; ties != NULL; ties = ties->rows->within)
		ties->rows->spent += cost;
}

/* Fetch a row that is to be evaluated; false: it is not wanted. */
static bool
fetch_row(const RowOrder *order, ItemPointer tid)
{
	return detmeta_heap_fetch(&order->scan->fetcher, tid) && order->is_wanted(order->arg);
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

/* Say whether a row is not in a set that it has to be in. */
static bool
is_outside(const RowOrder *order, const TieRows *ties, OrderedRow *row)
{
	if (is_not_in(order->members, row))
		return true;
	for (; ties != NULL; ties = ties->rows->within)
	{
		if (is_not_in(ties->members, row))
			return true;
	}
	return false;
}

/*
 * Say whether a row is one of some ties, and of those that these are of; it
 * may be fetched for that.
 */
static bool
is_tie(const RowOrder *order, TieRows *ties, OrderedRow *row)
{
	if (is_outside(order, ties, row))
		return false;
	for (; ties != NULL; ties = ties->rows->within)
	{
		if (ties->members != NULL)
			continue;
		if (!row->fetched)
		{
			note_spent(ties, 1);
			if (!fetch_row(order, &row->tid))
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

/* Fetch and sort all rows of some ties. */
static void
sort_ties(TieRows *ties)
{
	OrderedRows *rows = ties->rows;
	OrderedRow	row;

	ties->sorted = detmeta_tie_sorter_begin(rows->order, rows->key + 1);
	detmeta_ties_read(rows->walk);
	while (detmeta_ties_next(rows->walk, &row))
	{
		if (is_tie(rows->order, rows->within, &row) &&
			(row.fetched || fetch_row(rows->order, &row.tid)))
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

/* Begin to walk in the order of the next key, with a set of the ties or without. */
static void
walk_ties(TieRows *ties, const TieCosts *costs)
{
	OrderedRows *rows = ties->rows;

	if (rows->order->sets_fit && costs->walking <= costs->trying)
		compute_members(ties);
	ties->tries = ceil(costs->walking);
	ties->ntids = rows->order->scan->reader->ntids;
	ties->walked = begin_rows(rows->order, rows->key + 1, ties, ties->members,
							  are_at_start(rows));
}

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
		.walks_joined = next->partner != NULL
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

/*
 * Bring several ties in the order of the further keys.  Each walk
 * may pass all rows of the table, where those that come are not wanted by other
 * clauses.  When walks have taken what it takes to fetch all rows, further ties
 * are sorted, which fetches each row once.
 */
static void
order_ties(TieRows *ties)
{
	const RowOrder *order = ties->rows->order;
	OrderedRows *root = root_of(ties->rows);
	TieCosts	costs = cost_ties(ties);

	if (!can_try(order, ties->rows->key + 1))
		costs.trying = order->sets_fit ? INFINITY : costs.trying;
	if (!order->sets_fit)
		costs.walking = costs.trying;
	if (costs.sorting <= Min(costs.walking, costs.trying) ||
		ties->rows->spent > count_rows(root))
		sort_ties(ties);
	else
		walk_ties(ties, &costs);
}

/* Begin with ties that the walk has come to. */
static void
begin_ties(OrderedRows *rows, const Ties *next)
{
	MemoryContext old = MemoryContextSwitchTo(rows->ties_context);

	rows->ties = palloc0_object(TieRows);
	rows->ties->rows = rows;
	rows->ties->size = next->size;
	order_ties(rows->ties);
	MemoryContextSwitchTo(old);
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

/* Read the next row of the current ties; false: they have no more. */
static bool
read_ties(OrderedRows *rows, OrderedRow *row)
{
	TieRows    *ties = rows->ties;

	if (ties->walked != NULL)
		return detmeta_ordered_rows_next(ties->walked, row);
	if (!detmeta_tie_sorter_next(ties->sorted, &row->tid))
		return false;
	row->proven = true;			/* it was fetched to be sorted */
	row->fetched = false;
	return true;
}

/* Read the only row that the walk has come to, which has no ties; false: it is not wanted. */
static bool
read_only_tie(OrderedRows *rows, OrderedRow *row)
{
	detmeta_ties_read(rows->walk);
	return detmeta_ties_next(rows->walk, row) && is_tie(rows->order, rows->within, row);
}

/* Read the next row in the order of the last key; false: there are no more. */
static bool
read_last(OrderedRows *rows, OrderedRow *row)
{
	double		step = TIE_STEP_COST + (rows->key->partner != NULL ? TIE_JOIN_COST : 0);

	do
	{
		note_spent(rows->within, step);
		if (rows->column != NULL)
		{
			row->proven = row->fetched = false;
			if (!detmeta_column_walk_next(rows->column, &row->tid))
				return false;
		}
		else if (!detmeta_ordered_walk_next(rows->walk, row))
			return false;
	} while (!is_tie(rows->order, rows->within, row));
	return true;
}

/* Go to the next row. */
bool
detmeta_ordered_rows_next(OrderedRows *rows, OrderedRow *row)
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
		next = detmeta_ordered_walk_next_ties(rows->walk);
		if (next == NULL)
			return false;
		note_spent(rows->within, next->size * TIE_STEP_COST);
		if (next->size > 1)
			begin_ties(rows, next);
		else if (read_only_tie(rows, row))
			return true;
	}
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
	double		skipped = 0;
	const Ties *next;

	if (is_last(rows->order, rows->key))
		return 0;
	while (skipped < most && (next = detmeta_ordered_walk_next_ties(rows->walk)) != NULL)
	{
		/* where many more are about to be left, they need not be counted */
		double		n = next->size / 2 > most - skipped ? next->size : count_ties(rows, next);

		CHECK_FOR_INTERRUPTS();
		if (skipped + n > most)
		{
			begin_ties(rows, next);
			break;
		}
		skipped += n;
	}
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
	return begin_rows(order, order->keys, NULL, order->members, true);
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
	if (rows->walk != NULL)
		detmeta_ordered_walk_end(rows->walk);
	if (rows->column != NULL)
		detmeta_column_walk_end(rows->column);
}

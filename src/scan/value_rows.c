/*
 * value_rows.c
 *		Rows sorted by their own values, which the index does not tell.
 *
 * They are fetched for that, so it is for a few: rows apart (scan/ordered_walk.c),
 * and rows whose values are cut alike in the index.
 */
#include "postgres.h"

#include "executor/executor.h"

#include "base/compat.h"
#include "gin/tid_set_read.h"
#include "scan/value_rows.h"

/* Sort a row by its own value; one that is not wanted drops out. */
static void
sort_row(const RowOrder *order, const RowKey *key, RowSorter *sorter, TidSet *empty,
		 ItemPointer tid)
{
	Datum		value;
	bool		isnull;

	if (!detmeta_heap_fetch(&order->scan->fetcher, tid) || !order->is_wanted(order->arg))
		return;
	value = ExecEvalExprSwitchContext(key->expression, order->econtext, &isnull);
	if (isnull)
		detmeta_tid_set_add(empty, tid, false);
	else
		detmeta_row_sorter_put(sorter, &value, &isnull, tid);
	ResetExprContext(order->econtext);
}

/* Sort all rows of a set by their own values. */
RowSorter *
detmeta_value_rows_sort(const RowOrder *order, const RowKey *key, TidSet *set, TidSet *empty)
{
	RowSorter  *sorter = detmeta_row_sorter_begin(&key->sort, 1);
	TidSetCursor *cursor = palloc_object(TidSetCursor);
	ItemPointerData tid;

	detmeta_tid_set_cursor(cursor, set, 0);
	while (detmeta_tid_set_next_tid(cursor, &tid))
		sort_row(order, key, sorter, empty, &tid);
	detmeta_row_sorter_perform(sorter);
	pfree(cursor);
	return sorter;
}

/* Read the next row of a sorter. */
bool
detmeta_value_rows_next(RowSorter **sorter, ValueRow *row)
{
	row->proven = false;
	row->valid = *sorter != NULL && detmeta_row_sorter_next(*sorter);
	if (row->valid)
		row->value = detmeta_row_sorter_row(*sorter, &row->tid);
	else if (*sorter != NULL)
	{
		detmeta_row_sorter_end(*sorter);
		*sorter = NULL;
	}
	return row->valid;
}

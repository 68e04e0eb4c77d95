/*
 * tie_sorter.c
 *		Rows that are equal in a key, sorted by the keys behind it.
 */
#include "postgres.h"

#include "executor/executor.h"

#include "base/compat.h"
#include "scan/tie_sorter.h"

struct TieSorter
{
	const RowOrder *order;
	const RowKey *first;
	int			n;				/* keys */
	RowSorter  *rows;
	Datum	   *values;			/* of one row */
	bool	   *isnull;
};

/* Begin, in the current memory context. */
TieSorter *
detmeta_tie_sorter_begin(const RowOrder *order, const RowKey *first)
{
	TieSorter  *sorter = palloc_object(TieSorter);
	SortOrder  *sorts;

	sorter->order = order;
	sorter->first = first;
	sorter->n = (int) (&order->keys[order->nkeys] - first);
	sorter->values = palloc_array(Datum, sorter->n);
	sorter->isnull = palloc_array(bool, sorter->n);
	sorts = palloc_array(SortOrder, sorter->n);
	for (int i = 0; i < sorter->n; i++)
		sorts[i] = first[i].sort;
	sorter->rows = detmeta_row_sorter_begin(sorts, sorter->n);
	return sorter;
}

/* Return the value of a key of the row that was fetched last. */
static Datum
value_of_key(const RowKey *key, ExprContext *econtext, bool *isnull)
{
	if (key->partner != NULL)
		return detmeta_partner_value(key->partner, econtext, isnull);
	return ExecEvalExprSwitchContext(key->expression, econtext, isnull);
}

/* Put a row in. */
void
detmeta_tie_sorter_put(TieSorter *sorter, ItemPointer tid)
{
	ExprContext *econtext = sorter->order->econtext;

	for (int i = 0; i < sorter->n; i++)
		sorter->values[i] = value_of_key(&sorter->first[i], econtext, &sorter->isnull[i]);
	detmeta_row_sorter_put(sorter->rows, sorter->values, sorter->isnull, tid);
	ResetExprContext(econtext);
}

/* Sort the rows. */
void
detmeta_tie_sorter_perform(TieSorter *sorter)
{
	detmeta_row_sorter_perform(sorter->rows);
}

/* Read the next row; false: there are no more. */
bool
detmeta_tie_sorter_next(TieSorter *sorter, ItemPointer tid)
{
	if (!detmeta_row_sorter_next(sorter->rows))
		return false;
	(void) detmeta_row_sorter_row(sorter->rows, tid);
	return true;
}

/* End, wherever the rows are. */
void
detmeta_tie_sorter_end(TieSorter *sorter)
{
	detmeta_row_sorter_end(sorter->rows);
}

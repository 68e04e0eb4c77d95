/*
 * scan_page.c
 *		A page of a Metadata Scan's rows: those before OFFSET are skipped.
 *
 * Rows are skipped from the first on, or from the last, whichever is nearer.  The
 * Limit above the scan ends the page.
 */
#include "postgres.h"

#include "executor/executor.h"
#include "miscadmin.h"

#include "base/compat.h"
#include "gin/entries.h"
#include "scan/heap_fetch.h"
#include "scan/probe_set.h"
#include "scan/scan_page.h"
#include "scan/scan_rows.h"
#include "scan/visible_rows.h"

/* A page of more rows is not read from its end. */
#define MAX_PAGE	100000

/* Skip rows at the beginning. */
static void
skip_rows(MetadataScanState *state, double n)
{
	OrderedRow	row;

	if (state->ordered != NULL && state->row_order.is_exact)
	{
		double		skipped = detmeta_ordered_rows_skip(state->ordered, n);

		state->row_order.taken += skipped;
		n -= skipped;
	}
	for (; n > 0 && detmeta_scan_next_row(state, &row, false); n--)
		CHECK_FOR_INTERRUPTS();
}

/* Count all rows that the scan has. */
static double
count_scanned_rows(MetadataScanState *state)
{
	SetSource	source = detmeta_set_scan_whole(&state->scan);
	HeapFetcher *fetcher = &state->scan.fetcher;
	GinPostings postings;

	if (has_set(state))
		return detmeta_count_visible(fetcher, state->set.sure);
	if (detmeta_has_pending(&source))
		return detmeta_count_visible(fetcher, detmeta_all_rows_set(&source));
	return detmeta_gin_lookup(source.reader, "", 0, &postings) ?
		detmeta_count_visible_postings(fetcher, source.reader, &postings) : 0;
}

/* Read rows from the end, behind some that are skipped there, and keep them. */
static void
read_page_backward(MetadataScanState *state, double skipped, int n)
{
	OrderedRow	row;

	state->page = palloc_array(ItemPointerData, Max(n, 1));
	skip_rows(state, skipped);
	while (state->npage < n && detmeta_scan_next_row(state, &row, false))
		state->page[state->npage++] = row.tid;
}

/*
 * Read the rows behind OFFSET from the end, where that is nearer; false: it is
 * not, or cannot be done.
 */
static bool
start_backward(MetadataScanState *state, double offset, double limit)
{
	RowOrder   *order = &state->row_order;
	double		all;
	double		n;

	if (!state->is_total || !order->is_exact || limit < 0 || limit > MAX_PAGE)
		return false;
	all = count_scanned_rows(state);
	if (offset <= all / 2)
		return false;
	n = Max(0, Min(limit, all - offset));
	detmeta_scan_order_reverse(state->order, state->attnum, &state->css.ss.ps, order);
	order->wanted = all - offset;
	state->ordered = detmeta_ordered_rows_begin(order);
	read_page_backward(state, Max(0, all - offset - n), (int) n);
	return true;
}

/* Evaluate OFFSET or LIMIT; NULL is "absent". */
static double
eval_limit(MetadataScanState *state, ExprState *limit, double absent)
{
	bool		isnull;
	Datum		value = ExecEvalExprSwitchContext(limit, state->css.ss.ps.ps_ExprContext, &isnull);

	return isnull ? absent : (double) DatumGetInt64(value);
}

/* Begin to read rows in the order, behind those that are skipped. */
void
detmeta_scan_start_page(MetadataScanState *state)
{
	double		offset = state->offset != NULL ? eval_limit(state, state->offset, 0) : 0;
	double		limit = state->limit != NULL ? eval_limit(state, state->limit, -1) : -1;

	if (offset < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_ROW_COUNT_IN_RESULT_OFFSET_CLAUSE),
				 errmsg("OFFSET must not be negative")));
	if (state->row_order.nkeys > 0)
	{
		detmeta_scan_start_set(state, offset > 0);
		if (offset > 0 && start_backward(state, offset, limit))
			return;
		state->ordered = detmeta_ordered_rows_begin(&state->row_order);
	}
	skip_rows(state, offset);
}

/* Return the next row that was kept when the page was read from its end; the last is the first. */
TupleTableSlot *
detmeta_scan_next_of_page(MetadataScanState *state, TupleTableSlot *slot)
{
	while (state->npage > 0)
	{
		if (detmeta_heap_fetch(&state->scan.fetcher, &state->page[--state->npage]))
			return slot;
	}
	return ExecClearTuple(slot);
}

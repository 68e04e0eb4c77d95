/*
 * scan_rows.c
 *		The rows of a Metadata Scan: in TID order, or in the order of keys.
 *
 * A set of the rows that satisfy the conditions is computed first, or slice by
 * slice; or, in an order, rows are checked one by one as long as that is cheaper.
 */
#include "postgres.h"

#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "gin/tid_set.h"
#include "gin/tid_set_read.h"
#include "scan/condition_count.h"
#include "scan/heap_fetch.h"
#include "scan/probe_set.h"
#include "scan/scan_rows.h"
#include "scan/set_memo.h"
#include "scan/walk_bounds.h"

/* Compute the set of one slice, or of all rows where there is no condition. */
static void
compute_set(MetadataScanState *state, const SetSource *source)
{
	MemoryContext old = MemoryContextSwitchTo(state->scan.context);

	if (state->condition != NULL)
		state->set = detmeta_set_memo_compute(&state->scan, source, &state->condition->set);
	else
		state->set.sure = detmeta_all_rows_set(source);
	MemoryContextSwitchTo(old);
}

/* Go to the next slice of the table; false at the end. */
static bool
next_slice(MetadataScanState *state)
{
	SetSource	source;

	if (has_set(state))
		detmeta_filter_set_free(&state->set);
	if (state->next_slice == InvalidBlockNumber)
		return false;

	source = detmeta_set_scan_source(&state->scan, state->next_slice);
	compute_set(state, &source);
	state->next_slice = source.end;
	detmeta_tid_set_cursor(&state->members, members_of(&state->set), source.first);
	detmeta_heap_ahead_begin(&state->ahead, state->scan.heap, members_of(&state->set),
							 source.first);
	return true;
}

/* Go to the next row in TID order. */
static bool
next_unordered(MetadataScanState *state, OrderedRow *row)
{
	row->fetched = false;
	while (!has_set(state) ||
		   !detmeta_tid_set_next_member(&state->members, &row->tid, &row->proven))
	{
		CHECK_FOR_INTERRUPTS();
		if (!next_slice(state))
			return false;
	}
	return true;
}

/*
 * Go to the next row in the order of the keys that the conditions may select.
 * Ties may have been sorted before there was a set.
 */
static bool
next_ordered(MetadataScanState *state, OrderedRow *row)
{
	bool		proven;

	while (detmeta_ordered_rows_next(state->ordered, row))
	{
		if (!has_set(state) ||
			detmeta_tid_set_contains(members_of(&state->set), &row->tid, &proven))
			return true;
	}
	return false;
}

/*
 * Return how many rows are checked before the set is computed: none if another
 * scan waits for it, which counts what the condition selects, unless that comes
 * down to an entry and is counted without a set.
 */
static int
count_tries(const MetadataScanState *state, const SetSource *source, const KeyOrderShape *shape)
{
	const SetCondition *condition = &state->condition->set;

	if (state->tries <= 0 ||
		(!state->try_always &&
		 !detmeta_walk_is_bounded(condition, shape->key, shape->keylen)) ||
		(detmeta_set_memo_is_wanted(state->scan.snapshot) &&
		 !detmeta_condition_is_entry(source, condition)))
		return 0;
	return state->tries;
}

/* Let the order know the set of the conditions. */
static void
note_members(MetadataScanState *state)
{
	state->row_order.members = members_of(&state->set);
	state->row_order.is_exact = state->set.possible == NULL;
}

/*
 * Note that a row is checked before there is a set.  So many are enough for a
 * page of rows in the order of the key, where many rows satisfy the conditions
 * and these have nothing to do with the order; as that may not be so, there is
 * an end of it when the checks have taken as long as the set takes.
 */
static void
note_try(MetadataScanState *state)
{
	SetScan    *scan = &state->scan;
	SetSource	source = detmeta_set_scan_whole(scan);

	if (--state->tries_left > 0)
		return;
	compute_set(state, &source);
	note_members(state);
	detmeta_ordered_rows_restrict(state->ordered);
}

/*
 * Say whether the row that was fetched last is one that the query wants, so that
 * core would evaluate the expressions of the order, which may fail.
 */
bool
detmeta_scan_row_is_wanted(void *arg)
{
	MetadataScanState *state = arg;
	PlanState  *ps = &state->css.ss.ps;

	ps->ps_ExprContext->ecxt_scantuple = state->css.ss.ss_ScanTupleSlot;
	if (!state->order->may_fail)
		return true;
	return ExecQualAndReset(state->recheck, ps->ps_ExprContext) &&
		ExecQualAndReset(ps->qual, ps->ps_ExprContext);
}

/* Compute the set of the conditions, or let it wait until some rows were checked, if it may. */
void
detmeta_scan_start_set(MetadataScanState *state, bool now)
{
	SetScan    *scan = &state->scan;
	SetSource	source = detmeta_set_scan_whole(scan);
	const RowKey *first = state->row_order.keys;

	state->recheck_all = state->condition != NULL && !state->row_order.sets_fit;
	state->row_order.is_exact = state->condition == NULL;
	if (state->condition == NULL || state->recheck_all)
		return;
	state->tries_left = now || OidIsValid(first->btree) ? 0 :
		count_tries(state, &source, &first->shape);
	if (state->tries_left > 0)
		return;
	compute_set(state, &source);
	note_members(state);
}

/* Say whether the index left open if a row satisfies the conditions. */
static bool
is_unsure(const MetadataScanState *state, ItemPointer tid)
{
	bool		proven;

	if (state->recheck_all || state->tries_left > 0)
		return true;
	return state->set.possible != NULL &&
		!detmeta_tid_set_contains(state->set.sure, tid, &proven);
}

/* Check the conditions on a row. */
bool
detmeta_scan_recheck(ScanState *node, TupleTableSlot *slot)
{
	MetadataScanState *state = (MetadataScanState *) node;
	ExprContext *econtext = node->ps.ps_ExprContext;

	econtext->ecxt_scantuple = slot;
	return ExecQualAndReset(state->recheck, econtext);
}

/* Fetch a row; where all are, in TID order, those to come are read ahead. */
static bool
fetch_scan_row(MetadataScanState *state, OrderedRow *row, bool all)
{
	if (all && state->ordered == NULL)
		detmeta_heap_ahead_move(&state->ahead, ItemPointerGetBlockNumber(&row->tid));
	return detmeta_heap_fetch(&state->scan.fetcher, &row->tid);
}

/*
 * Go to the next row that satisfies the conditions and is visible; it is fetched
 * if it is wanted, or has to be looked at.
 */
bool
detmeta_scan_next_row(MetadataScanState *state, OrderedRow *row, bool wanted)
{
	while (state->ordered != NULL ? next_ordered(state, row) : next_unordered(state, row))
	{
		bool		unsure = is_unsure(state, &row->tid);

		if (state->tries_left > 0)
			note_try(state);
		if (!row->fetched && (wanted || unsure || !row->proven) &&
			!fetch_scan_row(state, row, wanted))
			continue;
		if (!unsure)
			return true;
		state->scan.nrechecked++;
		if (detmeta_scan_recheck(&state->css.ss, state->css.ss.ss_ScanTupleSlot))
			return true;
	}
	return false;
}

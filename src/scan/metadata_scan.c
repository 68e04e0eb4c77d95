/*
 * metadata_scan.c
 *		Execute a Metadata Scan: rows that satisfy conditions, in TID order or in
 *		the order of a key.
 *
 * The rows are known from the index before any heap page is read; the heap is
 * visited for those rows only.  Conditions are checked on a row where cut
 * values made the index unsure, and on the row versions of EvalPlanQual.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "commands/explain.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"

#include "base/compat.h"
#include "gin/entries.h"
#include "gin/tid_set.h"
#include "gin/tid_set_read.h"
#include "scan/condition_count.h"
#include "scan/condition_state.h"
#include "scan/derived_clause.h"
#include "scan/filter_set.h"
#include "scan/heap_fetch.h"
#include "scan/metadata_scan.h"
#include "scan/ordered_rows.h"
#include "scan/probe_set.h"
#include "scan/row_order.h"
#include "scan/scan_order.h"
#include "scan/set_memo.h"
#include "scan/set_scan.h"
#include "scan/visible_rows.h"
#include "scan/walk_bounds.h"

/* A page of more rows is not read from its end. */
#define MAX_PAGE	100000

typedef struct MetadataScanState
{
	CustomScanState css;
	SetScan		scan;
	Oid			index;
	AttrNumber	attnum;
	bool		guarded;
	int			tries;			/* rows that can be checked before the set is computed, */
	bool		try_always;		/* and are even if the walk has no bounds */
	List	   *clauses;
	ConditionState *condition;	/* NULL: all rows */
	ExprState  *recheck;		/* of a row in doubt */
	ScanOrder  *order;			/* or NULL */
	int			wanted;			/* rows of it that are probably taken; 0: not known */
	bool		is_total;		/* no two rows are equal in it */
	ExprState  *offset;			/* rows to skip; NULL: none */
	ExprState  *limit;			/* and how many are wanted then; NULL: all */

	/* while running */
	bool		started;
	bool		done;
	FilterSet	set;			/* of the current slice */
	BlockNumber next_slice;
	TidSetCursor members;
	RowOrder	row_order;
	OrderedRows *ordered;		/* rows in the order; or NULL */
	int			tries_left;		/* while it is not 0, there is no set */
	bool		recheck_all;	/* the set did not fit */
	ItemPointerData *page;		/* not NULL: these rows are left, the last of them first */
	int			npage;
} MetadataScanState;

/* Say whether a scan has a set at hand. */
static inline bool
has_set(const MetadataScanState *state)
{
	return state->set.sure != NULL;
}

/* Return the rows that may satisfy a condition; NULL: no set was computed. */
static inline TidSet *
members_of(const FilterSet *set)
{
	return set->possible != NULL ? set->possible : set->sure;
}

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

/* Go to the next row in the order of the keys that the conditions may select. */
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
	if (has_set(state))
		state->row_order.is_exact = state->set.possible == NULL;
	if (state->row_order.nkeys > 1 && has_set(state))
		state->row_order.nmembers = (double) detmeta_tid_set_count(state->row_order.members, NULL);
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
static bool
is_row_wanted(void *arg)
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
static void
start_set(MetadataScanState *state, bool now)
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
	if (state->tries_left == 0)
		compute_set(state, &source);
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
static bool
recheck_scanned_row(ScanState *node, TupleTableSlot *slot)
{
	MetadataScanState *state = (MetadataScanState *) node;
	ExprContext *econtext = node->ps.ps_ExprContext;

	econtext->ecxt_scantuple = slot;
	return ExecQualAndReset(state->recheck, econtext);
}

/*
 * Go to the next row that satisfies the conditions and is visible; it is fetched
 * if it is wanted, or has to be looked at.
 */
static bool
next_satisfying(MetadataScanState *state, OrderedRow *row, bool wanted)
{
	while (state->ordered != NULL ? next_ordered(state, row) : next_unordered(state, row))
	{
		bool		unsure = is_unsure(state, &row->tid);

		if (state->tries_left > 0)
			note_try(state);
		if (!row->fetched && (wanted || unsure || !row->proven) &&
			!detmeta_heap_fetch(&state->scan.fetcher, &row->tid))
			continue;
		if (!unsure)
			return true;
		state->scan.nrechecked++;
		if (recheck_scanned_row(&state->css.ss, state->css.ss.ss_ScanTupleSlot))
			return true;
	}
	return false;
}

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
	for (; n > 0 && next_satisfying(state, &row, false); n--)
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
	while (state->npage < n && next_satisfying(state, &row, false))
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
static void
start_rows(MetadataScanState *state)
{
	double		offset = state->offset != NULL ? eval_limit(state, state->offset, 0) : 0;
	double		limit = state->limit != NULL ? eval_limit(state, state->limit, -1) : -1;

	if (offset < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_ROW_COUNT_IN_RESULT_OFFSET_CLAUSE),
				 errmsg("OFFSET must not be negative")));
	if (state->row_order.nkeys > 0)
	{
		start_set(state, offset > 0);
		note_members(state);
		if (offset > 0 && start_backward(state, offset, limit))
			return;
		state->ordered = detmeta_ordered_rows_begin(&state->row_order);
	}
	skip_rows(state, offset);
}

/*
 * Begin to read rows in the order of the keys, if they make one.  Where the set
 * of the conditions does not fit work_mem, they are checked on each row instead.
 */
static void
start_order(MetadataScanState *state)
{
	SetScan    *scan = &state->scan;
	RowOrder   *order = &state->row_order;
	MemoryContext old = MemoryContextSwitchTo(scan->context);

	memset(order, 0, sizeof(*order));
	order->scan = scan;
	order->condition = state->condition != NULL ? &state->condition->set : NULL;
	order->sets_fit = scan->nblocks <= scan->slice_blocks;
	order->wanted = state->wanted;
	order->is_wanted = is_row_wanted;
	order->arg = state;
	order->econtext = state->css.ss.ps.ps_ExprContext;
	detmeta_scan_order_prepare(state->order, state->attnum, &state->css.ss.ps, order);
	if (order->nkeys > 1)
		order->nrows = detmeta_gin_estimate_entry(scan->reader, "", 0, 1);
	start_rows(state);
	MemoryContextSwitchTo(old);
}

/* Count the leaves of a condition: as many sets may be alive at once. */
static int
count_sets(const SetCondition *condition)
{
	int			n = condition->nchildren == 0 ? 3 : 0;

	check_stack_depth();
	for (int i = 0; i < condition->nchildren; i++)
		n += count_sets(condition->children[i]);
	return Min(n, 8);
}

/* Evaluate the filters and begin to read the index. */
static void
start_metadata_scan(MetadataScanState *state)
{
	ExprContext *econtext = state->css.ss.ps.ps_ExprContext;

	detmeta_set_scan_start(&state->scan,
						   (state->condition != NULL ? count_sets(&state->condition->set) : 1) +
						   (state->order != NULL ? state->order->n - 1 : 0));
	if (state->condition != NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(state->scan.context);
		SetSource	source = detmeta_set_scan_whole(&state->scan);

		detmeta_condition_prepare(state->condition, &source, state->scan.index, econtext);
		MemoryContextSwitchTo(old);
	}
	state->next_slice = 0;
	state->started = true;
	if (state->order != NULL)
		start_order(state);
}

/* Return the next row that was kept when the page was read from its end; the last is the first. */
static TupleTableSlot *
next_of_page(MetadataScanState *state, TupleTableSlot *slot)
{
	while (state->npage > 0)
	{
		if (detmeta_heap_fetch(&state->scan.fetcher, &state->page[--state->npage]))
			return slot;
	}
	return ExecClearTuple(slot);
}

/* Return the next row. */
static TupleTableSlot *
next_row(ScanState *node)
{
	MetadataScanState *state = (MetadataScanState *) node;
	TupleTableSlot *slot = node->ss_ScanTupleSlot;
	OrderedRow	row;

	if (!state->started)
		start_metadata_scan(state);
	if (state->page != NULL)
		return next_of_page(state, slot);
	if (!state->done && next_satisfying(state, &row, true))
	{
		state->row_order.taken++;
		return slot;
	}
	state->done = true;
	return ExecClearTuple(slot);
}

/*
 * Executor: return the next row that satisfies everything.
 *
 * Which rows a walk meets before it has enough depends on the values of hidden
 * rows too, so where there may be some, EXPLAIN ANALYZE is not told how many
 * rows a policy removed, nor how much was read.
 */
static TupleTableSlot *
exec_scan(CustomScanState *node)
{
	TupleTableSlot *slot = ExecScan(&node->ss, next_row, recheck_scanned_row);

	if (((MetadataScanState *) node)->guarded && node->ss.ps.instrument != NULL)
		node->ss.ps.instrument->nfiltered1 = 0;
	return slot;
}

/*
 * Give the node a slot of the table's own kind.  Before 16 a custom scan cannot
 * name one in time, so its slot and what was compiled for it are made again.
 */
static void
use_table_slot(CustomScanState *node, EState *estate)
{
	Relation	heap = node->ss.ss_currentRelation;
	CustomScan *plan = (CustomScan *) node->ss.ps.plan;

	ExecInitScanTupleSlot(estate, &node->ss, RelationGetDescr(heap), table_slot_callbacks(heap));
	ExecAssignScanProjectionInfo(&node->ss);
	node->ss.ps.qual = ExecInitQual(plan->scan.plan.qual, &node->ss.ps);
}

/* Executor: prepare. */
static void
begin_scan(CustomScanState *node, EState *estate, int eflags)
{
	MetadataScanState *state = (MetadataScanState *) node;
	CustomScan *plan = (CustomScan *) node->ss.ps.plan;
	List	   *flags = list_nth(plan->custom_private, SCAN_FLAGS);
	List	   *limits = list_nth(plan->custom_exprs, SCAN_LIMIT);

	state->index = linitial_oid(list_nth(plan->custom_private, SCAN_INDEX));
	state->attnum = list_nth_int(flags, SCAN_FLAG_ATTNUM);
	state->guarded = list_nth_int(flags, SCAN_FLAG_GUARDED);
	state->tries = list_nth_int(flags, SCAN_FLAG_TRIES);
	state->try_always = list_nth_int(flags, SCAN_FLAG_TRY);
	state->wanted = list_nth_int(flags, SCAN_FLAG_WANTED);
	state->is_total = list_nth_int(flags, SCAN_FLAG_TOTAL);
	state->clauses = list_nth(plan->custom_exprs, SCAN_CONDITIONS);

	use_table_slot(node, estate);
	state->recheck = ExecInitQual(list_nth(plan->custom_exprs, SCAN_CHECKS), &node->ss.ps);
	state->order = detmeta_scan_order_init(list_nth(plan->custom_exprs, SCAN_ORDER),
										   list_nth(plan->custom_private, SCAN_SORT),
										   list_nth(plan->custom_exprs, SCAN_STARTS),
										   &node->ss.ps);
	if (limits != NIL)
		state->offset = ExecInitExpr(linitial(limits), &node->ss.ps);
	if (list_length(limits) > 1)
		state->limit = ExecInitExpr(lsecond(limits), &node->ss.ps);
	if ((eflags & EXEC_FLAG_EXPLAIN_ONLY) != 0)
		return;
	detmeta_set_scan_open(&state->scan, node->ss.ss_currentRelation, state->index,
						  state->attnum, estate, node->ss.ss_ScanTupleSlot,
						  state->offset != NULL ||
						  detmeta_set_memo_is_wanted(estate->es_snapshot));
	state->condition = detmeta_condition_init(state->clauses, state->scan.index, state->attnum,
											  &node->ss.ps);
}

/* Forget what was read. */
static void
reset(MetadataScanState *state)
{
	if (state->ordered != NULL)
		detmeta_ordered_rows_end(state->ordered);
	state->ordered = NULL;
	if (has_set(state))
		detmeta_filter_set_free(&state->set);
	state->tries_left = 0;
	state->page = NULL;
	state->npage = 0;
	state->started = false;
	state->done = false;
}

/* Executor: start again, perhaps with other parameters. */
static void
rescan_metadata_scan(CustomScanState *node)
{
	MetadataScanState *state = (MetadataScanState *) node;

	reset(state);
	MemoryContextReset(state->scan.context);
	table_index_fetch_reset(state->scan.fetcher.fetch);
	ExecScanReScan(&node->ss);
}

/* Executor: end. */
static void
end_scan(CustomScanState *node)
{
	MetadataScanState *state = (MetadataScanState *) node;

	reset(state);
	detmeta_set_scan_close(&state->scan);
}

/*
 * Show what was read.  A plan that was made ready for EXPLAIN alone has no
 * reader, and may be explained with ANALYZE all the same: by auto_explain, of
 * the statement that another EXPLAIN is about.
 */
static void
explain_set_scan(const SetScan *scan, ExplainState *es)
{
	ExplainPropertyInteger("Postings Read", NULL,
						   scan->reader != NULL ? scan->reader->ntids : 0, es);
	ExplainPropertyInteger("Heap Fetches", NULL, scan->fetcher.nfetched, es);
	ExplainPropertyInteger("Rows Rechecked", NULL, scan->nrechecked, es);
}

/* Show what the scan does. */
static void
explain_scan(CustomScanState *node, List *ancestors, ExplainState *es)
{
	MetadataScanState *state = (MetadataScanState *) node;
	List	   *context = set_deparse_context_plan(es->deparse_cxt, node->ss.ps.plan, ancestors);
	bool		prefix = es->verbose || list_length(es->rtable) > 1;

	ExplainPropertyText("Index", get_rel_name(state->index), es);
	if (state->clauses != NIL)
	{
		Node	   *shown = detmeta_condition_shown((Node *) state->clauses, NULL);

		ExplainPropertyText("Index Cond",
							deparse_expression((Node *) make_ands_explicit((List *) shown),
											   context, prefix, false), es);
	}
	if (state->order != NULL)
	{
		Oid			btree = detmeta_scan_order_btree(state->order);
		char	   *start = detmeta_scan_order_start_shown(state->order, context, prefix);

		ExplainPropertyText("Order By",
							detmeta_scan_order_shown(state->order, context, prefix), es);
		if (start != NULL)
			ExplainPropertyText("Start At", start, es);
		if (OidIsValid(btree))
			ExplainPropertyText("Tie Index", get_rel_name(btree), es);
		if (state->offset != NULL)
			ExplainPropertyText("Skipped Rows",
								deparse_expression((Node *) state->offset->expr, context, prefix,
												   false), es);
	}
	if (es->analyze && !state->guarded)
		explain_set_scan(&state->scan, es);
}

static const CustomExecMethods exec_methods = {
	.CustomName = "Metadata Scan",
	.BeginCustomScan = begin_scan,
	.ExecCustomScan = exec_scan,
	.EndCustomScan = end_scan,
	.ReScanCustomScan = rescan_metadata_scan,
	.ExplainCustomScan = explain_scan,
};

/* Make the node's state. */
static Node *
create_scan_state(CustomScan *plan)
{
	MetadataScanState *state = (MetadataScanState *) newNode(sizeof(MetadataScanState),
															 T_CustomScanState);

	state->css.methods = &exec_methods;
	return (Node *) state;
}

const CustomScanMethods detmeta_scan_methods = {
	.CustomName = "Metadata Scan",
	.CreateCustomScanState = create_scan_state,
};

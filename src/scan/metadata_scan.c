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
#include "scan/condition_state.h"
#include "scan/heap_fetch.h"
#include "scan/metadata_scan.h"
#include "scan/ordered_rows.h"
#include "scan/scan_order.h"
#include "scan/scan_page.h"
#include "scan/scan_rows.h"
#include "scan/scan_state.h"
#include "scan/set_memo.h"
#include "scan/set_scan.h"

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
	order->is_wanted = detmeta_scan_row_is_wanted;
	order->arg = state;
	order->econtext = state->css.ss.ps.ps_ExprContext;
	detmeta_scan_order_prepare(state->order, state->attnum, &state->css.ss.ps, order);
	detmeta_scan_start_page(state);
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
		return detmeta_scan_next_of_page(state, slot);
	if (!state->done && detmeta_scan_next_row(state, &row, true))
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
	TupleTableSlot *slot = ExecScan(&node->ss, next_row, detmeta_scan_recheck);

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

	EXEC_INIT_SCAN_TUPLE_SLOT(estate, &node->ss, RelationGetDescr(heap),
							  table_slot_callbacks(heap));
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
	ScanOrderPlan order = {
		.expressions = list_nth(plan->custom_exprs, SCAN_ORDER),
		.sorts = list_nth(plan->custom_private, SCAN_SORT),
		.starts = list_nth(plan->custom_exprs, SCAN_STARTS),
		.join = list_nth(plan->custom_exprs, SCAN_JOIN),
		.partner = list_nth(plan->custom_private, SCAN_PARTNER)
	};

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
	state->order = detmeta_scan_order_init(&order, &node->ss.ps);
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
	detmeta_scan_order_finish(&state->row_order);
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
		char	   *join = detmeta_scan_order_join_shown(state->order, context);

		ExplainPropertyText("Order By",
							detmeta_scan_order_shown(state->order, context, prefix), es);
		if (start != NULL)
			ExplainPropertyText("Start At", start, es);
		if (OidIsValid(btree))
			ExplainPropertyText("Tie Index", get_rel_name(btree), es);
		if (join != NULL)
			ExplainPropertyText("Tie Join", join, es);
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

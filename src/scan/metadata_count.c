/*
 * metadata_count.c
 *		Execute a Metadata Count: count rows that satisfy conditions, without
 *		reading them.
 *
 * A row whose TID is proven visible (gin/postings.c) counts as it is.  The
 * others are looked up in the heap, and rows that the index is unsure of are
 * checked there.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "commands/explain.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"

#include "base/compat.h"
#include "gin/count.h"
#include "gin/tid_set.h"
#include "gin/tid_set_read.h"
#include "scan/condition_count.h"
#include "scan/condition_state.h"
#include "scan/filter_set.h"
#include "scan/heap_fetch.h"
#include "scan/metadata_count.h"
#include "scan/probe_set.h"
#include "scan/set_memo.h"
#include "scan/set_scan.h"

/* One aggregate over one table. */
typedef struct CountState
{
	List	   *filter;			/* of the aggregate */
	ConditionState *condition;	/* the filter; NULL: none */
	ExprState  *recheck;		/* the table's conditions and the filter */
	bool		done;			/* without sets */
} CountState;

/* One table. */
typedef struct TableState
{
	Oid			table;
	Oid			index;
	AttrNumber	attnum;
	Relation	heap;			/* open from begin to end, like any scan's, so */
	Relation	index_rel;		/* that nothing takes them from under a cursor */
	List	   *conditions;		/* of all aggregates */
	ConditionState *base;		/* the same; NULL: all rows */
	bool		counts_base;	/* is their set itself to be counted? */
	int			ncounts;
	CountState *counts;
} TableState;

/* A count of one entry's rows. */
typedef struct EntryCount
{
	HeapFetcher *fetcher;
	int64		n;
} EntryCount;

typedef struct MetadataCountState
{
	CustomScanState css;
	Oid			named;			/* the table that the query names */
	int			ntables;
	TableState *tables;
	int			ncounts;
	bool		done;
	int64		npostings;		/* for EXPLAIN */
	int64		nfetched;
	int64		nrechecked;
} MetadataCountState;

/* Say whether a member of a set that is not sure satisfies the conditions. */
static bool
recheck_counted_row(MetadataCountState *state, SetScan *scan, CountState *count)
{
	ExprContext *econtext = state->css.ss.ps.ps_ExprContext;

	scan->nrechecked++;
	econtext->ecxt_scantuple = scan->fetcher.slot;
	return ExecQualAndReset(count->recheck, econtext);
}

/* Count the rows of a block that are visible and satisfy the conditions. */
static int64
count_block(MetadataCountState *state, SetScan *scan, CountState *count,
			const FilterSet *set, const TidSetBlock *block)
{
	int64		n = 0;

	for (int i = 0; i < block->count; i++)
	{
		ItemPointerData tid;
		bool		sure = true;
		bool		proven;

		ItemPointerSet(&tid, block->block, block->offsets[i]);
		if (set->possible != NULL)
			sure = detmeta_tid_set_contains(set->sure, &tid, &proven);
		if ((sure && block->proven[i]) ||
			(detmeta_heap_fetch(&scan->fetcher, &tid) &&
			 (sure || recheck_counted_row(state, scan, count))))
			n++;
	}
	return n;
}

/* Count the rows of a set. */
static int64
count_set(MetadataCountState *state, SetScan *scan, CountState *count, FilterSet *set)
{
	TidSet	   *members = set->possible != NULL ? set->possible : set->sure;
	TidSetIterator iterator;
	TidSetBlock *block;
	int64		nproven;
	int64		n = detmeta_tid_set_count(members, &nproven);

	if (n == nproven && set->possible == NULL)
		return n;

	n = 0;
	block = palloc_object(TidSetBlock);
	detmeta_tid_set_iterate(&iterator, members, 0);
	while (detmeta_tid_set_next(&iterator, block))
	{
		CHECK_FOR_INTERRUPTS();
		n += count_block(state, scan, count, set, block);
	}
	pfree(block);
	return n;
}

/* Count those of some TIDs that are visible. */
static void
count_visible_tids(const GinTids *tids, void *arg)
{
	EntryCount *count = arg;

	for (int i = 0; i < tids->count; i++)
	{
		if (tids->proven[i] || detmeta_heap_fetch(count->fetcher, &tids->tids[i]))
			count->n++;
	}
}

/*
 * Count without any set the rows of a condition, where its entries allow that;
 * else return false.
 */
static bool
count_entry(SetScan *scan, const ConditionState *condition, int64 *result)
{
	SetSource	source = detmeta_set_scan_whole(scan);
	EntryCount	count = {&scan->fetcher, 0};
	int64		n;

	if (!detmeta_condition_count(&source, condition != NULL ? &condition->set : NULL,
								 count_visible_tids, &count, &count.n, &n))
		return false;
	*result += n;
	return true;
}

/* Do what can be counted without sets; say whether anything is left. */
static bool
count_entries(SetScan *scan, TableState *table, int64 *results)
{
	bool		left = false;

	table->counts_base = false;
	for (int i = 0; i < table->ncounts; i++)
	{
		CountState *count = &table->counts[i];

		count->done = (count->condition == NULL || table->base == NULL) &&
			count_entry(scan, count->condition != NULL ? count->condition : table->base,
						&results[i]);
		left |= !count->done;
		table->counts_base |= !count->done && count->condition == NULL;
	}
	return left;
}

/*
 * Count a slice of a table.  The rows that satisfy the conditions of all
 * aggregates are found once, and for each filter those of them that it lets pass.
 */
static void
count_slice(MetadataCountState *state, SetScan *scan, TableState *table,
			const SetSource *source, int64 *results)
{
	FilterSet	base = {NULL, NULL};
	SetCondition known = {.known = &base};

	if (table->base != NULL)
		base = detmeta_set_memo_compute(scan, source, &table->base->set);
	else if (table->counts_base)
		base.sure = detmeta_all_rows_set(source);
	for (int i = 0; i < table->ncounts; i++)
	{
		CountState *count = &table->counts[i];
		SetCondition *children[2] = {&known};
		SetCondition both = {
			.type = AND_EXPR,
			.nchildren = 2,
			.children = children
		};
		FilterSet	set;

		if (count->done)
			continue;
		if (count->condition == NULL)
		{
			results[i] += count_set(state, scan, count, &base);
			continue;
		}
		children[1] = &count->condition->set;
		set = detmeta_filter_set(source, table->base != NULL ? &both : children[1]);
		results[i] += count_set(state, scan, count, &set);
		detmeta_filter_set_free(&set);
	}
	if (base.sure != NULL)
		detmeta_filter_set_free(&base);
}

/* Evaluate the filters of a table's conditions. */
static void
prepare_conditions(MetadataCountState *state, SetScan *scan, TableState *table)
{
	ExprContext *econtext = state->css.ss.ps.ps_ExprContext;
	SetSource	source = detmeta_set_scan_whole(scan);

	if (table->base != NULL)
		detmeta_condition_prepare(table->base, &source, scan->index, econtext);
	for (int i = 0; i < table->ncounts; i++)
	{
		if (table->counts[i].condition != NULL)
			detmeta_condition_prepare(table->counts[i].condition, &source, scan->index, econtext);
	}
}

/* Add a table's counts. */
static void
count_table(MetadataCountState *state, TableState *table, int64 *results)
{
	EState	   *estate = state->css.ss.ps.state;
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "metadata count",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	TupleTableSlot *slot = table_slot_create(table->heap, NULL);
	SetScan		scan = {0};
	SetSource	source = {0};

	detmeta_set_scan_open(&scan, table->heap, table->index, table->attnum, estate, slot, true);
	MemoryContextSwitchTo(scan.context);
	detmeta_set_scan_start(&scan, 8);
	prepare_conditions(state, &scan, table);
	if (count_entries(&scan, table, results))
	{
		do
		{
			source = detmeta_set_scan_source(&scan, source.end);
			count_slice(state, &scan, table, &source, results);
		} while (source.end != InvalidBlockNumber);
	}
	MemoryContextSwitchTo(old);

	state->npostings += scan.reader->ntids;
	state->nfetched += scan.fetcher.nfetched;
	state->nrechecked += scan.nrechecked;
	detmeta_set_scan_close(&scan);
	ExecDropSingleTupleTableSlot(slot);
	MemoryContextDelete(context);
}

/* Count, and return the counts. */
static TupleTableSlot *
count_all(MetadataCountState *state)
{
	TupleTableSlot *slot = ExecClearTuple(state->css.ss.ss_ScanTupleSlot);
	int64	   *results;

	results = palloc0_array(int64, state->ncounts);
	for (int i = 0; i < state->ntables; i++)
		count_table(state, &state->tables[i], results);
	for (int i = 0; i < state->ncounts; i++)
	{
		slot->tts_values[i] = Int64GetDatum(results[i]);
		slot->tts_isnull[i] = false;
	}
	pfree(results);
	return ExecStoreVirtualTuple(slot);
}

/*
 * Executor: return the counts, once.  This is not left to ExecScan(), which
 * until the minor releases of late 2025 takes any scan without a table of its
 * own for a part of what EvalPlanQual rechecks, and would not have it count.
 */
static TupleTableSlot *
exec_count(CustomScanState *node)
{
	MetadataCountState *state = (MetadataCountState *) node;
	ProjectionInfo *projection = node->ss.ps.ps_ProjInfo;

	CHECK_FOR_INTERRUPTS();
	ResetExprContext(node->ss.ps.ps_ExprContext);
	if (state->done)
		return ExecClearTuple(projection != NULL ? projection->pi_state.resultslot :
							  node->ss.ss_ScanTupleSlot);
	state->done = true;
	count_all(state);
	if (projection == NULL)
		return node->ss.ss_ScanTupleSlot;
	projection->pi_exprContext->ecxt_scantuple = node->ss.ss_ScanTupleSlot;
	return ExecProject(projection);
}

/* Prepare one table. */
static void
init_table(TableState *table, List *private)
{
	List	   *filters = list_nth(private, COUNT_FILTERS);
	ListCell   *lc;
	int			i = 0;

	table->table = linitial_oid(list_nth(private, COUNT_OIDS));
	table->index = lsecond_oid(list_nth(private, COUNT_OIDS));
	table->attnum = linitial_int(list_nth(private, COUNT_ATTNUM));
	table->ncounts = list_length(filters);
	table->counts = palloc0_array(CountState, table->ncounts);
	table->conditions = list_nth(private, COUNT_CONDITIONS);
	foreach(lc, filters)
		table->counts[i++].filter = lfirst(lc);
}

/* Open one table and prepare its conditions. */
static void
open_table(MetadataCountState *state, TableState *table)
{
	table->heap = table_open(table->table, AccessShareLock);
	if (!RelationIsScannable(table->heap))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("materialized view \"%s\" has not been populated",
						RelationGetRelationName(table->heap)),
				 errhint("Use the REFRESH MATERIALIZED VIEW command.")));
	table->index_rel = index_open(table->index, AccessShareLock);

	table->base = detmeta_condition_init(table->conditions, table->index_rel, table->attnum,
										 &state->css.ss.ps);
	for (int i = 0; i < table->ncounts; i++)
	{
		CountState *count = &table->counts[i];

		count->condition = detmeta_condition_init(count->filter, table->index_rel, table->attnum,
												  &state->css.ss.ps);
		/* Rows come in a slot of their table, not in this node's. */
		count->recheck = ExecInitQual(list_concat_copy(table->conditions, count->filter), NULL);
	}
}

/* Executor: prepare. */
static void
begin_count(CustomScanState *node, EState *estate, int eflags)
{
	MetadataCountState *state = (MetadataCountState *) node;
	CustomScan *plan = (CustomScan *) node->ss.ps.plan;
	ListCell   *lc;

	state->named = linitial_oid(linitial(plan->custom_private));
	state->ncounts = list_length(plan->custom_scan_tlist);
	state->tables = palloc0_array(TableState, list_length(plan->custom_private));
	for_each_from(lc, plan->custom_private, 1)
	{
		TableState *table = &state->tables[state->ntables++];

		init_table(table, lfirst(lc));
		if ((eflags & (EXEC_FLAG_EXPLAIN_ONLY | EXEC_FLAG_WITH_NO_DATA)) == 0)
			open_table(state, table);
	}
}

/* Executor: count again, perhaps with other parameters. */
static void
rescan_metadata_count(CustomScanState *node)
{
	((MetadataCountState *) node)->done = false;
	ExecScanReScan(&node->ss);
}

/* Executor: end. */
static void
end_count(CustomScanState *node)
{
	MetadataCountState *state = (MetadataCountState *) node;

	for (int i = 0; i < state->ntables; i++)
	{
		TableState *table = &state->tables[i];

		if (table->index_rel != NULL)
			index_close(table->index_rel, NoLock);
		if (table->heap != NULL)
			table_close(table->heap, NoLock);
	}
}

/*
 * Turn parameters of the executor into those of the query, which print alike:
 * the deparser would look for their source in a plan that it does not have.
 */
static Node *
detach_parameters(Node *node, void *context)
{
	Param	   *param;

	if (node == NULL || !IsA(node, Param))
		return node == NULL ? NULL :
			expression_tree_mutator(node, TREE_MUTATOR(detach_parameters), context);
	param = copyObject((Param *) node);
	param->paramkind = PARAM_EXTERN;
	return (Node *) param;
}

/* Return conditions as text. */
static char *
conditions_text(List *clauses, Oid table, bool prefix)
{
	List	   *shown = (List *) detmeta_condition_shown((Node *) clauses, NULL);
	Node	   *condition = detach_parameters((Node *) make_ands_explicit(shown), NULL);

	return deparse_expression(condition, deparse_context_for(get_rel_name(table), table),
							  prefix, false);
}

/* Show what the node counts. */
static void
explain_count(CustomScanState *node, List *ancestors, ExplainState *es)
{
	MetadataCountState *state = (MetadataCountState *) node;
	TableState *table = &state->tables[0];

	ExplainPropertyText("Table", get_rel_name(state->named), es);
	if (table->table == state->named)
		ExplainPropertyText("Index", get_rel_name(table->index), es);
	else
		ExplainPropertyInteger("Partitions", NULL, state->ntables, es);
	if (table->conditions != NIL)
		ExplainPropertyText("Index Cond",
							conditions_text(table->conditions, table->table, es->verbose), es);
	for (int i = 0; i < state->ncounts; i++)
	{
		if (table->counts[i].filter != NIL)
			ExplainPropertyText(psprintf("Filter of Count %d", i + 1),
								conditions_text(table->counts[i].filter, table->table,
												es->verbose), es);
	}
	if (!es->analyze)
		return;
	ExplainPropertyInteger("Postings Read", NULL, state->npostings, es);
	ExplainPropertyInteger("Heap Fetches", NULL, state->nfetched, es);
	ExplainPropertyInteger("Rows Rechecked", NULL, state->nrechecked, es);
}

static const CustomExecMethods exec_methods = {
	.CustomName = "Metadata Count",
	.BeginCustomScan = begin_count,
	.ExecCustomScan = exec_count,
	.EndCustomScan = end_count,
	.ReScanCustomScan = rescan_metadata_count,
	.ExplainCustomScan = explain_count,
};

/* Make the node's state. */
static Node *
create_count_state(CustomScan *plan)
{
	MetadataCountState *state = (MetadataCountState *) newNode(sizeof(MetadataCountState),
															   T_CustomScanState);

	state->css.methods = &exec_methods;
	return (Node *) state;
}

const CustomScanMethods detmeta_count_methods = {
	.CustomName = "Metadata Count",
	.CreateCustomScanState = create_count_state,
};

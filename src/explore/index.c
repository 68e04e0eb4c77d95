/*
 * index.c
 *		Count the visible rows of index entries, and read single rows.
 *
 * A row whose TID is proven visible (gin/postings.c) counts as it is; others
 * are looked up in the heap, once for all entries that they are in.
 *
 * The rows that the caller sets apart are not counted: the caller reads them.  Rows of
 * the pending list are always among them, since they may be in the tree too.
 *
 * Of a selection, the rows in the tree are a set that is computed first, and of
 * those that are read each is tested.
 */
#include "postgres.h"

#include "access/genam.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "explore/index.h"
#include "gin/count.h"
#include "gin/entries.h"
#include "gin/pending.h"
#include "gin/reader.h"
#include "gin/tid_set.h"
#include "gin/tid_set_read.h"
#include "index/probe.h"
#include "scan/filter_set.h"

/* Note a row of the pending list. */
static void
note_pending(const GinPendingRow *row, void *arg)
{
	detmeta_tid_set_add(arg, (ItemPointer) &row->tid, false);
}

/* Open an index, and read its pending list, which must come first. */
ExploreIndex *
detmeta_explore_index_open(Relation heap, AttrNumber attnum, Oid index, AttrNumber column,
						   Snapshot snapshot)
{
	ExploreIndex *ix = palloc0_object(ExploreIndex);
	const EntryOptions *options;

	ix->heap = heap;
	ix->attnum = attnum;
	ix->index = index_open(index, AccessShareLock);
	ix->reader = detmeta_gin_open(ix->index, column, heap, snapshot);
	options = detmeta_options_of_index(ix->index, column);
	ix->array_members = options != NULL && options->array_members;
	ix->checked = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);
	ix->row_context = AllocSetContextCreate(CurrentMemoryContext, "metadata row",
											ALLOCSET_DEFAULT_SIZES);
	detmeta_heap_fetch_begin(&ix->fetcher, heap, snapshot, table_slot_create(heap, NULL));
	ix->pending = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);
	detmeta_gin_pending_read(ix->reader, note_pending, ix->pending);
	return ix;
}

/* Close an index. */
void
detmeta_explore_index_close(ExploreIndex *ix)
{
	detmeta_heap_fetch_end(&ix->fetcher);
	ExecDropSingleTupleTableSlot(ix->fetcher.slot);
	detmeta_tid_set_free(ix->checked);
	detmeta_tid_set_free(ix->pending);
	detmeta_gin_close(ix->reader);
	index_close(ix->index, NoLock);
}

/* ---- selections ---- */

/* Return the condition that the column of an index is one of the scope's values. */
static SetCondition *
scope_condition(const ExploreIndex *ix, const ScopeColumn *column, AttrNumber index_column)
{
	SetCondition *condition = palloc0_object(SetCondition);
	Oid			opfamily = ix->index->rd_opfamily[index_column - 1];

	condition->scope = detmeta_gin_scope(ix->index, index_column,
										 get_op_opfamily_strategy(column->equality, opfamily),
										 column->values, column->nvalues);
	return condition;
}

/*
 * Return the condition that rows are selected, as far as the index tells; NULL: it
 * has no other rows.  It is noted whether rows have to be tested.
 */
static SetCondition *
selection_condition(const ExploreIndex *ix, const AttrNumber *index_columns, const bool *implied,
					bool *in_doubt)
{
	const Selection *selection = ix->selection;
	SetCondition *condition = palloc0_object(SetCondition);

	*in_doubt = false;
	condition->type = AND_EXPR;
	condition->children = palloc_array(SetCondition *, selection->ncolumns + 1);
	if (selection->filter != NULL)
	{
		SetCondition *filter = palloc0_object(SetCondition);

		filter->iq = detmeta_index_query(selection->filter, false,
										 detmeta_options_of_index(ix->index,
																  ix->reader->attnum));
		condition->children[condition->nchildren++] = filter;
	}
	for (int i = 0; i < selection->ncolumns; i++)
	{
		if (implied[i])
			continue;
		if (index_columns[i] != 0)
			condition->children[condition->nchildren++] =
				scope_condition(ix, &selection->columns[i], index_columns[i]);
		else
			*in_doubt = true;
	}
	return condition->nchildren > 0 ? condition : NULL;
}

/* Say whether a visible row of the table, which was fetched, is selected. */
static bool
is_fetched_selected(ExploreIndex *ix)
{
	MemoryContext old;
	bool		isnull;
	Datum		metadata = slot_getattr(ix->fetcher.slot, ix->attnum, &isnull);
	bool		result;

	old = MemoryContextSwitchTo(ix->row_context);
	result = detmeta_selection_passes(ix->selection, ix->scope, ix->fetcher.slot,
									  isnull ? NULL : DatumGetJsonbP(metadata));
	MemoryContextSwitchTo(old);
	MemoryContextReset(ix->row_context);
	return result;
}

/* Take out of a set the rows that are not visible, or that are in doubt and not selected. */
static void
keep_selected(ExploreIndex *ix, TidSet *rows, const TidSet *sure, bool in_doubt)
{
	TidSet	   *gone = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);
	TidSetCursor *cursor = palloc_object(TidSetCursor);
	ItemPointerData tid;
	bool		proven;

	detmeta_tid_set_cursor(cursor, rows, 0);
	while (detmeta_tid_set_next_member(cursor, &tid, &proven))
	{
		bool		tested = in_doubt || !detmeta_tid_set_contains(sure, &tid, NULL);

		CHECK_FOR_INTERRUPTS();
		if (proven && !tested)
			continue;
		if (!detmeta_heap_fetch(&ix->fetcher, &tid) || (tested && !is_fetched_selected(ix)))
			detmeta_tid_set_add(gone, &tid, false);
	}
	ExecClearTuple(ix->fetcher.slot);
	detmeta_tid_set_and_not(rows, gone);
	detmeta_tid_set_free(gone);
	pfree(cursor);
}

/* Take out of a set the rows without metadata: no filter selects them, not even a negation. */
static void
drop_rows_without_metadata(ExploreIndex *ix, TidSet *rows)
{
	GinPostings postings;
	TidSet	   *without;

	if (!detmeta_gin_lookup_null(ix->reader, GIN_CAT_NULL_ITEM, &postings))
		return;
	without = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);
	detmeta_gin_postings_add(ix->reader, &postings, rows, without);
	detmeta_tid_set_and_not(rows, without);
	detmeta_tid_set_free(without);
}

/* Say no more of entries' rows whether they are proven visible. */
void
detmeta_explore_end_proof(ExploreIndex *ix)
{
	ix->reader->heap = NULL;
}

/* Limit all that follows to a selection. */
void
detmeta_explore_select(ExploreIndex *ix, const Selection *selection, const AttrNumber *scope,
					   const AttrNumber *index_columns, const bool *implied)
{
	SetSource	source = {ix->reader, NULL, 0, InvalidBlockNumber, CurrentMemoryContext, NULL};
	SetCondition *condition;
	FilterSet	set;
	bool		in_doubt;
	int64		nproven;

	ix->selection = selection;
	ix->scope = scope;
	condition = selection_condition(ix, index_columns, implied, &in_doubt);
	if (condition == NULL)
	{
		ix->selection = NULL;
		return;
	}
	source.pending = detmeta_pending_rows(ix->reader);
	set = detmeta_filter_set(&source, condition);
	ix->selected = set.possible != NULL ? set.possible : set.sure;
	detmeta_tid_set_and_not(ix->selected, ix->pending);
	if (selection->filter != NULL)
		drop_rows_without_metadata(ix, ix->selected);
	if (in_doubt || set.possible != NULL ||
		detmeta_tid_set_count(ix->selected, &nproven) != nproven)
		keep_selected(ix, ix->selected, set.sure, in_doubt);
	detmeta_explore_end_proof(ix);
}

/* ---- counts ---- */

/* Say whether a TID leads to a row that is visible. */
static bool
is_visible(ExploreIndex *ix, ItemPointer tid)
{
	bool		visible;

	if (detmeta_tid_set_contains(ix->checked, tid, &visible))
		return visible;
	visible = detmeta_heap_fetch(&ix->fetcher, tid);
	detmeta_tid_set_add(ix->checked, tid, visible);
	return visible;
}

/* Count the visible ones of some TIDs. */
static int64
count_explored_tids(ExploreIndex *ix, const GinTids *tids, const TidSet *apart)
{
	int64		n = 0;

	for (int i = 0; i < tids->count; i++)
	{
		if (apart != NULL && detmeta_tid_set_contains(apart, &tids->tids[i], NULL))
			continue;
		if (tids->proven[i] || is_visible(ix, &tids->tids[i]))
			n++;
	}
	return n;
}

/* A count under way. */
typedef struct ExploreCount
{
	ExploreIndex *ix;
	const TidSet *apart;
	int64		n;
} ExploreCount;

/* Say whether any TID from first to last is set apart. */
static bool
has_apart(uint64 first, uint64 last, void *arg)
{
	return detmeta_tid_set_any(((ExploreCount *) arg)->apart, first, last);
}

/* Add the TIDs that have to be looked at. */
static void
add_explored_tids(const GinTids *tids, void *arg)
{
	ExploreCount *count = arg;

	count->n += count_explored_tids(count->ix, tids, count->apart);
}

/* Count an entry's selected rows. */
static int64
count_selected(ExploreIndex *ix, const GinPostings *postings, TidSet *apart)
{
	TidSet	   *rows;
	int64		n;

	/* rows of the pending list are not among the selected ones */
	if (apart == NULL || apart == ix->pending)
		return detmeta_gin_postings_count(ix->reader, postings, ix->selected);
	rows = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);
	detmeta_gin_postings_add(ix->reader, postings, ix->selected, rows);
	detmeta_tid_set_and(rows, ix->selected);
	detmeta_tid_set_and_not(rows, apart);
	n = detmeta_tid_set_count(rows, NULL);
	detmeta_tid_set_free(rows);
	return n;
}

/* Count an entry's visible rows that are not set apart. */
int64
detmeta_explore_count(ExploreIndex *ix, const GinPostings *postings, TidSet *apart)
{
	ExploreCount count = {ix, apart, 0};
	int64		n;

	if (ix->selected != NULL)
		return count_selected(ix, postings, apart);
	n = detmeta_gin_count(ix->reader, postings, apart != NULL ? has_apart : NULL,
						  add_explored_tids, &count);

	return n + count.n;
}

/* Read a row, if it is visible. */
static void
visit_explored_row(ExploreIndex *ix, ItemPointer tid, DocumentVisitor visitor, void *arg)
{
	ExploreRow	row = {
		.slot = ix->fetcher.slot,
		.columns = ix->columns
	};
	MemoryContext old;
	Datum		metadata;
	bool		isnull;

	if (!detmeta_heap_fetch(&ix->fetcher, tid) ||
		(ix->selection != NULL && !is_fetched_selected(ix)))
		return;
	metadata = slot_getattr(ix->fetcher.slot, ix->attnum, &isnull);
	old = MemoryContextSwitchTo(ix->row_context);
	row.metadata = isnull ? NULL : DatumGetJsonbP(metadata);
	visitor(&row, arg);
	MemoryContextSwitchTo(old);
	MemoryContextReset(ix->row_context);
}

/* Return the visible rows that are selected, but for those of the pending list. */
TidSet *
detmeta_explore_rows(ExploreIndex *ix)
{
	TidSet	   *rows = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);
	GinPostings postings;
	int64		nproven;

	if (ix->selected != NULL)
	{
		detmeta_tid_set_or(rows, ix->selected);
		return rows;
	}
	if (detmeta_gin_lookup(ix->reader, "", 0, &postings))
		detmeta_gin_postings_add(ix->reader, &postings, NULL, rows);
	if (detmeta_gin_lookup_null(ix->reader, GIN_CAT_NULL_ITEM, &postings))
		detmeta_gin_postings_add(ix->reader, &postings, NULL, rows);
	detmeta_tid_set_and_not(rows, ix->pending);
	if (detmeta_tid_set_count(rows, &nproven) != nproven)
		keep_selected(ix, rows, rows, false);
	return rows;
}

/* Say whether a row may be selected. */
static bool
may_be_selected(const ExploreIndex *ix, ItemPointer tid)
{
	return ix->selected == NULL || detmeta_tid_set_contains(ix->selected, tid, NULL) ||
		detmeta_tid_set_contains(ix->pending, tid, NULL);
}

/* Read the visible ones of some rows. */
void
detmeta_explore_visit_rows(ExploreIndex *ix, TidSet *rows, DocumentVisitor visitor, void *arg)
{
	TidSetCursor *cursor = palloc_object(TidSetCursor);
	ItemPointerData tid;

	detmeta_tid_set_cursor(cursor, rows, 0);
	while (detmeta_tid_set_next_tid(cursor, &tid))
	{
		CHECK_FOR_INTERRUPTS();
		if (may_be_selected(ix, &tid))
			visit_explored_row(ix, &tid, visitor, arg);
	}
	ExecClearTuple(ix->fetcher.slot);
	pfree(cursor);
}

/* Read all rows that are selected. */
void
detmeta_explore_visit_selected(ExploreIndex *ix, DocumentVisitor visitor, void *arg)
{
	TidSet	   *rows = detmeta_explore_rows(ix);

	detmeta_tid_set_or(rows, ix->pending);
	detmeta_explore_visit_rows(ix, rows, visitor, arg);
	detmeta_tid_set_free(rows);
}

/*
 * insert.c
 *		Insert a row into an index of the access method detmeta.
 *
 * As gininsert() does, but that entries go to the entry tree in the order they have in it
 * (build/entry_insert.c).  The pending list is core's.  It reads the index's options in a
 * way that servers with assertions refuse for any access method but gin, and is left out
 * there.
 */
#include "postgres.h"

#include "access/gin_private.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "build/entry_insert.h"
#include "build/insert.h"
#include "build/options.h"

/* What a statement's insertions have in common. */
typedef struct InsertionState
{
	GinState	ginstate;
	EntryOrder	order;
} InsertionState;

/* Return the state of a statement's insertions, made with the first. */
static InsertionState *
insertion_state(Relation index, IndexInfo *info)
{
	if (info->ii_AmCache == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(info->ii_Context);
		InsertionState *state = palloc_object(InsertionState);

		initGinState(&state->ginstate, index);
		detmeta_entry_order_init(&state->order, &state->ginstate);
		info->ii_AmCache = state;
		MemoryContextSwitchTo(old);
	}
	return info->ii_AmCache;
}

/* Add a row to the pending list. */
static void
insert_pending(GinState *state, Datum *values, bool *isnull, ItemPointer tid)
{
	GinTupleCollector collector = {0};

	for (int i = 0; i < state->origTupdesc->natts; i++)
		ginHeapTupleFastCollect(state, &collector, i + 1, values[i], isnull[i], tid);
	ginHeapTupleFastInsert(state, &collector);
}

/* Insert the entries of a column's value. */
static void
insert_column(RowInsertion *row, OffsetNumber attnum, Datum value, bool isnull)
{
	GinState   *state = row->order->ginstate;
	GinNullCategory *categories;
	int32		nentries;
	Datum	   *entries = ginExtractEntries(state, attnum, value, isnull, &nentries, &categories);

	for (int i = 0; i < nentries; i++)
		detmeta_entry_insert(row, attnum, entries[i], categories[i]);
}

/* Insert the entries of a row. */
static void
insert_row(const EntryOrder *order, Datum *values, bool *isnull, ItemPointer tid)
{
	RowInsertion row;

	detmeta_entry_insert_begin(&row, order, tid);
	for (int i = 0; i < order->ginstate->origTupdesc->natts; i++)
		insert_column(&row, i + 1, values[i], isnull[i]);
	detmeta_entry_insert_end(&row);
}

/* Insert a row; true would mean that it is unique. */
bool
detmeta_insert(Relation index, Datum *values, bool *isnull, ItemPointer tid, Relation heap,
			   IndexUniqueCheck check_unique, bool index_unchanged, IndexInfo *info)
{
	InsertionState *state = insertion_state(index, info);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "index insertion",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);

	if (detmeta_index_fastupdate(index))
		insert_pending(&state->ginstate, values, isnull, tid);
	else
		insert_row(&state->order, values, isnull, tid);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	return false;
}

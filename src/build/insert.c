/*
 * insert.c
 *		Insert a row into an index of the access method detmeta.
 *
 * As gininsert() does, by the same functions.  That one cannot be called itself: it reads
 * the index's options in a way that servers with assertions refuse for any access
 * method but gin.  The pending list does so deeper down, and is left out there.
 */
#include "postgres.h"

#include "access/gin_private.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "build/insert.h"
#include "build/options.h"

/* Return the state of a statement's insertions, made with the first. */
static GinState *
insertion_state(Relation index, IndexInfo *info)
{
	if (info->ii_AmCache == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(info->ii_Context);
		GinState   *state = palloc_object(GinState);

		initGinState(state, index);
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
insert_column(GinState *state, OffsetNumber attnum, Datum value, bool isnull, ItemPointer tid)
{
	GinNullCategory *categories;
	int32		nentries;
	Datum	   *entries = ginExtractEntries(state, attnum, value, isnull, &nentries, &categories);

	for (int i = 0; i < nentries; i++)
		ginEntryInsert(state, attnum, entries[i], categories[i], tid, 1, NULL);
}

/* Insert a row; true would mean that it is unique. */
bool
detmeta_insert(Relation index, Datum *values, bool *isnull, ItemPointer tid, Relation heap,
			   IndexUniqueCheck check_unique, bool index_unchanged, IndexInfo *info)
{
	GinState   *state = insertion_state(index, info);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "index insertion",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);

	if (detmeta_index_fastupdate(index))
		insert_pending(state, values, isnull, tid);
	else
	{
		for (int i = 0; i < state->origTupdesc->natts; i++)
			insert_column(state, i + 1, values[i], isnull[i], tid);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	return false;
}

/*
 * build.c
 *		Build an index of the access method detmeta.
 *
 * The heap is read once, from its first block on.  Its entries are collected in memory
 * (build/entry_table.c); whenever maintenance_work_mem is full they are sorted and go to
 * a temporary file (build/entry_run.c).  At the end all are merged (build/entry_merge.c),
 * get their posting lists and trees (build/entry_writer.c), and fill pages from left to
 * right (build/page_writer.c).  The pages are GIN's, bit by bit.
 */
#include "postgres.h"

#include "access/gin_private.h"
#include "access/tableam.h"
#include "access/xloginsert.h"
#include "commands/progress.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/bufmgr.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "build/build.h"
#include "build/entry_merge.h"
#include "build/options.h"

/* A build under way. */
typedef struct BuildState
{
	GinState	ginstate;
	EntryOrder	order;
	EntryTable *table;
	MemoryContext row_context;
	List	   *runs;			/* EntryRuns, in the order of the heap */
	double		nentries;		/* with repetitions */
} BuildState;

/* Move the entries in memory to a temporary file. */
static void
spill(BuildState *state)
{
	int64		n;
	const SortedEntry *entries = detmeta_entry_table_sort(state->table, &n);

	state->runs = lappend(state->runs, detmeta_entry_run_write(entries, n));
	detmeta_entry_table_reset(state->table);
}

/* Add the entries of a column's value. */
static void
add_column(BuildState *state, OffsetNumber attnum, Datum value, bool isnull, ItemPointer tid)
{
	GinNullCategory *categories;
	int32		nentries;
	Datum	   *entries = ginExtractEntries(&state->ginstate, attnum, value, isnull, &nentries,
											&categories);

	for (int i = 0; i < nentries; i++)
		detmeta_entry_table_add(state->table, attnum, entries[i], categories[i], tid);
	state->nentries += nentries;
}

/* Add the entries of a row, and make room for the next one's. */
static void
add_row(Relation index, ItemPointer tid, Datum *values, bool *isnull, bool is_alive, void *arg)
{
	BuildState *state = arg;
	MemoryContext old = CurrentMemoryContext;

	MemoryContextSwitchTo(state->row_context);
	for (int i = 0; i < state->ginstate.origTupdesc->natts; i++)
		add_column(state, i + 1, values[i], isnull[i], tid);
	MemoryContextSwitchTo(old);
	MemoryContextReset(state->row_context);
	if (detmeta_entry_table_memory(state->table) >= maintenance_work_mem * (Size) 1024)
		spill(state);
}

/* Make the first two pages, as GIN has them. */
static void
make_first_pages(Relation index)
{
	Buffer		meta = GinNewBuffer(index);
	Buffer		root = GinNewBuffer(index);

	GinInitMetabuffer(meta);
	MarkBufferDirty(meta);
	GinInitBuffer(root, GIN_LEAF);
	MarkBufferDirty(root);
	UnlockReleaseBuffer(meta);
	UnlockReleaseBuffer(root);
}

/* Write all pages. */
static void
write_index(BuildState *state, Relation index)
{
	GinStatsData stats = {0};
	PageWriter *pages = detmeta_page_writer_create(index, detmeta_index_fillfactor(index));
	EntryWriter *writer = detmeta_entry_writer_create(&state->order, pages, &stats);
	int64		n;
	const SortedEntry *entries = detmeta_entry_table_sort(state->table, &n);

	pgstat_progress_update_param(PROGRESS_CREATEIDX_SUBPHASE, BUILD_PHASE_WRITE);
	detmeta_entry_merge(state->runs, entries, n, &state->order, writer);
	detmeta_entry_writer_end(writer);
	stats.nEntryPages = detmeta_page_writer_end(pages);
	stats.nTotalPages = RelationGetNumberOfBlocks(index);
	ginUpdateStats(index, &stats, true);
	if (RelationNeedsWAL(index))
		log_newpage_range(index, MAIN_FORKNUM, 0, RelationGetNumberOfBlocks(index), true);
}

/* Build an index, which must be empty. */
IndexBuildResult *
detmeta_build(Relation heap, Relation index, IndexInfo *info)
{
	IndexBuildResult *result = palloc_object(IndexBuildResult);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "index build",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	BuildState *state = palloc0_object(BuildState);

	if (RelationGetNumberOfBlocks(index) != 0)
		elog(ERROR, "index \"%s\" already contains data", RelationGetRelationName(index));
	initGinState(&state->ginstate, index);
	detmeta_entry_order_init(&state->order, &state->ginstate);
	state->table = detmeta_entry_table_create(&state->order);
	state->row_context = AllocSetContextCreate(context, "index build row", ALLOCSET_DEFAULT_SIZES);
	make_first_pages(index);
	pgstat_progress_update_param(PROGRESS_CREATEIDX_SUBPHASE, BUILD_PHASE_READ);
	result->heap_tuples = table_index_build_scan(heap, index, info, false, true, add_row, state,
												 NULL);
	write_index(state, index);
	result->index_tuples = state->nentries;
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	return result;
}

/*
 * collector.c
 *		Entries of rows that one process reads to build an index.
 *
 * They are collected in memory (build/entry_table.c); whenever that is full they are
 * sorted and go to a temporary file (build/entry_run.c).
 */
#include "postgres.h"

#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "build/collector.h"

/* Begin to collect. */
void
detmeta_collector_init(Collector *collector, Relation index, Size memory,
					   const SharedRuns *shared)
{
	memset(collector, 0, sizeof(*collector));
	initGinState(&collector->ginstate, index);
	detmeta_entry_order_init(&collector->order, &collector->ginstate);
	collector->table = detmeta_entry_table_create(&collector->order);
	collector->memory = memory;
	collector->row_context = AllocSetContextCreate(CurrentMemoryContext, "index build row",
												   ALLOCSET_DEFAULT_SIZES);
	collector->shared = shared;
}

/* Move the entries in memory to a file. */
void
detmeta_collector_spill(Collector *collector)
{
	int64		n;
	const SortedEntry *entries = detmeta_entry_table_sort(collector->table, &n);

	if (collector->shared != NULL)
		detmeta_entry_run_share(entries, n, collector->shared->files, collector->shared->writer,
								collector->nruns);
	else
		collector->runs = lappend(collector->runs, detmeta_entry_run_write(entries, n));
	collector->nruns++;
	detmeta_entry_table_reset(collector->table);
}

/* Add the entries of a column's value. */
static void
add_column(Collector *collector, OffsetNumber attnum, Datum value, bool isnull, ItemPointer tid)
{
	GinNullCategory *categories;
	int32		nentries;
	Datum	   *entries = ginExtractEntries(&collector->ginstate, attnum, value, isnull,
											&nentries, &categories);

	for (int i = 0; i < nentries; i++)
		detmeta_entry_table_add(collector->table, attnum, entries[i], categories[i], tid);
	collector->nentries += nentries;
}

/* Add the entries of a row, and make room for the next one's. */
static void
add_row(Relation index, ItemPointer tid, Datum *values, bool *isnull, bool is_alive, void *arg)
{
	Collector  *collector = arg;
	MemoryContext old = MemoryContextSwitchTo(collector->row_context);

	for (int i = 0; i < collector->ginstate.origTupdesc->natts; i++)
		add_column(collector, i + 1, values[i], isnull[i], tid);
	MemoryContextSwitchTo(old);
	MemoryContextReset(collector->row_context);
	if (detmeta_entry_table_memory(collector->table) >= collector->memory)
		detmeta_collector_spill(collector);
}

/* Read rows; a scan that is given is shared with others. */
double
detmeta_collector_read(Collector *collector, Relation heap, Relation index, IndexInfo *info,
					   TableScanDesc scan, bool show_progress)
{
	bool		may_begin_anywhere = scan != NULL;	/* core wants it so; see build/parallel.c */

	return table_index_build_scan(heap, index, info, may_begin_anywhere, show_progress, add_row,
								  collector, scan);
}

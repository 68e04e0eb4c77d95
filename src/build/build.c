/*
 * build.c
 *		Build an index of the access method detmeta.
 *
 * The heap is read once, from its first block on, by this process and those that help it
 * (build/parallel.c).  Entries are collected in memory and in temporary files
 * (build/collector.c).  At the end all are merged (build/entry_merge.c), get their posting
 * lists and trees (build/entry_writer.c), and fill pages from left to right
 * (build/page_writer.c).  The pages are GIN's, bit by bit.
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
#include "build/collector.h"
#include "build/entry_merge.h"
#include "build/options.h"
#include "build/parallel.h"

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

/* Merge the entries in files with those in memory, and write all pages. */
static void
write_index(Collector *collector, const SortedEntry *entries, int64 n, Relation index)
{
	GinStatsData stats = {0};
	PageWriter *pages = detmeta_page_writer_create(index, detmeta_index_fillfactor(index));
	EntryWriter *writer = detmeta_entry_writer_create(&collector->order, pages, &stats);

	pgstat_progress_update_param(PROGRESS_CREATEIDX_SUBPHASE, BUILD_PHASE_WRITE);
	detmeta_entry_merge(collector->runs, entries, n, &collector->order, writer);
	detmeta_entry_writer_end(writer);
	stats.nEntryPages = detmeta_page_writer_end(pages);
	stats.nTotalPages = RelationGetNumberOfBlocks(index);
	ginUpdateStats(index, &stats, true);
	if (RelationNeedsWAL(index))
		log_newpage_range(index, MAIN_FORKNUM, 0, RelationGetNumberOfBlocks(index), true);
}

/* Read the heap and write the index; return how many rows and entries there were. */
static void
read_and_write(Relation heap, Relation index, IndexInfo *info, IndexBuildResult *result)
{
	ParallelBuild *parallel = detmeta_parallel_build_begin(heap, index, info);
	Collector	collector;
	const SortedEntry *entries;
	int64		n;

	detmeta_collector_init(&collector, index,
						   parallel == NULL ? maintenance_work_mem * (Size) 1024 :
						   detmeta_parallel_build_memory(parallel), NULL);
	pgstat_progress_update_param(PROGRESS_CREATEIDX_SUBPHASE, BUILD_PHASE_READ);
	result->heap_tuples =
		detmeta_collector_read(&collector, heap, index, info,
							   parallel == NULL ? NULL : detmeta_parallel_build_scan(parallel),
							   true);
	entries = detmeta_entry_table_sort(collector.table, &n);
	if (parallel != NULL)
		result->heap_tuples += detmeta_parallel_build_join(parallel, &collector, info);
	write_index(&collector, entries, n, index);
	if (parallel != NULL)
		detmeta_parallel_build_end(parallel);
	result->index_tuples = collector.nentries;
}

/* Build an index, which must be empty. */
IndexBuildResult *
detmeta_build(Relation heap, Relation index, IndexInfo *info)
{
	IndexBuildResult *result = palloc_object(IndexBuildResult);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "index build",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);

	if (RelationGetNumberOfBlocks(index) != 0)
		elog(ERROR, "index \"%s\" already contains data", RelationGetRelationName(index));
	make_first_pages(index);
	read_and_write(heap, index, info, result);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	return result;
}

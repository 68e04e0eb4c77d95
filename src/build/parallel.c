/*
 * parallel.c
 *		Processes that help to build an index.
 *
 * Each reads blocks of the heap in turn with the others, collects entries in its share
 * of maintenance_work_mem, and leaves them in files of a shared set, sorted.  The process
 * that builds does the same with its own, merges all, and writes the pages alone.
 *
 * How many there are is decided as for a btree (max_parallel_maintenance_workers, the
 * size of the table, 32 MB of memory for each).  Until 16 core does not ask an access
 * method of an extension, but nothing keeps it from starting them.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "catalog/index.h"
#include "executor/instrument.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "pgstat.h"
#include "storage/bufmgr.h"
#include "tcop/tcopprot.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "build/parallel.h"

/* Chunks of shared memory. */
#define KEY_SHARED	UINT64CONST(0xD000000000000001)
#define KEY_SCAN	UINT64CONST(0xD000000000000002)
#define KEY_QUERY	UINT64CONST(0xD000000000000003)
#define KEY_WAL		UINT64CONST(0xD000000000000004)
#define KEY_BUFFERS	UINT64CONST(0xD000000000000005)

/*
 * Bytes of memory for each process, however many they are: what a setting can be that is
 * for one.  With less, hardly a row's entries would be collected before they are written.
 */
#define MIN_MEMORY	((Size) 1024 * 1024)

/* What one helper did. */
typedef struct HelperResult
{
	double		nrows;
	double		nentries;
	int			nruns;
	bool		has_broken_hot_chain;
} HelperResult;

/* What all know. */
typedef struct BuildShared
{
	Oid			heap;
	Oid			index;
	bool		is_concurrent;
	Size		memory;			/* of each process */
	uint64		query_id;
	SharedFileSet files;
	HelperResult results[FLEXIBLE_ARRAY_MEMBER];
} BuildShared;

struct ParallelBuild
{
	ParallelContext *context;
	Relation	heap;
	Snapshot	snapshot;
	BuildShared *shared;
	ParallelTableScanDesc scan;
	WalUsage   *wal;			/* of each helper */
	BufferUsage *buffers;
};

/* Choose the rows that are indexed as core does for an index that is built alone. */
static Snapshot
choose_snapshot(const IndexInfo *info)
{
	return info->ii_Concurrent ? RegisterSnapshot(GetTransactionSnapshot()) : SnapshotAny;
}

/* Release the snapshot. */
static void
release_snapshot(Snapshot snapshot)
{
	if (IsMVCCSnapshot(snapshot))
		UnregisterSnapshot(snapshot);
}

/* Ask for a chunk of shared memory. */
static void
request_chunk(ParallelContext *context, Size size)
{
	shm_toc_estimate_chunk(&context->estimator, size);
	shm_toc_estimate_keys(&context->estimator, 1);
}

/* Take a chunk of shared memory, which is zero. */
static void *
take_chunk(ParallelContext *context, uint64 key, Size size)
{
	void	   *chunk = shm_toc_allocate(context->toc, size);

	memset(chunk, 0, size);
	shm_toc_insert(context->toc, key, chunk);
	return chunk;
}

/* Return the sizes of chunks. */
static Size
size_of_shared(int nhelpers)
{
	return add_size(offsetof(BuildShared, results), mul_size(sizeof(HelperResult), nhelpers));
}

/* Ask for all chunks. */
static void
request_chunks(ParallelBuild *build)
{
	ParallelContext *context = build->context;
	int			n = context->nworkers;

	request_chunk(context, size_of_shared(n));
	request_chunk(context, table_parallelscan_estimate(build->heap, build->snapshot));
	request_chunk(context, mul_size(sizeof(WalUsage), n));
	request_chunk(context, mul_size(sizeof(BufferUsage), n));
	if (debug_query_string != NULL)
		request_chunk(context, strlen(debug_query_string) + 1);
}

/* Prepare what all know. */
static void
share_build(ParallelBuild *build, Relation index, const IndexInfo *info)
{
	ParallelContext *context = build->context;
	int			n = context->nworkers;
	BuildShared *shared = take_chunk(context, KEY_SHARED, size_of_shared(n));

	shared->heap = RelationGetRelid(build->heap);
	shared->index = RelationGetRelid(index);
	shared->is_concurrent = info->ii_Concurrent;
	shared->memory = Max(MIN_MEMORY, maintenance_work_mem * (Size) 1024 / (n + 1));
	shared->query_id = pgstat_get_my_query_id();
	SharedFileSetInit(&shared->files, context->seg);
	build->shared = shared;
	build->wal = take_chunk(context, KEY_WAL, mul_size(sizeof(WalUsage), n));
	build->buffers = take_chunk(context, KEY_BUFFERS, mul_size(sizeof(BufferUsage), n));
	if (debug_query_string != NULL)
	{
		Size		size = strlen(debug_query_string) + 1;

		memcpy(take_chunk(context, KEY_QUERY, size), debug_query_string, size);
	}
}

/*
 * Prepare the scan.  It begins at the first block, not where another scan is, so that
 * the TIDs that each process sees come in order.
 */
static void
share_scan(ParallelBuild *build)
{
	Size		size = table_parallelscan_estimate(build->heap, build->snapshot);

	build->scan = take_chunk(build->context, KEY_SCAN, size);
	table_parallelscan_initialize(build->heap, build->scan, build->snapshot);
	build->scan->phs_syncscan = false;
}

/* Begin with a number of helpers; NULL: none started. */
static ParallelBuild *
begin_with(Relation heap, Relation index, const IndexInfo *info, int nhelpers)
{
	ParallelBuild *build = palloc0_object(ParallelBuild);

	EnterParallelMode();
	build->context = CreateParallelContext("detmeta", "detmeta_parallel_build_main", nhelpers);
	build->heap = heap;
	build->snapshot = choose_snapshot(info);
	request_chunks(build);
	InitializeParallelDSM(build->context);
	if (build->context->seg != NULL)	/* else there is no room for one */
	{
		share_build(build, index, info);
		share_scan(build);
		LaunchParallelWorkers(build->context);
		if (build->context->nworkers_launched > 0)
			return build;
	}
	detmeta_parallel_build_end(build);
	return NULL;
}

/* Begin to build with helpers. */
ParallelBuild *
detmeta_parallel_build_begin(Relation heap, Relation index, IndexInfo *info)
{
	int			nhelpers = CHOOSE_BUILD_WORKERS(heap, index, info);

	return nhelpers == 0 ? NULL : begin_with(heap, index, info, nhelpers);
}

/* Return a scan of the blocks that this process reads. */
TableScanDesc
detmeta_parallel_build_scan(ParallelBuild *build)
{
	return TABLE_BEGINSCAN_PARALLEL(build->heap, build->scan);
}

/* Return the memory of each process. */
Size
detmeta_parallel_build_memory(const ParallelBuild *build)
{
	return build->shared->memory;
}

/* Add what a helper did. */
static void
add_result(const ParallelBuild *build, int helper, Collector *collector, IndexInfo *info)
{
	const HelperResult *result = &build->shared->results[helper];

	collector->nentries += result->nentries;
	info->ii_BrokenHotChain |= result->has_broken_hot_chain;
	for (int i = 0; i < result->nruns; i++)
	{
		CHECK_FOR_INTERRUPTS();
		collector->runs = lappend(collector->runs,
								  detmeta_entry_run_open(&build->shared->files, helper, i));
	}
	InstrAccumParallelQuery(&build->buffers[helper], &build->wal[helper]);
}

/* Wait for the helpers, and add what they did. */
double
detmeta_parallel_build_join(ParallelBuild *build, Collector *collector, IndexInfo *info)
{
	double		nrows = 0;

	WaitForParallelWorkersToFinish(build->context);
	for (int i = 0; i < build->context->nworkers_launched; i++)
	{
		add_result(build, i, collector, info);
		nrows += build->shared->results[i].nrows;
	}
	return nrows;
}

/* End. */
void
detmeta_parallel_build_end(ParallelBuild *build)
{
	release_snapshot(build->snapshot);
	DestroyParallelContext(build->context);
	ExitParallelMode();
	pfree(build);
}

/* ---- in a helper ---- */

/* Say in pg_stat_activity what this process does. */
static void
report_query(shm_toc *toc, const BuildShared *shared)
{
	debug_query_string = shm_toc_lookup(toc, KEY_QUERY, true);
	pgstat_report_activity(STATE_RUNNING, debug_query_string);
	pgstat_report_query_id(shared->query_id, false);
}

/* Read blocks, and leave their entries in files. */
static void
help_build(BuildShared *shared, ParallelTableScanDesc parallel_scan, Relation heap,
		   Relation index)
{
	HelperResult *result = &shared->results[ParallelWorkerNumber];
	SharedRuns	runs = {
		.files = &shared->files,
		.writer = ParallelWorkerNumber
	};
	IndexInfo  *info = BuildIndexInfo(index);
	Collector	collector;

	info->ii_Concurrent = shared->is_concurrent;
	detmeta_collector_init(&collector, index, shared->memory, &runs);
	result->nrows = detmeta_collector_read(&collector, heap, index, info,
										   TABLE_BEGINSCAN_PARALLEL(heap, parallel_scan), false);
	detmeta_collector_spill(&collector);
	result->nentries = collector.nentries;
	result->nruns = collector.nruns;
	result->has_broken_hot_chain = info->ii_BrokenHotChain;
}

/* Open what is built, with locks that the leader has, and help. */
static void
help_with_locks(BuildShared *shared, ParallelTableScanDesc scan)
{
	LOCKMODE	heap_lock = shared->is_concurrent ? ShareUpdateExclusiveLock : ShareLock;
	LOCKMODE	index_lock = shared->is_concurrent ? RowExclusiveLock : AccessExclusiveLock;
	Relation	heap = table_open(shared->heap, heap_lock);
	Relation	index = index_open(shared->index, index_lock);

	help_build(shared, scan, heap, index);
	index_close(index, index_lock);
	table_close(heap, heap_lock);
}

/* Help to build an index. */
void
detmeta_parallel_build_main(dsm_segment *segment, shm_toc *toc)
{
	BuildShared *shared = shm_toc_lookup(toc, KEY_SHARED, false);
	WalUsage   *wal = shm_toc_lookup(toc, KEY_WAL, false);
	BufferUsage *buffers = shm_toc_lookup(toc, KEY_BUFFERS, false);

	report_query(toc, shared);
	SharedFileSetAttach(&shared->files, segment);
	InstrStartParallelQuery();
	help_with_locks(shared, shm_toc_lookup(toc, KEY_SCAN, false));
	InstrEndParallelQuery(&buffers[ParallelWorkerNumber], &wal[ParallelWorkerNumber]);
}

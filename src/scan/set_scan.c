/*
 * set_scan.c
 *		Open an index and its table for sets, and slice the table so that the
 *		sets fit work_mem.
 */
#include "postgres.h"

#include <math.h>

#include "access/genam.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/relation.h"
#include "gin/reader.h"
#include "gin/tid_set.h"
#include "scan/set_scan.h"

/* Where a table was never analyzed: rows of a page that sets are sized for. */
#define DEFAULT_TUPLES_PER_BLOCK	64.0

/* Line pointers that pages have beyond their live rows, for dead ones. */
#define DEAD_TUPLES_FACTOR			1.25

/* Return the highest line pointer that a typical heap page uses. */
static double
tuples_per_block(Relation heap)
{
	Form_pg_class form = RelationGetForm(heap);

	if (form->reltuples < 0 || form->relpages <= 0)
		return DEFAULT_TUPLES_PER_BLOCK;
	return Max(1.0, ceil(DEAD_TUPLES_FACTOR * form->reltuples / form->relpages));
}

/*
 * Open what a scan reads.  Only a count needs rows to be proven visible; rows
 * that are returned are fetched anyway.
 */
void
detmeta_set_scan_open(SetScan *scan, Relation heap, Oid index, AttrNumber attnum,
					  EState *estate, TupleTableSlot *slot, bool prove)
{
	scan->heap = heap;
	scan->index = index_open(index, AccessShareLock);
	scan->snapshot = estate->es_snapshot;
	scan->reader = detmeta_gin_open(scan->index, attnum, heap, scan->snapshot);
	if (!prove)
		scan->reader->heap = NULL;
	scan->pending = NULL;
	scan->context = AllocSetContextCreate(CurrentMemoryContext, "metadata scan",
										  ALLOCSET_DEFAULT_SIZES);
	scan->nrechecked = 0;
	detmeta_heap_fetch_begin(&scan->fetcher, heap, scan->snapshot, slot);
}

/*
 * Begin to read: the pending list first.  "nsets" is how many sets may be
 * alive at once.
 */
void
detmeta_set_scan_start(SetScan *scan, int nsets)
{
	MemoryContext old = MemoryContextSwitchTo(scan->context);
	double		per_block;

	scan->pending = detmeta_pending_rows(scan->reader);
	MemoryContextSwitchTo(old);

	scan->nblocks = RelationGetNumberOfBlocks(scan->heap);
	per_block = (double) detmeta_tid_set_size(scan->nblocks, tuples_per_block(scan->heap)) /
		Max(1, scan->nblocks) * Max(1, nsets);
	scan->slice_blocks = (BlockNumber) Max(64.0, Min((double) MaxBlockNumber,
													 work_mem * 1024.0 / per_block));
}

/* Return the source of sets for all of the table. */
SetSource
detmeta_set_scan_whole(const SetScan *scan)
{
	SetSource	source = {scan->reader, scan->pending, 0, InvalidBlockNumber, scan->context, NULL};

	return source;
}

/* Return the source of sets for the slice that begins at a block. */
SetSource
detmeta_set_scan_source(const SetScan *scan, BlockNumber first)
{
	SetSource	source = detmeta_set_scan_whole(scan);

	source.first = first;
	if (scan->nblocks - first > scan->slice_blocks)
		source.end = first + scan->slice_blocks;
	return source;
}

/* Close everything. */
void
detmeta_set_scan_close(SetScan *scan)
{
	if (scan->index == NULL)
		return;
	detmeta_heap_fetch_end(&scan->fetcher);
	detmeta_gin_close(scan->reader);
	index_close(scan->index, NoLock);
	scan->index = NULL;
}

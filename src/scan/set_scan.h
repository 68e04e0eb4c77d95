/*
 * set_scan.h
 *		An index and its table, opened for sets.
 */
#ifndef DETMETA_SET_SCAN_H
#define DETMETA_SET_SCAN_H

#include "nodes/execnodes.h"

#include "scan/heap_fetch.h"
#include "scan/probe_set.h"

/* An open index and table, with the sets computed from them. */
typedef struct SetScan
{
	Relation	heap;
	Relation	index;
	Snapshot	snapshot;
	GinReader  *reader;
	PendingRows *pending;
	HeapFetcher fetcher;
	MemoryContext context;		/* sets and probes; reset at a rescan */
	BlockNumber nblocks;
	BlockNumber slice_blocks;	/* heap blocks whose sets fit work_mem */
	int64		nrechecked;		/* for EXPLAIN */
} SetScan;

extern void detmeta_set_scan_open(SetScan *scan, Relation heap, Oid index, AttrNumber attnum,
								  EState *estate, TupleTableSlot *slot, bool prove);
extern void detmeta_set_scan_start(SetScan *scan, int nsets);
extern void detmeta_set_scan_close(SetScan *scan);
extern SetSource detmeta_set_scan_whole(const SetScan *scan);
extern SetSource detmeta_set_scan_source(const SetScan *scan, BlockNumber first);

#endif							/* DETMETA_SET_SCAN_H */

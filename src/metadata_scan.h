/*
 * metadata_scan.h
 *		The custom scan nodes: what planner and executor share.
 */
#ifndef DETMETA_METADATA_SCAN_H
#define DETMETA_METADATA_SCAN_H

#include "nodes/extensible.h"

#include "heap_fetch.h"
#include "scan_condition.h"

/*
 * custom_private of a Metadata Scan: a list of these, each a list itself.
 * custom_exprs: the conditions, and behind them the call of metadata_sort() that
 * the rows are in the order of, if any.
 */
typedef enum ScanPrivate
{
	SCAN_INDEX,					/* OIDs: index */
	SCAN_FLAGS,					/* integers, see ScanFlag */
	SCAN_PRIVATE_COUNT
} ScanPrivate;

typedef enum ScanFlag
{
	SCAN_FLAG_ATTNUM,			/* column of the index, from 1 */
	SCAN_FLAG_ORDERED,
	SCAN_FLAG_DESCENDING,
	SCAN_FLAG_NULLS_FIRST,
	SCAN_FLAG_GUARDED,			/* the table may have rows that the user may not see */
	SCAN_FLAG_TRIES,			/* rows that can be checked before the set is computed, */
	SCAN_FLAG_TRY,				/* and are if the order is not that of a condition's key, too */
	SCAN_FLAG_COUNT
} ScanFlag;

/* An open index and table, with the sets computed from them. */
typedef struct SetScan
{
	Relation	heap;
	Relation	index;
	Snapshot	snapshot;
	GinReader  *reader;
	PendingRows *pending;
	HeapFetcher fetcher;
	EState	   *estate;
	ExprState  *metadata;		/* the indexed expression, once it was needed */
	ExprContext *econtext;		/* to evaluate it */
	MemoryContext context;		/* sets and probes; reset at a rescan */
	BlockNumber nblocks;
	BlockNumber slice_blocks;	/* heap blocks whose sets fit work_mem */
	int64		nrechecked;		/* for EXPLAIN */
} SetScan;

/* set_scan.c */
extern void detmeta_set_scan_open(SetScan *scan, Relation heap, Oid index, AttrNumber attnum,
									EState *estate, TupleTableSlot *slot, bool prove);
extern void detmeta_set_scan_start(SetScan *scan, int nsets);
extern void detmeta_set_scan_close(SetScan *scan);
extern Datum detmeta_set_scan_metadata(SetScan *scan, bool *isnull);
extern SetSource detmeta_set_scan_source(SetScan *scan, BlockNumber first);

/* ordered_walk.c */
typedef struct OrderedWalk OrderedWalk;

/* Rows that do not satisfy a condition, or are outside its set, may be left out; both may be NULL. */
extern OrderedWalk *detmeta_ordered_walk_begin(SetScan *scan, const char *key, int keylen,
											   bool descending, bool nulls_first,
											   const SetCondition *condition, TidSet *only);
extern void detmeta_ordered_walk_restrict(OrderedWalk *walk, TidSet *only);
extern bool detmeta_ordered_walk_next(OrderedWalk *walk, ItemPointer tid);
extern void detmeta_ordered_walk_end(OrderedWalk *walk);

/* metadata_scan.c, metadata_count.c */
extern const CustomScanMethods detmeta_scan_methods;
extern const CustomScanMethods detmeta_count_methods;

/* scan_path.c, count_path.c */
extern bool detmeta_can_scan(PlannerInfo *root, RelOptInfo *rel, RangeTblEntry *rte);
extern void detmeta_scan_pathlist(PlannerInfo *root, RelOptInfo *rel, Index rti, RangeTblEntry *rte);
extern void detmeta_count_path(PlannerInfo *root, RelOptInfo *input_rel, RelOptInfo *output_rel);

/* metadata_scan.c */
struct ExplainState;
extern void detmeta_explain_set_scan(SetScan *scan, struct ExplainState *es);

#endif							/* DETMETA_METADATA_SCAN_H */

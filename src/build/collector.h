/*
 * collector.h
 *		Entries of rows that one process reads to build an index.
 */
#ifndef DETMETA_BUILD_COLLECTOR_H
#define DETMETA_BUILD_COLLECTOR_H

#include "access/tableam.h"
#include "nodes/execnodes.h"

#include "build/entry_run.h"

/* Where the files go that others will read. */
typedef struct SharedRuns
{
	SharedFileSet *files;
	int			writer;			/* the process that writes them */
} SharedRuns;

typedef struct Collector
{
	GinState	ginstate;
	EntryOrder	order;
	EntryTable *table;
	Size		memory;			/* bytes, which its entries may take */
	MemoryContext row_context;
	const SharedRuns *shared;	/* or NULL: files of this process's own */
	List	   *runs;			/* EntryRuns of its own files */
	int			nruns;			/* files that were written */
	double		nentries;		/* with repetitions */
} Collector;

/* Memory is in bytes; "shared" is NULL, or stays there. */
extern void detmeta_collector_init(Collector *collector, Relation index, Size memory,
								   const SharedRuns *shared);

/*
 * Read the rows of a scan, or all rows (scan is NULL); return their number.  What does
 * not fit into memory goes to files.
 */
extern double detmeta_collector_read(Collector *collector, Relation heap, Relation index,
									 IndexInfo *info, TableScanDesc scan, bool show_progress);

/* Move the entries in memory to a file. */
extern void detmeta_collector_spill(Collector *collector);

#endif							/* DETMETA_BUILD_COLLECTOR_H */

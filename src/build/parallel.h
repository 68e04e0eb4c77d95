/*
 * parallel.h
 *		Processes that help to build an index.
 */
#ifndef DETMETA_BUILD_PARALLEL_H
#define DETMETA_BUILD_PARALLEL_H

#include "access/parallel.h"
#include "nodes/execnodes.h"

#include "build/collector.h"

typedef struct ParallelBuild ParallelBuild;

/* Start helpers, and read with them; NULL: there are none. */
extern ParallelBuild *detmeta_parallel_build_begin(Relation heap, Relation index,
												   IndexInfo *info);

/* The scan that is shared with them. */
extern TableScanDesc detmeta_parallel_build_scan(ParallelBuild *build);

/* Bytes of memory for the entries of each process. */
extern Size detmeta_parallel_build_memory(const ParallelBuild *build);

/* Wait for their ends; add their files and numbers of entries to ours.  Returns their rows. */
extern double detmeta_parallel_build_join(ParallelBuild *build, Collector *collector,
										  IndexInfo *info);

/* End, when the files have been read. */
extern void detmeta_parallel_build_end(ParallelBuild *build);

/* What a helper runs. */
extern PGDLLEXPORT void detmeta_parallel_build_main(dsm_segment *segment, shm_toc *toc);

#endif							/* DETMETA_BUILD_PARALLEL_H */

/*
 * tid_merge.h
 *		TIDs of one entry that come from several sources, in order.
 */
#ifndef DETMETA_BUILD_TID_MERGE_H
#define DETMETA_BUILD_TID_MERGE_H

#include "build/build_entry.h"

typedef struct TidMerge
{
	BuildTidReader *readers;	/* by the TID that each has next */
	int			n;
	int			first;			/* that is not at its end */
} TidMerge;

/* Entries come by their first TIDs; "readers" has room for one of each. */
extern void detmeta_tid_merge_begin(TidMerge *merge, BuildTidReader *readers,
									const BuildEntry *const *entries, int n);

/* Returns false at the end.  Where each source's TIDs are in order, so are all. */
extern bool detmeta_tid_merge_next(TidMerge *merge, ItemPointer tid);

#endif							/* DETMETA_BUILD_TID_MERGE_H */

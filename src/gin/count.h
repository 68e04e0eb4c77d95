/*
 * count.h
 *		Count the TIDs of an entry of a GIN index that are proven visible.
 */
#ifndef DETMETA_GIN_COUNT_H
#define DETMETA_GIN_COUNT_H

#include "gin/postings.h"

/*
 * Says whether the caller wants to see TIDs from first to last, both packed and
 * included.  A page is locked meanwhile.
 */
typedef bool (*GinWantsCallback) (uint64 first, uint64 last, void *arg);

/* Takes TIDs in order; no page is locked. */
typedef void (*GinTidsCallback) (const GinTids *tids, void *arg);

/* Returns how many TIDs were counted; the others, proven or not, go to the callback. */
extern int64 detmeta_gin_count(GinReader *reader, const GinPostings *postings,
							   GinWantsCallback wants, GinTidsCallback callback, void *arg);

#endif							/* DETMETA_GIN_COUNT_H */

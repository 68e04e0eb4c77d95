/*
 * postings.h
 *		Read the TIDs of an entry of a GIN index: posting lists and trees.
 *
 * With the heap at hand, a TID is also told to be proven: the row it leads to
 * is visible to every snapshot, the caller's included, without a look at the
 * heap (the proof is in gin/postings.c).  It stays so for as long as the
 * caller's snapshot is held, in whatever set the TID enters.
 *
 * The caller holds a lock on the index, an MVCC snapshot that was taken before
 * the first page is read (it keeps VACUUM from reusing what we may still visit),
 * and, before it reads entries, has read the pending list (gin/pending.h).
 * While the caller's code runs, no page is locked.
 */
#ifndef DETMETA_GIN_POSTINGS_H
#define DETMETA_GIN_POSTINGS_H

#include "gin/segment.h"
#include "gin/tid_set.h"

/* the TIDs of one entry: in a posting tree, or all of them here */
typedef struct GinPostings
{
	BlockNumber tree;			/* root, or InvalidBlockNumber */
	GinTids		list;
} GinPostings;

typedef struct GinPostingsScan
{
	GinReader  *reader;
	const GinPostings *postings;
	uint64		next;			/* first TID not returned, packed */
	bool		done;
	GinTids		page;			/* of the posting tree */
} GinPostingsScan;

/* Batch by batch in TID order; a batch is valid until the next call. */
extern void detmeta_gin_postings_of(GinReader *reader, IndexTuple itup, GinPostings *postings);
extern void detmeta_gin_postings_begin(GinPostingsScan *scan, GinReader *reader,
									   const GinPostings *postings);
extern bool detmeta_gin_postings_next(GinPostingsScan *scan, GinTids *batch);
extern void detmeta_gin_postings_end(GinPostingsScan *scan);

/* How many; of a posting tree, about so many, from a few of its leaves. */
extern double detmeta_gin_postings_estimate(GinReader *reader, const GinPostings *postings,
											int nleaves);

/* All at once, limited to the set's slice of heap blocks; "within" may be NULL. */
extern void detmeta_gin_postings_add(GinReader *reader, const GinPostings *postings,
									 const TidSet *within, TidSet *set);
extern int64 detmeta_gin_postings_count(GinReader *reader, const GinPostings *postings,
										const TidSet *within);

#endif							/* DETMETA_GIN_POSTINGS_H */

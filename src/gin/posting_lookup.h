/*
 * posting_lookup.h
 *		Ask whether a posting tree has a TID, without reading all of it.
 *
 * What the caller must hold and must have read before is told in gin/postings.h.
 */
#ifndef DETMETA_POSTING_LOOKUP_H
#define DETMETA_POSTING_LOOKUP_H

#include "gin/segment.h"

/* how many TIDs a segment of a tree has, about, which a look that is not near the last reads */
#define GIN_LOOKUP_TIDS		150

typedef struct GinPostingLookup
{
	GinReader  *reader;
	BlockNumber tree;			/* root */
	uint64		from;			/* TIDs of the tree from this one, packed, */
	uint64		before;			/* and before this one are */
	GinTids		tids;			/* these */
	double		nread;			/* TIDs, for all that was asked */
} GinPostingLookup;

extern void detmeta_posting_lookup_begin(GinPostingLookup *lookup, GinReader *reader,
										 BlockNumber tree);
extern bool detmeta_posting_lookup_has(GinPostingLookup *lookup, ItemPointer tid, bool *proven);

#endif							/* DETMETA_POSTING_LOOKUP_H */

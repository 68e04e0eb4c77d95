/*
 * segment.h
 *		Segments of a GIN index: compressed lists of TIDs, which posting lists
 *		and the leaves of posting trees consist of.
 */
#ifndef DETMETA_GIN_SEGMENT_H
#define DETMETA_GIN_SEGMENT_H

#include "gin/reader.h"

/* TIDs in order, and for each whether it is proven */
typedef struct GinTids
{
	int			count;
	int			capacity;
	ItemPointerData *tids;
	bool	   *proven;
} GinTids;

/* No page holds more TIDs: each takes a byte. */
#define GIN_MAX_PAGE_TIDS	BLCKSZ

extern int	detmeta_gin_decode_segment(GinReader *reader, const GinPostingList *segment);
extern int	detmeta_gin_count_segments(const GinPostingList *segment, const char *end);

extern void detmeta_gin_reserve_tids(GinTids *tids, int capacity);
extern void detmeta_gin_append_segment(GinReader *reader, const GinPostingList *segment,
									   uint64 from, bool prove, GinTids *tids);
extern void detmeta_gin_decode_list(GinReader *reader, IndexTuple itup,
									bool prove, GinTids *tids);

#endif							/* DETMETA_GIN_SEGMENT_H */

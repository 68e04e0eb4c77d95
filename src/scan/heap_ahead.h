/*
 * heap_ahead.h
 *		Read heap blocks ahead of the scan that fetches rows from them.
 */
#ifndef DETMETA_HEAP_AHEAD_H
#define DETMETA_HEAP_AHEAD_H

#include "utils/rel.h"

#include "gin/tid_set.h"

/* The blocks of a set, in order. */
typedef struct HeapAhead
{
	Relation	heap;
	const TidSet *set;
	BlockNumber current;		/* where the scan is */
	/* the first block not read ahead; InvalidBlockNumber: there is none */
	BlockNumber next;
	int			distance;		/* blocks of the set that are read ahead of the scan, */
	int			wanted;			/* how many of them should be, */
	int			limit;			/* and how many at most */
} HeapAhead;

extern void detmeta_heap_ahead_begin(HeapAhead *ahead, Relation heap, const TidSet *set,
									 BlockNumber from);
extern void detmeta_heap_ahead_move(HeapAhead *ahead, BlockNumber block);

#endif							/* DETMETA_HEAP_AHEAD_H */

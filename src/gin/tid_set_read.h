/*
 * tid_set_read.h
 *		Members of sets of heap TIDs: asked for, counted, and read in order.
 */
#ifndef DETMETA_TID_SET_READ_H
#define DETMETA_TID_SET_READ_H

#include "access/htup_details.h"

#include "gin/tid_set.h"

/* members in one heap block, in order */
typedef struct TidSetBlock
{
	BlockNumber block;
	int			count;
	OffsetNumber offsets[MaxHeapTuplesPerPage];
	bool		proven[MaxHeapTuplesPerPage];
} TidSetBlock;

typedef struct TidSetIterator
{
	const TidSet *set;
	uint64		next;			/* first heap block not looked at */
} TidSetIterator;

/* Members one by one, in TID order. */
typedef struct TidSetCursor
{
	TidSetIterator iterator;
	TidSetBlock block;
	int			next;			/* in the block */
} TidSetCursor;

extern bool detmeta_tid_set_contains(const TidSet *set, ItemPointer tid,
									 bool *proven);

/* Is any TID from first to last, both packed and included, a member? */
extern bool detmeta_tid_set_any(const TidSet *set, uint64 first, uint64 last);

/* How many of some TIDs, packed and in order, are members? */
extern int	detmeta_tid_set_count_packed(const TidSet *set, const uint64 *tids, int n);
extern bool detmeta_tid_set_is_empty(const TidSet *set);
extern int64 detmeta_tid_set_count(const TidSet *set, int64 *nproven);

/* Block by block in TID order.  Do not change the set meanwhile. */
extern void detmeta_tid_set_iterate(TidSetIterator *iterator, TidSet *set,
									BlockNumber from);
extern bool detmeta_tid_set_next(TidSetIterator *iterator, TidSetBlock *block);
extern void detmeta_tid_set_cursor(TidSetCursor *cursor, TidSet *set, BlockNumber from);
extern bool detmeta_tid_set_next_tid(TidSetCursor *cursor, ItemPointer tid);
extern bool detmeta_tid_set_next_member(TidSetCursor *cursor, ItemPointer tid, bool *proven);
extern BlockNumber detmeta_tid_set_next_block(const TidSet *set, BlockNumber from);

#endif							/* DETMETA_TID_SET_READ_H */

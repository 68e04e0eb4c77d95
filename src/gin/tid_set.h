/*
 * tid_set.h
 *		Sets of heap TIDs, with one bit more for each: is the row proven to be
 *		visible?
 *
 * A set belongs to one snapshot: what is proven is proven for that snapshot.
 * It may be limited to a slice of the heap's blocks; TIDs outside the slice
 * are then passed over by everything that adds.  A caller whose sets would not
 * fit work_mem works slice by slice (detmeta_tid_set_size tells the size).
 */
#ifndef DETMETA_TID_SET_H
#define DETMETA_TID_SET_H

#include "storage/block.h"
#include "storage/itemptr.h"

typedef struct TidSet TidSet;

/* All blocks: first 0, end InvalidBlockNumber.  The end is not included. */
extern TidSet *detmeta_tid_set_create(MemoryContext context,
									  BlockNumber first, BlockNumber end);
extern void detmeta_tid_set_free(TidSet *set);
extern void detmeta_tid_set_slice(const TidSet *set,
								  BlockNumber *first, BlockNumber *end);

extern void detmeta_tid_set_add(TidSet *set, ItemPointer tid, bool proven);
extern void detmeta_tid_set_add_sorted(TidSet *set, const ItemPointerData *tids,
									   const bool *proven, int ntids);
extern bool detmeta_tid_set_add_packed(TidSet *set, const uint64 *tids, int ntids,
									   bool proven);

/*
 * target := target op other.  A member that both sets know is proven if it is
 * proven in either.  The other set keeps its members.
 */
extern void detmeta_tid_set_and(TidSet *target, TidSet *other);
extern void detmeta_tid_set_or(TidSet *target, TidSet *other);
extern void detmeta_tid_set_and_not(TidSet *target, TidSet *other);

extern Size detmeta_tid_set_size(BlockNumber nblocks, double tuples_per_block);

#endif							/* DETMETA_TID_SET_H */

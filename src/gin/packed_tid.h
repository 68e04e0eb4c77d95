/*
 * packed_tid.h
 *		TIDs as integers, packed as GIN does it: in TID order.
 */
#ifndef DETMETA_PACKED_TID_H
#define DETMETA_PACKED_TID_H

#include "storage/itemptr.h"

/* 11 bits of offset below the block */
#define GIN_OFFSET_BITS			11
#define GIN_PACK(block, offset) ((uint64) (block) << GIN_OFFSET_BITS | (offset))
#define GIN_PACKED_BLOCK(tid)	((BlockNumber) ((tid) >> GIN_OFFSET_BITS))
#define GIN_PACK_TID(tid) \
	GIN_PACK(ItemPointerGetBlockNumberNoCheck(tid), ItemPointerGetOffsetNumberNoCheck(tid))
#define GIN_PACKED_OFFSET(tid)	((OffsetNumber) ((tid) & ((1 << GIN_OFFSET_BITS) - 1)))

#endif							/* DETMETA_PACKED_TID_H */

/*
 * gin_tree.h
 *		Leaves of a GIN index's posting trees, and the segments in them.
 *
 * For the files that read GIN pages; others include gin_entries.h,
 * gin_postings.h and gin_pending.h.
 */
#ifndef DETMETA_GIN_TREE_H
#define DETMETA_GIN_TREE_H

#include "access/gin_private.h"
#include "access/visibilitymap.h"
#include "storage/bufmgr.h"
#include "utils/rel.h"
#include "utils/snapshot.h"

#include "compat.h"
#include "tid_set.h"

#define GIN_READER_VM_BUFFERS	8

/* Heap blocks on a page of the visibility map: two bits each. */
#define GIN_VM_PAGE_BLOCKS		((BLCKSZ - MAXALIGN(SizeOfPageHeaderData)) * 4)

/* a reader of one column of an index; detmeta_gin_open makes it */
typedef struct GinReader
{
	Relation	index;
	AttrNumber	attnum;			/* column of the index, from 1 */
	bool		multicolumn;	/* entries start with their column's number */
	Relation	heap;			/* NULL: nothing is to be proven */
	Snapshot	snapshot;		/* NULL: estimates only */
	MemoryContext scratch;		/* keys decompressed while a page is locked */
	Buffer		vm_buffers[GIN_READER_VM_BUFFERS];
	BlockNumber vm_page;		/* the page of the map that was looked at last */
	const unsigned char *vm_map;	/* its bytes; NULL: none */
	int64		ntids;			/* TIDs read so far, for EXPLAIN */
} GinReader;

/* TIDs in order, and for each whether it is proven */
typedef struct GinTids
{
	int			count;
	int			capacity;
	ItemPointerData *tids;
	bool	   *proven;
} GinTids;

/* A packed TID is GIN's integer: 11 bits of offset below the block. */
#define GIN_OFFSET_BITS			11
#define GIN_PACK(block, offset) ((uint64) (block) << GIN_OFFSET_BITS | (offset))
#define GIN_PACKED_BLOCK(tid)	((BlockNumber) ((tid) >> GIN_OFFSET_BITS))
#define GIN_PACK_TID(tid) \
	GIN_PACK(ItemPointerGetBlockNumberNoCheck(tid), ItemPointerGetOffsetNumberNoCheck(tid))

/* No page holds more TIDs: each takes a byte. */
#define GIN_MAX_PAGE_TIDS	BLCKSZ

/* A place in a row of segments, that is compressed lists of ascending TIDs. */
typedef struct GinCursor
{
	const GinPostingList *segment;
	const char *end;			/* of all segments */
	const unsigned char *next;	/* rest of this segment */
	const unsigned char *limit;
	uint64		tid;			/* the current one, packed */
	bool		valid;			/* is there a current one? */
} GinCursor;

/* TIDs of one heap block, as a bitmap */
typedef struct GinRun
{
	BlockNumber block;
	int			count;
	int			nwords;
	uint64		bits[TID_SET_MAX_WORDS];
} GinRun;

/* a share-locked leaf of a posting tree */
typedef struct GinLeaf
{
	Buffer		buffer;
	GinCursor		cursor;
	uint64		next;			/* first TID of the leaf to the right */
	bool		last;			/* no leaf to the right */
} GinLeaf;

extern void detmeta_gin_report_corruption(GinReader *reader, const char *what);
extern const unsigned char *detmeta_gin_visibility_map(GinReader *reader, BlockNumber block);

extern void detmeta_gin_cursor_start(GinCursor *cursor, const void *segments, Size len);
extern void detmeta_gin_cursor_seek(GinCursor *cursor, uint64 target);
extern bool detmeta_gin_next_run(GinReader *reader, GinCursor *pos, GinRun *run);

extern int	detmeta_gin_count_segments(const GinPostingList *segment, const char *end);

extern void detmeta_gin_reserve_tids(GinTids *tids, int capacity);
extern void detmeta_gin_append_run(GinReader *reader, GinTids *tids,
								   const GinRun *run, bool proven);
extern void detmeta_gin_decode_list(GinReader *reader, IndexTuple itup,
									bool prove, GinTids *tids);

extern void detmeta_gin_open_leaf(GinReader *reader, BlockNumber root,
								  uint64 from, GinLeaf *leaf);
extern void detmeta_gin_close_leaf(GinLeaf *leaf);
extern double detmeta_gin_tree_estimate(GinReader *reader, BlockNumber root,
										int nprobes);

/* Ask the visibility map about a heap block, the TID's page being locked. */
static inline bool
detmeta_gin_block_proven(GinReader *reader, BlockNumber block)
{
	const unsigned char *map;

	if (reader->heap == NULL)
		return false;
	map = detmeta_gin_visibility_map(reader, block);
	return map != NULL &&
		(map[block % GIN_VM_PAGE_BLOCKS / 4] >> block % 4 * 2 & VISIBILITYMAP_ALL_VISIBLE) != 0;
}

/* Share-lock a pinned page of the index. */
static inline Page
gin_lock_page(GinReader *reader, Buffer buffer)
{
	Page		page = BufferGetPage(buffer);

	LockBuffer(buffer, GIN_SHARE);
	test_for_old_snapshot(reader->snapshot, reader->index, page);
	return page;
}

/* Go to the right sibling, locking it before its left one is let go. */
static inline Buffer
gin_step_right(GinReader *reader, Buffer buffer)
{
	BlockNumber block = GinPageGetOpaque(BufferGetPage(buffer))->rightlink;
	Buffer		next = ReadBuffer(reader->index, block);

	gin_lock_page(reader, next);
	UnlockReleaseBuffer(buffer);
	return next;
}

#endif							/* DETMETA_GIN_TREE_H */

/*
 * reader.h
 *		A column of a GIN index that is open for reading, and the visibility
 *		map of its table.
 *
 * For the files that read GIN pages; others include gin/entries.h, gin/walk.h,
 * gin/postings.h and gin/pending.h.
 */
#ifndef DETMETA_GIN_READER_H
#define DETMETA_GIN_READER_H

#include "access/gin_private.h"
#include "access/visibilitymap.h"
#include "storage/bufmgr.h"
#include "utils/rel.h"
#include "utils/snapshot.h"

#include "base/compat.h"

/* Pages of the map that are kept pinned: those of a heap of eight gigabytes. */
#define GIN_READER_VM_BUFFERS	32

/*
 * Blocks of the map that are looked at in the time that it takes to decode a TID and
 * to look at its block alone.
 */
#define GIN_VM_BLOCKS_OF_TID	512

/* What the TIDs of a segment take as an array: one, and one for each byte. */
#define GIN_SEGMENT_TIDS		BLCKSZ

/* Heap blocks on a page of the visibility map: two bits each. */
#define GIN_VM_PAGE_BLOCKS		((BLCKSZ - MAXALIGN(SizeOfPageHeaderData)) * 4)

/* a reader of one column of an index; detmeta_gin_open makes it */
typedef struct GinReader
{
	Relation	index;
	AttrNumber	attnum;			/* column of the index, from 1 */
	bool		multicolumn;	/* entries start with their column's number */
	Relation	heap;			/* NULL: nothing is to be proven, */
	Relation	provable;		/* though it could be by this one; or NULL */
	Snapshot	snapshot;		/* NULL: estimates only */
	MemoryContext scratch;		/* keys decompressed while a page is locked */
	Buffer		vm_buffers[GIN_READER_VM_BUFFERS];
	BlockNumber vm_page;		/* the page of the map that was looked at last */
	const unsigned char *vm_map;	/* its bytes; NULL: none */
	/* the map's pages, while all TIDs are assumed to be proven; else NULL */
	XLogRecPtr *assumed_lsns;
	BlockNumber assumed_blocks; /* of the heap then */
	uint64	   *packed;			/* TIDs of the segment that was read last */
	int64		ntids;			/* TIDs read so far, for EXPLAIN */
} GinReader;

extern GinReader *detmeta_gin_open(Relation index, AttrNumber attnum,
								   Relation heap, Snapshot snapshot);
extern void detmeta_gin_close(GinReader *reader);
extern void detmeta_gin_report_corruption(GinReader *reader, const char *what);
extern const unsigned char *detmeta_gin_visibility_map(GinReader *reader, BlockNumber block);
extern bool detmeta_gin_blocks_proven(GinReader *reader, BlockNumber first, BlockNumber last);

/* Say whether all TIDs are assumed to be proven (gin/heap_assumed.c). */
static inline bool
detmeta_gin_heap_is_assumed(const GinReader *reader)
{
	return reader->assumed_lsns != NULL;
}

/* Ask the visibility map about a heap block, the TID's page being locked. */
static inline bool
detmeta_gin_block_proven(GinReader *reader, BlockNumber block)
{
	const unsigned char *map;

	if (reader->heap == NULL)
		return false;
	if (detmeta_gin_heap_is_assumed(reader))
		return true;
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

#endif							/* DETMETA_GIN_READER_H */

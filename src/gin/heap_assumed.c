/*
 * heap_assumed.c
 *		All rows of a table assumed to be proven visible, to be confirmed later.
 *
 * The proof (gin/postings.c) wants the visibility map looked at while the page that a
 * TID is on is locked.  Where thousands of pages have a few hundred TIDs each, which
 * lead to everywhere in the table, that is most of the work.  So the whole map is
 * looked at before the first page and after the last: if all bits are set both times,
 * and none was set in between, then none was cleared in between, and all were set
 * whenever a page was locked.
 *
 * Whoever sets bits on a page of the map gives it a new LSN, before he unlocks it;
 * whoever clears them does not.  (Of a table that is not logged neither does: its map has
 * no LSNs, and nothing is assumed.)  A table that has grown is not confirmed.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "gin/heap_assumed.h"

/* Return the number of pages that the map of so many heap blocks has. */
static inline BlockNumber
count_map_pages(BlockNumber nblocks)
{
	return (nblocks - 1) / GIN_VM_PAGE_BLOCKS + 1;
}

/*
 * Look at a page of the map, locked: return its LSN, or an invalid one if it has none, or
 * not all blocks are all-visible.
 */
static XLogRecPtr
read_map_page(GinReader *reader, BlockNumber page, BlockNumber nblocks)
{
	BlockNumber first = page * GIN_VM_PAGE_BLOCKS;
	BlockNumber last = Min(nblocks - first, GIN_VM_PAGE_BLOCKS) + first - 1;
	XLogRecPtr	lsn = InvalidXLogRecPtr;
	Buffer		buffer;

	CHECK_FOR_INTERRUPTS();
	if (detmeta_gin_visibility_map(reader, first) == NULL)
		return InvalidXLogRecPtr;
	buffer = reader->vm_buffers[page % GIN_READER_VM_BUFFERS];
	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	if (detmeta_gin_blocks_proven(reader, first, last))
		lsn = PageGetLSN(BufferGetPage(buffer));
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	return lsn;
}

/* Begin to assume it. */
bool
detmeta_gin_assume_heap(GinReader *reader)
{
	BlockNumber nblocks = reader->heap != NULL ?
		RelationGetNumberOfBlocks(reader->heap) : 0;
	BlockNumber npages;
	XLogRecPtr *lsns;

	if (nblocks == 0)
		return false;
	npages = count_map_pages(nblocks);
	lsns = palloc_array(XLogRecPtr, npages);
	for (BlockNumber page = 0; page < npages; page++)
	{
		lsns[page] = read_map_page(reader, page, nblocks);
		if (XLogRecPtrIsInvalid(lsns[page]))
		{
			pfree(lsns);
			return false;
		}
	}
	reader->assumed_blocks = nblocks;
	reader->assumed_lsns = lsns;
	return true;
}

/* End it. */
bool
detmeta_gin_confirm_heap(GinReader *reader)
{
	BlockNumber nblocks = reader->assumed_blocks;
	BlockNumber npages = count_map_pages(nblocks);
	XLogRecPtr *lsns = reader->assumed_lsns;
	bool		result;

	reader->assumed_lsns = NULL;
	result = RelationGetNumberOfBlocks(reader->heap) == nblocks;
	for (BlockNumber page = 0; result && page < npages; page++)
		result = read_map_page(reader, page, nblocks) == lsns[page];
	pfree(lsns);
	return result;
}

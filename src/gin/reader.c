/*
 * reader.c
 *		Open a column of a GIN index for reading, and ask the visibility map.
 */
#include "postgres.h"

#include "access/visibilitymap.h"
#include "access/xact.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_type_d.h"
#include "storage/predicate.h"
#include "utils/memutils.h"

#include "base/gin_index.h"
#include "gin/reader.h"

/* The visibility map: two bits for each heap block, the lower says all-visible. */
#define VM_VISIBLE_MASK	UINT64CONST(0x5555555555555555)

/*
 * Open a column of an index for reading.  TIDs are proven if the heap is given.
 * The snapshot may be NULL for estimates only.
 *
 * A SERIALIZABLE transaction has to notice whoever changes what it reads.  The
 * whole index is locked before any page of it is looked at, the pending list
 * included: a writer asks for locks on the table when it puts a row there, but once
 * more on the index when it adds the entries, so one that is between the two is
 * not missed.  One that deletes a row adds no entries; it is noticed at the row,
 * when it is fetched, so all rows have to be, and none is proven.  A lock on
 * the table would not do for those that are: it asks for locks before it
 * changes the visibility map, and may have done the one and not the other.
 */
GinReader *
detmeta_gin_open(Relation index, AttrNumber attnum, Relation heap, Snapshot snapshot)
{
	GinReader  *reader = palloc0_object(GinReader);

	if (!detmeta_index_is_gin(index) ||
		TupleDescAttr(RelationGetDescr(index), attnum - 1)->atttypid != BYTEAOID)
		elog(ERROR, "column %d of index \"%s\" has no GIN entries of type bytea",
			 attnum, RelationGetRelationName(index));
	reader->index = index;
	reader->attnum = attnum;
	reader->multicolumn = RelationGetDescr(index)->natts > 1;
	reader->snapshot = snapshot;
	if (snapshot != NULL)
		PredicateLockRelation(index, snapshot);
	/* only the heap has a visibility map */
	if (heap && !IsolationIsSerializable() && heap->rd_rel->relam == HEAP_TABLE_AM_OID)
		reader->heap = reader->provable = heap;
	reader->packed = palloc_array(uint64, GIN_SEGMENT_TIDS);
	reader->scratch = AllocSetContextCreate(CurrentMemoryContext, "detmeta GIN keys",
											ALLOCSET_SMALL_SIZES);
	return reader;
}

/* Close a reader. */
void
detmeta_gin_close(GinReader *reader)
{
	int			i;

	for (i = 0; i < GIN_READER_VM_BUFFERS; i++)
		if (BufferIsValid(reader->vm_buffers[i]))
			ReleaseBuffer(reader->vm_buffers[i]);
	pfree(reader->packed);
	MemoryContextDelete(reader->scratch);
	pfree(reader);
}

/* Complain about a page or list that is not as it should be. */
void
detmeta_gin_report_corruption(GinReader *reader, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_INDEX_CORRUPTED),
			 errmsg("index \"%s\" contains %s",
					RelationGetRelationName(reader->index), what),
			 errhint("Please REINDEX it.")));
}

/*
 * Return the bytes of the visibility map's page that has a heap block, or NULL
 * where the map does not reach so far.  The page stays pinned.
 */
const unsigned char *
detmeta_gin_visibility_map(GinReader *reader, BlockNumber block)
{
	BlockNumber number = block / GIN_VM_PAGE_BLOCKS;
	Buffer	   *buffer = &reader->vm_buffers[number % GIN_READER_VM_BUFFERS];

	if (reader->vm_map != NULL && reader->vm_page == number)
		return reader->vm_map;
	/* The map of this page may take the place of the one that is remembered. */
	reader->vm_map = NULL;
	(void) visibilitymap_get_status(reader->heap, block, buffer);
	if (BufferIsValid(*buffer))
	{
		reader->vm_page = number;
		reader->vm_map = (const unsigned char *) PageGetContents(BufferGetPage(*buffer));
	}
	return reader->vm_map;
}

/* Say whether the map calls a block all-visible; the map is that of its page. */
static inline bool
map_has(const unsigned char *map, BlockNumber block)
{
	return (map[block % GIN_VM_PAGE_BLOCKS / 4] >> (block % 4 * 2) &
			VISIBILITYMAP_ALL_VISIBLE) != 0;
}

/* Say the same of so many blocks, a multiple of 32, from one that begins a word of the map. */
static inline bool
map_has_words(const unsigned char *map, BlockNumber first, int nblocks)
{
	const unsigned char *bytes = map + first % GIN_VM_PAGE_BLOCKS / 4;
	uint64		all = VM_VISIBLE_MASK;

	for (int i = 0; i < nblocks / 4; i += sizeof(uint64))
	{
		uint64		word;

		memcpy(&word, bytes + i, sizeof(word));
		all &= word;
	}
	return all == VM_VISIBLE_MASK;
}

/*
 * Say the same of all blocks from first to last: most of them many at a time,
 * without a branch for each.
 */
static bool
map_has_all(const unsigned char *map, BlockNumber first, BlockNumber last)
{
	BlockNumber block = first;

	for (; block <= last && block % GIN_VM_PAGE_BLOCKS % 32 != 0; block++)
	{
		if (!map_has(map, block))
			return false;
	}
	for (; block <= last && last - block >= 1023; block += 1024)
	{
		if (!map_has_words(map, block, 1024))
			return false;
	}
	for (; block <= last && last - block >= 31; block += 32)
	{
		if (!map_has_words(map, block, 32))
			return false;
	}
	for (; block <= last; block++)
	{
		if (!map_has(map, block))
			return false;
	}
	return true;
}

/* Say whether all heap blocks from first to last are all-visible. */
bool
detmeta_gin_blocks_proven(GinReader *reader, BlockNumber first, BlockNumber last)
{
	while (!detmeta_gin_heap_is_assumed(reader))
	{
		BlockNumber page_end = first - first % GIN_VM_PAGE_BLOCKS + (GIN_VM_PAGE_BLOCKS - 1);
		const unsigned char *map = detmeta_gin_visibility_map(reader, first);

		if (map == NULL || !map_has_all(map, first, Min(last, page_end)))
			return false;
		if (last <= page_end)
			return true;
		first = page_end + 1;
	}
	return true;
}

/*
 * leaf_counts.c
 *		How many TIDs leaves of posting trees had when they were counted last.
 *
 * Of an index that is counted again, most leaves are as they were, and to count
 * the bytes of each once more takes as long as memory takes to bring them.  A
 * page whose change is logged gets the place of that change in the log, the
 * LSN; so a leaf that has the LSN it had has the TIDs it had.  On a standby
 * LSNs are those of the primary.
 *
 * Not remembered are leaves without an LSN, as all are of an index that is not
 * logged; and with wal_level = minimal, an index can be built without the log, and
 * a later one in its place, too.
 *
 * Each backend that counts has one table of a fixed size, where a leaf takes the
 * place of another one that comes to the same slot.
 */
#include "postgres.h"

#include "base/compat.h"
#include "gin/leaf_counts.h"
#include "gin/segment.h"

/*
 * Of 24 bytes each: 6 MB, of which a backend takes those pages that it has counted
 * leaves into.  The keys of ten million runs are 50,000 leaves.
 */
#define SLOTS	262144

typedef struct LeafCount
{
	XLogRecPtr	lsn;			/* invalid: an empty slot */
	Oid			tablespace;
	Oid			file;
	BlockNumber block;
	int			count;
} LeafCount;

static LeafCount slots[SLOTS];

/* Find the slot of a leaf; leaves that follow each other have slots that do. */
static LeafCount *
find_leaf_count(Oid file, BlockNumber block)
{
	return &slots[(block + file * 7919) % SLOTS];
}

/* Count the TIDs of a leaf, which is locked, or remember them; these are its segments. */
int
detmeta_leaf_count(const GinReader *reader, Buffer leaf, const GinPostingList *segment,
				   const char *end)
{
	XLogRecPtr	lsn = PageGetLSN(BufferGetPage(leaf));
	Oid			tablespace = RELATION_TABLESPACE(reader->index);
	Oid			file = RELATION_FILE_NUMBER(reader->index);
	BlockNumber block = BufferGetBlockNumber(leaf);
	LeafCount  *slot;

	if (XLogRecPtrIsInvalid(lsn))
		return detmeta_gin_count_segments(segment, end);
	slot = find_leaf_count(file, block);
	if (slot->lsn != lsn || slot->block != block || slot->file != file ||
		slot->tablespace != tablespace)
	{
		slot->lsn = lsn;
		slot->tablespace = tablespace;
		slot->file = file;
		slot->block = block;
		slot->count = detmeta_gin_count_segments(segment, end);
	}
	return slot->count;
}

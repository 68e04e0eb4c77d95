/*
 * rows.c
 *		Compare the entries of an index with the rows of its table.
 *
 * For each row that the snapshot sees, the hashes of its entries are summed,
 * and the hash of each entry that leads to the row is taken off.  What is left
 * is 0 if they are the same entries.  Only rows with something left are looked
 * at again, entry by entry.  So a row costs 9 bytes of memory, not the size of
 * its entries; a table too large for maintenance_work_mem is checked in slices,
 * with a walk over the index for each.
 *
 * Why nobody else has to wait: an entry of a row that the snapshot sees was
 * there before the snapshot was taken, and stays for as long as the snapshot is
 * held.  It may only move from the pending list into the tree, which is read
 * after it.  Both may have it: what the list has is remembered, not to be
 * taken off twice.
 *
 * All other TIDs, of rows too new or dead and not yet removed, need only lead
 * to a line pointer that is in use: VACUUM frees a line pointer after it has
 * removed the TID from the index, and a row comes into the table before it
 * comes into the index.  While the index page with the TID is locked, the line
 * pointer is therefore in use, and not that of a heap-only tuple.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/tableam.h"
#include "catalog/index.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "check/page.h"
#include "check/rows.h"
#include "check/walk.h"
#include "gin/packed_tid.h"
#include "index/entry_extract.h"

/* The table is read by so many blocks, until the slice is large enough. */
#define STEP_BLOCKS		64

/* So many rows that differ are looked at again. */
#define MAX_SUSPECTS	CHECK_MAX_PROBLEMS

/* what is known of a line pointer */
#define SLOT_IN_USE		0x01	/* by a row of its own, not by a heap-only tuple */
#define SLOT_VISIBLE	0x02	/* it leads to a row that the snapshot sees */
#define SLOT_PENDING	0x04	/* the row is in the pending list */
#define SLOT_SUSPECT	0x08	/* the row's entries differ from the index's */

/* the line pointers of a block */
typedef struct CheckBlock
{
	int			nslots;
	uint8	   *flags;
	uint64		sums[FLEXIBLE_ARRAY_MEMBER];
} CheckBlock;

/* an entry of a row, by its hash */
typedef struct CheckPair
{
	uint64		tid;
	uint64		hash;
} CheckPair;

/* where it was found */
#define PAIR_IN_ROW		0x01
#define PAIR_IN_TREE	0x02
#define PAIR_IN_LIST	0x04

typedef struct CheckPairEntry
{
	CheckPair	pair;
	int			found;
} CheckPairEntry;

/* a slice of the table; the last one has all blocks from its first */
typedef struct CheckSlice
{
	MemoryContext context;
	BlockNumber first;
	BlockNumber end;			/* of the blocks that were read */
	bool		is_last;
	CheckBlock **blocks;
	BlockNumber capacity;
	HTAB	   *pairs;
} CheckSlice;

typedef struct CheckRows
{
	IndexCheck *check;
	CheckSlice	slice;
	BlockNumber nblocks;		/* of the table, when the snapshot had been taken */
	IndexInfo  *info;
	EState	   *estate;
	ExprState  *predicate;
	TupleTableSlot *row;
} CheckRows;

/* Called for each entry of a visible row. */
typedef void (*RowEntryVisitor) (CheckRows *rows, uint64 tid, const CheckKey *key);

/* Return the slice's slots of a block; NULL if it has none. */
static CheckBlock *
find_checked_block(const CheckSlice *slice, BlockNumber block)
{
	return block >= slice->first && block < slice->end ? slice->blocks[block - slice->first] : NULL;
}

/* Return a TID's slot in its block; -1 if there is none. */
static inline int
find_checked_slot(const CheckBlock *block, uint64 tid)
{
	int			slot = GIN_PACKED_OFFSET(tid) - 1;

	return block && slot < block->nslots ? slot : -1;
}

/* Say whether a line pointer is in use, by a row that an index may lead to. */
static bool
is_row_pointer(Page page, OffsetNumber offset)
{
	ItemId		item;

	if (PageIsNew(page) || offset > PageGetMaxOffsetNumber(page))
		return false;
	item = PageGetItemId(page, offset);
	if (!ItemIdIsUsed(item))
		return false;
	return !ItemIdIsNormal(item) ||
		!HeapTupleHeaderIsHeapOnly((HeapTupleHeader) PageGetItem(page, item));
}

/* Note which line pointers of a block are in use. */
static CheckBlock *
read_line_pointers(CheckRows *rows, BlockNumber block)
{
	Buffer		buffer = ReadBufferExtended(rows->check->heap, MAIN_FORKNUM, block, RBM_NORMAL,
											rows->check->strategy);
	Page		page = BufferGetPage(buffer);
	CheckBlock *slots = NULL;
	int			n;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	n = PageIsNew(page) ? 0 : Min(PageGetMaxOffsetNumber(page), MaxHeapTuplesPerPage);
	if (n > 0)
	{
		slots = MemoryContextAllocZero(rows->slice.context,
									   offsetof(CheckBlock, sums) + n * (sizeof(uint64) + 1));
		slots->nslots = n;
		slots->flags = (uint8 *) &slots->sums[n];
		for (int i = 0; i < n; i++)
			slots->flags[i] = is_row_pointer(page, i + 1) ? SLOT_IN_USE : 0;
	}
	UnlockReleaseBuffer(buffer);
	return slots;
}

/* Return the TID that the index has of the row in the slot. */
static uint64
root_tid(CheckRows *rows, OffsetNumber *roots, BlockNumber *roots_block)
{
	HeapTuple	tuple = ((HeapTupleTableSlot *) rows->row)->tuple;
	BlockNumber block = ItemPointerGetBlockNumber(&tuple->t_self);
	OffsetNumber offset = ItemPointerGetOffsetNumber(&tuple->t_self);

	if (!HeapTupleIsHeapOnly(tuple))
		return GIN_PACK(block, offset);
	/* a row that the snapshot sees keeps its root, so once a page suffices */
	if (*roots_block != block)
	{
		Buffer		buffer = ((BufferHeapTupleTableSlot *) rows->row)->buffer;

		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		heap_get_root_tuples(BufferGetPage(buffer), roots);
		LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
		*roots_block = block;
	}
	if (!OffsetNumberIsValid(roots[offset - 1]))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("failed to find parent tuple for heap-only tuple at (%u,%u) in table \"%s\"",
						block, offset, RelationGetRelationName(rows->check->heap))));
	return GIN_PACK(block, roots[offset - 1]);
}

/* Visit the entries of a document. */
static void
visit_checked_document(CheckRows *rows, uint64 tid, AttrNumber attnum, Datum document,
					   RowEntryVisitor visitor)
{
	CheckKey	key = {
		.attnum = attnum,
		.category = GIN_CAT_NORM_KEY,
		.from_row = true
	};
	int32		n;
	Datum	   *entries = detmeta_entries_of_document(DatumGetJsonbP(document),
													  rows->check->options[attnum], &n);

	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		key.datum = entries[i];
		key.data = VARDATA_ANY(DatumGetPointer(entries[i]));
		key.len = VARSIZE_ANY_EXHDR(DatumGetPointer(entries[i]));
		visitor(rows, tid, &key);
	}
}

/* Visit what the index is to have of the row in the slot. */
static void
visit_checked_row(CheckRows *rows, uint64 tid, RowEntryVisitor visitor)
{
	ExprContext *econtext = GetPerTupleExprContext(rows->estate);
	MemoryContext old = MemoryContextSwitchTo(econtext->ecxt_per_tuple_memory);
	Datum		values[INDEX_MAX_KEYS];
	bool		isnull[INDEX_MAX_KEYS];

	econtext->ecxt_scantuple = rows->row;
	if (ExecQual(rows->predicate, econtext))
	{
		FormIndexDatum(rows->info, rows->row, rows->estate, values, isnull);
		for (int i = 0; i < rows->info->ii_NumIndexAttrs; i++)
		{
			CheckKey	null_item = {
				.attnum = i + 1,
				.category = GIN_CAT_NULL_ITEM
			};

			if (!rows->check->ours[i + 1])
				continue;
			if (isnull[i])
				visitor(rows, tid, &null_item);
			else
				visit_checked_document(rows, tid, i + 1, values[i], visitor);
		}
	}
	MemoryContextSwitchTo(old);
	ResetExprContext(econtext);
}

/* Visit the rows of some blocks, which the slice has, if they have all of some flags. */
static void
visit_blocks(CheckRows *rows, BlockNumber first, BlockNumber nblocks, int wanted,
			 RowEntryVisitor visitor)
{
	IndexCheck *check = rows->check;
	TableScanDesc scan = table_beginscan_strat(check->heap, check->snapshot, 0, NULL, true, false);
	OffsetNumber roots[MaxHeapTuplesPerPage];
	BlockNumber roots_block = InvalidBlockNumber;

	heap_setscanlimits(scan, first, nblocks);
	while (table_scan_getnextslot(scan, ForwardScanDirection, rows->row))
	{
		uint64		tid = root_tid(rows, roots, &roots_block);
		CheckBlock *block = find_checked_block(&rows->slice, GIN_PACKED_BLOCK(tid));
		int			slot = find_checked_slot(block, tid);

		CHECK_FOR_INTERRUPTS();
		if (slot < 0)
			elog(ERROR, "row of page %u of table \"%s\" has no line pointer",
				 GIN_PACKED_BLOCK(tid), RelationGetRelationName(check->heap));
		block->flags[slot] |= SLOT_VISIBLE;
		if ((block->flags[slot] & wanted) == wanted)
			visit_checked_row(rows, tid, visitor);
	}
	ExecClearTuple(rows->row);
	table_endscan(scan);
}

/* Add an entry of a row to the row's sum. */
static void
add_to_sum(CheckRows *rows, uint64 tid, const CheckKey *key)
{
	CheckBlock *block = find_checked_block(&rows->slice, GIN_PACKED_BLOCK(tid));

	block->sums[find_checked_slot(block, tid)] += detmeta_check_hash(key);
}

/* Make an empty table of pairs. */
static HTAB *
make_pairs(CheckSlice *slice)
{
	HASHCTL		control = {
		.keysize = sizeof(CheckPair),
		.entrysize = sizeof(CheckPairEntry),
		.hcxt = slice->context
	};

	return hash_create("detmeta index check", 1024, &control,
					   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* Read a slice of the table, as large as fits maintenance_work_mem. */
static void
read_slice(CheckRows *rows, BlockNumber first)
{
	CheckSlice *slice = &rows->slice;

	MemoryContextReset(slice->context);
	slice->first = slice->end = first;
	slice->capacity = STEP_BLOCKS;
	slice->blocks = MemoryContextAllocHuge(slice->context, slice->capacity * sizeof(CheckBlock *));
	slice->pairs = make_pairs(slice);
	while (slice->end < rows->nblocks &&
		   MemoryContextMemAllocated(slice->context, true) <= (Size) maintenance_work_mem * 1024)
	{
		BlockNumber step = Min(STEP_BLOCKS, rows->nblocks - slice->end);
		BlockNumber start = slice->end;

		if (slice->end - first + step > slice->capacity)
		{
			slice->capacity *= 2;
			slice->blocks = repalloc_huge(slice->blocks, slice->capacity * sizeof(CheckBlock *));
		}
		for (; slice->end < start + step; slice->end++)
		{
			CHECK_FOR_INTERRUPTS();
			slice->blocks[slice->end - first] = read_line_pointers(rows, slice->end);
		}
		visit_blocks(rows, start, step, SLOT_VISIBLE, add_to_sum);
	}
	slice->is_last = slice->end >= rows->nblocks;
}

/* Note where an entry of a row was found; tell where it was found before. */
static int
note_pair(CheckRows *rows, uint64 tid, uint64 hash, int found)
{
	CheckPair	pair = {tid, hash};
	bool		known;
	CheckPairEntry *entry = hash_search(rows->slice.pairs, &pair, HASH_ENTER, &known);
	int			before = known ? entry->found : 0;

	entry->found = before | found;
	return before;
}

/* Say whether a line pointer is in use now. */
static bool
is_in_use_now(CheckRows *rows, uint64 tid)
{
	Relation	heap = rows->check->heap;
	Buffer		buffer;
	bool		result;

	if (GIN_PACKED_BLOCK(tid) >= RelationGetNumberOfBlocks(heap))
		return false;
	buffer = ReadBuffer(heap, GIN_PACKED_BLOCK(tid));
	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	result = is_row_pointer(BufferGetPage(buffer), GIN_PACKED_OFFSET(tid));
	UnlockReleaseBuffer(buffer);
	return result;
}

/*
 * Look after a TID whose line pointer was not in use when the table was read.
 * Only while the index page is locked it proves that something is wrong; if
 * the page has changed since it was copied, there is nothing to say.
 */
static void
check_line_pointer(CheckRows *rows, const CheckBatch *batch, uint64 tid)
{
	IndexCheck *check = rows->check;
	bool		wrong;

	if (is_in_use_now(rows, tid))
		return;
	if (batch->pending)
		wrong = true;
	else
	{
		Buffer		buffer = ReadBuffer(check->index, batch->block);

		LockBuffer(buffer, GIN_SHARE);
		wrong = memcmp(BufferGetPage(buffer), batch->page, BLCKSZ) == 0 &&
			!is_in_use_now(rows, tid);
		UnlockReleaseBuffer(buffer);
	}
	if (wrong)
		detmeta_check_report(check, tid, batch->key,
							 "the index has an entry, and the table has no row there");
}

/* Take entries that the index has off the sums of their rows. */
static void
take_off_sums(IndexCheck *check, const CheckBatch *batch, void *arg)
{
	CheckRows  *rows = arg;
	bool		ours = check->ours[batch->key->attnum];

	for (int i = 0; i < batch->ntids; i++)
	{
		uint64		tid = batch->tids[i];
		CheckBlock *block = find_checked_block(&rows->slice, GIN_PACKED_BLOCK(tid));
		int			slot = find_checked_slot(block, tid);
		uint8	   *flags = slot >= 0 ? &block->flags[slot] : NULL;

		if (flags == NULL || (*flags & (SLOT_VISIBLE | SLOT_IN_USE)) == 0)
		{
			check_line_pointer(rows, batch, tid);
			continue;
		}
		if (!ours || (*flags & SLOT_VISIBLE) == 0)
			continue;
		if (batch->pending)
			*flags |= SLOT_PENDING;
		if ((*flags & SLOT_PENDING) &&
			(note_pair(rows, tid, batch->hash, batch->pending ? PAIR_IN_LIST : PAIR_IN_TREE) &
			 PAIR_IN_LIST))
			continue;
		block->sums[slot] -= batch->hash;
	}
}

/* Mark rows with something left; return how many. */
static int
mark_suspects(CheckSlice *slice)
{
	int			nsuspects = 0;

	for (BlockNumber b = 0; b < slice->end - slice->first; b++)
	{
		CheckBlock *block = slice->blocks[b];

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; block && i < block->nslots && nsuspects < MAX_SUSPECTS; i++)
			if ((block->flags[i] & SLOT_VISIBLE) && block->sums[i] != 0)
			{
				block->flags[i] |= SLOT_SUSPECT;
				nsuspects++;
			}
	}
	return nsuspects;
}

/* Note an entry of a suspect row. */
static void
note_row_entry(CheckRows *rows, uint64 tid, const CheckKey *key)
{
	note_pair(rows, tid, detmeta_check_hash(key), PAIR_IN_ROW);
}

/* Report an entry of a suspect row if the index does not have it. */
static void
report_missing(CheckRows *rows, uint64 tid, const CheckKey *key)
{
	if ((note_pair(rows, tid, detmeta_check_hash(key), PAIR_IN_ROW) &
		 (PAIR_IN_TREE | PAIR_IN_LIST)) == 0)
		detmeta_check_report(rows->check, tid, key, "the row has an entry, and the index does not");
}

/* Report an entry in the index that the suspect row does not have. */
static void
report_superfluous(IndexCheck *check, const CheckBatch *batch, void *arg)
{
	CheckRows  *rows = arg;

	if (!check->ours[batch->key->attnum])
		return;
	for (int i = 0; i < batch->ntids; i++)
	{
		uint64		tid = batch->tids[i];
		CheckBlock *block = find_checked_block(&rows->slice, GIN_PACKED_BLOCK(tid));
		int			slot = find_checked_slot(block, tid);
		int			where = batch->pending ? PAIR_IN_LIST : PAIR_IN_TREE;
		int			before;

		if (slot < 0 || (block->flags[slot] & SLOT_SUSPECT) == 0)
			continue;
		before = note_pair(rows, tid, batch->hash, where);
		if (before == 0)
			detmeta_check_report(check, tid, batch->key,
								 "the index has an entry, and the row does not");
		else if (where == PAIR_IN_TREE && (before & PAIR_IN_TREE))
			detmeta_check_report(check, tid, batch->key, "the index has the entry more than once");
	}
}

/* Visit the suspect rows of the slice. */
static void
visit_suspects(CheckRows *rows, RowEntryVisitor visitor)
{
	CheckSlice *slice = &rows->slice;

	for (BlockNumber b = 0; b < slice->end - slice->first; b++)
	{
		CheckBlock *block = slice->blocks[b];

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; block && i < block->nslots; i++)
			if (block->flags[i] & SLOT_SUSPECT)
			{
				visit_blocks(rows, slice->first + b, 1, SLOT_SUSPECT, visitor);
				break;
			}
	}
}

/* Check a slice of the table that was read. */
static void
check_slice(CheckRows *rows)
{
	CheckSlice *slice = &rows->slice;
	uint64		from = GIN_PACK(slice->first, 0);
	uint64		end = slice->is_last ? PG_UINT64_MAX : GIN_PACK(slice->end, 0);

	if (!detmeta_check_walk(rows->check, from, end, take_off_sums, rows) ||
		mark_suspects(slice) == 0)
		return;
	hash_destroy(slice->pairs);
	slice->pairs = make_pairs(slice);
	visit_suspects(rows, note_row_entry);
	(void) detmeta_check_walk(rows->check, from, end, report_superfluous, rows);
	visit_suspects(rows, report_missing);
}

/* Compare the entries of an index with the rows of its table. */
void
detmeta_check_rows(IndexCheck *check)
{
	CheckRows	rows = {.check = check};
	BlockNumber next = 0;

	rows.nblocks = RelationGetNumberOfBlocks(check->heap);
	rows.info = BuildIndexInfo(check->index);
	rows.estate = CreateExecutorState();
	rows.predicate = ExecPrepareQual(rows.info->ii_Predicate, rows.estate);
	rows.row = table_slot_create(check->heap, NULL);
	rows.slice.context = AllocSetContextCreate(CurrentMemoryContext, "detmeta index check slice",
											   ALLOCSET_DEFAULT_SIZES);
	do
	{
		read_slice(&rows, next);
		check_slice(&rows);
		next = rows.slice.end;
	} while (next < rows.nblocks && !check->damaged && !detmeta_check_is_full(check));
	ExecDropSingleTupleTableSlot(rows.row);
	FreeExecutorState(rows.estate);
	MemoryContextDelete(rows.slice.context);
}

/*
 * entry_writer.c
 *		Entries of an index that is built, written with their posting lists and trees.
 *
 * An entry's TIDs may come in several parts.  As long as they fit, they are a posting
 * list in the entry's tuple; else they are a posting tree, which core's functions write,
 * part by part, so that a table's worth of TIDs is never in memory.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "build/entry_writer.h"
#include "build/tid_merge.h"

/* TIDs that are given to a posting tree at once. */
#define MAX_PART	262144

struct EntryWriter
{
	const EntryOrder *order;
	GinState   *ginstate;
	PageWriter *pages;
	GinStatsData *stats;
	MemoryContext key_context;
	bool		has_entry;
	BuildEntry	entry;			/* that is being written, but for its TIDs */
	BlockNumber tree;			/* its posting tree, or InvalidBlockNumber */
	bool		in_order;		/* the part's TIDs are, and distinct */
	uint32		n;
	uint32		allocated;
	ItemPointerData *part;		/* TIDs to be written */
	int			nreaders;
	BuildTidReader *readers;	/* of the TIDs that are added */
};

/* Begin to write. */
EntryWriter *
detmeta_entry_writer_create(const EntryOrder *order, PageWriter *pages, GinStatsData *stats)
{
	EntryWriter *writer = palloc0_object(EntryWriter);

	writer->order = order;
	writer->ginstate = order->ginstate;
	writer->pages = pages;
	writer->stats = stats;
	writer->key_context = AllocSetContextCreate(CurrentMemoryContext, "index entry",
												ALLOCSET_SMALL_SIZES);
	writer->allocated = 1024;
	writer->part = palloc_array(ItemPointerData, writer->allocated);
	writer->nreaders = 1;
	writer->readers = palloc_object(BuildTidReader);
	return writer;
}

/* Return the entry that is being written. */
const BuildEntry *
detmeta_entry_writer_last(const EntryWriter *writer)
{
	return writer->has_entry ? &writer->entry : NULL;
}

/* Compare TIDs. */
static int
compare_build_tids(const void *a, const void *b)
{
	return ItemPointerCompare(unconstify(ItemPointerData *, (const ItemPointerData *) a),
							  unconstify(ItemPointerData *, (const ItemPointerData *) b));
}

/* Bring the TIDs of the part in order, each once. */
static void
order_part(EntryWriter *writer)
{
	uint32		kept = 0;

	if (writer->in_order || writer->n == 0)
		return;
	qsort(writer->part, writer->n, sizeof(ItemPointerData), compare_build_tids);
	for (uint32 i = 1; i < writer->n; i++)
	{
		if (!ItemPointerEquals(&writer->part[kept], &writer->part[i]))
			writer->part[++kept] = writer->part[i];
	}
	writer->n = kept + 1;
}

/* Give the part to the posting tree, which is made if there is none. */
static void
write_part(EntryWriter *writer)
{
	Relation	index = writer->ginstate->index;
	Buffer		root;

	order_part(writer);
	if (writer->tree != InvalidBlockNumber)
		ginInsertItemPointers(index, writer->tree, writer->part, writer->n, writer->stats);
	else
	{
		/* for predicate locks, of which there are none */
		root = ReadBuffer(index, GIN_ROOT_BLKNO);
		writer->tree = createPostingTree(index, writer->part, writer->n, writer->stats, root);
		ReleaseBuffer(root);
	}
	writer->n = 0;
	writer->in_order = true;
}

/* Make the entry's tuple with the part as its posting list; NULL: that is too long. */
static IndexTuple
form_list_tuple(EntryWriter *writer)
{
	const BuildEntry *entry = &writer->entry;
	GinPostingList *list;
	IndexTuple	tuple = NULL;
	int			nwritten;

	order_part(writer);
	list = ginCompressPostingList(writer->part, writer->n, GinMaxItemSize, &nwritten);
	if (nwritten == (int) writer->n)
		tuple = GinFormTuple(writer->ginstate, entry->attnum, entry->key, entry->category,
							 (Pointer) list, SizeOfGinPostingList(list), writer->n, false);
	pfree(list);
	return tuple;
}

/* Make the entry's tuple with its posting tree, to which the part is added. */
static IndexTuple
form_tree_tuple(EntryWriter *writer)
{
	const BuildEntry *entry = &writer->entry;
	IndexTuple	tuple = GinFormTuple(writer->ginstate, entry->attnum, entry->key,
									 entry->category, NULL, 0, 0, true);

	if (writer->n > 0)
		write_part(writer);
	GinSetPostingTree(tuple, writer->tree);
	return tuple;
}

/* Write the entry. */
static void
write_entry(EntryWriter *writer)
{
	IndexTuple	tuple = NULL;

	if (writer->tree == InvalidBlockNumber)
		tuple = form_list_tuple(writer);
	if (tuple == NULL)
		tuple = form_tree_tuple(writer);
	detmeta_page_writer_put(writer->pages, tuple);
	writer->stats->nEntries++;
	pfree(tuple);
}

/* Begin an entry. */
static void
begin_entry(EntryWriter *writer, const BuildEntry *entry)
{
	writer->entry = *entry;
	MemoryContextReset(writer->key_context);
	if (entry->keylen > 0)
	{
		char	   *key = MemoryContextAlloc(writer->key_context, entry->keylen);

		memcpy(key, DatumGetPointer(entry->key), entry->keylen);
		writer->entry.key = PointerGetDatum(key);
	}
	writer->has_entry = true;
	writer->tree = InvalidBlockNumber;
	writer->in_order = true;
	writer->n = 0;
}

/* Make room for one more TID. */
static void
reserve_tid(EntryWriter *writer)
{
	if (writer->n == MAX_PART)
	{
		CHECK_FOR_INTERRUPTS();
		write_part(writer);
	}
	else if (writer->n == writer->allocated)
	{
		writer->allocated *= 2;
		writer->part = repalloc_array(writer->part, ItemPointerData, writer->allocated);
	}
}

/* Make room to read several entries' TIDs at once. */
static BuildTidReader *
reserve_readers(EntryWriter *writer, int n)
{
	if (n > writer->nreaders)
	{
		writer->nreaders = n;
		writer->readers = repalloc_array(writer->readers, BuildTidReader, n);
	}
	return writer->readers;
}

/* Add entries of one key, or their TIDs if it is equal to the last one. */
void
detmeta_entry_writer_add(EntryWriter *writer, const BuildEntry *const *entries, int n,
						 bool is_equal)
{
	TidMerge	merge;
	ItemPointerData tid;

	if (!is_equal)
	{
		if (writer->has_entry)
			write_entry(writer);
		begin_entry(writer, entries[0]);
	}
	detmeta_tid_merge_begin(&merge, reserve_readers(writer, n), entries, n);
	while (detmeta_tid_merge_next(&merge, &tid))
	{
		reserve_tid(writer);
		writer->in_order &= writer->n == 0 ||
			ItemPointerCompare(&writer->part[writer->n - 1], &tid) < 0;
		writer->part[writer->n++] = tid;
	}
}

/* Write the last entry. */
void
detmeta_entry_writer_end(EntryWriter *writer)
{
	if (writer->has_entry)
		write_entry(writer);
	MemoryContextDelete(writer->key_context);
	pfree(writer->part);
	pfree(writer->readers);
	pfree(writer);
}

/*
 * entry_table.c
 *		Entries of an index that is built, collected in memory.
 *
 * A hash table finds the entry of a key, to which the TIDs of its rows are added;
 * only when memory is full, or the heap has been read, are entries sorted.  Most of
 * a row's entries are there already.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/datum.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "build/entry_table.h"

#define FIRST_ENTRIES	1024

/* Entries and keys are carved out of blocks of this size. */
#define TABLE_BLOCK		(256 * 1024)

/* A place of the hash table. */
typedef struct EntrySlot
{
	BuildEntry *entry;
	uint32		hash;
	char		status;
} EntrySlot;

/* Say whether two entries have the same key, byte for byte. */
static inline bool
has_same_key(const BuildEntry *a, const BuildEntry *b)
{
	if (a->attnum != b->attnum || a->category != b->category || a->keylen != b->keylen)
		return false;
	return a->keylen == 0 ? a->key == b->key :
		memcmp(DatumGetPointer(a->key), DatumGetPointer(b->key), a->keylen) == 0;
}

/* Hash the key of an entry. */
static inline uint32
hash_entry_key(const BuildEntry *entry)
{
	const unsigned char *bytes = entry->keylen == 0 ? (const unsigned char *) &entry->key :
		(const unsigned char *) DatumGetPointer(entry->key);
	uint32		hash = hash_bytes(bytes, entry->keylen == 0 ? sizeof(Datum) : entry->keylen);

	return hash_combine(hash, (uint32) entry->attnum << 8 | (uint8) entry->category);
}

#define SH_PREFIX entries
#define SH_ELEMENT_TYPE EntrySlot
#define SH_KEY_TYPE BuildEntry *
#define SH_KEY entry
#define SH_HASH_KEY(table, key) hash_entry_key(key)
#define SH_EQUAL(table, a, b) has_same_key(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, slot) (slot)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct EntryTable
{
	const EntryOrder *order;
	MemoryContext context;
	entries_hash *slots;
	char	   *room;			/* for what comes next */
	Size		room_left;
};

/* Begin with no entries. */
static void
begin_table(EntryTable *table)
{
	table->slots = entries_create(table->context, FIRST_ENTRIES, NULL);
	table->room = NULL;
	table->room_left = 0;
}

/* Create a table. */
EntryTable *
detmeta_entry_table_create(const EntryOrder *order)
{
	EntryTable *table = palloc0_object(EntryTable);

	table->order = order;
	table->context = AllocSetContextCreate(CurrentMemoryContext, "index entries",
										   ALLOCSET_DEFAULT_SIZES);
	begin_table(table);
	return table;
}

/* Forget all entries. */
void
detmeta_entry_table_reset(EntryTable *table)
{
	MemoryContextReset(table->context);
	begin_table(table);
}

/* Return the memory that is taken, and that sorting will take. */
Size
detmeta_entry_table_memory(const EntryTable *table)
{
	return MemoryContextMemAllocated(table->context, true) +
		table->slots->members * sizeof(SortedEntry);
}

/* Take memory that is not freed before all of it is. */
static void *
take_room(EntryTable *table, Size size)
{
	void	   *result;

	size = MAXALIGN(size);
	if (size > TABLE_BLOCK / 8)
		return MemoryContextAlloc(table->context, size);
	if (size > table->room_left)
	{
		table->room = MemoryContextAlloc(table->context, TABLE_BLOCK);
		table->room_left = TABLE_BLOCK;
	}
	result = table->room;
	table->room += size;
	table->room_left -= size;
	return result;
}

/* Copy an entry with its key. */
static BuildEntry *
copy_entry(EntryTable *table, const BuildEntry *entry)
{
	BuildEntry *copy = take_room(table, sizeof(BuildEntry));

	*copy = *entry;
	if (entry->keylen > 0)
	{
		char	   *key = take_room(table, entry->keylen);

		memcpy(key, DatumGetPointer(entry->key), entry->keylen);
		copy->key = PointerGetDatum(key);
	}
	return copy;
}

/* Add a row to an entry. */
void
detmeta_entry_table_add(EntryTable *table, OffsetNumber attnum, Datum key,
						GinNullCategory category, ItemPointer tid)
{
	Form_pg_attribute attribute = TupleDescAttr(table->order->ginstate->origTupdesc, attnum - 1);
	BuildEntry	entry = {
		.attnum = attnum,
		.category = category
	};
	EntrySlot  *slot;
	bool		found;

	if (category == GIN_CAT_NORM_KEY)
	{
		entry.key = attribute->attlen == -1 ? PointerGetDatum(PG_DETOAST_DATUM(key)) : key;
		if (!attribute->attbyval)
			entry.keylen = datumGetSize(entry.key, false, attribute->attlen);
	}
	slot = entries_insert(table->slots, &entry, &found);
	if (!found)
		slot->entry = copy_entry(table, &entry);
	detmeta_build_tids_add(&slot->entry->tids, tid, table->context);
}

/* ---- sorting ---- */

/* Entries that begin alike are sorted by what comes behind, if they are so many. */
#define MIN_BY_BYTES	24
#define MAX_DEPTH		256		/* of bytes that they begin alike with */

#define ST_SORT sort_by_abbreviated
#define ST_ELEMENT_TYPE SortedEntry
#define ST_COMPARE(a, b) \
	((a)->abbreviated < (b)->abbreviated ? -1 : (a)->abbreviated > (b)->abbreviated)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_by_keys
#define ST_ELEMENT_TYPE SortedEntry
#define ST_COMPARE(a, b, order) detmeta_build_entry_compare(order, (a)->entry, (b)->entry)
#define ST_COMPARE_ARG_TYPE const EntryOrder
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Return eight bytes of a key, as a number; there are zeros behind its end. */
static uint64
read_key_bytes(const BuildEntry *entry, int depth)
{
	const struct varlena *key = (const struct varlena *) DatumGetPointer(entry->key);
	int			len = VARSIZE_ANY_EXHDR(key) - depth;
	uint64		result = 0;

	if (len > 0)
		memcpy(&result, VARDATA_ANY(key) + depth, Min((int) sizeof(result), len));
	return pg_ntoh64(result);
}

/* Return where the run of equal numbers ends that begins somewhere. */
static int64
end_of_run(const SortedEntry *entries, int64 n, int64 first)
{
	int64		end = first + 1;

	while (end < n && entries[end].abbreviated == entries[first].abbreviated)
		end++;
	return end;
}

/*
 * Sort entries whose keys are compared by their bytes, and begin with so many that are
 * alike.  Keys are far apart in memory, and their names come first, so comparing
 * two at a time would wait for memory again and again to see the same bytes.
 */
static void
sort_by_bytes(SortedEntry *entries, int64 n, int depth, const EntryOrder *order)
{
	check_stack_depth();
	for (int64 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		entries[i].abbreviated = read_key_bytes(entries[i].entry, depth);
	}
	sort_by_abbreviated(entries, n);
	for (int64 first = 0, end; first < n; first = end)
	{
		CHECK_FOR_INTERRUPTS();
		end = end_of_run(entries, n, first);
		if (end - first >= MIN_BY_BYTES && depth < MAX_DEPTH)
			sort_by_bytes(entries + first, end - first, depth + sizeof(uint64), order);
		else if (end - first > 1)
			sort_by_keys(entries + first, end - first, order);
	}
}

/* Sort entries of all columns and categories. */
static void
sort_all(SortedEntry *entries, int64 n, const EntryOrder *order)
{
	for (int64 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		entries[i].abbreviated = (uint64) entries[i].entry->attnum << 8 |
			(uint8) entries[i].entry->category;
	}
	sort_by_abbreviated(entries, n);	/* of one column, they are in order but for NULLs */
	for (int64 first = 0, end; first < n; first = end)
	{
		const BuildEntry *entry = entries[first].entry;

		end = end_of_run(entries, n, first);
		if (entry->category == GIN_CAT_NORM_KEY && order->by_bytes[entry->attnum - 1])
			sort_by_bytes(entries + first, end - first, 0, order);
		else
			sort_by_keys(entries + first, end - first, order);
	}
}

/* Return the entries in the order of the index. */
SortedEntry *
detmeta_entry_table_sort(EntryTable *table, int64 *n)
{
	SortedEntry *sorted = MemoryContextAllocHuge(table->context,
												 sizeof(SortedEntry) *
												 Max(1, (Size) table->slots->members));
	entries_iterator iterator;
	EntrySlot  *slot;

	*n = 0;
	entries_start_iterate(table->slots, &iterator);
	while ((slot = entries_iterate(table->slots, &iterator)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		sorted[(*n)++].entry = slot->entry;
	}
	sort_all(sorted, *n, table->order);
	return sorted;
}

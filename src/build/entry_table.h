/*
 * entry_table.h
 *		Entries of an index that is built, collected in memory.
 */
#ifndef DETMETA_BUILD_ENTRY_TABLE_H
#define DETMETA_BUILD_ENTRY_TABLE_H

#include "build/build_entry.h"

typedef struct EntryTable EntryTable;

/* An entry on its way to its place in the index. */
typedef struct SortedEntry
{
	uint64		abbreviated;	/* what the key begins with */
	BuildEntry *entry;
} SortedEntry;

/* All memory is taken from a context of the table's own, below the current one. */
extern EntryTable *detmeta_entry_table_create(const EntryOrder *order);
extern void detmeta_entry_table_add(EntryTable *table, OffsetNumber attnum, Datum key,
									GinNullCategory category, ItemPointer tid);
extern Size detmeta_entry_table_memory(const EntryTable *table);

/* Sort the entries; and forget all. */
extern SortedEntry *detmeta_entry_table_sort(EntryTable *table, int64 *n);
extern void detmeta_entry_table_reset(EntryTable *table);

#endif							/* DETMETA_BUILD_ENTRY_TABLE_H */

/*
 * entry_writer.h
 *		Entries of an index that is built, written with their posting lists and trees.
 */
#ifndef DETMETA_BUILD_ENTRY_WRITER_H
#define DETMETA_BUILD_ENTRY_WRITER_H

#include "build/build_entry.h"
#include "build/page_writer.h"

typedef struct EntryWriter EntryWriter;

extern EntryWriter *detmeta_entry_writer_create(const EntryOrder *order, PageWriter *pages,
												GinStatsData *stats);

/*
 * Entries come in the order of the index, those of one key together and by their first
 * TIDs; what is equal to the last key adds to it.
 */
extern void detmeta_entry_writer_add(EntryWriter *writer, const BuildEntry *const *entries,
									 int n, bool is_equal);
extern void detmeta_entry_writer_end(EntryWriter *writer);

/* The last entry, for comparing; NULL: there is none. */
extern const BuildEntry *detmeta_entry_writer_last(const EntryWriter *writer);

#endif							/* DETMETA_BUILD_ENTRY_WRITER_H */

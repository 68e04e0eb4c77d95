/*
 * entry_merge.h
 *		Sorted entries of memory and of temporary files, merged.
 */
#ifndef DETMETA_BUILD_ENTRY_MERGE_H
#define DETMETA_BUILD_ENTRY_MERGE_H

#include "build/entry_run.h"
#include "build/entry_writer.h"

/* Write all entries: those of the runs, which are closed, and those in memory. */
extern void detmeta_entry_merge(List *runs, const SortedEntry *entries, int64 n,
								const EntryOrder *order, EntryWriter *writer);

#endif							/* DETMETA_BUILD_ENTRY_MERGE_H */

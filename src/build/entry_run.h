/*
 * entry_run.h
 *		Sorted entries in temporary files.
 */
#ifndef DETMETA_BUILD_ENTRY_RUN_H
#define DETMETA_BUILD_ENTRY_RUN_H

#include "build/entry_table.h"

typedef struct EntryRun EntryRun;

extern EntryRun *detmeta_entry_run_write(const SortedEntry *entries, int64 n);

/* The entry, with its key and TIDs, is valid until the next call; NULL: there are no more. */
extern const BuildEntry *detmeta_entry_run_next(EntryRun *run);
extern void detmeta_entry_run_close(EntryRun *run);

#endif							/* DETMETA_BUILD_ENTRY_RUN_H */

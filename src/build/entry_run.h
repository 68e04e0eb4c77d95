/*
 * entry_run.h
 *		Sorted entries in temporary files.
 */
#ifndef DETMETA_BUILD_ENTRY_RUN_H
#define DETMETA_BUILD_ENTRY_RUN_H

#include "storage/sharedfileset.h"

#include "build/entry_table.h"

typedef struct EntryRun EntryRun;

/* Write entries to a file of this process's own, and begin to read it. */
extern EntryRun *detmeta_entry_run_write(const SortedEntry *entries, int64 n);

/* Write them to a file that another process opens by the numbers of the writer and the file. */
extern void detmeta_entry_run_share(const SortedEntry *entries, int64 n, SharedFileSet *files,
									int writer, int number);
extern EntryRun *detmeta_entry_run_open(SharedFileSet *files, int writer, int number);

/* The entry, with its key and TIDs, is valid until the next call; NULL: there are no more. */
extern const BuildEntry *detmeta_entry_run_next(EntryRun *run);
extern void detmeta_entry_run_close(EntryRun *run);

#endif							/* DETMETA_BUILD_ENTRY_RUN_H */

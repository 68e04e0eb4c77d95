/*
 * entry_run.c
 *		Sorted entries in temporary files.
 *
 * Their number, and one after the other: a BuildEntry as it is in memory, the bytes of its key if
 * that is not passed by value, and the bytes of its TIDs.
 */
#include "postgres.h"

#include <fcntl.h>

#include "miscadmin.h"
#include "storage/buffile.h"

#include "base/compat.h"
#include "build/entry_run.h"

struct EntryRun
{
	BufFile    *file;
	int64		left;			/* entries that were not read */
	BuildEntry	entry;			/* that was read last */
	char	   *key;
	Size		key_room;
	unsigned char *bytes;
	Size		bytes_room;
};

/* Write entries to a file, their number first. */
static void
write_run(BufFile *file, const SortedEntry *entries, int64 n)
{
	BufFileWrite(file, &n, sizeof(n));
	for (int64 i = 0; i < n; i++)
	{
		BuildEntry *entry = entries[i].entry;

		CHECK_FOR_INTERRUPTS();
		BufFileWrite(file, entry, sizeof(*entry));
		if (entry->keylen > 0)
			BufFileWrite(file, DatumGetPointer(entry->key), entry->keylen);
		if (entry->tids.nbytes > 0)
			BufFileWrite(file, entry->tids.bytes, entry->tids.nbytes);
	}
}

/* Read bytes, which must be there. */
static void
read_run_bytes(EntryRun *run, void *bytes, Size size)
{
	if (BufFileRead(run->file, bytes, size) != size)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read from a temporary file of an index build: %m")));
}

/* Begin to read a file. */
static EntryRun *
begin_run(BufFile *file)
{
	EntryRun   *run = palloc0_object(EntryRun);

	run->file = file;
	read_run_bytes(run, &run->left, sizeof(run->left));
	return run;
}

/* Write entries to a file of their own. */
EntryRun *
detmeta_entry_run_write(const SortedEntry *entries, int64 n)
{
	BufFile    *file = BufFileCreateTemp(false);

	write_run(file, entries, n);
	if (BufFileSeek(file, 0, 0, SEEK_SET) != 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not rewind a temporary file of an index build: %m")));
	return begin_run(file);
}

/* Print the name of a shared file. */
static void
print_run_name(char *name, int writer, int number)
{
	snprintf(name, MAXPGPATH, "entries.%d.%d", writer, number);
}

/* Write entries to a shared file. */
void
detmeta_entry_run_share(const SortedEntry *entries, int64 n, SharedFileSet *files, int writer,
						int number)
{
	char		name[MAXPGPATH];
	BufFile    *file;

	print_run_name(name, writer, number);
	file = BufFileCreateFileSet(&files->fs, name);
	write_run(file, entries, n);
	BufFileExportFileSet(file);
	BufFileClose(file);
}

/* Begin to read a shared file. */
EntryRun *
detmeta_entry_run_open(SharedFileSet *files, int writer, int number)
{
	char		name[MAXPGPATH];

	print_run_name(name, writer, number);
	return begin_run(BufFileOpenFileSet(&files->fs, name, O_RDONLY, false));
}

/* Make room for bytes to read. */
static void *
reserve_run_bytes(void *buffer, Size *room, Size size)
{
	if (size <= *room)
		return buffer;
	if (buffer != NULL)
		pfree(buffer);
	*room = Max(size, 2 * *room);
	return MemoryContextAllocHuge(CurrentMemoryContext, *room);
}

/* Read the next entry. */
const BuildEntry *
detmeta_entry_run_next(EntryRun *run)
{
	BuildEntry *entry = &run->entry;

	if (run->left == 0)
		return NULL;
	run->left--;
	read_run_bytes(run, entry, sizeof(*entry));
	if (entry->keylen > 0)
	{
		run->key = reserve_run_bytes(run->key, &run->key_room, entry->keylen);
		read_run_bytes(run, run->key, entry->keylen);
		entry->key = PointerGetDatum(run->key);
	}
	if (entry->tids.nbytes > 0)
	{
		run->bytes = reserve_run_bytes(run->bytes, &run->bytes_room, entry->tids.nbytes);
		read_run_bytes(run, run->bytes, entry->tids.nbytes);
		entry->tids.bytes = run->bytes;
	}
	return entry;
}

/* Remove the file. */
void
detmeta_entry_run_close(EntryRun *run)
{
	BufFileClose(run->file);
	if (run->key != NULL)
		pfree(run->key);
	if (run->bytes != NULL)
		pfree(run->bytes);
	pfree(run);
}

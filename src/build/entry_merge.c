/*
 * entry_merge.c
 *		Sorted entries of memory and of temporary files, merged.
 *
 * Entries of one key come by their first TIDs, which is how their TIDs are merged.
 */
#include "postgres.h"

#include "commands/progress.h"
#include "lib/binaryheap.h"
#include "miscadmin.h"
#include "pgstat.h"

#include "base/compat.h"
#include "build/entry_merge.h"

/* Where entries come from. */
typedef struct EntrySource
{
	const BuildEntry *entry;	/* that is next */
	const EntryOrder *order;
	EntryRun   *run;			/* or NULL: */
	const SortedEntry *entries;
	int64		left;
} EntrySource;

typedef struct EntryMerge
{
	const EntryOrder *order;
	EntrySource *sources;
	int			nsources;
	binaryheap *heap;			/* sources, by what they have next, but for those of: */
	EntrySource **taken;		/* sources that have the key that is written */
	const BuildEntry **entries; /* theirs */
} EntryMerge;

/* Go to a source's next entry; false: there are no more. */
static bool
next_of_source(EntrySource *source)
{
	if (source->run != NULL)
		source->entry = detmeta_entry_run_next(source->run);
	else if (source->left-- > 0)
		source->entry = (source->entries++)->entry;
	else
		source->entry = NULL;
	return source->entry != NULL;
}

/* Order sources by what they have next, the least first. */
static int
compare_sources(Datum a, Datum b, void *arg)
{
	const EntrySource *x = (const EntrySource *) DatumGetPointer(a);
	const EntrySource *y = (const EntrySource *) DatumGetPointer(b);
	int			cmp = detmeta_build_entry_compare(x->order, x->entry, y->entry);

	if (cmp != 0)
		return -cmp;
	return x->entry->tids.first < y->entry->tids.first ? 1 : -1;
}

/* Return the source with the least entry. */
static EntrySource *
first_of_heap(const EntryMerge *merge)
{
	return (EntrySource *) DatumGetPointer(binaryheap_first(merge->heap));
}

/* Take the sources whose entries have the least key out of the heap; return their number. */
static int
take_sources(EntryMerge *merge)
{
	int			n = 0;

	do
	{
		merge->taken[n] = first_of_heap(merge);
		merge->entries[n] = merge->taken[n]->entry;
		(void) binaryheap_remove_first(merge->heap);
		n++;
	} while (!binaryheap_empty(merge->heap) &&
			 detmeta_build_entry_compare(merge->order, merge->entries[0],
										 first_of_heap(merge)->entry) == 0);
	return n;
}

/* Go to the next entries of the sources that were taken. */
static void
return_sources(EntryMerge *merge, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (next_of_source(merge->taken[i]))
			binaryheap_add(merge->heap, PointerGetDatum(merge->taken[i]));
	}
}

/*
 * Say whether entries add to the one that is being written: keys that are not compared
 * by their bytes may be equal and different, and one source has both.
 */
static bool
is_same_entry(const EntryMerge *merge, const EntryWriter *writer)
{
	const BuildEntry *last = detmeta_entry_writer_last(writer);
	const BuildEntry *entry = merge->entries[0];

	if (last == NULL || merge->order->by_bytes[entry->attnum - 1])
		return false;
	return detmeta_build_entry_compare(merge->order, last, entry) == 0;
}

/* Begin to merge. */
static void
begin_merge(EntryMerge *merge, List *runs, const SortedEntry *entries, int64 n,
			const EntryOrder *order)
{
	merge->order = order;
	merge->nsources = list_length(runs) + 1;
	merge->sources = palloc0_array(EntrySource, merge->nsources);
	merge->taken = palloc_array(EntrySource *, merge->nsources);
	merge->entries = palloc_array(const BuildEntry *, merge->nsources);
	merge->heap = binaryheap_allocate(merge->nsources, compare_sources, NULL);
	for (int i = 0; i < merge->nsources; i++)
	{
		EntrySource *source = &merge->sources[i];

		CHECK_FOR_INTERRUPTS();
		source->order = order;
		source->run = i < merge->nsources - 1 ? list_nth(runs, i) : NULL;
		source->entries = entries;
		source->left = n;
		if (next_of_source(source))
			binaryheap_add_unordered(merge->heap, PointerGetDatum(source));
	}
	binaryheap_build(merge->heap);
}

/* Close the files. */
static void
end_merge(EntryMerge *merge)
{
	for (int i = 0; i < merge->nsources - 1; i++)
		detmeta_entry_run_close(merge->sources[i].run);
	binaryheap_free(merge->heap);
	pfree(merge->sources);
	pfree(merge->taken);
	pfree(merge->entries);
}

/* Write all entries. */
void
detmeta_entry_merge(List *runs, const SortedEntry *entries, int64 n, const EntryOrder *order,
					EntryWriter *writer)
{
	EntryMerge	merge;
	int64		done = 0;

	begin_merge(&merge, runs, entries, n, order);
	while (!binaryheap_empty(merge.heap))
	{
		int			ntaken = take_sources(&merge);

		CHECK_FOR_INTERRUPTS();
		detmeta_entry_writer_add(writer, merge.entries, ntaken, is_same_entry(&merge, writer));
		done += ntaken;
		pgstat_progress_update_param(PROGRESS_CREATEIDX_TUPLES_DONE, done);
		return_sources(&merge, ntaken);
	}
	end_merge(&merge);
}

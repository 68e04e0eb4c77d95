/*
 * entry_merge.c
 *		Sorted entries of memory and of temporary files, merged.
 *
 * Of entries with one key, those of an earlier part of the heap come first, so that
 * their TIDs are in order.
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
	int			number;
	const BuildEntry *entry;	/* that is next */
	const EntryOrder *order;
	EntryRun   *run;			/* or NULL: */
	const SortedEntry *entries;
	int64		left;
} EntrySource;

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

	return cmp != 0 ? -cmp : y->number - x->number;
}

/* Say whether an entry of a merge adds to the one that is being written. */
static bool
is_same_entry(const EntryOrder *order, const EntryWriter *writer, const BuildEntry *entry,
			  bool only)
{
	const BuildEntry *last = detmeta_entry_writer_last(writer);

	if (last == NULL || (only && order->by_bytes[entry->attnum - 1]))
		return false;			/* one source has such a key once */
	return detmeta_build_entry_compare(order, last, entry) == 0;
}

/* Add the sources that have entries to a heap. */
static binaryheap *
begin_merge(EntrySource *sources, int n)
{
	binaryheap *heap = binaryheap_allocate(n, compare_sources, NULL);

	for (int i = 0; i < n; i++)
	{
		if (next_of_source(&sources[i]))
			binaryheap_add_unordered(heap, PointerGetDatum(&sources[i]));
	}
	binaryheap_build(heap);
	return heap;
}

/* Write all entries. */
void
detmeta_entry_merge(List *runs, const SortedEntry *entries, int64 n, const EntryOrder *order,
					EntryWriter *writer)
{
	int			nsources = list_length(runs) + 1;
	EntrySource *sources = palloc0_array(EntrySource, nsources);
	binaryheap *heap;
	int64		done = 0;

	for (int i = 0; i < nsources; i++)
	{
		sources[i].number = i;
		sources[i].order = order;
		sources[i].run = i < nsources - 1 ? list_nth(runs, i) : NULL;
		sources[i].entries = entries;
		sources[i].left = n;
	}
	heap = begin_merge(sources, nsources);
	while (!binaryheap_empty(heap))
	{
		EntrySource *source = (EntrySource *) DatumGetPointer(binaryheap_first(heap));

		CHECK_FOR_INTERRUPTS();
		detmeta_entry_writer_add(writer, source->entry,
								 is_same_entry(order, writer, source->entry, nsources == 1));
		pgstat_progress_update_param(PROGRESS_CREATEIDX_TUPLES_DONE, ++done);
		if (next_of_source(source))
			binaryheap_replace_first(heap, PointerGetDatum(source));
		else
			(void) binaryheap_remove_first(heap);
	}
	binaryheap_free(heap);
	for (int i = 0; i < nsources - 1; i++)
		detmeta_entry_run_close(sources[i].run);
	pfree(sources);
}

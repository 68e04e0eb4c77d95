/*
 * tid_merge.c
 *		TIDs of one entry that come from several sources, in order.
 *
 * One process writes its temporary files in the order of the heap, so each begins where
 * the one before ended.  Several processes take turns at blocks of the heap, some
 * hundred rows at a time.  So the source that has the least TID mostly has the next
 * ones as well, and goes back among the others only when it has not.
 */
#include "postgres.h"

#include "build/tid_merge.h"

/* Begin to merge. */
void
detmeta_tid_merge_begin(TidMerge *merge, BuildTidReader *readers,
						const BuildEntry *const *entries, int n)
{
	merge->readers = readers;
	merge->n = n;
	merge->first = 0;
	for (int i = 0; i < n; i++)
		detmeta_build_tids_begin(&readers[i], &entries[i]->tids);
}

/* Move the first reader behind those that have lesser TIDs. */
static void
move_first_reader(TidMerge *merge)
{
	BuildTidReader *readers = merge->readers;
	int			i = merge->first;
	BuildTidReader moved = readers[i];

	for (; i + 1 < merge->n && readers[i + 1].tid < moved.tid; i++)
		readers[i] = readers[i + 1];
	readers[i] = moved;
}

/* Return the next TID. */
bool
detmeta_tid_merge_next(TidMerge *merge, ItemPointer tid)
{
	BuildTidReader *reader;

	if (merge->first == merge->n)
		return false;
	reader = &merge->readers[merge->first];
	detmeta_build_tids_get(reader, tid);
	if (!detmeta_build_tids_next(reader))
		merge->first++;
	else if (merge->first + 1 < merge->n && reader[1].tid < reader->tid)
		move_first_reader(merge);
	return true;
}

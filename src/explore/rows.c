/*
 * rows.c
 *		Lists of TIDs: rows that have to be read.
 */
#include "postgres.h"

#include "lib/qunique.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "explore/rows.h"

/* Add a TID. */
void
detmeta_row_list_add(RowList *rows, uint64 tid)
{
	if (rows->n == rows->allocated)
	{
		rows->allocated = Max(64, rows->allocated * 2);
		rows->tids = rows->tids == NULL ? palloc_array(uint64, rows->allocated) :
			repalloc_huge(rows->tids, sizeof(uint64) * rows->allocated);
	}
	rows->tids[rows->n++] = tid;
}

/* Add the TIDs of another list. */
void
detmeta_row_list_add_list(RowList *rows, const RowList *other)
{
	for (int64 i = 0; i < other->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		detmeta_row_list_add(rows, other->tids[i]);
	}
}

/* Add the TIDs of an index entry. */
void
detmeta_row_list_add_postings(RowList *rows, GinReader *reader, const GinPostings *postings)
{
	GinPostingsScan scan;
	GinTids		batch;

	detmeta_gin_postings_begin(&scan, reader, postings);
	while (detmeta_gin_postings_next(&scan, &batch))
	{
		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < batch.count; i++)
			detmeta_row_list_add(rows, GIN_PACK_TID(&batch.tids[i]));
	}
	detmeta_gin_postings_end(&scan);
}

/* Order packed TIDs. */
static int
compare_tids(const void *a, const void *b)
{
	uint64		x = *(const uint64 *) a;
	uint64		y = *(const uint64 *) b;

	return (x > y) - (x < y);
}

/* The same for a sort that can be interrupted. */
static int
compare_tids_arg(const void *a, const void *b, void *arg)
{
	return compare_tids(a, b);
}

/* Put a list in order, each TID once. */
void
detmeta_row_list_sort(RowList *rows)
{
	if (rows->n == 0)
		return;
	qsort_interruptible(rows->tids, rows->n, sizeof(uint64), compare_tids_arg, NULL);
	rows->n = qunique(rows->tids, rows->n, sizeof(uint64), compare_tids);
}

/* Say whether a sorted list has a TID from first to last. */
bool
detmeta_row_list_any(const RowList *rows, uint64 first, uint64 last)
{
	int64		low = 0;
	int64		high = rows->n;

	while (low < high)
	{
		int64		mid = low + (high - low) / 2;

		if (rows->tids[mid] < first)
			low = mid + 1;
		else
			high = mid;
	}
	return low < rows->n && rows->tids[low] <= last;
}

/* Remove the TIDs of another list; both are sorted. */
void
detmeta_row_list_subtract(RowList *rows, const RowList *other)
{
	int64		kept = 0;

	for (int64 i = 0; i < rows->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!detmeta_row_list_any(other, rows->tids[i], rows->tids[i]))
			rows->tids[kept++] = rows->tids[i];
	}
	rows->n = kept;
}

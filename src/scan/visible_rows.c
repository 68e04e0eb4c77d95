/*
 * visible_rows.c
 *		Count rows that are visible, fetching those only that are not proven to be.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/compat.h"
#include "gin/count.h"
#include "gin/tid_set_read.h"
#include "scan/visible_rows.h"

/* A count under way. */
typedef struct VisibleCount
{
	HeapFetcher *fetcher;
	double		n;
} VisibleCount;

/* Count the rows of a set. */
double
detmeta_count_visible(HeapFetcher *fetcher, TidSet *set)
{
	TidSetCursor *cursor;
	ItemPointerData tid;
	bool		proven;
	int64		nproven;
	double		n = (double) detmeta_tid_set_count(set, &nproven);

	if (n == (double) nproven)
		return n;
	n = 0;
	cursor = palloc_object(TidSetCursor);
	detmeta_tid_set_cursor(cursor, set, 0);
	while (detmeta_tid_set_next_member(cursor, &tid, &proven))
	{
		CHECK_FOR_INTERRUPTS();
		if (proven || detmeta_heap_fetch(fetcher, &tid))
			n++;
	}
	pfree(cursor);
	return n;
}

/* Count those of some TIDs that are visible. */
static void
count_visible(const GinTids *tids, void *arg)
{
	VisibleCount *count = arg;

	for (int i = 0; i < tids->count; i++)
	{
		if (tids->proven[i] || detmeta_heap_fetch(count->fetcher, &tids->tids[i]))
			count->n++;
	}
}

/* Count the rows of an entry. */
double
detmeta_count_visible_postings(HeapFetcher *fetcher, GinReader *reader, const GinPostings *postings)
{
	VisibleCount count = {fetcher, 0};

	int64		n = detmeta_gin_count(reader, postings, NULL, count_visible, &count);

	return count.n + (double) n;
}

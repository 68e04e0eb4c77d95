/*
 * tally.c
 *		How many rows have each of some byte strings: a hash table of counts.
 *
 * A string that comes twice in a row counts once: each item remembers the row
 * that it was counted for last.  Items are allocated one by one and never
 * move; the table of pointers to them doubles when it is two thirds full.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "explore/tally.h"
#include "value/value.h"

#define FIRST_SLOTS		64

struct Tally
{
	MemoryContext context;
	int64		row;			/* the current row's number */
	int64		nitems;
	uint64		nslots;			/* a power of two */
	TallyItem **slots;
};

/* Create an empty tally in the current memory context. */
Tally *
detmeta_tally_create(void)
{
	Tally	   *tally = palloc0_object(Tally);

	tally->context = CurrentMemoryContext;
	tally->row = 1;
	tally->nslots = FIRST_SLOTS;
	tally->slots = palloc0_array(TallyItem *, FIRST_SLOTS);
	return tally;
}

/* Go to the next row. */
void
detmeta_tally_next_row(Tally *tally)
{
	tally->row++;
}

/* Find the slot of a string, or the free one where it belongs. */
static TallyItem **
find_slot(const Tally *tally, const char *bytes, int len, uint32 hash)
{
	uint64		i = hash & (tally->nslots - 1);

	while (tally->slots[i] != NULL)
	{
		const TallyItem *item = tally->slots[i];

		if (item->hash == hash && item->len == len && memcmp(item->bytes, bytes, len) == 0)
			break;
		i = (i + 1) & (tally->nslots - 1);
	}
	return &tally->slots[i];
}

/* Double the slots. */
static void
grow(Tally *tally)
{
	TallyItem **old = tally->slots;
	uint64		nold = tally->nslots;

	tally->nslots *= 2;
	tally->slots = MemoryContextAllocExtended(tally->context, tally->nslots * sizeof(TallyItem *),
											  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (uint64 i = 0; i < nold; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (old[i] != NULL)
			*find_slot(tally, old[i]->bytes, old[i]->len, old[i]->hash) = old[i];
	}
	pfree(old);
}

/* Find the item of a string, making it if need be. */
static TallyItem *
find_item(Tally *tally, const char *bytes, int len)
{
	uint32		hash = hash_bytes((const unsigned char *) bytes, len);
	TallyItem **slot = find_slot(tally, bytes, len, hash);
	TallyItem  *item = *slot;
	char	   *copy;

	if (item != NULL)
		return item;
	item = MemoryContextAlloc(tally->context, sizeof(TallyItem) + len);
	copy = (char *) (item + 1);
	memcpy(copy, bytes, len);
	*item = (TallyItem) {copy, len, hash, 0, 0};
	*slot = item;
	if ((uint64) ++tally->nitems > tally->nslots / 3 * 2)
		grow(tally);
	return item;
}

/* Count a string of the current row. */
void
detmeta_tally_count(Tally *tally, const char *bytes, int len)
{
	TallyItem  *item = find_item(tally, bytes, len);

	if (item->last_row == tally->row)
		return;
	item->last_row = tally->row;
	item->runs++;
}

/* Add rows that were counted elsewhere. */
void
detmeta_tally_add(Tally *tally, const char *bytes, int len, int64 runs)
{
	find_item(tally, bytes, len)->runs += runs;
}

/* Return the rows counted of a string, which is then counted no longer. */
int64
detmeta_tally_take(Tally *tally, const char *bytes, int len)
{
	uint32		hash;
	TallyItem  *item;
	int64		runs;

	if (tally->nitems == 0)
		return 0;
	hash = hash_bytes((const unsigned char *) bytes, len);
	item = *find_slot(tally, bytes, len, hash);
	if (item == NULL)
		return 0;
	runs = item->runs;
	item->runs = 0;
	return runs;
}

/* Order items by their bytes. */
static int
compare_items(const void *a, const void *b, void *arg)
{
	const TallyItem *x = *(TallyItem *const *) a;
	const TallyItem *y = *(TallyItem *const *) b;

	return detmeta_bytes_compare(x->bytes, x->len, y->bytes, y->len);
}

/* Return all strings with rows in the order of their bytes. */
TallyItem **
detmeta_tally_sorted(Tally *tally, int64 *n)
{
	TallyItem **items = MemoryContextAllocHuge(CurrentMemoryContext,
											   sizeof(TallyItem *) * (tally->nitems + 1));

	*n = 0;
	for (uint64 i = 0; i < tally->nslots; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (tally->slots[i] != NULL && tally->slots[i]->runs > 0)
			items[(*n)++] = tally->slots[i];
	}
	qsort_interruptible(items, *n, sizeof(TallyItem *), compare_items, NULL);
	return items;
}

/* Write a tally to a message. */
void
detmeta_tally_write(Tally *tally, StringInfo out)
{
	pq_sendint64(out, tally->nitems);
	for (uint64 i = 0; i < tally->nslots; i++)
	{
		const TallyItem *item = tally->slots[i];

		CHECK_FOR_INTERRUPTS();
		if (item == NULL)
			continue;
		pq_sendint64(out, item->runs);
		pq_sendint32(out, item->len);
		pq_sendbytes(out, item->bytes, item->len);
	}
}

/* Add what was written of another tally. */
void
detmeta_tally_read(Tally *tally, StringInfo in)
{
	int64		n = pq_getmsgint64(in);

	for (int64 i = 0; i < n; i++)
	{
		int64		runs = pq_getmsgint64(in);
		int			len = pq_getmsgint(in, 4);

		CHECK_FOR_INTERRUPTS();
		detmeta_tally_add(tally, pq_getmsgbytes(in, len), len, runs);
	}
}

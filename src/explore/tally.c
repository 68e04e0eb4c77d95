/*
 * tally.c
 *		How many rows have each of some byte strings: a hash table of counts.
 *
 * A string that comes twice in a row counts once: each item remembers the row
 * that it was counted for last.  Items are allocated one by one and never
 * move; what the server's hash table has are pointers to them.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "explore/part_json.h"
#include "explore/tally.h"
#include "value/value.h"

#define FIRST_ITEMS		64

/* What the table has of an item. */
typedef struct TallySlot
{
	const TallyItem *item;
	uint32		hash;
	char		status;
} TallySlot;

/*
 * Return where a slot's hash is.  The table asks for each while it grows,
 * which may take seconds.
 */
static inline uint32 *
hash_of(TallySlot *slot)
{
	CHECK_FOR_INTERRUPTS();
	return &slot->hash;
}

#define SH_PREFIX slots
#define SH_ELEMENT_TYPE TallySlot
#define SH_KEY_TYPE const TallyItem *
#define SH_KEY item
#define SH_HASH_KEY(table, key) hash_bytes((const unsigned char *) (key)->bytes, (key)->len)
#define SH_EQUAL(table, a, b) \
	((a)->len == (b)->len && memcmp((a)->bytes, (b)->bytes, (a)->len) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(table, slot) (*hash_of(slot))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct Tally
{
	MemoryContext context;
	int64		row;			/* the current row's number */
	int			row_strings;	/* that were counted of it */
	slots_hash *slots;
};

/* Create an empty tally in the current memory context. */
Tally *
detmeta_tally_create(void)
{
	Tally	   *tally = palloc0_object(Tally);

	tally->context = CurrentMemoryContext;
	tally->row = 1;
	tally->slots = slots_create(CurrentMemoryContext, FIRST_ITEMS, NULL);
	return tally;
}

/* Go to the next row. */
void
detmeta_tally_next_row(Tally *tally)
{
	tally->row++;
	tally->row_strings = 0;
}

/* Return how many different strings were counted of the current row. */
int
detmeta_tally_row_strings(const Tally *tally)
{
	return tally->row_strings;
}

/* Find the item of a string, making it if need be. */
static TallyItem *
find_item(Tally *tally, const char *bytes, int len)
{
	TallyItem	key = {
		.bytes = bytes,
		.len = len
	};
	bool		found;
	TallySlot  *slot = slots_insert(tally->slots, &key, &found);

	if (!found)
	{
		TallyItem  *item = MemoryContextAlloc(tally->context, sizeof(TallyItem) + len);

		key.bytes = memcpy(item + 1, bytes, len);
		*item = key;
		slot->item = item;
	}
	return unconstify(TallyItem *, slot->item);
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
	tally->row_strings++;
}

/* Add rows that were counted elsewhere. */
void
detmeta_tally_add(Tally *tally, const char *bytes, int len, int64 runs)
{
	detmeta_part_add_count(&find_item(tally, bytes, len)->runs, runs);
}

/* Return the rows counted of a string, which is then counted no longer. */
int64
detmeta_tally_take(Tally *tally, const char *bytes, int len)
{
	TallyItem	key = {
		.bytes = bytes,
		.len = len
	};
	TallySlot  *slot = slots_lookup(tally->slots, &key);
	TallyItem  *item;
	int64		runs;

	if (slot == NULL)
		return 0;
	item = unconstify(TallyItem *, slot->item);
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
											   sizeof(TallyItem *) * (tally->slots->members + 1));
	slots_iterator iterator;
	TallySlot  *slot;

	*n = 0;
	slots_start_iterate(tally->slots, &iterator);
	while ((slot = slots_iterate(tally->slots, &iterator)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		if (slot->item->runs > 0)
			items[(*n)++] = unconstify(TallyItem *, slot->item);
	}
	qsort_interruptible(items, *n, sizeof(TallyItem *), compare_items, NULL);
	return items;
}

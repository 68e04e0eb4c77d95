/*
 * ordered_walk.c
 *		Walk the rows of a table in the order of a key, from the index.
 *
 * The value entries of a key are sorted as metadata_sort() sorts, and each row
 * has one of them, so the walk goes through, up or down:
 *
 *		false, true | numbers | dates | strings | arrays and objects | no value
 *
 * Three kinds of rows need more:
 *	- rows where the key has several places, flagged in the index, and rows
 *	  of the pending list are set apart, sorted by metadata_sort() of the
 *	  row itself, and merged in;
 *	- rows whose value is cut, with the same part left of it, are next to each
 *	  other, and sorted in the same way as they come;
 *	- rows without a value are all rows without those that hold one.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "scan/key_reader.h"
#include "scan/ordered_walk.h"
#include "scan/row_sorter.h"
#include "value/sort_key.h"
#include "scan/walk_bounds.h"

/* Where a walk is. */
typedef enum WalkPhase
{
	PHASE_NULLS_FIRST,
	PHASE_FALSE,
	PHASE_TRUE,
	PHASE_NUMBER,
	PHASE_DATE,
	PHASE_STRING,
	PHASE_CONTAINERS,
	PHASE_NULLS_LAST,
	PHASE_COUNT
} WalkPhase;

struct OrderedWalk
{
	SetScan *scan;
	SetSource	source;			/* all of the table */
	MemoryContext context;
	KeyReader	key;
	bool		descending;
	bool		nulls_first;

	const SetCondition *condition;	/* rows that do not satisfy it are not wanted; or NULL */
	TidSet	   *only;			/* rows outside it are not wanted; or NULL */
	TidSet	   *apart;			/* rows that the walk passes over; or NULL */
	TidSet	   *apart_empty;	/* those of them without a value; or NULL */
	RowSorter  *rest;			/* the others of them, sorted; or NULL */
	bool		rest_ready;		/* does rest hold a current row? */

	int			position;		/* in the order of phases */
	bool		in_phase;
	bool		have_row;		/* the phases' next row was read ahead */
	ItemPointerData row;
	StringInfoData sort_key;	/* of that row */
	MemoryContext row_context;	/* for one row's metadata */

	/* rows of a phase come from one of these */
	KeyWalk		entries;
	bool		in_entry;		/* are we in its current entry? */
	GinPostingsScan postings;
	GinTids		batch;
	int			next_in_batch;
	RowSorter  *cut;			/* rows of entries cut alike */
	TidSet	   *set;
	TidSetIterator iterator;
	TidSetBlock block;
	int			next_in_block;
};

/* Return the phase at a position: reversed for descending, but for nulls. */
static WalkPhase
phase_at(const OrderedWalk *walk)
{
	int			position = walk->position;

	if (position == PHASE_NULLS_FIRST || position == PHASE_NULLS_LAST)
		return position;
	return walk->descending ? PHASE_NULLS_LAST - position : position;
}

/* Add the rows of one entry of the key to a set. */
static void
add_rows(OrderedWalk *walk, int tag, TidSet *set)
{
	StringInfoData entry;
	TidSet	   *rows;

	initStringInfo(&entry);
	detmeta_entry_prefix(walk->key.key, walk->key.keylen, tag, &entry);
	rows = detmeta_entry_set(&walk->source, entry.data, entry.len);
	detmeta_tid_set_or(set, rows);
	detmeta_tid_set_free(rows);
	pfree(entry.data);
}

/* Make the set of rows that have one of some kinds at the key. */
static TidSet *
rows_of_kinds(OrderedWalk *walk, MetaKind first, MetaKind last)
{
	TidSet	   *set = detmeta_tid_set_create(walk->context, 0, InvalidBlockNumber);

	for (MetaKind kind = first; kind <= last; kind++)
		add_rows(walk, TAG_KEY + kind, set);
	return set;
}

/* Make the set of all rows that are wanted. */
static TidSet *
wanted_rows(OrderedWalk *walk)
{
	TidSet	   *set;

	if (walk->only == NULL)
		return detmeta_all_rows_set(&walk->source);
	set = detmeta_tid_set_create(walk->context, 0, InvalidBlockNumber);
	detmeta_tid_set_or(set, walk->only);
	return set;
}

/* Make the set of rows without a value. */
static TidSet *
rows_without_value(OrderedWalk *walk)
{
	TidSet	   *set = wanted_rows(walk);
	TidSet	   *holding = rows_of_kinds(walk, META_FALSE, META_OBJECT);

	detmeta_tid_set_and_not(set, holding);
	detmeta_tid_set_free(holding);
	if (walk->apart_empty != NULL)
		detmeta_tid_set_or(set, walk->apart_empty);
	return set;
}

/* Note a row that was set apart and has no value. */
static void
note_empty(OrderedWalk *walk, ItemPointer tid)
{
	MemoryContext old = MemoryContextSwitchTo(walk->context);

	if (walk->apart_empty == NULL)
		walk->apart_empty = detmeta_tid_set_create(walk->context, 0, InvalidBlockNumber);
	detmeta_tid_set_add(walk->apart_empty, tid, false);
	MemoryContextSwitchTo(old);
}

/* Sort a row by its own metadata; one that is not visible drops out. */
static void
sort_row(OrderedWalk *walk, RowSorter *sorter, ItemPointer tid)
{
	MemoryContext old;
	Datum		metadata;
	bool		isnull;
	StringInfoData key;

	if (!detmeta_heap_fetch(&walk->scan->fetcher, tid))
		return;

	old = MemoryContextSwitchTo(walk->row_context);
	metadata = detmeta_set_scan_metadata(walk->scan, &isnull);
	initStringInfo(&key);
	if (!isnull && detmeta_sort_key(DatumGetJsonbP(metadata), walk->key.key, walk->key.keylen, &key))
		detmeta_row_sorter_put(sorter, key.data, key.len, tid);
	else if (!isnull)
		note_empty(walk, tid);
	MemoryContextSwitchTo(old);
	MemoryContextReset(walk->row_context);
}

/* Sort all rows of a set by their own metadata. */
static RowSorter *
sort_set(OrderedWalk *walk, TidSet *set)
{
	RowSorter  *sorter = detmeta_row_sorter_begin(walk->descending);
	TidSetIterator iterator;
	TidSetBlock *block = palloc_object(TidSetBlock);

	detmeta_tid_set_iterate(&iterator, set, 0);
	while (detmeta_tid_set_next(&iterator, block))
	{
		for (int i = 0; i < block->count; i++)
		{
			ItemPointerData tid;

			ItemPointerSet(&tid, block->block, block->offsets[i]);
			sort_row(walk, sorter, &tid);
		}
	}
	detmeta_row_sorter_perform(sorter);
	pfree(block);
	return sorter;
}

/* Set apart the rows that the index cannot put in order. */
static void
set_rows_apart(OrderedWalk *walk)
{
	TidSet	   *apart = detmeta_tid_set_create(walk->context, 0, InvalidBlockNumber);

	detmeta_key_add_rows_apart(&walk->key, walk->only, apart);
	detmeta_pending_key_rows(walk->scan->pending, apart);
	if (detmeta_tid_set_is_empty(apart))
	{
		detmeta_tid_set_free(apart);
		return;
	}
	walk->apart = apart;
	walk->rest = sort_set(walk, apart);
	walk->rest_ready = detmeta_row_sorter_next(walk->rest);
}

/* Begin a walk over all rows of a table; the key must outlive it. */
OrderedWalk *
detmeta_ordered_walk_begin(SetScan *scan, const char *key, int keylen,
						   bool descending, bool nulls_first,
						   const SetCondition *condition, TidSet *only)
{
	OrderedWalk *walk = palloc0_object(OrderedWalk);

	walk->scan = scan;
	walk->context = scan->context;
	walk->source = (SetSource) {scan->reader, scan->pending, 0, InvalidBlockNumber, scan->context, only};
	walk->key = (KeyReader) {scan->reader, key, keylen};
	walk->descending = descending;
	walk->nulls_first = nulls_first;
	walk->condition = condition;
	walk->only = only;
	walk->position = PHASE_NULLS_FIRST;
	walk->row_context = AllocSetContextCreate(walk->context, "metadata row",
											  ALLOCSET_DEFAULT_SIZES);
	initStringInfo(&walk->sort_key);
	initStringInfo(&walk->entries.lower);
	initStringInfo(&walk->entries.upper);
	set_rows_apart(walk);
	return walk;
}

/* Leave out rows outside a set from now on, where that saves something. */
void
detmeta_ordered_walk_restrict(OrderedWalk *walk, TidSet *only)
{
	walk->only = only;
	walk->source.within = only;
	if (walk->entries.walk != NULL)
		detmeta_gin_walk_restrict(walk->entries.walk, only);
}

/* Begin a phase whose rows are a set. */
static void
begin_set(OrderedWalk *walk, TidSet *set, MetaKind kind)
{
	walk->set = set;
	detmeta_tid_set_iterate(&walk->iterator, set, 0);
	walk->block.count = 0;
	walk->next_in_block = 0;
	resetStringInfo(&walk->sort_key);
	appendStringInfoCharMacro(&walk->sort_key, (char) kind);
}

/* Begin a phase whose rows are those of the value entries of a kind; false: there are none. */
static bool
begin_entries(OrderedWalk *walk, MetaKind kind)
{
	MemoryContext old = MemoryContextSwitchTo(walk->context);
	GinKeyRange range = detmeta_key_range(&walk->key, TAG_VALUE + kind, TAG_VALUE + kind,
										  &walk->entries.lower, &walk->entries.upper);

	if (detmeta_walk_bounds(walk->condition, walk->key.key, walk->key.keylen, kind, &range))
		detmeta_key_walk_begin(&walk->key, &walk->entries, &range,
							   walk->descending ? BackwardScanDirection : ForwardScanDirection,
							   walk->only);
	MemoryContextSwitchTo(old);
	return walk->entries.walk != NULL;
}

/* Begin a phase; false where it has no rows of its own. */
static bool
begin_phase(OrderedWalk *walk, WalkPhase phase)
{
	switch (phase)
	{
		case PHASE_NULLS_FIRST:
		case PHASE_NULLS_LAST:
			if (walk->nulls_first != (phase == PHASE_NULLS_FIRST))
				return false;
			begin_set(walk, rows_without_value(walk), META_NULL);
			return true;
		case PHASE_FALSE:
			begin_set(walk, rows_of_kinds(walk, META_FALSE, META_FALSE), META_FALSE);
			return true;
		case PHASE_TRUE:
			begin_set(walk, rows_of_kinds(walk, META_TRUE, META_TRUE), META_TRUE);
			return true;
		case PHASE_CONTAINERS:
			begin_set(walk, rows_of_kinds(walk, META_ARRAY, META_OBJECT), META_ARRAY);
			return true;
		case PHASE_NUMBER:
			return begin_entries(walk, META_NUMBER);
		case PHASE_DATE:
			return begin_entries(walk, META_DATE);
		case PHASE_STRING:
			return begin_entries(walk, META_STRING);
		case PHASE_COUNT:
			break;
	}
	return false;
}

/* End a phase. */
static void
end_phase(OrderedWalk *walk)
{
	if (walk->set != NULL)
		detmeta_tid_set_free(walk->set);
	walk->set = NULL;
	if (walk->in_entry)
		detmeta_gin_postings_end(&walk->postings);
	walk->in_entry = false;
	detmeta_key_walk_end(&walk->entries);
	if (walk->cut != NULL)
		detmeta_row_sorter_end(walk->cut);
	walk->cut = NULL;
}

/* Return the next row of a phase that is a set. */
static bool
next_of_set(OrderedWalk *walk, ItemPointer tid)
{
	while (walk->next_in_block >= walk->block.count)
	{
		if (!detmeta_tid_set_next(&walk->iterator, &walk->block))
			return false;
		walk->next_in_block = 0;
	}
	ItemPointerSet(tid, walk->block.block, walk->block.offsets[walk->next_in_block++]);
	return true;
}

/* Note the sort key of the current entry. */
static void
note_sort_key(OrderedWalk *walk, const EntryParts *parts)
{
	MetaKind	kind = TAG_KIND(parts->tag);
	char		bytes[DETMETA_INSTANT_BYTES];
	int64		instant;

	resetStringInfo(&walk->sort_key);
	appendStringInfoCharMacro(&walk->sort_key, (char) kind);
	if (kind == META_DATE)
	{
		(void) detmeta_date_read_instant(parts->payload, &instant);
		detmeta_instant_encode(instant, bytes);
		appendBinaryStringInfo(&walk->sort_key, bytes, sizeof(bytes));
	}
	else
		appendBinaryStringInfo(&walk->sort_key, parts->payload, parts->len);
}

/* Sort the rows of the entries that are cut to the same bytes as the current one, and pass these. */
static void
sort_cut_entries(OrderedWalk *walk)
{
	KeyWalk    *entries = &walk->entries;
	int			len = entries->parts.len;
	char	   *bytes = palloc(len);
	TidSet	   *rows = detmeta_tid_set_create(walk->context, 0, InvalidBlockNumber);

	memcpy(bytes, entries->parts.payload, len);
	while (entries->valid && entries->parts.cut && memcmp(entries->parts.payload, bytes, len) == 0)
	{
		detmeta_gin_postings_add(walk->scan->reader, &entries->entry.postings, NULL, rows);
		detmeta_key_walk_next(entries);
	}
	if (walk->apart != NULL)
		detmeta_tid_set_and_not(rows, walk->apart);
	walk->cut = sort_set(walk, rows);
	detmeta_tid_set_free(rows);
	pfree(bytes);
}

/* Begin with the rows of the current entry; false if there is none. */
static bool
begin_entry(OrderedWalk *walk)
{
	const EntryParts *parts = &walk->entries.parts;

	if (!walk->entries.valid)
		return false;
	note_sort_key(walk, parts);
	if (parts->cut && TAG_KIND(parts->tag) != META_DATE)
	{
		sort_cut_entries(walk);
		return true;
	}
	walk->in_entry = true;
	detmeta_gin_postings_begin(&walk->postings, walk->scan->reader, &walk->entries.entry.postings);
	walk->batch.count = 0;
	walk->next_in_batch = 0;
	return true;
}

/* Return the next row of the current entry. */
static bool
next_of_entry(OrderedWalk *walk, ItemPointer tid)
{
	while (walk->next_in_batch >= walk->batch.count)
	{
		if (!detmeta_gin_postings_next(&walk->postings, &walk->batch))
			return false;
		walk->next_in_batch = 0;
	}
	*tid = walk->batch.tids[walk->next_in_batch++];
	return true;
}

/* Return the next row of a phase that is a run of entries. */
static bool
next_of_entries(OrderedWalk *walk, ItemPointer tid)
{
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		if (walk->cut != NULL)
		{
			if (detmeta_row_sorter_next(walk->cut))
			{
				int			len;
				const char *key = detmeta_row_sorter_row(walk->cut, tid, &len);

				resetStringInfo(&walk->sort_key);
				appendBinaryStringInfo(&walk->sort_key, key, len);
				return true;
			}
			detmeta_row_sorter_end(walk->cut);
			walk->cut = NULL;
		}
		if (walk->in_entry)
		{
			if (next_of_entry(walk, tid))
				return true;
			detmeta_gin_postings_end(&walk->postings);
			walk->in_entry = false;
			detmeta_key_walk_next(&walk->entries);
		}
		if (!begin_entry(walk))
			return false;
	}
}

/* Say whether the walk is where rows have no value. */
static inline bool
in_nulls(const OrderedWalk *walk)
{
	return walk->position == PHASE_NULLS_FIRST || walk->position == PHASE_NULLS_LAST;
}

/* Say whether a row of the phases is one that was set apart. */
static bool
is_apart(const OrderedWalk *walk, ItemPointer tid)
{
	bool		proven;

	return walk->apart != NULL && !in_nulls(walk) && walk->cut == NULL &&
		detmeta_tid_set_contains(walk->apart, tid, &proven);
}

/* Read the phases' next row. */
static bool
next_of_phases(OrderedWalk *walk, ItemPointer tid)
{
	while (walk->position < PHASE_COUNT)
	{
		CHECK_FOR_INTERRUPTS();
		if (!walk->in_phase)
			walk->in_phase = begin_phase(walk, phase_at(walk));
		if (walk->in_phase &&
			(walk->set != NULL ? next_of_set(walk, tid) : next_of_entries(walk, tid)))
		{
			if (!is_apart(walk, tid))
				return true;
			continue;
		}
		end_phase(walk);
		walk->in_phase = false;
		walk->position++;
	}
	return false;
}

/* Say whether the rest's current row comes before the phases' next row. */
static bool
rest_is_next(const OrderedWalk *walk)
{
	ItemPointerData tid;
	int			len;
	const char *key;
	int			cmp;

	if (!walk->rest_ready)
		return false;
	if (!walk->have_row || in_nulls(walk))
		return walk->position != PHASE_NULLS_FIRST;
	key = detmeta_row_sorter_row(walk->rest, &tid, &len);
	cmp = detmeta_bytes_compare(key, len, walk->sort_key.data, walk->sort_key.len);
	return walk->descending ? cmp >= 0 : cmp <= 0;
}

/* Return the next TID; its row may be invisible. */
bool
detmeta_ordered_walk_next(OrderedWalk *walk, ItemPointer tid)
{
	MemoryContext old = MemoryContextSwitchTo(walk->context);
	bool		result = true;
	int			len;

	if (!walk->have_row)
		walk->have_row = next_of_phases(walk, &walk->row);
	if (rest_is_next(walk))
	{
		(void) detmeta_row_sorter_row(walk->rest, tid, &len);
		walk->rest_ready = detmeta_row_sorter_next(walk->rest);
	}
	else if (walk->have_row)
	{
		*tid = walk->row;
		walk->have_row = false;
	}
	else
		result = false;
	MemoryContextSwitchTo(old);
	return result;
}

/* End a walk, wherever it is. */
void
detmeta_ordered_walk_end(OrderedWalk *walk)
{
	end_phase(walk);
	if (walk->rest != NULL)
		detmeta_row_sorter_end(walk->rest);
}

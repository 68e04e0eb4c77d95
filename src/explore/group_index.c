/*
 * group_index.c
 *		Groups of runs, read from an index.
 *
 * Rows have places in an array, by block and offset, and there the number of their
 * group.  Walking the values of the first key gives each row its group by that, the
 * values of the second its group by both, and so on.  A last walk over the numbers of the
 * measure meets them in their order: the first of a group is its least.
 *
 *		by optimizer.name		"adam" 12 rows, "sgd" 7 rows		group 0, group 1
 *		measure loss			0.1, 0.2, ...						of the group at its row
 *
 * Rows whose values the index does not tell are read: those of the pending list, with
 * several places of a key, with elements of arrays at a key to group by, or members of
 * objects in arrays, or with values that are cut.
 */
#include "postgres.h"

#include "access/genam.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "explore/group_index.h"
#include "explore/group_row.h"
#include "gin/entries.h"
#include "gin/postings.h"
#include "gin/tid_set.h"
#include "gin/tid_set_read.h"
#include "scan/key_reader.h"

/* An index that is read. */
typedef struct IndexGrouping
{
	Grouping   *grouping;
	ExploreIndex *ix;
	TidSet	   *rows;			/* visible and selected */
	TidSet	   *apart;			/* rows that are read */
	BlockNumber nblocks;
	int			per_block;		/* places */
	int64		nplaces;
	uint32	   *group;			/* of a row, by the keys so far; or NO_GROUP */
	uint32	   *next;			/* by one key more */
	const TidSet *only;			/* what walks are limited to; NULL: all rows */
} IndexGrouping;

typedef void (*PlaceVisitor) (IndexGrouping *ig, int64 place, ItemPointer tid, void *arg);

/* ---- places ---- */

/* Return where the place of a row is; -1: there is none, as it is not selected. */
static inline int64
row_place(const IndexGrouping *ig, ItemPointer tid)
{
	BlockNumber block = ItemPointerGetBlockNumberNoCheck(tid);
	int			offset = ItemPointerGetOffsetNumberNoCheck(tid);

	if (block >= ig->nblocks || offset > ig->per_block)
		return -1;
	return (int64) block * ig->per_block + offset - 1;
}

/* Call a visitor for each row of some that is in a group. */
static void
visit_batch(IndexGrouping *ig, const GinTids *tids, PlaceVisitor visitor, void *arg)
{
	for (int i = 0; i < tids->count; i++)
	{
		int64		place = row_place(ig, &tids->tids[i]);

		if (place >= 0 && ig->group[place] != NO_GROUP)
			visitor(ig, place, &tids->tids[i], arg);
	}
}

/* Call a visitor for each row of an entry that is in a group. */
static void
visit_places(IndexGrouping *ig, const GinPostings *postings, PlaceVisitor visitor, void *arg)
{
	GinPostingsScan *scan;
	GinTids		batch;

	if (postings->tree == InvalidBlockNumber)
	{
		visit_batch(ig, &postings->list, visitor, arg);
		return;
	}
	scan = palloc_object(GinPostingsScan);
	detmeta_gin_postings_begin(scan, ig->ix->reader, postings);
	while (detmeta_gin_postings_next(scan, &batch))
	{
		CHECK_FOR_INTERRUPTS();
		visit_batch(ig, &batch, visitor, arg);
	}
	detmeta_gin_postings_end(scan);
	pfree(scan);
}

/* Make an array of a number for each place. */
static uint32 *
make_places(const IndexGrouping *ig)
{
	Size		size = sizeof(uint32) * Max(1, ig->nplaces);
	uint32	   *places = MemoryContextAllocHuge(CurrentMemoryContext, size);

	memset(places, 0xFF, size);
	return places;
}

/* Give all selected rows places, and the one group by no key. */
static void
make_all_places(IndexGrouping *ig)
{
	TidSetIterator iterator;
	TidSetBlock *block = palloc_object(TidSetBlock);

	detmeta_tid_set_iterate(&iterator, ig->rows, 0);
	while (detmeta_tid_set_next(&iterator, block))
	{
		CHECK_FOR_INTERRUPTS();
		ig->nblocks = block->block + 1;
		ig->per_block = Max(ig->per_block, block->offsets[block->count - 1]);
	}
	ig->nplaces = (int64) ig->nblocks * ig->per_block;
	ig->group = make_places(ig);
	ig->next = make_places(ig);
	detmeta_tid_set_iterate(&iterator, ig->rows, 0);
	while (detmeta_tid_set_next(&iterator, block))
	{
		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < block->count; i++)
			ig->group[(int64) block->block * ig->per_block + block->offsets[i] - 1] = 0;
	}
	pfree(block);
}

/* ---- rows apart ---- */

/* Set the rows of an entry apart. */
static void
set_apart(IndexGrouping *ig, const GinPostings *postings)
{
	detmeta_gin_postings_add(ig->ix->reader, postings, ig->rows, ig->apart);
}

/* Set the rows apart that have elements of arrays at a key. */
static void
set_elements_apart(IndexGrouping *ig, const KeyReader *key)
{
	KeyWalk		walk;
	GinKeyRange range;
	GinPostings postings;

	for (MetaKind kind = META_FALSE; kind <= META_TRUE; kind++)
	{
		if (detmeta_key_lookup(key, TAG_ELEMENT + kind, &postings))
			set_apart(ig, &postings);
	}
	initStringInfo(&walk.lower);
	initStringInfo(&walk.upper);
	range = detmeta_key_range(key, TAG_ELEMENT + META_NUMBER, TAG_ELEMENT + META_STRING,
							  &walk.lower, &walk.upper);
	detmeta_key_walk_begin(key, &walk, &range, ForwardScanDirection, ig->only);
	for (; walk.valid; detmeta_key_walk_next(&walk))
	{
		CHECK_FOR_INTERRUPTS();
		set_apart(ig, &walk.entry.postings);
	}
	detmeta_key_walk_end(&walk);
}

/* Take the rows that are apart out of all groups. */
static void
leave_apart_out(IndexGrouping *ig)
{
	TidSetCursor *cursor = palloc_object(TidSetCursor);
	ItemPointerData tid;

	detmeta_tid_set_and(ig->apart, ig->rows);
	detmeta_tid_set_cursor(cursor, ig->apart, 0);
	while (detmeta_tid_set_next_tid(cursor, &tid))
	{
		CHECK_FOR_INTERRUPTS();
		ig->group[row_place(ig, &tid)] = NO_GROUP;
	}
	pfree(cursor);
}

/* ---- groups ---- */

/* What the rows of an entry are grouped by. */
typedef struct LevelLabel
{
	int			level;
	uint32		label;
} LevelLabel;

/* Give a row its group by one key more. */
static void
take_label(IndexGrouping *ig, int64 place, ItemPointer tid, void *arg)
{
	const LevelLabel *label = arg;

	ig->next[place] = detmeta_group_child(ig->grouping->set, label->level, ig->group[place],
										  label->label);
}

/* Give the rows of a value their groups. */
static void
take_value_rows(IndexGrouping *ig, int level, StringInfo bytes, StringInfo buffer,
				const GinPostings *postings)
{
	LevelLabel	label = {.level = level};

	detmeta_group_label(&ig->grouping->by[level], bytes->data, bytes->len, buffer);
	label.label = detmeta_label_number(detmeta_group_labels(ig->grouping->set, level),
									   buffer->data, buffer->len);
	visit_places(ig, postings, take_label, &label);
}

/* Give rows with a number, date or string at a key their groups. */
static void
walk_level(IndexGrouping *ig, int level, const KeyReader *key, StringInfo bytes,
		   StringInfo buffer)
{
	KeyWalk		walk;
	GinKeyRange range;

	initStringInfo(&walk.lower);
	initStringInfo(&walk.upper);
	range = detmeta_key_range(key, TAG_VALUE + META_NUMBER, TAG_VALUE + META_STRING,
							  &walk.lower, &walk.upper);
	detmeta_key_walk_begin(key, &walk, &range, ForwardScanDirection, ig->only);
	for (; walk.valid; detmeta_key_walk_next(&walk))
	{
		CHECK_FOR_INTERRUPTS();
		if (walk.parts.cut)
		{
			set_apart(ig, &walk.entry.postings);
			continue;
		}
		resetStringInfo(bytes);
		appendStringInfoCharMacro(bytes, (char) TAG_KIND(walk.parts.tag));
		appendBinaryStringInfo(bytes, walk.parts.payload, walk.parts.len);
		take_value_rows(ig, level, bytes, buffer, &walk.entry.postings);
	}
	detmeta_key_walk_end(&walk);
}

/* Give rows without a value at a key their groups, and go on to the next key. */
static void
end_level(IndexGrouping *ig, int level)
{
	uint32	   *swap = ig->group;

	for (int64 i = 0; i < ig->nplaces; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (ig->group[i] != NO_GROUP && ig->next[i] == NO_GROUP)
			ig->next[i] = detmeta_group_child(ig->grouping->set, level, ig->group[i], NO_LABEL);
	}
	ig->group = ig->next;
	ig->next = swap;
	memset(ig->next, 0xFF, sizeof(uint32) * Max(1, ig->nplaces));
}

/* Group all rows by one key more. */
static void
group_by_key(IndexGrouping *ig, int level)
{
	const GroupBy *by = &ig->grouping->by[level];
	KeyReader	key = {ig->ix->reader, by->key, by->keylen};
	StringInfoData bytes;
	StringInfoData buffer;
	GinPostings postings;

	initStringInfo(&bytes);
	initStringInfo(&buffer);
	detmeta_key_add_rows_apart(&key, ig->rows, ig->apart);
	if (detmeta_key_has_array(by->key, by->keylen))
		detmeta_key_add_array_rows(&key, ig->ix->array_members, ig->rows, ig->apart);
	if (!detmeta_key_is_shared(&key))
	{
		set_elements_apart(ig, &key);
		for (MetaKind kind = META_FALSE; kind <= META_TRUE; kind++)
		{
			if (!detmeta_key_lookup(&key, TAG_KEY + kind, &postings))
				continue;
			resetStringInfo(&bytes);
			appendStringInfoCharMacro(&bytes, (char) kind);
			take_value_rows(ig, level, &bytes, &buffer, &postings);
		}
		walk_level(ig, level, &key, &bytes, &buffer);
	}
	end_level(ig, level);
}

/* ---- the measure ---- */

/* A number of the measure. */
typedef struct MeasuredValue
{
	uint32		value;
	NumberTerm	term;
} MeasuredValue;

/* A row whose group is on its way into the processor's cache. */
typedef struct AwaitedRow
{
	int64		place;
	ItemPointerData tid;
	MeasuredValue measured;
} AwaitedRow;

#define AWAITED_ROWS	16

/* Numbers that are walked. */
typedef struct MeasureWalk
{
	IndexGrouping *ig;
	int			first;			/* of the rows that are awaited */
	int			n;
	AwaitedRow	rows[AWAITED_ROWS];
} MeasureWalk;

/* Note a row that may be the one with a group's least or greatest number. */
static void
note_best_row(BestRow *row, bool greatest, uint32 value, ItemPointer tid)
{
	if (row->value == value)
	{
		row->tied = true;
		return;
	}
	if (!greatest && row->value != NO_VALUE)
		return;
	row->value = value;
	row->tid = *tid;
	row->tied = false;
}

/* Take a row's number into account. */
static void
take_measured(IndexGrouping *ig, int64 place, ItemPointer tid, void *arg)
{
	const MeasuredValue *measured = arg;
	RunGroup   *group = detmeta_group(ig->grouping->set, ig->group[place]);

	detmeta_group_observe(ig->grouping->set, ig->group[place], measured->value, &measured->term,
						  1);
	note_best_row(&group->rows[0], false, measured->value, tid);
	note_best_row(&group->rows[1], true, measured->value, tid);
}

/* Take the rows into account that are awaited. */
static void
take_awaited(MeasureWalk *walk, int left)
{
	for (; walk->n > left; walk->n--)
	{
		AwaitedRow *row = &walk->rows[walk->first];

		if (walk->ig->group[row->place] != NO_GROUP)
			take_measured(walk->ig, row->place, &row->tid, &row->measured);
		walk->first = (walk->first + 1) % AWAITED_ROWS;
	}
}

/*
 * Take the rows of a number into account.  Where each row has its own, its group is
 * anywhere in memory, and it is not waited for.
 */
static void
take_number_rows(MeasureWalk *walk, const GinPostings *postings, const MeasuredValue *measured)
{
	int64		place;
	AwaitedRow *row;

	if (postings->tree != InvalidBlockNumber || postings->list.count != 1 ||
		!measured->term.is_small)
	{
		take_awaited(walk, 0);
		visit_places(walk->ig, postings, take_measured, (void *) measured);
		return;
	}
	place = row_place(walk->ig, &postings->list.tids[0]);
	if (place < 0)
		return;
	__builtin_prefetch(&walk->ig->group[place]);
	take_awaited(walk, AWAITED_ROWS - 1);
	row = &walk->rows[(walk->first + walk->n++) % AWAITED_ROWS];
	row->place = place;
	row->tid = postings->list.tids[0];
	row->measured = *measured;
}

/* Set a row apart that was counted already. */
static void
take_back(IndexGrouping *ig, int64 place, ItemPointer tid, void *arg)
{
	detmeta_group(ig->grouping->set, ig->group[place])->runs--;
	ig->group[place] = NO_GROUP;
	detmeta_tid_set_add(ig->apart, tid, false);
}

/* Walk the numbers of the measure. */
static void
walk_measure(IndexGrouping *ig, const KeyReader *key)
{
	MemoryContext value_context = AllocSetContextCreate(CurrentMemoryContext, "metadata number",
														ALLOCSET_SMALL_SIZES);
	MeasureWalk *measures = palloc0_object(MeasureWalk);
	bool		follows = false;
	KeyWalk		walk;
	GinKeyRange range;

	measures->ig = ig;
	initStringInfo(&walk.lower);
	initStringInfo(&walk.upper);
	range = detmeta_key_range(key, TAG_VALUE + META_NUMBER, TAG_VALUE + META_NUMBER,
							  &walk.lower, &walk.upper);
	detmeta_key_walk_begin(key, &walk, &range, ForwardScanDirection, ig->only);
	for (; walk.valid; detmeta_key_walk_next(&walk))
	{
		MeasuredValue measured;
		MemoryContext old;

		CHECK_FOR_INTERRUPTS();
		if (walk.parts.cut)
		{
			visit_places(ig, &walk.entry.postings, take_back, NULL);
			continue;
		}
		old = MemoryContextSwitchTo(value_context);
		measured.value = detmeta_group_add_value(ig->grouping->set, walk.parts.payload,
												 walk.parts.len, follows, &measured.term);
		follows = true;
		take_number_rows(measures, &walk.entry.postings, &measured);
		MemoryContextSwitchTo(old);
		if (!measured.term.is_small)
			MemoryContextReset(value_context);
	}
	take_awaited(measures, 0);
	detmeta_key_walk_end(&walk);
	MemoryContextDelete(value_context);
	pfree(measures);
}

/* ---- the best runs ---- */

/* Offer a row that was fetched. */
static void
offer_fetched(IndexGrouping *ig, RunGroup *group, int end, uint32 value)
{
	Grouping   *grouping = ig->grouping;
	Datum	   *key = detmeta_run_key_read(grouping->key, ig->ix->columns, ig->ix->fetcher.slot);

	detmeta_group_offer(grouping->set, group, end, value, key);
	if (key != NULL)
		pfree(key);
}

/* Offer a row of a number that is the least or the greatest of some groups, and tied there. */
static void
offer_tied_row(IndexGrouping *ig, int64 place, ItemPointer tid, void *arg)
{
	uint32		value = *(uint32 *) arg;
	RunGroup   *group = detmeta_group(ig->grouping->set, ig->group[place]);

	for (int end = 0; end < 2; end++)
	{
		if (group->rows[end].tied && group->rows[end].value == value &&
			detmeta_heap_fetch(&ig->ix->fetcher, tid))
			offer_fetched(ig, group, end, value);
	}
}

/* Order numbers as they were added. */
static int
compare_tied_values(const void *a, const void *b, void *arg)
{
	uint32		x = *(const uint32 *) a;
	uint32		y = *(const uint32 *) b;

	return x < y ? -1 : x > y;
}

/* Offer the rows of numbers that are tied in some groups; each is looked up once. */
static void
offer_tied_values(IndexGrouping *ig, const KeyReader *key, uint32 *values, int64 n)
{
	StringInfoData entry;

	initStringInfo(&entry);
	qsort_interruptible(values, n, sizeof(uint32), compare_tied_values, NULL);
	for (int64 i = 0; i < n; i++)
	{
		GinPostings postings;

		CHECK_FOR_INTERRUPTS();
		if (i > 0 && values[i] == values[i - 1])
			continue;
		resetStringInfo(&entry);
		detmeta_entry_prefix(key->key, key->keylen, TAG_VALUE + META_NUMBER, &entry);
		detmeta_group_append_number(ig->grouping->set, values[i], &entry);
		if (detmeta_gin_lookup(ig->ix->reader, entry.data, entry.len, &postings))
			visit_places(ig, &postings, offer_tied_row, &values[i]);
	}
}

/* Offer the row with the least number of each group, and that with the greatest. */
static void
offer_best_rows(IndexGrouping *ig, const KeyReader *key)
{
	uint32		n = detmeta_group_count(ig->grouping->set);
	uint32	   *tied = MemoryContextAllocHuge(CurrentMemoryContext,
											  sizeof(uint32) * 2 * Max(1, (Size) n));
	int64		ntied = 0;

	for (uint32 i = 0; i < n; i++)
	{
		RunGroup   *group = detmeta_group(ig->grouping->set, i);

		for (int end = 0; end < 2; end++)
		{
			BestRow    *row = &group->rows[end];

			CHECK_FOR_INTERRUPTS();
			if (row->value == NO_VALUE)
				continue;
			if (ig->grouping->key->n == 0)
				detmeta_group_offer(ig->grouping->set, group, end, row->value, NULL);
			else if (row->tied)
				tied[ntied++] = row->value;
			else if (detmeta_heap_fetch(&ig->ix->fetcher, &row->tid))
				offer_fetched(ig, group, end, row->value);
		}
	}
	offer_tied_values(ig, key, tied, ntied);
	ExecClearTuple(ig->ix->fetcher.slot);
	pfree(tied);
}

/* Let the next table begin anew. */
static void
forget_best_rows(GroupSet *set)
{
	for (uint32 i = 0; i < detmeta_group_count(set); i++)
	{
		for (int end = 0; end < 2; end++)
			detmeta_group(set, i)->rows[end].value = NO_VALUE;
	}
}

/* Measure the rows of all groups. */
static void
measure_groups(IndexGrouping *ig, const KeyReader *key)
{
	walk_measure(ig, key);
	offer_best_rows(ig, key);
	forget_best_rows(ig->grouping->set);
}

/*
 * Say about how many TIDs are read to group selected rows: those of every key, and the
 * numbers of the measure, many of which have an entry of their own.
 */
double
detmeta_group_estimate(ExploreIndex *ix, double limit, void *arg)
{
	const Grouping *grouping = arg;

	return RelationGetForm(ix->heap)->reltuples *
		(grouping->nby + (grouping->measure != NULL ? TIDS_OF_AN_ENTRY : 0));
}

/* Group the rows of an index. */
void
detmeta_group_index(ExploreIndex *ix, bool alone, void *arg)
{
	Grouping   *grouping = arg;
	KeyReader	measure = {ix->reader, grouping->measure, grouping->measurelen};
	IndexGrouping ig = {
		.grouping = grouping,
		.ix = ix,
		.rows = detmeta_explore_rows(ix),
		.only = ix->selected,
		.apart = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber)
	};

	detmeta_explore_end_proof(ix);
	make_all_places(&ig);
	for (int i = 0; i < grouping->nby; i++)
		group_by_key(&ig, i);
	if (grouping->measure != NULL)
		detmeta_key_add_rows_apart(&measure, ig.rows, ig.apart);
	leave_apart_out(&ig);
	for (int64 i = 0; i < ig.nplaces; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (ig.group[i] != NO_GROUP)
			detmeta_group(grouping->set, ig.group[i])->runs++;
	}
	if (grouping->measure != NULL && !detmeta_key_is_shared(&measure))
		measure_groups(&ig, &measure);
	detmeta_tid_set_or(ig.apart, ix->pending);
	detmeta_explore_visit_rows(ix, ig.apart, detmeta_group_row, grouping);
}

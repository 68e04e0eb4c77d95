/*
 * values.c
 *		The distinct values of a key, and how many rows have each.
 *
 * A value is in the index as the value of a key, or as an element of an array
 * at the key.  Both kinds of entries are sorted alike, so two walks side by
 * side meet a value's two entries at the same time:
 *
 *		value  tags "a"		12 rows
 *		element tags "a"	30 rows		=> "a" 42
 *
 * No row has both, but for those where the key has several places, which are
 * read instead, like the rows of the pending list.  Values that are cut in the
 * index are counted from their rows as well.
 *
 * Where the key is one of members of objects in arrays and the index has their
 * entries, these are walked in place of elements, and rows that hold the key by
 * names are read; where it has not, all rows with the arrays are.
 *
 * Read rows go to a tally, whose
 * counts are added when the walk comes to the same value, or else come last.
 * With several tables all values go to the tally.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "explore/document.h"
#include "explore/part_json.h"
#include "explore/source.h"
#include "explore/values.h"
#include "gin/estimate.h"
#include "gin/tid_set_read.h"
#include "scan/key_reader.h"

/* An index that is read. */
typedef struct IndexReading
{
	ValueReading *reading;
	ExploreIndex *ix;
	KeyReader	key;
	bool		alone;
	bool		in_arrays;		/* the key is one of members of objects in arrays */
	int			elements;		/* class of the entries beside those of values */
	TidSet	   *apart;			/* rows that are read whole; NULL: none */
	TidSet	   *cut;			/* rows with values that are cut */
} IndexReading;

/* Count a row that is read whole. */
static void
count_document_values(const ExploreRow *row, void *arg)
{
	ValueReading *reading = arg;

	reading->all_runs++;
	if (row->metadata == NULL)
		return;
	if (detmeta_tally_values(reading->tally, row->metadata, reading->key, reading->keylen,
							 TALLY_ALL))
		reading->runs++;
	reading->several |= detmeta_tally_row_strings(reading->tally) > 1;
}

/* Count those values of a row that are cut in the index. */
static void
visit_cut_values(const ExploreRow *row, void *arg)
{
	ValueReading *reading = arg;

	if (row->metadata == NULL)
		return;
	if (reading->keyed)
	{
		KeyedValues cut = {reading->key, reading->keylen, TALLY_ALL, TALLY_CUT,
		detmeta_value_search_finds, reading->search};

		detmeta_tally_keyed_values(reading->tally, row->metadata, &cut);
		return;
	}
	detmeta_tally_values(reading->tally, row->metadata, reading->key, reading->keylen,
						 TALLY_CUT);
	/* of elements that are cut, the walk may have seen no other */
	reading->several |= detmeta_tally_row_strings(reading->tally) > 1;
}

/* Count the rows of an entry without payload. */
static int64
count_plain(IndexReading *ir, int tag)
{
	GinPostings postings;

	CHECK_FOR_INTERRUPTS();
	if (!detmeta_key_lookup(&ir->key, tag, &postings))
		return 0;
	return detmeta_explore_count(ir->ix, &postings, ir->apart);
}

/* Set apart the rows that have to be read whole, and read them. */
static void
read_rows_apart(IndexReading *ir)
{
	TidSet	   *apart = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);

	detmeta_key_add_rows_apart(&ir->key, ir->ix->selected, apart);
	if (ir->elements == TAG_MEMBER)
		detmeta_key_add_holding_rows(&ir->key, ir->ix->selected, apart);
	else if (ir->in_arrays)
		detmeta_key_add_array_rows(&ir->key, ir->ix->array_members, ir->ix->selected, apart);
	if (ir->ix->selected != NULL)
		detmeta_tid_set_and(apart, ir->ix->selected);
	if (detmeta_tid_set_is_empty(apart))
	{
		detmeta_tid_set_free(apart);
		apart = ir->ix->pending;
	}
	else
		detmeta_tid_set_or(apart, ir->ix->pending);
	if (detmeta_tid_set_is_empty(apart))
		return;
	ir->apart = apart;
	detmeta_explore_visit_rows(ir->ix, apart, count_document_values, ir->reading);
}

/* Take a value and the rows that an index has of it. */
static void
take_value(IndexReading *ir, const StringInfoData *bytes, int64 runs)
{
	ValueReading *reading = ir->reading;

	if (!ir->alone)
	{
		if (runs > 0)
			detmeta_tally_add(reading->tally, bytes->data, bytes->len, runs);
		return;
	}
	runs += detmeta_tally_take(reading->tally, bytes->data, bytes->len);
	if (runs > 0)
		reading->visitor(bytes->data, bytes->len, runs, reading->arg);
}

/* Say whether the caller wants a value. */
static bool
is_wanted(const ValueReading *reading)
{
	return reading->search == NULL ||
		detmeta_value_search_finds(reading->bytes.data, reading->bytes.len, reading->search);
}

/* Begin the bytes of a value. */
static StringInfo
begin_bytes(const IndexReading *ir, MetaKind kind)
{
	StringInfo	bytes = &ir->reading->bytes;

	resetStringInfo(bytes);
	if (ir->reading->keyed)
	{
		appendBinaryStringInfo(bytes, ir->reading->key, ir->reading->keylen);
		appendStringInfoCharMacro(bytes, '\0');
	}
	appendStringInfoCharMacro(bytes, (char) kind);
	return bytes;
}

/* Count a boolean. */
static void
read_boolean(IndexReading *ir, MetaKind kind)
{
	StringInfo	bytes = begin_bytes(ir, kind);
	int64		elements;

	if (!is_wanted(ir->reading))
		return;
	elements = count_plain(ir, ir->elements + kind);
	ir->reading->several |= elements > 0;
	take_value(ir, bytes, count_plain(ir, TAG_KEY + kind) + elements);
}

/* Note the rows of an entry that is cut. */
static void
note_cut_entry(IndexReading *ir, const GinEntry *entry)
{
	GinPostings found;

	if (!entry->counted)
		detmeta_gin_postings_add(ir->ix->reader, &entry->postings, ir->ix->selected, ir->cut);
	else if (entry->ntids > 0 &&
			 detmeta_gin_lookup(ir->ix->reader, entry->key, entry->keylen, &found))
		detmeta_gin_postings_add(ir->ix->reader, &found, ir->ix->selected, ir->cut);
}

/* Note the rows of entries that are cut, up to one that is not. */
static void
pass_cut_entries(IndexReading *ir, KeyWalk *walk)
{
	while (walk->valid && walk->parts.cut)
	{
		CHECK_FOR_INTERRUPTS();
		note_cut_entry(ir, &walk->entry);
		detmeta_key_walk_next(walk);
	}
}

/* Go to the next entry that is not cut. */
static void
step(IndexReading *ir, KeyWalk *walk)
{
	CHECK_FOR_INTERRUPTS();
	detmeta_key_walk_next(walk);
	pass_cut_entries(ir, walk);
}

/* Begin to walk the numbers, dates and strings of a class. */
static void
begin_walk(IndexReading *ir, KeyWalk *walk, int class)
{
	GinKeyRange range;

	initStringInfo(&walk->lower);
	initStringInfo(&walk->upper);
	range = detmeta_key_range(&ir->key,
							  class + (ir->reading->only_strings ? META_DATE : META_NUMBER),
							  class + META_STRING,
							  &walk->lower, &walk->upper);
	/* rows of the pending list may be in the tree as well, but are never selected there */
	if (ir->apart == NULL || (ir->apart == ir->ix->pending && ir->ix->selected != NULL))
		detmeta_key_walk_begin_count(&ir->key, walk, &range, ir->ix->selected);
	else
		detmeta_key_walk_begin(&ir->key, walk, &range, ForwardScanDirection, NULL);
	pass_cut_entries(ir, walk);
}

/* Compare the values that two walks are at. */
static int
compare_walks(const KeyWalk *a, const KeyWalk *b)
{
	int			x = TAG_KIND(a->parts.tag);
	int			y = TAG_KIND(b->parts.tag);

	if (x != y)
		return x - y;
	return detmeta_bytes_compare(a->parts.payload, a->parts.len, b->parts.payload, b->parts.len);
}

/* Count the rows of an entry of a walk. */
static int64
count_entry_rows(IndexReading *ir, const GinEntry *entry)
{
	return entry->counted ? entry->ntids :
		detmeta_explore_count(ir->ix, &entry->postings, ir->apart);
}

/* Count the value that one walk or both are at. */
static void
read_value(IndexReading *ir, const KeyWalk *walk, const KeyWalk *other)
{
	StringInfo	bytes = begin_bytes(ir, TAG_KIND(walk->parts.tag));
	int64		runs;

	appendBinaryStringInfo(bytes, walk->parts.payload, walk->parts.len);
	if (!is_wanted(ir->reading))
		return;
	runs = count_entry_rows(ir, &walk->entry);
	if (other != NULL)
		runs += count_entry_rows(ir, &other->entry);
	take_value(ir, bytes, runs);
}

/* Walk the entries of values and those of elements side by side. */
static void
walk_values(IndexReading *ir)
{
	KeyWalk		values;
	KeyWalk		elements;

	begin_walk(ir, &values, TAG_VALUE);
	begin_walk(ir, &elements, ir->elements);
	ir->reading->several |= elements.valid;
	while (values.valid || elements.valid)
	{
		int			order = !elements.valid ? -1 : !values.valid ? 1 :
			compare_walks(&values, &elements);

		if (order == 0)
			read_value(ir, &values, &elements);
		else
			read_value(ir, order < 0 ? &values : &elements, NULL);
		if (order <= 0)
			step(ir, &values);
		if (order >= 0)
			step(ir, &elements);
	}
	detmeta_key_walk_end(&values);
	detmeta_key_walk_end(&elements);
}

/* Count the rows where the key has a value, and all rows. */
static void
count_runs(IndexReading *ir)
{
	ValueReading *reading = ir->reading;
	GinReader  *reader = ir->ix->reader;
	GinPostings rows;

	for (MetaKind kind = META_FALSE; !detmeta_key_is_shared(&ir->key) && kind <= META_OBJECT;
		 kind++)
		reading->runs += count_plain(ir, TAG_KEY + kind);
	if (ir->elements == TAG_MEMBER)
		reading->runs += count_plain(ir, TAG_MEMBER_HOLDS);
	if (detmeta_gin_lookup(reader, "", 0, &rows))
		reading->all_runs += detmeta_explore_count(ir->ix, &rows, ir->apart);
	if (detmeta_gin_lookup_null(reader, GIN_CAT_NULL_ITEM, &rows))
		reading->all_runs += detmeta_explore_count(ir->ix, &rows, ir->apart);
}

/* Read the entries of a key that is not cut, and the rows where values are. */
static void
read_key_entries(IndexReading *ir)
{
	ir->cut = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);
	if (!ir->reading->only_strings)
	{
		read_boolean(ir, META_FALSE);
		read_boolean(ir, META_TRUE);
	}
	walk_values(ir);
	if (ir->apart != NULL)
		detmeta_tid_set_and_not(ir->cut, ir->apart);
	detmeta_explore_visit_rows(ir->ix, ir->cut, visit_cut_values, ir->reading);
	detmeta_tid_set_free(ir->cut);
}

/* Read the values that an index has of a key by its name. */
void
detmeta_read_key_values(ExploreIndex *ix, bool alone, TidSet *apart, ValueReading *reading)
{
	IndexReading ir = {
		.reading = reading,
		.ix = ix,
		.alone = alone,
		.apart = apart,
		.key = {ix->reader, reading->key, reading->keylen},
		.elements = TAG_ELEMENT
	};

	read_key_entries(&ir);
}

/* Read the values of a table with an index. */
static void
count_index_values(ExploreIndex *ix, bool alone, void *arg)
{
	ValueReading *reading = arg;
	IndexReading ir = {
		.reading = reading,
		.ix = ix,
		.alone = alone,
		.key = {ix->reader, reading->key, reading->keylen},
		.in_arrays = detmeta_key_has_array(reading->key, reading->keylen),
		.elements = TAG_ELEMENT
	};

	if (ir.in_arrays && ix->array_members && !detmeta_key_is_shared(&ir.key))
		ir.elements = TAG_MEMBER;
	read_rows_apart(&ir);
	if (reading->count_runs)
		count_runs(&ir);
	if (!detmeta_key_is_shared(&ir.key))
		read_key_entries(&ir);
}

/* Visit what is left in the tally. */
void
detmeta_visit_tallied(ValueReading *reading)
{
	int64		n;
	TallyItem **items = detmeta_tally_sorted(reading->tally, &n);

	for (int64 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		resetStringInfo(&reading->bytes);
		appendBinaryStringInfo(&reading->bytes, items[i]->bytes, items[i]->len);
		if (is_wanted(reading))
			reading->visitor(items[i]->bytes, items[i]->len, items[i]->runs, reading->arg);
	}
}

/* Say about how many TIDs are read to count the values of selected rows; an entry is some more. */
static double
estimate_index_values(ExploreIndex *ix, double limit, void *arg)
{
	const ValueReading *reading = arg;
	KeyReader	key = {ix->reader, reading->key, reading->keylen};
	StringInfoData lower;
	StringInfoData upper;
	GinRangeEstimate values;
	GinKeyRange range;
	double		tids = 0;

	initStringInfo(&lower);
	initStringInfo(&upper);
	for (MetaKind kind = META_FALSE; kind <= META_OBJECT; kind++)
	{
		resetStringInfo(&lower);
		detmeta_entry_prefix(key.key, key.keylen, TAG_KEY + kind, &lower);
		tids += detmeta_gin_estimate_entry(ix->reader, lower.data, lower.len, TREE_LEAVES);
	}
	range = detmeta_key_range(&key, TAG_VALUE, TAG_ELEMENT + META_OBJECT, &lower, &upper);
	detmeta_gin_estimate_range(ix->reader, &range, NULL, &values);
	pfree(lower.data);
	pfree(upper.data);
	return tids + values.entries * TIDS_OF_AN_ENTRY;
}

/* ---- parts ---- */

/* Ask for values; what is searched leaves out those that are not wanted. */
static void
write_values_request(const void *arg, JsonbBuilder *out)
{
	const ValueReading *reading = arg;

	detmeta_part_push_name(out, "key");
	detmeta_part_push_text(out, WJB_VALUE, reading->key, reading->keylen);
	if (reading->count_runs)
	{
		detmeta_part_push_name(out, "count");
		detmeta_part_push_count(out, WJB_VALUE, 1);
	}
	if (reading->search != NULL)
	{
		detmeta_part_push_name(out, "search");
		detmeta_part_push_text(out, WJB_VALUE, reading->search->text, reading->search->textlen);
		detmeta_part_push_name(out, "ignore_case");
		detmeta_part_push_count(out, WJB_VALUE, reading->search->ignore_case);
	}
}

/* Write the values, and the counts of rows if they are wanted. */
static void
write_values_part(void *arg, JsonbBuilder *out)
{
	ValueReading *reading = arg;

	if (reading->count_runs)
	{
		detmeta_part_push_name(out, "runs");
		detmeta_part_push_count(out, WJB_VALUE, reading->runs);
		detmeta_part_push_name(out, "all_runs");
		detmeta_part_push_count(out, WJB_VALUE, reading->all_runs);
		detmeta_part_push_name(out, "several");
		detmeta_part_push_count(out, WJB_VALUE, reading->several);
	}
	detmeta_write_tallied(reading, out);
}

/* Add what was counted elsewhere. */
static void
add_values_part(JsonbContainer *part, void *arg)
{
	ValueReading *reading = arg;

	detmeta_part_add_count(&reading->runs, detmeta_part_count(part, "runs"));
	detmeta_part_add_count(&reading->all_runs, detmeta_part_count(part, "all_runs"));
	reading->several |= detmeta_part_count(part, "several") > 0;
	detmeta_add_tallied(part, reading);
}

/* Write the values that are tallied, each behind its key if it has one. */
void
detmeta_write_tallied(const ValueReading *reading, JsonbBuilder *out)
{
	int64		n;
	TallyItem **items = detmeta_tally_sorted(reading->tally, &n);

	detmeta_part_push_name(out, "values");
	push_jsonb(out, WJB_BEGIN_ARRAY, NULL);
	for (int64 i = 0; i < n; i++)
	{
		const char *bytes = items[i]->bytes;
		int			len = items[i]->len;
		JsonbValue	value;

		CHECK_FOR_INTERRUPTS();
		if (reading->search != NULL &&
			!detmeta_value_search_finds(bytes, len, reading->search))
			continue;
		if (reading->keyed)
		{
			detmeta_part_push_text(out, WJB_ELEM, bytes, strlen(bytes));
			bytes = detmeta_keyed_value(bytes, &len);
		}
		push_jsonb(out, WJB_ELEM, detmeta_tallied_value(bytes, len, &value));
		detmeta_part_push_count(out, WJB_ELEM, items[i]->runs);
	}
	push_jsonb(out, WJB_END_ARRAY, NULL);
	pfree(items);
}

/* Tally values that were written. */
void
detmeta_add_tallied(JsonbContainer *part, ValueReading *reading)
{
	StringInfoData bytes;
	PartMemory	memory;
	PartArray	array;
	JsonbValue	value;

	initStringInfo(&bytes);
	detmeta_part_array(part, "values", &array);
	detmeta_part_begin_items(&memory);
	while (detmeta_part_next(&array, &value))
	{
		resetStringInfo(&bytes);
		if (reading->keyed)
		{
			appendStringInfoString(&bytes, detmeta_part_text_of(&value));
			appendStringInfoCharMacro(&bytes, '\0');
			detmeta_part_next_value(&array, &value);
		}
		if (!detmeta_append_tallied(&value, &bytes))
			detmeta_part_refuse();
		detmeta_tally_add(reading->tally, bytes.data, bytes.len, detmeta_part_next_count(&array));
		MemoryContextReset(memory.item);
	}
	detmeta_part_end_items(&memory);
	pfree(bytes.data);
}

/* Prepare a reading of values. */
static void
begin_reading(ValueReading *reading)
{
	reading->tally = detmeta_tally_create();
	reading->runs = reading->all_runs = 0;
	reading->several = false;
	initStringInfo(&reading->bytes);
}

/* Begin a part. */
static void *
begin_values_part(JsonbContainer *request)
{
	ValueReading *reading = palloc0_object(ValueReading);
	char	   *search = detmeta_part_text(request, "search");

	reading->key = detmeta_part_text(request, "key");
	if (reading->key == NULL)
		detmeta_part_refuse();
	reading->keylen = strlen(reading->key);
	reading->count_runs = detmeta_part_count(request, "count") > 0;
	if (search != NULL)
		reading->search = detmeta_value_search(search, strlen(search),
											   detmeta_part_count(request, "ignore_case") > 0,
											   false);
	begin_reading(reading);
	return reading;
}

const ExploreKind detmeta_explore_values = {
	.name = "values",
	.visit_index = count_index_values,
	.estimate_index = estimate_index_values,
	.visit_document = count_document_values,
	.write_request = write_values_request,
	.begin = begin_values_part,
	.write_part = write_values_part,
	.add_part = add_values_part
};

/* Visit each distinct scalar of a key, and count rows. */
void
detmeta_read_values(ValueReading *reading)
{
	ExploreSource source = {
		.relid = reading->relid,
		.column = reading->column,
		.function = reading->function,
		.selection = reading->selection,
		.kind = &detmeta_explore_values,
		.arg = reading
	};

	begin_reading(reading);
	detmeta_explore(&source);
	detmeta_visit_tallied(reading);
}

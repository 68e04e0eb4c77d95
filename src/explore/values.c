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
 * index are counted from their rows as well.  Read rows go to a tally, whose
 * counts are added when the walk comes to the same value, or else come last.
 * With several tables all values go to the tally.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/compat.h"
#include "index/entry.h"
#include "explore/source.h"
#include "explore/values.h"

/* One of the two walks. */
typedef struct ValueWalk
{
	GinWalk    *walk;
	StringInfoData lower;
	StringInfoData upper;
	bool		valid;			/* is there a current entry? */
	GinEntry	entry;
	EntryParts	parts;
} ValueWalk;

/* An index that is read. */
typedef struct IndexReading
{
	ValueReading *reading;
	ExploreIndex *ix;
	bool		alone;
	RowList		apart;			/* rows that are read whole */
	RowList		cut;			/* rows with values that are cut */
} IndexReading;

/* Count a row that is read whole. */
static void
visit_document(Jsonb *metadata, void *arg)
{
	ValueReading *reading = arg;

	reading->all_runs++;
	if (metadata != NULL &&
		detmeta_tally_values(reading->tally, metadata, reading->key, reading->keylen, TALLY_ALL))
		reading->runs++;
}

/* Count those values of a row that are cut in the index. */
static void
visit_cut_values(Jsonb *metadata, void *arg)
{
	ValueReading *reading = arg;

	if (metadata != NULL)
		detmeta_tally_values(reading->tally, metadata, reading->key, reading->keylen, TALLY_CUT);
}

/* Write the entry of a tag without payload. */
static void
write_entry(const ValueReading *reading, int tag, StringInfo entry)
{
	resetStringInfo(entry);
	detmeta_entry_prefix(reading->key, reading->keylen, tag, entry);
}

/* Count the rows of an entry without payload. */
static int64
count_plain(IndexReading *ir, int tag)
{
	StringInfoData entry;
	int64		runs;

	initStringInfo(&entry);
	write_entry(ir->reading, tag, &entry);
	runs = detmeta_explore_count_entry(ir->ix, entry.data, entry.len, &ir->apart);
	pfree(entry.data);
	return runs;
}

/* Set apart the rows that have to be read whole. */
static void
set_rows_apart(IndexReading *ir)
{
	StringInfoData entry;

	initStringInfo(&entry);
	write_entry(ir->reading, TAG_FLAG_REPEATED, &entry);
	detmeta_explore_add_entry(ir->ix, entry.data, entry.len, &ir->apart);
	/* A key that is cut in the index shares its entries with others. */
	for (MetaKind kind = META_FALSE; ir->reading->keylen > ENTRY_MAX_KEY && kind <= META_OBJECT; kind++)
	{
		write_entry(ir->reading, TAG_KEY + kind, &entry);
		detmeta_explore_add_entry(ir->ix, entry.data, entry.len, &ir->apart);
	}
	detmeta_row_list_add_list(&ir->apart, &ir->ix->pending);
	detmeta_row_list_sort(&ir->apart);
	detmeta_explore_visit_rows(ir->ix, &ir->apart, visit_document, ir->reading);
	pfree(entry.data);
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
	return reading->wanted == NULL ||
		reading->wanted(reading->bytes.data, reading->bytes.len, reading->arg);
}

/* Count a boolean. */
static void
read_boolean(IndexReading *ir, MetaKind kind)
{
	StringInfo	bytes = &ir->reading->bytes;

	resetStringInfo(bytes);
	appendStringInfoCharMacro(bytes, (char) kind);
	if (is_wanted(ir->reading))
		take_value(ir, bytes, count_plain(ir, TAG_KEY + kind) + count_plain(ir, TAG_ELEMENT + kind));
}

/* Go to the next entry that is not cut. */
static void
step(IndexReading *ir, ValueWalk *walk)
{
	while ((walk->valid = detmeta_gin_walk_next(walk->walk, &walk->entry)))
	{
		CHECK_FOR_INTERRUPTS();
		detmeta_entry_parse(walk->entry.key, walk->entry.keylen, &walk->parts);
		if (!walk->parts.cut)
			return;
		detmeta_row_list_add_postings(&ir->cut, ir->ix->reader, &walk->entry.postings);
	}
}

/* Begin to walk the numbers, dates and strings of a class. */
static void
begin_walk(IndexReading *ir, ValueWalk *walk, int class)
{
	GinKeyRange range = {0};

	initStringInfo(&walk->lower);
	initStringInfo(&walk->upper);
	write_entry(ir->reading, class + META_NUMBER, &walk->lower);
	write_entry(ir->reading, class + META_STRING + 1, &walk->upper);
	range.lower = walk->lower.data;
	range.lower_len = walk->lower.len;
	range.upper = walk->upper.data;
	range.upper_len = walk->upper.len;
	walk->walk = detmeta_gin_walk_begin(ir->ix->reader, &range, ForwardScanDirection, false,
										NULL, NULL);
	step(ir, walk);
}

/* Compare the values that two walks are at. */
static int
compare_walks(const ValueWalk *a, const ValueWalk *b)
{
	int			x = TAG_KIND(a->parts.tag);
	int			y = TAG_KIND(b->parts.tag);

	if (x != y)
		return x - y;
	return detmeta_bytes_compare(a->parts.payload, a->parts.len, b->parts.payload, b->parts.len);
}

/* Count the value that one walk or both are at. */
static void
read_value(IndexReading *ir, const ValueWalk *walk, const ValueWalk *other)
{
	StringInfo	bytes = &ir->reading->bytes;
	int64		runs;

	resetStringInfo(bytes);
	appendStringInfoCharMacro(bytes, (char) TAG_KIND(walk->parts.tag));
	appendBinaryStringInfo(bytes, walk->parts.payload, walk->parts.len);
	if (!is_wanted(ir->reading))
		return;
	runs = detmeta_explore_count(ir->ix, &walk->entry.postings, &ir->apart);
	if (other != NULL)
		runs += detmeta_explore_count(ir->ix, &other->entry.postings, &ir->apart);
	take_value(ir, bytes, runs);
}

/* Walk the entries of values and those of elements side by side. */
static void
walk_values(IndexReading *ir)
{
	ValueWalk	values;
	ValueWalk	elements;

	begin_walk(ir, &values, TAG_VALUE);
	begin_walk(ir, &elements, TAG_ELEMENT);
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
	detmeta_gin_walk_end(values.walk);
	detmeta_gin_walk_end(elements.walk);
}

/* Count the rows where the key has a value, and all rows. */
static void
count_runs(IndexReading *ir)
{
	ValueReading *reading = ir->reading;
	GinPostings nulls;

	for (MetaKind kind = META_FALSE; reading->keylen <= ENTRY_MAX_KEY && kind <= META_OBJECT; kind++)
		reading->runs += count_plain(ir, TAG_KEY + kind);
	reading->all_runs += detmeta_explore_count_entry(ir->ix, "", 0, &ir->apart);
	if (detmeta_gin_lookup_null(ir->ix->reader, GIN_CAT_NULL_ITEM, &nulls))
		reading->all_runs += detmeta_explore_count(ir->ix, &nulls, &ir->apart);
}

/* Read the values of a table with an index. */
static void
visit_index(ExploreIndex *ix, bool alone, void *arg)
{
	IndexReading ir = {.reading = arg,.ix = ix,.alone = alone};

	set_rows_apart(&ir);
	if (ir.reading->count_runs)
		count_runs(&ir);
	if (ir.reading->keylen > ENTRY_MAX_KEY)
		return;
	read_boolean(&ir, META_FALSE);
	read_boolean(&ir, META_TRUE);
	walk_values(&ir);
	detmeta_row_list_sort(&ir.cut);
	detmeta_row_list_subtract(&ir.cut, &ir.apart);
	detmeta_explore_visit_rows(ix, &ir.cut, visit_cut_values, ir.reading);
}

/* Visit each distinct scalar of a key, and count rows. */
void
detmeta_read_values(ValueReading *reading, Oid relid, const char *column)
{
	TallyItem **items;
	int64		n;

	reading->tally = detmeta_tally_create();
	reading->runs = reading->all_runs = 0;
	initStringInfo(&reading->bytes);
	detmeta_explore(relid, column, visit_index, visit_document, reading);

	items = detmeta_tally_sorted(reading->tally, &n);
	for (int64 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		resetStringInfo(&reading->bytes);
		appendBinaryStringInfo(&reading->bytes, items[i]->bytes, items[i]->len);
		if (is_wanted(reading))
			reading->visitor(items[i]->bytes, items[i]->len, items[i]->runs, reading->arg);
	}
}

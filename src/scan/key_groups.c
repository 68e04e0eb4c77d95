/*
 * key_groups.c
 *		The rows of a table by their value at a key, value after value.
 *
 * The value entries of a key are sorted as metadata_sort() sorts, and each row
 * has one of them.  So groups come from one section after the other, up or
 * down, each of them in the order of its entries:
 *
 *		false | true | numbers | dates | strings | arrays and objects
 *
 * and rows without a value, which are all rows less those that hold one, come
 * before or behind these.  Sections without value entries are one group each.
 * Orders of core's operators have other sections; what the index cannot put in
 * order is none.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "scan/condition_count.h"
#include "scan/key_groups.h"
#include "scan/key_reader.h"
#include "scan/probe_set.h"
#include "scan/walk_bounds.h"
#include "value/date.h"
#include "value/number.h"

/* Kinds that come together, in the order of values. */
typedef struct Section
{
	MetaKind	first;
	MetaKind	last;
	bool		is_walked;		/* by value entries; else it is one group */
} Section;

#define MAX_SECTIONS	6

/* The sections of an order, upwards; others than those of its kinds are rows apart. */
static const struct
{
	int			n;
	Section		sections[MAX_SECTIONS];
}			orders[] = {

	[ORDER_METADATA] = {6, {
			{META_FALSE, META_FALSE, false},
			{META_TRUE, META_TRUE, false},
			{META_NUMBER, META_NUMBER, true},
			{META_DATE, META_DATE, true},
			{META_STRING, META_STRING, true},
			{META_ARRAY, META_OBJECT, false}
	}},
	[ORDER_NUMBERS] = {1, {
			{META_NUMBER, META_NUMBER, true}
	}},
	[ORDER_JSONB] = {5, {
			{META_EMPTY_ARRAY, META_EMPTY_ARRAY, false},
			{META_NULL, META_NULL, false},
			{META_NUMBER, META_NUMBER, true},
			{META_FALSE, META_FALSE, false},
			{META_TRUE, META_TRUE, false}
	}}
};

struct KeyGroups
{
	SetSource	source;
	KeyReader	key;
	KeyOrder	order;
	TidSet	   *apart;
	TidSet	   *empty;
	int			next;			/* section, where rows without a value are one, too */
	KeyWalk		entries;		/* of the section */
	KeyGroup	group;
	const Section *section;		/* that is the group, where it is not an entry's */
};

/* Return the section at a place in the order of the groups; NULL: rows without a value. */
static const Section *
section_at(const KeyGroups *groups, int place)
{
	OrderKind	kind = groups->order.shape.kind;
	int			n = orders[kind].n;

	if (place == (groups->order.nulls_first ? 0 : n))
		return NULL;
	if (groups->order.nulls_first)
		place--;
	return &orders[kind].sections[groups->order.descending ? n - 1 - place : place];
}

/* Begin with the rows of all of a table; sets and buffers belong to the source's context. */
KeyGroups *
detmeta_key_groups_begin(const SetSource *source, const KeyOrder *order, TidSet *apart,
						 TidSet *empty)
{
	KeyGroups  *groups = palloc0_object(KeyGroups);

	groups->source = *source;
	groups->order = *order;
	groups->key.reader = source->reader;
	groups->key.key = order->shape.key;
	groups->key.keylen = order->shape.keylen;
	groups->apart = apart;
	groups->empty = empty;
	initStringInfo(&groups->entries.lower);
	initStringInfo(&groups->entries.upper);
	return groups;
}

/* Leave out rows outside a set from now on, where that saves something. */
void
detmeta_key_groups_restrict(KeyGroups *groups, TidSet *only)
{
	groups->source.within = only;
	if (groups->entries.walk != NULL)
		detmeta_gin_walk_restrict(groups->entries.walk, only);
}

/* Make the set of rows that have one of some kinds at the key. */
static TidSet *
group_of_kinds(const KeyGroups *groups, MetaKind first, MetaKind last)
{
	TidSet	   *set = detmeta_empty_set(&groups->source);
	StringInfoData entry;

	initStringInfo(&entry);
	for (MetaKind kind = first; kind <= last; kind++)
	{
		TidSet	   *rows;

		resetStringInfo(&entry);
		detmeta_entry_prefix(groups->key.key, groups->key.keylen, TAG_KEY + kind, &entry);
		rows = detmeta_entry_set(&groups->source, entry.data, entry.len);
		detmeta_tid_set_or(set, rows);
		detmeta_tid_set_free(rows);
	}
	pfree(entry.data);
	return set;
}

/* Make the set of all rows that are wanted. */
static TidSet *
wanted_rows(const KeyGroups *groups)
{
	TidSet	   *set;

	if (groups->source.within == NULL)
		return detmeta_all_rows_set(&groups->source);
	set = detmeta_empty_set(&groups->source);
	detmeta_tid_set_or(set, (TidSet *) groups->source.within);
	return set;
}

/* Make the set of rows without a value. */
static TidSet *
rows_without_value(const KeyGroups *groups)
{
	MetaKind	held = groups->order.shape.held;
	TidSet	   *set;

	/* mostly there are none, which counts tell sooner than sets */
	if (detmeta_key_is_everywhere(&groups->source, &groups->key, held))
		set = detmeta_empty_set(&groups->source);
	else
	{
		TidSet	   *holding = group_of_kinds(groups, held, META_OBJECT);

		set = wanted_rows(groups);
		detmeta_tid_set_and_not(set, holding);
		detmeta_tid_set_free(holding);
	}
	if (groups->empty != NULL)
		detmeta_tid_set_or(set, groups->empty);
	return set;
}

/* Begin to walk the entries of a kind; where no row can satisfy the condition there are none. */
static void
begin_entries(KeyGroups *groups, MetaKind kind)
{
	const KeyOrder *order = &groups->order;
	GinKeyRange range = detmeta_key_range(&groups->key, TAG_VALUE + kind, TAG_VALUE + kind,
										  &groups->entries.lower, &groups->entries.upper);

	detmeta_key_start_limit(order->start, &groups->key, kind, order->descending, &range);
	if (detmeta_walk_bounds(order->condition, order->shape.key, order->shape.keylen, kind, &range))
		detmeta_key_walk_begin(&groups->key, &groups->entries, &range,
							   order->descending ? BackwardScanDirection : ForwardScanDirection,
							   groups->source.within);
}

/*
 * Make the set of rows of the entries that are cut to the same bytes as the
 * current one, and pass these.
 */
static TidSet *
rows_of_cut_entries(KeyGroups *groups)
{
	KeyWalk    *entries = &groups->entries;
	int			len = entries->parts.len;
	char	   *bytes = palloc(len);
	TidSet	   *rows = detmeta_empty_set(&groups->source);

	memcpy(bytes, entries->parts.payload, len);
	while (entries->valid && entries->parts.cut && memcmp(entries->parts.payload, bytes, len) == 0)
	{
		CHECK_FOR_INTERRUPTS();
		detmeta_gin_postings_add(groups->source.reader, &entries->entry.postings, NULL, rows);
		detmeta_key_walk_next(entries);
	}
	if (groups->apart != NULL)
		detmeta_tid_set_and_not(rows, groups->apart);
	pfree(bytes);
	return rows;
}

/* Make the group of the current entry.  That a date is cut says nothing of its instant. */
static void
group_of_entry(KeyGroups *groups)
{
	const EntryParts *parts = &groups->entries.parts;
	KeyGroup   *group = &groups->group;

	group->kind = TAG_KIND(parts->tag);
	group->bytes = parts->payload;
	group->len = parts->len;
	group->has_value = true;
	group->is_cut = parts->cut && TAG_KIND(parts->tag) != META_DATE;
	group->is_entry = !group->is_cut;
	if (group->is_cut)
		group->rows = rows_of_cut_entries(groups);
	else
		group->postings = groups->entries.entry.postings;
}

/* Make the group of a section without value entries, or of rows without a value. */
static void
take_section(KeyGroups *groups, const Section *section)
{
	KeyGroup   *group = &groups->group;

	group->has_value = section != NULL;
	group->kind = section != NULL ? section->first : META_NULL;
	group->bytes = "";
	group->len = 0;
	group->is_cut = false;
	group->is_entry = false;
	groups->section = section;
}

/* Return the rows of the current group, which is not an entry's. */
static TidSet *
rows_of_group(KeyGroups *groups)
{
	const Section *section = groups->section;
	KeyGroup   *group = &groups->group;

	if (group->rows == NULL)
		group->rows = section != NULL ? group_of_kinds(groups, section->first, section->last) :
			rows_without_value(groups);
	return group->rows;
}

/* Leave the current group, if there is one. */
static void
leave_group(KeyGroups *groups)
{
	if (groups->group.rows != NULL)
		detmeta_tid_set_free(groups->group.rows);
	else if (groups->group.is_entry && groups->entries.valid)
		detmeta_key_walk_next(&groups->entries);
	groups->group.rows = NULL;
}

/* Say whether no row of a section is wanted, as the groups begin behind it. */
static bool
is_before_start(const KeyGroups *groups, const Section *section)
{
	const KeyStart *start = groups->order.start;

	if (section == NULL)
		return start != NULL && !start->with_nulls;
	return detmeta_key_start_is_behind(start, groups->order.shape.kind, section->first,
									   section->last, groups->order.descending);
}

/* Go to the next group, which is valid until the next call; NULL: there are no more. */
const KeyGroup *
detmeta_key_groups_next(KeyGroups *groups)
{
	leave_group(groups);
	while (!groups->entries.valid)
	{
		const Section *section;

		CHECK_FOR_INTERRUPTS();
		detmeta_key_walk_end(&groups->entries);
		if (groups->next > orders[groups->order.shape.kind].n)
			return NULL;
		section = section_at(groups, groups->next++);
		if (is_before_start(groups, section))
			continue;
		if (section == NULL || !section->is_walked)
		{
			take_section(groups, section);
			return &groups->group;
		}
		begin_entries(groups, section->first);
	}
	group_of_entry(groups);
	return &groups->group;
}

/* End, wherever the groups are. */
void
detmeta_key_groups_end(KeyGroups *groups)
{
	if (groups->group.rows != NULL)
		detmeta_tid_set_free(groups->group.rows);
	detmeta_key_walk_end(&groups->entries);
}

/* Leaves of a posting tree that tell how many rows it has. */
#define SIZE_PROBES		2

/* An estimate does not say that a group has one row at most, which needs no order. */
#define MIN_ESTIMATE	2.0

/* Estimate how many rows of the index have one of some kinds at the key. */
static double
size_of_kinds(const KeyGroups *groups, MetaKind first, MetaKind last)
{
	double		size = 0;
	StringInfoData entry;

	initStringInfo(&entry);
	for (MetaKind kind = first; kind <= last; kind++)
	{
		resetStringInfo(&entry);
		detmeta_entry_prefix(groups->key.key, groups->key.keylen, TAG_KEY + kind, &entry);
		size += detmeta_gin_estimate_entry(groups->source.reader, entry.data, entry.len,
										   SIZE_PROBES);
	}
	pfree(entry.data);
	return size;
}

/*
 * Estimate how many rows have no value.  Where that may be none, it is better to
 * be sure: who looks for the first of them would look at all rows.
 */
static double
size_without_value(const KeyGroups *groups)
{
	MetaKind	held = groups->order.shape.held;
	double		all = detmeta_gin_estimate_entry(groups->source.reader, "", 0, SIZE_PROBES);
	double		size = all - size_of_kinds(groups, held, META_OBJECT);
	double		empty = groups->empty != NULL ?
		(double) detmeta_tid_set_count(groups->empty, NULL) : 0;

	if (size < all / 4 && detmeta_key_is_everywhere(&groups->source, &groups->key, held))
		return empty;
	return Max(size, MIN_ESTIMATE) + empty;
}

/* Estimate how many rows the current group has; a size up to 1 is sure. */
double
detmeta_key_groups_size(const KeyGroups *groups)
{
	const KeyGroup *group = &groups->group;
	const GinPostings *postings = &group->postings;
	const Section *section = groups->section;

	if (group->rows != NULL)
		return (double) detmeta_tid_set_count(group->rows, NULL);
	if (group->is_entry && postings->tree == InvalidBlockNumber)
		return postings->list.count;
	if (group->is_entry)
		return Max(MIN_ESTIMATE, detmeta_gin_postings_estimate(groups->source.reader, postings,
															   SIZE_PROBES));
	return section == NULL ? size_without_value(groups) :
		Max(MIN_ESTIMATE, size_of_kinds(groups, section->first, section->last));
}

/* Make a set of the rows of the current group; those outside "within" may be left out. */
TidSet *
detmeta_key_groups_set(KeyGroups *groups, const TidSet *within)
{
	const KeyGroup *group = &groups->group;
	TidSet	   *set = detmeta_empty_set(&groups->source);

	if (group->is_entry)
		detmeta_gin_postings_add(groups->source.reader, &group->postings, within, set);
	else
		detmeta_tid_set_or(set, rows_of_group(groups));
	return set;
}

/* Begin to read the rows of the current group. */
void
detmeta_group_rows_begin(GroupRows *rows, KeyGroups *groups)
{
	const KeyGroup *group = &groups->group;

	rows->group = group;
	if (!group->is_entry)
	{
		detmeta_tid_set_cursor(&rows->cursor, rows_of_group(groups), 0);
		return;
	}
	detmeta_gin_postings_begin(&rows->scan, groups->source.reader, &group->postings);
	rows->batch.count = 0;
	rows->next = 0;
}

/* Read the next row. */
bool
detmeta_group_rows_next(GroupRows *rows, ItemPointer tid, bool *proven)
{
	if (!rows->group->is_entry)
		return detmeta_tid_set_next_member(&rows->cursor, tid, proven);
	while (rows->next >= rows->batch.count)
	{
		if (!detmeta_gin_postings_next(&rows->scan, &rows->batch))
			return false;
		rows->next = 0;
	}
	*proven = rows->batch.proven[rows->next];
	*tid = rows->batch.tids[rows->next++];
	return true;
}

/* End, wherever the rows are; before the next group. */
void
detmeta_group_rows_end(GroupRows *rows)
{
	if (rows->group != NULL && rows->group->is_entry)
		detmeta_gin_postings_end(&rows->scan);
	rows->group = NULL;
}

/* Return a group's value as metadata_sort() makes it. */
static Datum
sort_key_value(const KeyGroup *group)
{
	StringInfoData key;
	char		instant_bytes[DETMETA_INSTANT_BYTES];
	int64		instant;

	initStringInfo(&key);
	appendStringInfoSpaces(&key, VARHDRSZ);
	appendStringInfoCharMacro(&key, (char) group->kind);
	if (group->kind == META_DATE)
	{
		(void) detmeta_date_read_instant(group->bytes, &instant);
		detmeta_instant_encode(instant, instant_bytes);
		appendBinaryStringInfo(&key, instant_bytes, sizeof(instant_bytes));
	}
	else
		appendBinaryStringInfo(&key, group->bytes, group->len);
	SET_VARSIZE(key.data, key.len);
	return PointerGetDatum(key.data);
}

/* Return a group's value as jsonb. */
static Datum
jsonb_value(const KeyGroup *group)
{
	JsonbValue	value;

	switch (group->kind)
	{
		case META_EMPTY_ARRAY:
			return DirectFunctionCall1(jsonb_in, CStringGetDatum("[]"));
		case META_NULL:
			value.type = jbvNull;
			break;
		case META_NUMBER:
			value.type = jbvNumeric;
			value.val.numeric = detmeta_number_decode(group->bytes, group->len);
			break;
		default:
			value.type = jbvBool;
			value.val.boolean = group->kind == META_TRUE;
			break;
	}
	return JsonbPGetDatum(JsonbValueToJsonb(&value));
}

/* Return a group's value as a number of a type. */
static Datum
number_value(const KeyGroup *group, Oid type)
{
	Datum		number = NumericGetDatum(detmeta_number_decode(group->bytes, group->len));

	return type == FLOAT8OID ? DirectFunctionCall1(numeric_float8, number) : number;
}

/* Return a group's value, in the current memory context. */
Datum
detmeta_group_value(const KeyGroup *group, OrderKind kind, Oid type)
{
	switch (kind)
	{
		case ORDER_METADATA:
			return sort_key_value(group);
		case ORDER_NUMBERS:
			return number_value(group, type);
		default:
			return jsonb_value(group);
	}
}

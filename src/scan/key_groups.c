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
 */
#include "postgres.h"

#include "miscadmin.h"

#include "scan/key_groups.h"
#include "scan/key_reader.h"
#include "scan/probe_set.h"
#include "scan/walk_bounds.h"
#include "value/date.h"

/* A section is named by its first kind; rows without a value are META_NULL. */
static const MetaKind ascending[] = {
	META_FALSE, META_TRUE, META_NUMBER, META_DATE, META_STRING, META_ARRAY
};

#define SECTIONS	(lengthof(ascending) + 1)

struct KeyGroups
{
	SetSource	source;
	KeyReader	key;
	KeyOrder	order;
	TidSet	   *apart;
	TidSet	   *empty;
	MetaKind	sections[SECTIONS]; /* in the order of the groups */
	int			next;			/* section */
	KeyWalk		entries;		/* of the section */
	KeyGroup	group;
};

/* Put the sections in order. */
static void
order_sections(KeyGroups *groups)
{
	int			n = lengthof(ascending);
	MetaKind   *values = groups->sections + (groups->order.nulls_first ? 1 : 0);

	for (int i = 0; i < n; i++)
		values[groups->order.descending ? n - 1 - i : i] = ascending[i];
	groups->sections[groups->order.nulls_first ? 0 : n] = META_NULL;
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
	groups->key.key = order->key;
	groups->key.keylen = order->keylen;
	groups->apart = apart;
	groups->empty = empty;
	order_sections(groups);
	initStringInfo(&groups->group.sort_key);
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
	TidSet	   *set = wanted_rows(groups);
	TidSet	   *holding = group_of_kinds(groups, META_FALSE, META_OBJECT);

	detmeta_tid_set_and_not(set, holding);
	detmeta_tid_set_free(holding);
	if (groups->empty != NULL)
		detmeta_tid_set_or(set, groups->empty);
	return set;
}

/* Make the set of rows of a section without value entries. */
static TidSet *
rows_of_section(const KeyGroups *groups, MetaKind kind)
{
	if (kind == META_NULL)
		return rows_without_value(groups);
	return group_of_kinds(groups, kind, kind == META_ARRAY ? META_OBJECT : kind);
}

/* Begin to walk the entries of a kind; where no row can satisfy the condition there are none. */
static void
begin_entries(KeyGroups *groups, MetaKind kind)
{
	const KeyOrder *order = &groups->order;
	GinKeyRange range = detmeta_key_range(&groups->key, TAG_VALUE + kind, TAG_VALUE + kind,
										  &groups->entries.lower, &groups->entries.upper);

	if (detmeta_walk_bounds(order->condition, order->key, order->keylen, kind, &range))
		detmeta_key_walk_begin(&groups->key, &groups->entries, &range,
							   order->descending ? BackwardScanDirection : ForwardScanDirection,
							   groups->source.within);
}

/* Write the sort key of an entry, as far as the entry knows it. */
static void
write_sort_key(const EntryParts *parts, StringInfo out)
{
	char		bytes[DETMETA_INSTANT_BYTES];
	int64		instant;

	resetStringInfo(out);
	appendStringInfoCharMacro(out, (char) TAG_KIND(parts->tag));
	if (TAG_KIND(parts->tag) == META_DATE)
	{
		(void) detmeta_date_read_instant(parts->payload, &instant);
		detmeta_instant_encode(instant, bytes);
		appendBinaryStringInfo(out, bytes, sizeof(bytes));
	}
	else
		appendBinaryStringInfo(out, parts->payload, parts->len);
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
take_entry(KeyGroups *groups)
{
	const EntryParts *parts = &groups->entries.parts;
	KeyGroup   *group = &groups->group;

	write_sort_key(parts, &group->sort_key);
	group->is_cut = parts->cut && TAG_KIND(parts->tag) != META_DATE;
	if (group->is_cut)
		group->rows = rows_of_cut_entries(groups);
	else
		group->postings = groups->entries.entry.postings;
}

/* Make the group of a section without value entries. */
static void
take_section(KeyGroups *groups, MetaKind kind)
{
	KeyGroup   *group = &groups->group;

	resetStringInfo(&group->sort_key);
	appendStringInfoCharMacro(&group->sort_key, (char) kind);
	group->is_cut = false;
	group->rows = rows_of_section(groups, kind);
}

/* Leave the current group, if there is one. */
static void
leave_group(KeyGroups *groups)
{
	if (groups->group.rows != NULL)
		detmeta_tid_set_free(groups->group.rows);
	else if (groups->entries.valid)
		detmeta_key_walk_next(&groups->entries);
	groups->group.rows = NULL;
}

/* Go to the next group, which is valid until the next call; NULL: there are no more. */
const KeyGroup *
detmeta_key_groups_next(KeyGroups *groups)
{
	leave_group(groups);
	while (!groups->entries.valid)
	{
		MetaKind	kind;

		CHECK_FOR_INTERRUPTS();
		detmeta_key_walk_end(&groups->entries);
		if (groups->next == SECTIONS)
			return NULL;
		kind = groups->sections[groups->next++];
		if (kind < META_NUMBER || kind > META_STRING)
		{
			take_section(groups, kind);
			return &groups->group;
		}
		begin_entries(groups, kind);
	}
	take_entry(groups);
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

/* Begin to read the rows of a group. */
void
detmeta_group_rows_begin(GroupRows *rows, GinReader *reader, const KeyGroup *group)
{
	rows->group = group;
	if (group->rows != NULL)
	{
		detmeta_tid_set_cursor(&rows->cursor, group->rows, 0);
		return;
	}
	detmeta_gin_postings_begin(&rows->scan, reader, &group->postings);
	rows->batch.count = 0;
	rows->next = 0;
}

/* Read the next row. */
bool
detmeta_group_rows_next(GroupRows *rows, ItemPointer tid)
{
	if (rows->group->rows != NULL)
		return detmeta_tid_set_next_tid(&rows->cursor, tid);
	while (rows->next >= rows->batch.count)
	{
		if (!detmeta_gin_postings_next(&rows->scan, &rows->batch))
			return false;
		rows->next = 0;
	}
	*tid = rows->batch.tids[rows->next++];
	return true;
}

/* End, wherever the rows are; before the next group. */
void
detmeta_group_rows_end(GroupRows *rows)
{
	if (rows->group != NULL && rows->group->rows == NULL)
		detmeta_gin_postings_end(&rows->scan);
	rows->group = NULL;
}

/*
 * group_row.c
 *		Groups of runs, read from their documents.
 *
 * This is the definition; explore/group_index.c gets the same from the index.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/compat.h"
#include "explore/document.h"
#include "explore/group_row.h"
#include "value/document.h"

/* The groups of one document, as they are made key by key. */
typedef struct RowGroups
{
	uint32	   *groups;
	int			n;
} RowGroups;

/* Return the groups of a row by one key more, of which it has some values. */
static RowGroups
groups_of_values(Grouping *grouping, int level, const RowGroups *before, TallyItem **items,
				 int64 nitems)
{
	const GroupBy *by = &grouping->by[level];
	LabelSet   *labels = detmeta_group_labels(grouping->set, level);
	RowGroups	after = {palloc_array(uint32, before->n * Max(1, nitems)), 0};
	StringInfoData label;
	uint32		last = NO_LABEL;

	initStringInfo(&label);
	for (int64 i = 0; i < Max(1, nitems); i++)
	{
		uint32		number = NO_LABEL;

		if (nitems > 0)
		{
			detmeta_group_label(by, items[i]->bytes, items[i]->len, &label);
			number = detmeta_label_number(labels, label.data, label.len);
			/* values of one range follow each other */
			if (number == last)
				continue;
			last = number;
		}
		for (int j = 0; j < before->n; j++)
		{
			CHECK_FOR_INTERRUPTS();
			after.groups[after.n++] = detmeta_group_child(grouping->set, level,
														  before->groups[j], number);
		}
	}
	return after;
}

/* Return the groups of a row. */
static RowGroups
groups_of_row(Grouping *grouping, Jsonb *metadata)
{
	RowGroups	groups = {palloc0_array(uint32, 1), 1};

	for (int i = 0; i < grouping->nby; i++)
	{
		Tally	   *tally = detmeta_tally_create();
		TallyItem **items;
		int64		n;

		if (metadata != NULL)
			detmeta_tally_values(tally, metadata, grouping->by[i].key, grouping->by[i].keylen,
								 TALLY_ALL);
		items = detmeta_tally_sorted(tally, &n);
		groups = groups_of_values(grouping, i, &groups, items, n);
	}
	return groups;
}

/* Take the first number of a key. */
static bool
take_number(const JsonbValue *jbv, void *arg)
{
	MetaValue  *value = arg;
	int64		instant;

	if (detmeta_value_kind(jbv, &instant) != META_NUMBER)
		return false;
	value->kind = META_NUMBER;
	detmeta_value_read(jbv, value);
	return true;
}

/* Take a document into account; key, if not NULL, is the run's. */
void
detmeta_group_document(Grouping *grouping, Jsonb *metadata, const Datum *key)
{
	RowGroups	groups = groups_of_row(grouping, metadata);
	MetaValue	number = {0};
	NumberTerm	term;
	uint32		value;

	for (int i = 0; i < groups.n; i++)
		detmeta_group(grouping->set, groups.groups[i])->runs++;
	if (grouping->measure == NULL || metadata == NULL ||
		!detmeta_visit_key(&metadata->root, grouping->measure, grouping->measurelen,
						   take_number, &number))
		return;
	value = detmeta_group_add_value(grouping->set, number.bytes, number.len, false, &term);
	for (int i = 0; i < groups.n; i++)
	{
		detmeta_group_observe(grouping->set, groups.groups[i], value, &term, 1);
		for (int end = 0; end < 2; end++)
			detmeta_group_offer(grouping->set, detmeta_group(grouping->set, groups.groups[i]),
								end, value, key);
	}
}

/* Take a row into account. */
void
detmeta_group_row(const ExploreRow *row, void *arg)
{
	Grouping   *grouping = arg;
	Datum	   *key = NULL;

	if (grouping->key->n > 0 && row->metadata != NULL)
		key = detmeta_run_key_read(grouping->key, row->columns, row->slot);
	detmeta_group_document(grouping, row->metadata, key);
}

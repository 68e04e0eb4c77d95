/*
 * group_part.c
 *		Groups of runs as a part of an exploration.
 *
 *		{"list": "groups", "by": ["optimizer", "loss:10"], "measure": "accuracy",
 *		 "ranges": [{}, {"numbers": [...]}], "run": ["pg_catalog.int8", "-"],
 *		 "groups": [["adam", ["a50003"]], 12, ...],		labels and runs
 *		 "numbers": [0, 0.93, 7, ...],					group, number, runs that have it
 *		 "best": [0, 0, 0.4, ["110"], ...]}				group, end, number, key of the run
 *
 * Ranges depend on all rows, so a request says where they are.  From the numbers come
 * means, deviations and medians, exact as of rows.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "explore/document.h"
#include "explore/group_index.h"
#include "explore/group_part.h"
#include "explore/part_json.h"
#include "value/number.h"
#include "value/value.h"

/* ---- requests ---- */

/* Write the request. */
static void
write_groups_request(const void *arg, JsonbBuilder *out)
{
	const Grouping *grouping = arg;

	detmeta_part_push_name(out, "by");
	push_jsonb(out, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < grouping->nby; i++)
		detmeta_part_push_text(out, WJB_ELEM, grouping->by[i].name,
							   strlen(grouping->by[i].name));
	push_jsonb(out, WJB_END_ARRAY, NULL);

	detmeta_part_push_name(out, "ranges");
	push_jsonb(out, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < grouping->nby; i++)
		detmeta_group_write_ranges(&grouping->by[i], out);
	push_jsonb(out, WJB_END_ARRAY, NULL);

	if (grouping->measure == NULL)
		return;
	detmeta_part_push_name(out, "measure");
	detmeta_part_push_text(out, WJB_VALUE, grouping->measure, grouping->measurelen);
	detmeta_part_push_name(out, "run");
	detmeta_run_key_write_types(grouping->key, out);
}

/* Read the elements of "by". */
void
detmeta_group_read_by(Grouping *grouping, char **texts, int n)
{
	grouping->nby = n;
	grouping->by = palloc_array(GroupBy, Max(1, n));
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		detmeta_group_by_read(texts[i], &grouping->by[i]);
	}
}

/* Read what to group by from a request. */
static void
read_requested_by(Grouping *grouping, JsonbContainer *request)
{
	PartArray	array;
	JsonbValue	value;
	char	  **texts;
	int			n = 0;

	detmeta_part_array(request, "by", &array);
	if (array.it == NULL || JsonContainerSize(array.container) == 0)
		detmeta_part_refuse();
	texts = palloc_array(char *, JsonContainerSize(array.container));
	while (detmeta_part_next(&array, &value))
		texts[n++] = detmeta_part_text_of(&value);
	detmeta_group_read_by(grouping, texts, n);

	detmeta_part_array(request, "ranges", &array);
	for (int i = 0; i < n; i++)
	{
		detmeta_part_next_value(&array, &value);
		if (value.type != jbvBinary)
			detmeta_part_refuse();
		detmeta_group_read_ranges(&grouping->by[i], value.val.binary.data);
	}
}

/* Begin a part. */
static void *
begin_groups_part(JsonbContainer *request)
{
	Grouping   *grouping = palloc0_object(Grouping);
	char	   *measure = detmeta_part_text(request, "measure");

	read_requested_by(grouping, request);
	if (measure != NULL)
	{
		grouping->measure = measure;
		grouping->measurelen = strlen(measure);
	}
	grouping->key = detmeta_run_key_of_types(request, "run");
	grouping->set = detmeta_group_set_create(grouping->nby, grouping->key);
	return grouping;
}

/* Find a relation's primary key, which has to be of the columns that were asked for. */
List *
detmeta_group_find_key(Grouping *grouping, Oid relid)
{
	const RunKey *requested = grouping->key;

	if (requested->n == 0)
		return NIL;
	grouping->key = detmeta_run_key_of(relid);
	if (!detmeta_run_key_same_types(grouping->key, requested))
		detmeta_part_refuse();
	return detmeta_run_key_names(grouping->key);
}

/* Take a row into account. */
void
detmeta_group_keyed_document(Grouping *grouping, Jsonb *metadata, char **key, int n)
{
	Datum	   *values = NULL;

	if (key != NULL && grouping->key->n > 0)
		values = detmeta_run_key_of_texts(grouping->key, key, n);
	detmeta_group_document(grouping, metadata, values);
}

/* ---- writing ---- */

/* Where a part is written, and its groups' numbers there. */
typedef struct GroupWriting
{
	Grouping   *grouping;
	JsonbBuilder *out;
	int64	   *numbers;
} GroupWriting;

/* Push a number. */
static void
push_group_number(const GroupWriting *writing, uint32 value)
{
	JsonbValue	number = {.type = jbvNumeric};

	number.val.numeric = detmeta_group_number(writing->grouping->set, value);
	push_jsonb(writing->out, WJB_ELEM, &number);
}

/* Write the labels of a group. */
static void
write_labels(const GroupWriting *writing, uint32 group)
{
	Grouping   *grouping = writing->grouping;
	uint32	   *labels = palloc_array(uint32, grouping->nby);
	JsonbValue	null = {.type = jbvNull};

	detmeta_group_path(grouping->set, group, labels);
	push_jsonb(writing->out, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < grouping->nby; i++)
	{
		const Label *label;

		if (labels[i] == NO_LABEL)
		{
			push_jsonb(writing->out, WJB_ELEM, &null);
			continue;
		}
		label = detmeta_label(detmeta_group_labels(grouping->set, i), labels[i]);
		detmeta_group_write_label(label->bytes, label->len, writing->out);
	}
	push_jsonb(writing->out, WJB_END_ARRAY, NULL);
	pfree(labels);
}

/* Write the groups that have rows, and number them. */
static void
write_groups(GroupWriting *writing)
{
	GroupSet   *set = writing->grouping->set;
	uint32		n = detmeta_group_count(set);
	int64		next = 0;

	writing->numbers = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * Max(1, n));
	detmeta_part_push_name(writing->out, "groups");
	push_jsonb(writing->out, WJB_BEGIN_ARRAY, NULL);
	for (uint32 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (detmeta_group(set, i)->runs == 0)
			continue;
		writing->numbers[i] = next++;
		write_labels(writing, i);
		detmeta_part_push_count(writing->out, WJB_ELEM, detmeta_group(set, i)->runs);
	}
	push_jsonb(writing->out, WJB_END_ARRAY, NULL);
}

/* Write a number of a group. */
static void
write_group_number(uint32 group, uint32 value, int64 runs, void *arg)
{
	const GroupWriting *writing = arg;

	detmeta_part_push_count(writing->out, WJB_ELEM, writing->numbers[group]);
	push_group_number(writing, value);
	detmeta_part_push_count(writing->out, WJB_ELEM, runs);
}

/* Write the runs with the least and the greatest number of each group. */
static void
write_best_runs(const GroupWriting *writing)
{
	GroupSet   *set = writing->grouping->set;
	uint32		n = detmeta_group_count(set);

	detmeta_part_push_name(writing->out, "best");
	push_jsonb(writing->out, WJB_BEGIN_ARRAY, NULL);
	for (uint32 i = 0; i < n; i++)
	{
		const RunGroup *group = detmeta_group(set, i);

		CHECK_FOR_INTERRUPTS();
		for (int end = 0; end < 2; end++)
		{
			if (group->best[end].value == NO_VALUE)
				continue;
			detmeta_part_push_count(writing->out, WJB_ELEM, writing->numbers[i]);
			detmeta_part_push_count(writing->out, WJB_ELEM, end);
			push_group_number(writing, group->best[end].value);
			detmeta_run_key_write(writing->grouping->key, group->best[end].key, writing->out);
		}
	}
	push_jsonb(writing->out, WJB_END_ARRAY, NULL);
}

/* Write what was counted. */
static void
write_groups_part(void *arg, JsonbBuilder *out)
{
	GroupWriting writing = {arg, out, NULL};

	write_groups(&writing);
	detmeta_part_push_name(out, "numbers");
	push_jsonb(out, WJB_BEGIN_ARRAY, NULL);
	detmeta_group_visit_numbers(writing.grouping->set, write_group_number, &writing);
	push_jsonb(out, WJB_END_ARRAY, NULL);
	write_best_runs(&writing);
	pfree(writing.numbers);
}

/* ---- reading ---- */

/* A part that is read, and the numbers of its groups here. */
typedef struct GroupPart
{
	Grouping   *grouping;
	int64		n;
	uint32	   *numbers;
	PartMemory	memory;
} GroupPart;

/* Read the labels of a group, and return its number. */
static uint32
read_labels(Grouping *grouping, const JsonbValue *value)
{
	StringInfoData label;
	PartArray	array;
	uint32		group = 0;

	initStringInfo(&label);

	if (value->type != jbvBinary)
		detmeta_part_refuse();
	detmeta_part_elements(value->val.binary.data, &array);
	for (int i = 0; i < grouping->nby; i++)
	{
		uint32		number = NO_LABEL;
		JsonbValue	element;

		detmeta_part_next_value(&array, &element);
		if (element.type != jbvNull)
		{
			detmeta_group_read_label(&grouping->by[i], &element, &label);
			number = detmeta_label_number(detmeta_group_labels(grouping->set, i), label.data,
										  label.len);
		}
		group = detmeta_group_child(grouping->set, i, group, number);
	}
	return group;
}

/* Read groups and their runs. */
static void
read_groups_of_part(JsonbContainer *part, GroupPart *reading)
{
	PartArray	array;
	JsonbValue	value;

	MemoryContextSwitchTo(reading->memory.outer);
	detmeta_part_array(part, "groups", &array);
	if (array.it != NULL)
		reading->numbers = palloc_array(uint32, Max(1, JsonContainerSize(array.container)));
	MemoryContextSwitchTo(reading->memory.item);
	while (detmeta_part_next(&array, &value))
	{
		uint32		group = read_labels(reading->grouping, &value);
		int64		runs = detmeta_part_next_count(&array);

		/* numbers of a group without runs would be written as those of another */
		if (runs == 0)
			detmeta_part_refuse();
		reading->numbers[reading->n++] = group;
		detmeta_part_add_count(&detmeta_group(reading->grouping->set, group)->runs, runs);
		MemoryContextReset(reading->memory.item);
	}
}

/* Read the number of a group. */
static uint32
read_group_of_part(const JsonbValue *value, const GroupPart *reading)
{
	int64		n = detmeta_part_count_of(value);

	if (n >= reading->n)
		detmeta_part_refuse();
	return reading->numbers[n];
}

/* Read a number. */
static uint32
read_group_number(PartArray *array, const GroupPart *reading, NumberTerm *term)
{
	JsonbValue	value;
	StringInfoData payload;
	uint32		number;

	detmeta_part_next_value(array, &value);
	if (value.type != jbvNumeric)
		detmeta_part_refuse();
	initStringInfo(&payload);
	detmeta_number_encode(value.val.numeric, &payload);
	number = detmeta_group_add_value(reading->grouping->set, payload.data, payload.len, false,
									 term);
	pfree(payload.data);
	return number;
}

/* Read how many runs of a group have a number. */
static void
read_numbers(JsonbContainer *part, const GroupPart *reading)
{
	PartArray	array;
	JsonbValue	value;

	MemoryContextSwitchTo(reading->memory.outer);
	detmeta_part_array(part, "numbers", &array);
	MemoryContextSwitchTo(reading->memory.item);
	while (detmeta_part_next(&array, &value))
	{
		uint32		group = read_group_of_part(&value, reading);
		NumberTerm	term;
		uint32		number = read_group_number(&array, reading, &term);
		int64		runs = detmeta_part_next_count(&array);

		/* a run has a number once */
		if (runs == 0 || runs > detmeta_group(reading->grouping->set, group)->runs)
			detmeta_part_refuse();
		detmeta_group_observe(reading->grouping->set, group, number, &term, runs);
		MemoryContextReset(reading->memory.item);
	}
}

/* Read the runs with the least and the greatest numbers. */
static void
read_best_runs(JsonbContainer *part, const GroupPart *reading)
{
	GroupSet   *set = reading->grouping->set;
	PartArray	array;
	JsonbValue	value;

	MemoryContextSwitchTo(reading->memory.outer);
	detmeta_part_array(part, "best", &array);
	MemoryContextSwitchTo(reading->memory.item);
	while (detmeta_part_next(&array, &value))
	{
		uint32		group = read_group_of_part(&value, reading);
		int64		end = detmeta_part_next_count(&array);
		NumberTerm	term;
		uint32		number = read_group_number(&array, reading, &term);

		if (end > 1)
			detmeta_part_refuse();
		detmeta_part_next_value(&array, &value);
		detmeta_group_offer(set, detmeta_group(set, group), (int) end, number,
							detmeta_run_key_of_part(reading->grouping->key, &value));
		MemoryContextReset(reading->memory.item);
	}
}

/* Add what was counted elsewhere. */
static void
add_groups_part(JsonbContainer *part, void *arg)
{
	GroupPart	reading = {.grouping = arg};

	detmeta_part_begin_items(&reading.memory);
	read_groups_of_part(part, &reading);
	read_numbers(part, &reading);
	read_best_runs(part, &reading);
	detmeta_part_end_items(&reading.memory);
	if (reading.numbers != NULL)
		pfree(reading.numbers);
}

const ExploreKind detmeta_explore_groups = {
	.name = "groups",
	.visit_index = detmeta_group_index,
	.estimate_index = detmeta_group_estimate,
	.visit_document = detmeta_group_row,
	.write_request = write_groups_request,
	.begin = begin_groups_part,
	.write_part = write_groups_part,
	.add_part = add_groups_part
};

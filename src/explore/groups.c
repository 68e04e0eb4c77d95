/*
 * groups.c
 *		metadata_groups(): groups of runs, and what is known of each.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "explore/arguments.h"
#include "explore/group_part.h"
#include "explore/sort.h"
#include "explore/source.h"
#include "explore/values.h"
#include "value/number.h"
#include "value/value.h"

/* group, runs, numbers, min, max, mean, median, stddev, min_run, max_run */
#define GROUP_COLUMNS	10

/* What groups are sorted by. */
typedef enum GroupField
{
	FIELD_RUNS,
	FIELD_NUMBERS,
	FIELD_MIN,
	FIELD_MAX,
	FIELD_MEAN,
	FIELD_MEDIAN,
	FIELD_STDDEV,
	FIELD_COUNT
} GroupField;

static const char *const field_names[FIELD_COUNT] = {
	"runs", "numbers", "min", "max", "mean", "median", "stddev"
};

/* A group with its numbers, to be sorted and returned. */
typedef struct GroupResult
{
	uint32		group;
	uint32	   *labels;
	Numeric		fields[FIELD_COUNT];	/* or NULL */
} GroupResult;

typedef struct GroupOrder
{
	const Grouping *grouping;
	int			n;
	GroupField *fields;
	SortItem  **items;
} GroupOrder;

/* ---- results ---- */

/* Return what is in the middle between two numbers. */
static Numeric
middle_of(const GroupSet *set, const uint32 *values)
{
	Datum		half = NumericGetDatum(detmeta_number_read("0.5"));
	Numeric		low = detmeta_group_number(set, values[0]);
	Numeric		high;
	Datum		sum;

	if (low == NULL || detmeta_group_compare_values(set, values[0], values[1]) == 0)
		return low;
	high = detmeta_group_number(set, values[1]);
	sum = DirectFunctionCall2(numeric_add,
							  DirectFunctionCall2(numeric_mul, NumericGetDatum(low), half),
							  DirectFunctionCall2(numeric_mul, NumericGetDatum(high), half));
	return DatumGetNumeric(DirectFunctionCall1(numeric_trim_scale, sum));
}

/* Return an integer as numeric. */
static Numeric
numeric_of_count(int64 count)
{
	return DatumGetNumeric(DirectFunctionCall1(int8_numeric, Int64GetDatum(count)));
}

/* Fill in the numbers of a group. */
static void
fill_result(const Grouping *grouping, uint32 number, GroupResult *result)
{
	GroupSet   *set = grouping->set;
	const RunGroup *group = detmeta_group(set, number);

	result->group = number;
	result->labels = palloc_array(uint32, grouping->nby);
	detmeta_group_path(set, number, result->labels);
	result->fields[FIELD_RUNS] = numeric_of_count(group->runs);
	result->fields[FIELD_NUMBERS] = numeric_of_count(group->numbers);
	result->fields[FIELD_MIN] = detmeta_group_number(set, group->best[0].value);
	result->fields[FIELD_MAX] = detmeta_group_number(set, group->best[1].value);
	result->fields[FIELD_MEDIAN] = middle_of(set, group->middle);
	if (group->sum == NULL)
		return;
	result->fields[FIELD_MEAN] = detmeta_number_sum_mean(group->sum, group->numbers);
	result->fields[FIELD_STDDEV] = detmeta_number_sum_stddev(group->sum, group->numbers);
}

/* ---- order ---- */

/* Read the argument sort. */
static GroupOrder *
read_group_order(const Grouping *grouping, const char *sort)
{
	List	   *items = detmeta_read_sort(sort);
	GroupOrder *order = palloc0_object(GroupOrder);
	ListCell   *lc;

	order->grouping = grouping;
	order->fields = palloc_array(GroupField, Max(1, list_length(items)));
	order->items = palloc_array(SortItem *, Max(1, list_length(items)));
	foreach(lc, items)
	{
		SortItem   *item = lfirst(lc);
		int			field = 0;

		/* the run, which stands behind all sorts of runs */
		if (item->key == NULL && lnext(items, lc) == NULL)
			break;
		while (field < FIELD_COUNT &&
			   (item->key == NULL || strcmp(item->key, field_names[field]) != 0))
			field++;
		if (field == FIELD_COUNT)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("groups cannot be sorted by \"%s\"",
							item->key != NULL ? item->key : "id"),
					 errhint("Sort by runs, numbers, min, max, mean, median or stddev.")));
		order->fields[order->n] = field;
		order->items[order->n++] = item;
	}
	return order;
}

/* Compare a number of two groups. */
static int
compare_field(const SortItem *item, Numeric a, Numeric b)
{
	int			cmp;

	if (a == NULL || b == NULL)
		return (a == NULL) == (b == NULL) ? 0 : (a == NULL) == item->nulls_first ? -1 : 1;
	cmp = DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(a), NumericGetDatum(b)));
	return item->descending ? -cmp : cmp;
}

/* Compare the values of two groups; those without one come last. */
static int
compare_labels(const Grouping *grouping, const uint32 *a, const uint32 *b)
{
	for (int i = 0; i < grouping->nby; i++)
	{
		LabelSet   *labels = detmeta_group_labels(grouping->set, i);
		const Label *x;
		const Label *y;

		if (a[i] == b[i])
			continue;
		if (a[i] == NO_LABEL || b[i] == NO_LABEL)
			return a[i] == NO_LABEL ? 1 : -1;
		x = detmeta_label(labels, a[i]);
		y = detmeta_label(labels, b[i]);
		return detmeta_bytes_compare(x->bytes, x->len, y->bytes, y->len);
	}
	return 0;
}

/* Order groups. */
static int
compare_results(const void *a, const void *b, void *arg)
{
	const GroupResult *x = a;
	const GroupResult *y = b;
	const GroupOrder *order = arg;

	for (int i = 0; i < order->n; i++)
	{
		int			cmp = compare_field(order->items[i], x->fields[order->fields[i]],
										y->fields[order->fields[i]]);

		if (cmp != 0)
			return cmp;
	}
	return compare_labels(order->grouping, x->labels, y->labels);
}

/* ---- rows ---- */

/* Return what a key is called in groups: as it was given, if it is there with other ranges, too. */
static const char *
name_of_key(const Grouping *grouping, int i)
{
	for (int j = 0; j < grouping->nby; j++)
	{
		if (j != i && strcmp(grouping->by[j].key, grouping->by[i].key) == 0)
			return grouping->by[i].name;
	}
	return grouping->by[i].key;
}

/* Return a group's values as an object. */
static Datum
group_object(const Grouping *grouping, const uint32 *labels)
{
	JsonbBuilder builder = {0};
	JsonbValue	null = {.type = jbvNull};

	push_jsonb(&builder, WJB_BEGIN_OBJECT, NULL);
	for (int i = 0; i < grouping->nby; i++)
	{
		const GroupBy *by = &grouping->by[i];
		JsonbValue	name = {.type = jbvString};
		const Label *label;

		name.val.string.val = unconstify(char *, name_of_key(grouping, i));
		name.val.string.len = strlen(name.val.string.val);
		push_jsonb(&builder, WJB_KEY, &name);
		if (labels[i] == NO_LABEL)
		{
			push_jsonb(&builder, WJB_VALUE, &null);
			continue;
		}
		label = detmeta_label(detmeta_group_labels(grouping->set, i), labels[i]);
		detmeta_group_push_value(by, label->bytes, label->len, &builder);
	}
	push_jsonb(&builder, WJB_END_OBJECT, NULL);
	return JsonbPGetDatum(JsonbValueToJsonb(builder.result));
}

/* Return a group as a row. */
static void
return_group(const Grouping *grouping, const GroupResult *result, ReturnSetInfo *rsinfo)
{
	const RunGroup *group = detmeta_group(grouping->set, result->group);
	Datum		values[GROUP_COLUMNS] = {0};
	bool		nulls[GROUP_COLUMNS] = {false};

	values[0] = group_object(grouping, result->labels);
	values[1] = Int64GetDatum(group->runs);
	values[2] = Int64GetDatum(group->numbers);
	for (int i = FIELD_MIN; i < FIELD_COUNT; i++)
	{
		nulls[i + 1] = result->fields[i] == NULL;
		values[i + 1] = NumericGetDatum(result->fields[i]);
	}
	for (int end = 0; end < 2; end++)
	{
		const Datum *key = group->best[end].key;

		nulls[FIELD_COUNT + 1 + end] = key == NULL;
		if (key != NULL)
			values[FIELD_COUNT + 1 + end] = detmeta_run_key_jsonb(grouping->key, key);
	}
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* Return the first groups. */
static void
return_groups(const Grouping *grouping, GroupOrder *order, int64 limit, ReturnSetInfo *rsinfo)
{
	uint32		n = detmeta_group_count(grouping->set);
	GroupResult *results = MemoryContextAllocExtended(CurrentMemoryContext,
													  sizeof(GroupResult) * Max(1, n),
													  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	int64		nresults = 0;

	for (uint32 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (detmeta_group(grouping->set, i)->runs > 0)
			fill_result(grouping, i, &results[nresults++]);
	}
	qsort_interruptible(results, nresults, sizeof(GroupResult), compare_results, order);
	if (limit >= 0)
		nresults = Min(nresults, limit);
	for (int64 i = 0; i < nresults; i++)
	{
		CHECK_FOR_INTERRUPTS();
		return_group(grouping, &results[i], rsinfo);
	}
}

/* ---- arguments ---- */

/* Read the argument "by". */
static void
read_by(ArrayType *array, Grouping *grouping)
{
	Datum	   *texts;
	bool	   *nulls;
	char	  **names;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &texts, &nulls, &grouping->nby);
	if (grouping->nby == 0 || ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("groups need at least one key to be made by")));
	names = palloc_array(char *, grouping->nby);
	for (int i = 0; i < grouping->nby; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a key to group by must not be NULL")));
		names[i] = TextDatumGetCString(texts[i]);
	}
	detmeta_group_read_by(grouping, names, grouping->nby);
}

/* Read the ranges of keys that have some: these depend on the rows. */
static void
read_group_ranges(Grouping *grouping, const ExploreSource *source)
{
	for (int i = 0; i < grouping->nby; i++)
	{
		GroupBy    *by = &grouping->by[i];
		ValueReading reading = {
			.relid = source->relid,
			.column = source->column,
			.function = source->function,
			.selection = source->selection,
			.key = by->key,
			.keylen = by->keylen,
			.visitor = detmeta_group_by_add_value,
			.arg = by
		};

		if (by->buckets == 0)
			continue;
		detmeta_read_values(&reading);
		detmeta_group_by_make_ranges(by);
	}
}

/* Count the rows of a value. */
static void
add_value_runs(const char *bytes, int len, int64 runs, void *arg)
{
	Grouping   *grouping = arg;
	LabelSet   *labels = detmeta_group_labels(grouping->set, 0);
	StringInfoData label;
	uint32		group;

	initStringInfo(&label);
	detmeta_group_label(&grouping->by[0], bytes, len, &label);
	group = detmeta_group_child(grouping->set, 0, 0,
								detmeta_label_number(labels, label.data, label.len));
	detmeta_group(grouping->set, group)->runs += runs;
	grouping->counted += runs;
	pfree(label.data);
}

/*
 * Count the groups of one key, of whose values only the numbers of rows are needed;
 * false: some row may be in several groups.
 */
static bool
count_groups(Grouping *grouping, const ExploreSource *source)
{
	ValueReading reading = {
		.relid = source->relid,
		.column = source->column,
		.function = source->function,
		.selection = source->selection,
		.key = grouping->by[0].key,
		.keylen = grouping->by[0].keylen,
		.count_runs = true,
		.visitor = add_value_runs,
		.arg = grouping
	};
	uint32		rest;

	if (grouping->nby != 1 || grouping->measure != NULL)
		return false;
	detmeta_read_values(&reading);
	if (reading.several)
		return false;
	rest = detmeta_group_child(grouping->set, 0, 0, NO_LABEL);
	detmeta_group(grouping->set, rest)->runs = reading.all_runs - grouping->counted;
	return true;
}

/* Make the groups. */
static void
make_groups(Grouping *grouping, const ExploreSource *source)
{
	grouping->set = detmeta_group_set_create(grouping->nby, grouping->key);
	if (count_groups(grouping, source))
		return;
	grouping->set = detmeta_group_set_create(grouping->nby, grouping->key);
	detmeta_explore(source);
	detmeta_group_find_medians(grouping->set);
}

PG_FUNCTION_INFO_V1(detmeta_metadata_groups);
/*
 * metadata_groups(rel, by, measure, filter, scope, sort, limit, col, max_groups):
 * rows of group, runs, numbers, min, max, mean, median, stddev, min_run, max_run.
 */
Datum
detmeta_metadata_groups(PG_FUNCTION_ARGS)
{
	Grouping	grouping = {0};
	ExploreSource source = {
		.function = fcinfo->flinfo->fn_oid,
		.kind = &detmeta_explore_groups,
		.arg = &grouping
	};
	int64		limit = detmeta_limit_argument(fcinfo, 6, 8);
	GroupOrder *order;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(7))
		return (Datum) 0;
	read_by(PG_GETARG_ARRAYTYPE_P(1), &grouping);
	if (!PG_ARGISNULL(2))
	{
		grouping.measure = VARDATA_ANY(PG_GETARG_TEXT_PP(2));
		grouping.measurelen = VARSIZE_ANY_EXHDR(PG_GETARG_TEXT_PP(2));
	}
	order = read_group_order(&grouping, PG_ARGISNULL(5) ? NULL :
							 text_to_cstring(PG_GETARG_TEXT_PP(5)));
	source.relid = PG_GETARG_OID(0);
	source.column = NameStr(*PG_GETARG_NAME(7));
	source.selection = detmeta_selection_of_arguments(fcinfo, 3, 4);
	read_group_ranges(&grouping, &source);
	grouping.key = grouping.measure != NULL ? detmeta_run_key_of(source.relid) :
		palloc0_object(RunKey);
	source.columns = detmeta_run_key_names(grouping.key);
	make_groups(&grouping, &source);
	return_groups(&grouping, order, limit, (ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}

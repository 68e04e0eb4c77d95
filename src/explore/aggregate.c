/*
 * aggregate.c
 *		Aggregates over the metadata of any set of rows.
 *
 * metadata_key_counts() returns an array of metadata_key_count, for unnest().
 * metadata_part() is what functions of exploring ask of rows on other servers;
 * metadata_part_of() returns the same of a table, read from its index.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type_d.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "explore/aggregate.h"
#include "explore/document.h"
#include "explore/group_part.h"
#include "explore/keys.h"
#include "explore/part.h"
#include "explore/part_json.h"

/* Return the aggregate's memory context; the function may not be called by hand. */
static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a function of an aggregate is called outside one")));
	return context;
}

/* ---- parts ---- */

/* Return the part of the first argument; begun as the third one asks, if it is NULL. */
static Part *
part_to_add_to(FunctionCallInfo fcinfo)
{
	MemoryContext context = aggregate_context(fcinfo);

	if (!PG_ARGISNULL(0))
		return detmeta_part_argument(PG_GETARG_DATUM(0), context);
	if (PG_ARGISNULL(2))
		detmeta_part_refuse();
	return detmeta_part_create(PG_GETARG_JSONB_P(2), context);
}

/* Add a row. */
static void
add_part_row(Part *part, Jsonb *metadata)
{
	const ExploreKind *kind = detmeta_part_kind(part);
	ExploreRow	row = {.metadata = metadata};

	kind->visit_document(&row, detmeta_part_state(part, kind));
}

/* Add a row of groups, whose primary key may be needed to name it by. */
static void
add_keyed_row(Part *part, Jsonb *metadata, ArrayType *key)
{
	void	   *grouping = detmeta_part_state(part, &detmeta_explore_groups);
	char	  **texts = NULL;
	Datum	   *elements;
	bool	   *nulls;
	int			n = 0;

	if (key != NULL)
	{
		deconstruct_array(key, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
		texts = palloc_array(char *, Max(1, n));
	}
	for (int i = 0; i < n && texts != NULL; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (nulls[i])
			texts = NULL;
		else
			texts[i] = TextDatumGetCString(elements[i]);
	}
	detmeta_group_keyed_document(grouping, metadata, texts, n);
}

PG_FUNCTION_INFO_V1(detmeta_part_add_row);
/* (state, metadata, request): add a row. */
Datum
detmeta_part_add_row(PG_FUNCTION_ARGS)
{
	Part	   *part = part_to_add_to(fcinfo);
	Jsonb	   *metadata = PG_ARGISNULL(1) ? NULL : PG_GETARG_JSONB_P(1);

	if (detmeta_part_kind(part) == &detmeta_explore_groups)
		add_keyed_row(part, metadata, NULL);
	else
		add_part_row(part, metadata);
	PG_RETURN_DATUM(detmeta_part_datum(part));
}

PG_FUNCTION_INFO_V1(detmeta_part_add_keyed_row);
/* (state, metadata, request, key): add a row with its primary key as texts. */
Datum
detmeta_part_add_keyed_row(PG_FUNCTION_ARGS)
{
	Part	   *part = part_to_add_to(fcinfo);

	add_keyed_row(part, PG_ARGISNULL(1) ? NULL : PG_GETARG_JSONB_P(1),
				  PG_ARGISNULL(3) ? NULL : PG_GETARG_ARRAYTYPE_P(3));
	PG_RETURN_DATUM(detmeta_part_datum(part));
}

PG_FUNCTION_INFO_V1(detmeta_part_combine);
/* Add another part, which is the first one where there is none. */
Datum
detmeta_part_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	Part	   *part;

	if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
		PG_RETURN_NULL();
	part = detmeta_part_argument(PG_GETARG_DATUM(PG_ARGISNULL(0) ? 1 : 0), context);
	if (!PG_ARGISNULL(0) && !PG_ARGISNULL(1))
		detmeta_part_add(part, PG_GETARG_JSONB_P(1));
	PG_RETURN_DATUM(detmeta_part_datum(part));
}

PG_FUNCTION_INFO_V1(detmeta_part_of);
/* metadata_part_of(rel, col, request, filter, scope): the part of a relation. */
Datum
detmeta_part_of(PG_FUNCTION_ARGS)
{
	ExploreSource source = {
		.function = fcinfo->flinfo->fn_oid,
		.is_part = true
	};
	Part	   *part;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	part = detmeta_part_create(PG_GETARG_JSONB_P(2), CurrentMemoryContext);
	source.relid = PG_GETARG_OID(0);
	source.column = NameStr(*PG_GETARG_NAME(1));
	source.selection = detmeta_selection_of_arguments(fcinfo, 3, 4);
	source.kind = detmeta_part_kind(part);
	source.arg = detmeta_part_state(part, source.kind);
	if (source.kind == &detmeta_explore_groups)
		source.columns = detmeta_group_find_key(source.arg, source.relid);
	detmeta_explore(&source);
	PG_RETURN_DATUM(detmeta_part_datum(part));
}

/* ---- metadata_key_counts() ---- */

/* Begin to count keys. */
static Part *
begin_key_counts(MemoryContext context)
{
	JsonbBuilder builder = {0};

	push_jsonb(&builder, WJB_BEGIN_OBJECT, NULL);
	detmeta_part_push_name(&builder, "list");
	detmeta_part_push_text(&builder, WJB_VALUE, detmeta_explore_keys.name,
						   strlen(detmeta_explore_keys.name));
	push_jsonb(&builder, WJB_END_OBJECT, NULL);
	return detmeta_part_create(JsonbValueToJsonb(builder.result), context);
}

PG_FUNCTION_INFO_V1(detmeta_key_counts_add);
/* Add a row; metadata NULL has no keys. */
Datum
detmeta_key_counts_add(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	Part	   *part = PG_ARGISNULL(0) ? begin_key_counts(context) :
		detmeta_part_argument(PG_GETARG_DATUM(0), context);

	if (!PG_ARGISNULL(1))
		detmeta_tally_keys(detmeta_part_state(part, &detmeta_explore_keys), PG_GETARG_JSONB_P(1),
						   TALLY_ALL);
	PG_RETURN_DATUM(detmeta_part_datum(part));
}

PG_FUNCTION_INFO_V1(detmeta_key_counts_final);
/* Return the counts as an array of metadata_key_count; of no rows, an empty one. */
Datum
detmeta_key_counts_final(PG_FUNCTION_ARGS)
{
	Oid			element = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
	TupleDesc	desc = BlessTupleDesc(lookup_rowtype_tupdesc_copy(element, -1));
	TallyItem **items;
	Datum	   *elements;
	Part	   *part;
	int64		n;

	(void) aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(element));
	part = detmeta_part_to_read(PG_GETARG_DATUM(0));
	items = detmeta_tally_sorted(detmeta_part_state(part, &detmeta_explore_keys), &n);
	elements = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Datum) * Max(1, n));
	for (int64 i = 0; i < n; i++)
	{
		Datum		values[KEY_COUNT_COLUMNS];
		bool		nulls[KEY_COUNT_COLUMNS] = {false};

		CHECK_FOR_INTERRUPTS();
		detmeta_key_count_columns(items[i], values);
		elements[i] = HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(elements, n, element, -1, false, TYPALIGN_DOUBLE));
}

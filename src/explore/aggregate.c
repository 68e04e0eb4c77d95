/*
 * aggregate.c
 *		metadata_key_counts(): the keys of any set of rows, as an aggregate.
 *
 * The result is an array of metadata_key_count, for unnest().
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type_d.h"
#include "fmgr.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "explore/document.h"
#include "explore/keys.h"
#include "explore/tally.h"

/* Return the aggregate's memory context; the function may not be called by hand. */
static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "metadata_key_counts() is called outside an aggregate");
	return context;
}

/* Return the state of the first argument, making it if need be. */
static Tally *
state_argument(FunctionCallInfo fcinfo)
{
	MemoryContext old;
	Tally	   *tally;

	if (!PG_ARGISNULL(0))
		return (Tally *) PG_GETARG_POINTER(0);
	old = MemoryContextSwitchTo(aggregate_context(fcinfo));
	tally = detmeta_tally_create();
	MemoryContextSwitchTo(old);
	return tally;
}

PG_FUNCTION_INFO_V1(detmeta_key_counts_add);
/* Add a row; metadata NULL has no keys. */
Datum
detmeta_key_counts_add(PG_FUNCTION_ARGS)
{
	Tally	   *tally;

	(void) aggregate_context(fcinfo);
	tally = state_argument(fcinfo);
	if (!PG_ARGISNULL(1))
		detmeta_tally_keys(tally, PG_GETARG_JSONB_P(1), TALLY_ALL);
	PG_RETURN_POINTER(tally);
}

PG_FUNCTION_INFO_V1(detmeta_key_counts_combine);
/* Add the counts of another state. */
Datum
detmeta_key_counts_combine(PG_FUNCTION_ARGS)
{
	Tally	   *tally;
	TallyItem **items;
	int64		n;

	(void) aggregate_context(fcinfo);
	tally = state_argument(fcinfo);
	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(tally);
	items = detmeta_tally_sorted((Tally *) PG_GETARG_POINTER(1), &n);
	for (int64 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		detmeta_tally_add(tally, items[i]->bytes, items[i]->len, items[i]->runs);
	}
	pfree(items);
	PG_RETURN_POINTER(tally);
}

PG_FUNCTION_INFO_V1(detmeta_key_counts_serialize);
/* Write a state as bytes. */
Datum
detmeta_key_counts_serialize(PG_FUNCTION_ARGS)
{
	StringInfoData out;

	(void) aggregate_context(fcinfo);
	pq_begintypsend(&out);
	detmeta_tally_write((Tally *) PG_GETARG_POINTER(0), &out);
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

PG_FUNCTION_INFO_V1(detmeta_key_counts_deserialize);
/* Read a state. */
Datum
detmeta_key_counts_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	StringInfoData in;
	Tally	   *tally;

	(void) aggregate_context(fcinfo);
	initStringInfo(&in);
	appendBinaryStringInfo(&in, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	tally = detmeta_tally_create();
	detmeta_tally_read(tally, &in);
	pq_getmsgend(&in);
	pfree(in.data);
	PG_RETURN_POINTER(tally);
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
	int64		n;

	(void) aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(element));
	items = detmeta_tally_sorted((Tally *) PG_GETARG_POINTER(0), &n);
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

/*
 * list.c
 *		metadata_values(): the values of a key, the most frequent first.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "explore/arguments.h"
#include "explore/document.h"
#include "explore/value_list.h"
#include "explore/values.h"
#include "filter/facet.h"

/* Return the values as rows. */
static void
return_values(ValueList *list, ReturnSetInfo *rsinfo)
{
	detmeta_value_list_prune(list);
	for (int64 i = 0; i < list->n; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(list->text_context);
		JsonbValue	jbv;
		Datum		values[2];
		bool		nulls[2] = {false, false};

		CHECK_FOR_INTERRUPTS();
		detmeta_tallied_value(list->values[i].bytes, list->values[i].len, &jbv);
		values[0] = JsonbPGetDatum(JsonbValueToJsonb(&jbv));
		values[1] = Int64GetDatum(list->values[i].runs);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		MemoryContextSwitchTo(old);
		MemoryContextReset(list->text_context);
	}
}

/* Read which rows are meant; a list to choose from may leave out the filter's own conditions. */
static Selection *
selection_arguments(FunctionCallInfo fcinfo, const ValueReading *reading)
{
	const MetadataFilter *filter = PG_ARGISNULL(7) ? NULL : PG_GETARG_METADATA_FILTER_P(7);

	if (filter != NULL && !PG_ARGISNULL(9) && PG_GETARG_BOOL(9))
		filter = detmeta_filter_without_key(filter, reading->key, reading->keylen);
	return detmeta_selection_make(filter, PG_ARGISNULL(8) ? NULL : PG_GETARG_JSONB_P(8));
}

PG_FUNCTION_INFO_V1(detmeta_metadata_values);
/*
 * metadata_values(rel, key, search, limit, col, ignore_case, max_values, filter, scope,
 * except_own): rows of value, runs.
 */
Datum
detmeta_metadata_values(PG_FUNCTION_ARGS)
{
	int64		limit = detmeta_limit_argument(fcinfo, 3, 6);
	ValueList	list;
	ValueReading reading = {
		.visitor = detmeta_value_list_keep,
		.arg = &list
	};
	text	   *key;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(4))
		return (Datum) 0;
	key = PG_GETARG_TEXT_PP(1);
	reading.key = VARDATA_ANY(key);
	reading.keylen = VARSIZE_ANY_EXHDR(key);
	detmeta_value_list_init(&list, limit);
	if (!PG_ARGISNULL(2))
	{
		text	   *search = PG_GETARG_TEXT_PP(2);

		reading.search = detmeta_value_search(VARDATA_ANY(search), VARSIZE_ANY_EXHDR(search),
											  !PG_ARGISNULL(5) && PG_GETARG_BOOL(5), false);
	}
	reading.relid = PG_GETARG_OID(0);
	reading.column = NameStr(*PG_GETARG_NAME(4));
	reading.function = fcinfo->flinfo->fn_oid;
	reading.selection = selection_arguments(fcinfo, &reading);
	detmeta_read_values(&reading);
	return_values(&list, (ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}

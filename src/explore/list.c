/*
 * list.c
 *		metadata_values(): the values of a key, the most frequent first.
 *
 * With a limit, no more than twice as many values are kept: when there are so
 * many, the better half stays.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "explore/arguments.h"
#include "explore/document.h"
#include "explore/values.h"
#include "filter/facet.h"
#include "value/casefold.h"
#include "value/substring.h"
#include "value/value.h"

/* Fewer values are not worth a prune. */
#define MIN_KEPT	1000

/* A value that is kept. */
typedef struct KeptValue
{
	int64		runs;
	int			len;
	char	   *bytes;
} KeptValue;

typedef struct ValueList
{
	const Substring *search;	/* or NULL; case-folded with ignore_case */
	bool		ignore_case;
	int64		limit;			/* -1: none */
	int64		n;
	int64		allocated;
	KeptValue  *values;
	int64		least;			/* less frequent values are not among the first */
	MemoryContext context;		/* of the values */
	MemoryContext text_context; /* of one value's text */
} ValueList;

/* Order values: the most frequent first, then by value. */
static int
compare_values(const void *a, const void *b, void *arg)
{
	const KeptValue *x = a;
	const KeptValue *y = b;

	if (x->runs != y->runs)
		return x->runs > y->runs ? -1 : 1;
	return detmeta_bytes_compare(x->bytes, x->len, y->bytes, y->len);
}

/* Keep the first values only. */
static void
prune(ValueList *list)
{
	qsort_interruptible(list->values, list->n, sizeof(KeptValue), compare_values, NULL);
	if (list->limit < 0 || list->n <= list->limit)
		return;
	for (int64 i = list->limit; i < list->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		pfree(list->values[i].bytes);
	}
	list->n = list->limit;
	if (list->n > 0)
		list->least = list->values[list->n - 1].runs;
}

/* Make room for a value. */
static void
make_room(ValueList *list)
{
	if (list->limit >= 0 && list->n >= Max(2 * list->limit, MIN_KEPT))
		prune(list);
	if (list->n < list->allocated)
		return;
	list->allocated = Max(64, list->allocated * 2);
	list->values = list->values == NULL ?
		MemoryContextAlloc(list->context, sizeof(KeptValue) * list->allocated) :
		repalloc_huge(list->values, sizeof(KeptValue) * list->allocated);
}

/* Keep a value. */
static void
keep_value(const char *bytes, int len, int64 runs, void *arg)
{
	ValueList  *list = arg;
	KeptValue  *value;

	if (runs < list->least)
		return;
	make_room(list);
	value = &list->values[list->n++];
	value->runs = runs;
	value->len = len;
	value->bytes = MemoryContextAlloc(list->context, len);
	memcpy(value->bytes, bytes, len);
}

/* Return a text's case folding, as icontains searches it. */
static const char *
fold_case(const char *text, int *len)
{
	StringInfoData folded;

	initStringInfo(&folded);
	detmeta_casefold(text, *len, &folded);
	*len = folded.len;
	return folded.data;
}

/* Say whether the text of a value contains what is searched. */
static bool
text_contains(const char *bytes, int len, void *arg)
{
	ValueList  *list = arg;
	MemoryContext old = MemoryContextSwitchTo(list->text_context);
	JsonbValue	jbv;
	const char *text;
	int			textlen;
	bool		result;

	detmeta_tallied_value(bytes, len, &jbv);
	if (jbv.type == jbvString)
	{
		text = jbv.val.string.val;
		textlen = jbv.val.string.len;
	}
	else
	{
		text = jbv.type == jbvBool ? (jbv.val.boolean ? "true" : "false") :
			DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(jbv.val.numeric)));
		textlen = strlen(text);
	}
	if (list->ignore_case)
		text = fold_case(text, &textlen);
	result = detmeta_substring_found(list->search, text, textlen);
	MemoryContextSwitchTo(old);
	MemoryContextReset(list->text_context);
	return result;
}

/* Return the values as rows. */
static void
return_values(ValueList *list, ReturnSetInfo *rsinfo)
{
	prune(list);
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

/* Keep values that contain a text, if it is not NULL. */
static void
search_argument(FunctionCallInfo fcinfo, int n, ValueList *list, ValueReading *reading)
{
	text	   *search;
	const char *bytes;
	int			len;

	if (PG_ARGISNULL(n))
		return;
	search = PG_GETARG_TEXT_PP(n);
	bytes = VARDATA_ANY(search);
	len = VARSIZE_ANY_EXHDR(search);
	if (list->ignore_case)
		bytes = fold_case(bytes, &len);
	list->search = detmeta_substring(bytes, len);
	reading->wanted = text_contains;
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
	ValueList	list = {
		.limit = detmeta_limit_argument(fcinfo, 3, 6),
		.context = CurrentMemoryContext
	};
	ValueReading reading = {
		.visitor = keep_value,
		.arg = &list
	};
	text	   *key;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(4))
		return (Datum) 0;
	key = PG_GETARG_TEXT_PP(1);
	reading.key = VARDATA_ANY(key);
	reading.keylen = VARSIZE_ANY_EXHDR(key);
	list.text_context = AllocSetContextCreate(CurrentMemoryContext, "metadata value",
											  ALLOCSET_SMALL_SIZES);
	list.ignore_case = !PG_ARGISNULL(5) && PG_GETARG_BOOL(5);
	search_argument(fcinfo, 2, &list, &reading);
	reading.relid = PG_GETARG_OID(0);
	reading.column = NameStr(*PG_GETARG_NAME(4));
	reading.function = fcinfo->flinfo->fn_oid;
	reading.selection = selection_arguments(fcinfo, &reading);
	detmeta_read_values(&reading);
	return_values(&list, (ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}

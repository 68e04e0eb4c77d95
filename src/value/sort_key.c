/*
 * sort_key.c
 *		metadata_sort(): a key's value as bytes whose order is the value's order.
 *
 * One byte for the kind, then the value's bytes whole: the order of the index
 * (index/entry.h), without its cuts.  Dates written differently are equal here, and
 * so are all arrays and objects.
 */
#include "postgres.h"

#include "fmgr.h"

#include "value/date.h"
#include "value/document.h"
#include "value/sort_key.h"
#include "value/value.h"

/* The least sort key seen so far, for keys with several places. */
typedef struct LeastKey
{
	StringInfoData key;
	bool		found;
} LeastKey;

/* Append the sort key of a value that is not empty. */
static void
append_sort_key(const MetaValue *value, StringInfo out)
{
	char		instant[DETMETA_INSTANT_BYTES];

	appendStringInfoCharMacro(out, (char) (value->kind == META_OBJECT ? META_ARRAY : value->kind));
	switch (value->kind)
	{
		case META_NUMBER:
		case META_STRING:
			appendBinaryStringInfo(out, value->bytes, value->len);
			break;
		case META_DATE:
			detmeta_instant_encode(value->instant, instant);
			appendBinaryStringInfo(out, instant, sizeof(instant));
			break;
		default:
			break;
	}
}

/* Keep the least sort key of a key's values. */
static bool
visit_sort_value(const JsonbValue *jbv, void *arg)
{
	LeastKey   *state = arg;
	StringInfoData key;
	MetaValue	value = {0};

	value.kind = detmeta_value_kind(jbv, &value.instant);
	if (META_IS_EMPTY(value.kind))
		return false;
	if (value.kind < META_ARRAY)
		detmeta_value_read(jbv, &value);

	initStringInfo(&key);
	append_sort_key(&value, &key);
	if (!state->found ||
		detmeta_bytes_compare(key.data, key.len, state->key.data, state->key.len) < 0)
	{
		state->key = key;
		state->found = true;
	}
	return false;
}

/* Append a document's sort key; false where the key is empty. */
bool
detmeta_sort_key(Jsonb *metadata, const char *key, int keylen, StringInfo out)
{
	LeastKey	state = {.found = false};

	detmeta_visit_key(&metadata->root, key, keylen, visit_sort_value, &state);
	if (state.found)
		appendBinaryStringInfo(out, state.key.data, state.key.len);
	return state.found;
}

PG_FUNCTION_INFO_V1(detmeta_sort);
/* metadata_sort(metadata, key); NULL where the key is empty. */
Datum
detmeta_sort(PG_FUNCTION_ARGS)
{
	text	   *key = PG_GETARG_TEXT_PP(1);
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoSpaces(&out, VARHDRSZ);
	if (!detmeta_sort_key(PG_GETARG_JSONB_P(0), VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), &out))
		PG_RETURN_NULL();
	SET_VARSIZE(out.data, out.len);
	PG_RETURN_BYTEA_P(out.data);
}

/*
 * value.c
 *		What a JSON value at a key means: its kind and its comparable bytes.
 */
#include "postgres.h"

#include "value/container.h"
#include "value/date.h"
#include "value/number.h"
#include "value/value.h"

/* Return the kind of a container. */
static MetaKind
container_kind(JsonbContainer *container)
{
	bool		empty = (JsonContainerSize(container) == 0);

	if (JsonContainerIsArray(container))
		return empty ? META_EMPTY_ARRAY : META_ARRAY;
	return empty ? META_EMPTY_OBJECT : META_OBJECT;
}

/* Return the kind of a JSON value, and the instant of a date. */
MetaKind
detmeta_value_kind(const JsonbValue *jbv, int64 *instant)
{
	switch (jbv->type)
	{
		case jbvNull:
			return META_NULL;
		case jbvBool:
			return jbv->val.boolean ? META_TRUE : META_FALSE;
		case jbvNumeric:
			return META_NUMBER;
		case jbvString:
			return detmeta_date_parse(jbv->val.string.val, jbv->val.string.len, instant) ?
				META_DATE : META_STRING;
		case jbvBinary:
			return container_kind(jbv->val.binary.data);
		default:
			elog(ERROR, "unexpected jsonb value type %d", (int) jbv->type);
			return META_NULL;
	}
}

/* Read a JSON value whole. */
void
detmeta_value_read(const JsonbValue *jbv, MetaValue *value)
{
	StringInfoData bytes;

	value->bytes = "";
	value->len = 0;
	value->instant = 0;
	value->kind = detmeta_value_kind(jbv, &value->instant);

	switch (value->kind)
	{
		case META_NUMBER:
			initStringInfo(&bytes);
			detmeta_number_encode(jbv->val.numeric, &bytes);
			break;
		case META_ARRAY:
		case META_OBJECT:
			initStringInfo(&bytes);
			detmeta_container_encode(jbv->val.binary.data, &bytes);
			break;
		case META_DATE:
		case META_STRING:
			value->bytes = jbv->val.string.val;
			value->len = jbv->val.string.len;
			return;
		default:
			return;
	}
	value->bytes = bytes.data;
	value->len = bytes.len;
}

/* Compare bytes as memcmp does, the shorter first where one begins the other. */
int
detmeta_bytes_compare(const char *a, int alen, const char *b, int blen)
{
	int			cmp = memcmp(a, b, Min(alen, blen));

	if (cmp != 0)
		return cmp;
	return (alen > blen) - (alen < blen);
}

/* Return the bytes of a buffer in memory of their own, and free the buffer. */
char *
detmeta_take_bytes(StringInfo buffer)
{
	char	   *bytes = palloc(Max(buffer->len, 1));

	memcpy(bytes, buffer->data, buffer->len);
	pfree(buffer->data);
	return bytes;
}

/*
 * key_start.c
 *		Where the walk over a key's values begins, if not with the first.
 *
 *		WHERE (metadata_sort(metadata, 'loss'), run_id) > ($1, $2)
 *		ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 20
 *
 * The walk begins at the first entry whose value may not be before $1.  What is
 * there is still checked by the clause.  Orders of core's operators have starts of
 * their own types:
 *
 *		WHERE ((metadata ->> 'loss')::float8, run_id) > ($1, $2)
 *		WHERE (metadata -> 'loss', run_id) > ($1, $2)
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type_d.h"
#include "utils/numeric.h"

#include "index/entry.h"
#include "scan/key_start.h"
#include "value/date.h"
#include "value/number.h"
#include "value/value.h"

/*
 * Where kinds come in the order of jsonb.  Strings, and arrays and objects with
 * members, come from rows apart, but a start may be one.
 */
static const int jsonb_places[] = {
	[META_EMPTY_ARRAY] = 0,
	[META_NULL] = 1,
	[META_DATE] = 2,
	[META_STRING] = 2,
	[META_NUMBER] = 3,
	[META_FALSE] = 4,
	[META_TRUE] = 5,
	[META_ARRAY] = 6,
	[META_EMPTY_OBJECT] = 7,
	[META_OBJECT] = 7
};

/* Return the place of a kind in the order of kinds. */
static int
place_of_kind(OrderKind order, MetaKind kind)
{
	return order == ORDER_JSONB ? jsonb_places[kind] : (int) kind;
}

/* Start at a value of a kind, where that is an order's. */
static void
start_at_kind(KeyStart *start, OrderKind order, MetaKind kind)
{
	start->place = place_of_kind(order, kind);
	start->kind = kind;
	start->bytes = "";
	start->len = 0;
}

/* Start at a result of metadata_sort(), or at any bytes. */
static void
start_at_sort_key(KeyStart *start, const bytea *bytes)
{
	int			len = (int) VARSIZE_ANY_EXHDR(bytes);

	/* no bytes at all are before every sort key */
	start_at_kind(start, ORDER_METADATA,
				  len > 0 ? (MetaKind) (unsigned char) *VARDATA_ANY(bytes) : META_NULL);
	start->bytes = VARDATA_ANY(bytes) + 1;
	start->len = Max(len - 1, 0);
}

/* Start at a number; false: it is behind all others, or before them. */
static bool
start_at_number(KeyStart *start, OrderKind order, Numeric number)
{
	StringInfoData bytes;

	if (numeric_is_nan(number) || numeric_is_inf(number))
		return false;
	initStringInfo(&bytes);
	detmeta_number_encode(number, &bytes);
	start_at_kind(start, order, META_NUMBER);
	start->bytes = bytes.data;
	start->len = bytes.len;
	return true;
}

/*
 * Start at a float8: at the one before it, as decimals up to the middle between the
 * two are rounded to it.  Seventeen digits are nearer to that one than the middle.
 */
static bool
start_at_float(KeyStart *start, float8 number, bool descending)
{
	float8		before = nextafter(number, descending ? INFINITY : -INFINITY);

	if (isnan(number) || isinf(before))
		return false;
	return start_at_number(start, ORDER_NUMBERS,
						   detmeta_number_read(psprintf("%.17g", before)));
}

/* Start at a value of jsonb. */
static bool
start_at_jsonb(KeyStart *start, Jsonb *jsonb)
{
	JsonbValue	value;
	int64		instant;

	if (!JsonbExtractScalar(&jsonb->root, &value))
	{
		value.type = jbvBinary;
		value.val.binary.data = &jsonb->root;
		value.val.binary.len = VARSIZE(jsonb) - VARHDRSZ;
	}
	else if (value.type == jbvNumeric)
		return start_at_number(start, ORDER_JSONB, value.val.numeric);
	start_at_kind(start, ORDER_JSONB, detmeta_value_kind(&value, &instant));
	return true;
}

/* Read a value of an order's type. */
bool
detmeta_key_start_read(Datum value, Oid type, OrderKind order, bool descending, KeyStart *start)
{
	switch (order)
	{
		case ORDER_METADATA:
			start_at_sort_key(start, DatumGetByteaPP(value));
			return true;
		case ORDER_NUMBERS:
			if (type == FLOAT8OID)
				return start_at_float(start, DatumGetFloat8(value), descending);
			return start_at_number(start, order, DatumGetNumeric(value));
		default:
			return start_at_jsonb(start, DatumGetJsonbP(value));
	}
}

/* Say whether all values of some kinds come before the start. */
bool
detmeta_key_start_is_behind(const KeyStart *start, OrderKind order, MetaKind first,
							MetaKind last, bool descending)
{
	if (start == NULL)
		return false;
	return start->is_null || (descending ? place_of_kind(order, first) > start->place :
							  place_of_kind(order, last) < start->place);
}

/* Append the start's value as the payload of its entry begins. */
static void
append_start(const KeyStart *start, StringInfo entry)
{
	if (start->kind == META_DATE && start->len >= DETMETA_INSTANT_BYTES)
		detmeta_date_append_instant(detmeta_instant_decode(start->bytes), entry);
	else if (start->kind != META_DATE)
		appendBinaryStringInfo(entry, start->bytes, Min(start->len, ENTRY_MAX_PAYLOAD));
}

/* Make bytes the least that are greater than all that begin with them; false: there are none. */
static bool
increment(StringInfo bytes)
{
	while (bytes->len > 0)
	{
		unsigned char *last = (unsigned char *) &bytes->data[bytes->len - 1];

		if (*last < 0xFF)
		{
			(*last)++;
			return true;
		}
		bytes->len--;
	}
	return false;
}

/*
 * Limit the range of the value entries of a kind.  Downwards, all entries that
 * begin with the value are in it where its own is not known: of a value that the
 * index has cut, and of a date.
 */
void
detmeta_key_start_limit(const KeyStart *start, const KeyReader *key, MetaKind kind,
						bool descending, GinKeyRange *range)
{
	bool		is_known;
	StringInfoData entry;

	if (start == NULL || start->is_null || start->kind != kind || start->len == 0)
		return;
	is_known = kind != META_DATE && start->len <= ENTRY_MAX_PAYLOAD;
	initStringInfo(&entry);
	detmeta_entry_prefix(key->key, key->keylen, TAG_VALUE + kind, &entry);
	append_start(start, &entry);
	if (descending)
	{
		if ((is_known || increment(&entry)) &&
			detmeta_bytes_compare(entry.data, entry.len, range->upper, range->upper_len) < 0)
		{
			range->upper = entry.data;
			range->upper_len = entry.len;
			range->upper_inclusive = is_known;
		}
	}
	else if (detmeta_bytes_compare(entry.data, entry.len, range->lower, range->lower_len) > 0)
	{
		range->lower = entry.data;
		range->lower_len = entry.len;
		range->lower_exclusive = false;
	}
}

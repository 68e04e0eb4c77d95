/*
 * cursor.c
 *		Places in a sorted list of runs, as opaque texts.
 *
 * A cursor says where a run is in an order by what the run is sorted by, so that
 * the place stays even if the run is posted anew or deleted.  It is base64 without
 * padding, in the letters for URLs, of
 *
 *		version, hash of the order, then for each item: a null flag, or a flag, and
 *		the run's id; or the length and the bytes of metadata_sort()
 *
 * and no promise to anyone: who changes a cursor gets an error, or another place.
 */
#include "postgres.h"

#include "common/base64.h"
#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "explore/cursor.h"

#define CURSOR_VERSION	1

/* Return a hash of an order. */
static uint64
hash_order(List *items)
{
	uint64		hash = CURSOR_VERSION;
	ListCell   *lc;

	foreach(lc, items)
	{
		const SortItem *item = lfirst(lc);
		const char *key = item->key != NULL ? item->key : "";
		unsigned char flags = (unsigned char) ((item->key == NULL) | item->descending << 1 |
											   item->nulls_first << 2);

		hash = hash_bytes_extended(&flags, 1, hash);
		hash = hash_bytes_extended((const unsigned char *) key, (int) strlen(key), hash);
	}
	return hash;
}

/* Return bytes as text for URLs. */
static char *
encode(const StringInfoData *bytes)
{
	int			size = pg_b64_enc_len(bytes->len) + 1;
	char	   *text = palloc(size);
	int			len = PG_B64_ENCODE(bytes->data, bytes->len, text, size);

	if (len < 0)
		elog(ERROR, "could not encode a cursor");
	while (len > 0 && text[len - 1] == '=')
		len--;
	text[len] = '\0';
	for (char *c = text; *c != '\0'; c++)
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
	return text;
}

/* Return the cursor of a place. */
char *
detmeta_cursor_of(List *items, const Place *place)
{
	StringInfoData bytes;
	int			i = 0;
	ListCell   *lc;

	initStringInfo(&bytes);
	pq_sendbyte(&bytes, CURSOR_VERSION);
	pq_sendint64(&bytes, hash_order(items));
	foreach(lc, items)
	{
		const SortItem *item = lfirst(lc);

		pq_sendbyte(&bytes, !place->nulls[i]);
		if (!place->nulls[i] && item->key == NULL)
			pq_sendint64(&bytes, DatumGetInt64(place->values[i]));
		else if (!place->nulls[i])
		{
			bytea	   *value = DatumGetByteaPP(place->values[i]);

			pq_sendint32(&bytes, VARSIZE_ANY_EXHDR(value));
			pq_sendbytes(&bytes, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
		}
		i++;
	}
	return encode(&bytes);
}

/* Say that a text is no cursor. */
static void
refuse(const char *cursor)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid cursor: \"%s\"",
					pnstrdup(cursor, pg_mbcliplen(cursor, (int) strlen(cursor), 100))),
			 errhint("A cursor is a text that the column \"cursor\" of search_run_metadata() had, unchanged.")));
}

/* Return the bytes of a text for URLs. */
static StringInfoData
decode(const char *cursor)
{
	int			len = (int) strlen(cursor);
	char	   *text = palloc(len + 4);
	StringInfoData bytes;
	int			size;
	int			n;

	for (n = 0; n < len; n++)
		text[n] = cursor[n] == '-' ? '+' : cursor[n] == '_' ? '/' : cursor[n];
	while (n % 4 != 0)
		text[n++] = '=';
	initStringInfo(&bytes);
	size = pg_b64_dec_len(n) + 1;
	enlargeStringInfo(&bytes, size);
	bytes.len = PG_B64_DECODE(text, n, bytes.data, size);
	if (bytes.len < 0)
		refuse(cursor);
	bytes.data[bytes.len] = '\0';
	return bytes;
}

/* Read so many bytes. */
static const char *
take_cursor_bytes(StringInfo bytes, int n, const char *cursor)
{
	const char *start = bytes->data + bytes->cursor;

	if (n < 0 || n > bytes->len - bytes->cursor)
		refuse(cursor);
	bytes->cursor += n;
	return start;
}

/* Read a number of so many bytes. */
static uint64
take_cursor_number(StringInfo bytes, int n, const char *cursor)
{
	const unsigned char *start = (const unsigned char *) take_cursor_bytes(bytes, n, cursor);
	uint64		number = 0;

	for (int i = 0; i < n; i++)
		number = number << 8 | start[i];
	return number;
}

/* Read what an item is sorted by. */
static Datum
take_cursor_value(StringInfo bytes, const SortItem *item, const char *cursor)
{
	int			len;
	const char *start;
	bytea	   *value;

	if (item->key == NULL)
		return Int64GetDatum((int64) take_cursor_number(bytes, 8, cursor));
	len = (int) take_cursor_number(bytes, 4, cursor);
	start = take_cursor_bytes(bytes, len, cursor);
	value = palloc((Size) VARHDRSZ + len);
	SET_VARSIZE(value, VARHDRSZ + len);
	memcpy(VARDATA(value), start, len);
	return PointerGetDatum(value);
}

/* Read a cursor. */
Place
detmeta_read_cursor(const char *cursor, List *items)
{
	StringInfoData bytes = decode(cursor);
	Place		place = {palloc_array(Datum, list_length(items)),
	palloc_array(bool, list_length(items))};
	int			i = 0;
	ListCell   *lc;

	if (take_cursor_number(&bytes, 1, cursor) != CURSOR_VERSION)
		refuse(cursor);
	if (take_cursor_number(&bytes, 8, cursor) != hash_order(items))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the cursor is of a page in another order"),
				 errhint("Ask for the pages before and after it with the same argument \"sort\".")));
	foreach(lc, items)
	{
		place.nulls[i] = take_cursor_number(&bytes, 1, cursor) == 0;
		place.values[i] = place.nulls[i] ? (Datum) 0 :
			take_cursor_value(&bytes, lfirst(lc), cursor);
		i++;
	}
	if (bytes.cursor != bytes.len)
		refuse(cursor);
	return place;
}

/* Append bytes as SQL, whatever the settings say of these and of backslashes. */
static void
append_bytes(StringInfo sql, bytea *bytes)
{
	int			len = (int) VARSIZE_ANY_EXHDR(bytes);
	char	   *hex = palloc((Size) len * 2 + 1);

	hex[hex_encode(VARDATA_ANY(bytes), len, hex)] = '\0';
	appendStringInfo(sql, "pg_catalog.decode('%s', 'hex')", hex);
}

/* Append a value as SQL. */
static void
append_value_of_place(StringInfo sql, const SortItem *item, Datum value)
{
	if (item->key == NULL)
		appendStringInfo(sql, "'" INT64_FORMAT "'::pg_catalog.int8", DatumGetInt64(value));
	else
		append_bytes(sql, DatumGetByteaPP(value));
}

/* Append  expression operator value. */
static void
append_place_comparison(StringInfo sql, const SortItem *item, const char *operator, Datum value,
						const char *sort_function)
{
	detmeta_append_sort_expression(sql, item, sort_function);
	appendStringInfo(sql, " OPERATOR(pg_catalog.%s) ", operator);
	append_value_of_place(sql, item, value);
}

/*
 * Append the condition that a run comes behind a place, by the items from the n-th
 * on, in the way that plan/keyset.c knows.
 */
static void
append_behind_from(StringInfo sql, List *items, int n, const Place *place,
				   const char *sort_function)
{
	const SortItem *item;
	const char *end = "";

	check_stack_depth();
	if (n == list_length(items))
	{
		appendStringInfoString(sql, "false");
		return;
	}
	item = list_nth(items, n);
	appendStringInfoChar(sql, '(');
	if (!place->nulls[n])
		append_place_comparison(sql, item, item->descending ? "<" : ">", place->values[n],
								sort_function);
	if (place->nulls[n] == item->nulls_first)
	{
		/* runs without a value come behind those with one, or the other way round */
		appendStringInfoString(sql, place->nulls[n] ? "" : " OR ");
		detmeta_append_sort_expression(sql, item, sort_function);
		appendStringInfo(sql, " IS %sNULL", place->nulls[n] ? "NOT " : "");
	}
	if (!place->nulls[n] || item->nulls_first)
	{
		appendStringInfoString(sql, " OR (");
		end = ")";
	}
	if (!place->nulls[n])
		append_place_comparison(sql, item, "=", place->values[n], sort_function);
	else
	{
		detmeta_append_sort_expression(sql, item, sort_function);
		appendStringInfoString(sql, " IS NULL");
	}
	appendStringInfoString(sql, " AND ");
	append_behind_from(sql, items, n + 1, place, sort_function);
	appendStringInfo(sql, "%s)", end);
}

/* Append the condition that a run comes behind a place. */
void
detmeta_append_behind(StringInfo sql, List *items, const Place *place, const char *sort_function)
{
	append_behind_from(sql, items, 0, place, sort_function);
}

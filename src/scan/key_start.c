/*
 * key_start.c
 *		Where the walk over a key's values begins, if not with the first.
 *
 *		WHERE (metadata_sort(metadata, 'loss'), run_id) > ($1, $2)
 *		ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 20
 *
 * The walk begins at the first entry whose value may not be before $1.  What is
 * there is still checked by the clause.
 */
#include "postgres.h"

#include "fmgr.h"

#include "index/entry.h"
#include "scan/key_start.h"
#include "value/date.h"

/* Read a result of metadata_sort(). */
void
detmeta_key_start_read(Datum sort_key, KeyStart *start)
{
	bytea	   *bytes = DatumGetByteaPP(sort_key);
	int			len = (int) VARSIZE_ANY_EXHDR(bytes);

	/* no bytes at all are before every sort key */
	start->kind = len > 0 ? (MetaKind) (unsigned char) *VARDATA_ANY(bytes) : META_NULL;
	start->bytes = VARDATA_ANY(bytes) + 1;
	start->len = Max(len - 1, 0);
}

/* Say whether all values of some kinds come before the start. */
bool
detmeta_key_start_is_behind(const KeyStart *start, MetaKind first, MetaKind last, bool descending)
{
	if (start == NULL)
		return false;
	return start->is_null || (descending ? first > start->kind : last < start->kind);
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
 * begin with the value are in it: those of cut values, and of dates.
 */
void
detmeta_key_start_limit(const KeyStart *start, const KeyReader *key, MetaKind kind,
						bool descending, GinKeyRange *range)
{
	StringInfoData entry;

	if (start == NULL || start->is_null || start->kind != kind)
		return;
	initStringInfo(&entry);
	detmeta_entry_prefix(key->key, key->keylen, TAG_VALUE + kind, &entry);
	append_start(start, &entry);
	if (descending)
	{
		if (increment(&entry) &&
			detmeta_bytes_compare(entry.data, entry.len, range->upper, range->upper_len) < 0)
		{
			range->upper = entry.data;
			range->upper_len = entry.len;
			range->upper_inclusive = false;
		}
	}
	else if (detmeta_bytes_compare(entry.data, entry.len, range->lower, range->lower_len) > 0)
	{
		range->lower = entry.data;
		range->lower_len = entry.len;
		range->lower_exclusive = false;
	}
}

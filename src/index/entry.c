/*
 * entry.c
 *		The form of index entries: write their parts, compare, take apart.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "port/pg_bswap.h"

#include "index/entry.h"
#include "value/date.h"

/* Write a key that is too long as its first bytes and its hash. */
void
detmeta_entry_cut_key(const char *key, uint64 hash, char *cut)
{
	char		digits[ENTRY_KEY_HASH_DIGITS + 1];

	snprintf(digits, sizeof(digits), "%08x%08x", (uint32) (hash >> 32), (uint32) hash);
	memcpy(cut, key, ENTRY_MAX_KEY);
	memcpy(cut + ENTRY_MAX_KEY, digits, ENTRY_KEY_HASH_DIGITS);
}

/* Append what an entry begins with: its section, key, separator and tag. */
void
detmeta_entry_prefix(const char *key, int keylen, int tag, StringInfo out)
{
	char		cut[ENTRY_CUT_KEY];

	if (ENTRY_IN_KEY_SECTION(tag))
		appendBinaryStringInfo(out, ENTRY_KEY_SECTION, ENTRY_KEY_SECTION_BYTES);
	if (keylen > ENTRY_MAX_KEY)
	{
		detmeta_entry_cut_key(key, detmeta_key_hash(key, keylen), cut);
		appendBinaryStringInfo(out, cut, ENTRY_CUT_KEY);
	}
	else
		appendBinaryStringInfo(out, key, keylen);
	appendStringInfoCharMacro(out, '\0');
	appendStringInfoCharMacro(out, (char) tag);
}

/*
 * Cut the payload that begins at "start" and ends the buffer, if it is too
 * long.  Return whether it was.
 */
bool
detmeta_entry_cut_payload(StringInfo out, int start)
{
	int			len = out->len - start;
	uint64		hash;

	if (len <= ENTRY_MAX_PAYLOAD)
		return false;

	hash = DatumGetUInt64(hash_any_extended((unsigned char *) out->data + start, len, 0));
	out->len = start + ENTRY_MAX_PAYLOAD;
	appendStringInfoCharMacro(out, ENTRY_CUT_MARKER);
	appendBinaryStringInfo(out, (const char *) &hash, ENTRY_HASH_BYTES);
	return true;
}

/* Append a value's payload, cut if need be.  Return whether it was. */
bool
detmeta_entry_append_payload(const MetaValue *value, StringInfo out)
{
	int			start = out->len;

	if (value->kind == META_DATE)
		detmeta_date_encode(value->bytes, value->len, value->instant, out);
	else
		appendBinaryStringInfo(out, value->bytes, value->len);
	return detmeta_entry_cut_payload(out, start);
}

/*
 * Compare two bytea that are neither compressed nor out of line.  Entries of a
 * key share their first bytes and differ soon after: eight at a time finds the
 * place quicker than a call of memcmp.
 */
int
detmeta_entry_compare(const struct varlena *a, const struct varlena *b)
{
	const char *x = VARDATA_ANY(a);
	const char *y = VARDATA_ANY(b);
	int			xlen = VARSIZE_ANY_EXHDR(a);
	int			ylen = VARSIZE_ANY_EXHDR(b);

	while (xlen >= (int) sizeof(uint64) && ylen >= (int) sizeof(uint64))
	{
		uint64		p;
		uint64		q;

		memcpy(&p, x, sizeof(p));
		memcpy(&q, y, sizeof(q));
		if (p != q)
			return pg_ntoh64(p) < pg_ntoh64(q) ? -1 : 1;
		x += sizeof(p);
		y += sizeof(q);
		xlen -= sizeof(p);
		ylen -= sizeof(q);
	}
	return detmeta_bytes_compare(x, xlen, y, ylen);
}

/* Take an entry apart. */
void
detmeta_entry_parse(const char *entry, int len, EntryParts *parts)
{
	const char *separator;

	memset(parts, 0, sizeof(*parts));
	if (len == 0)
	{
		parts->is_row = true;
		return;
	}

	parts->key = entry;
	if (detmeta_entry_in_key_section(entry, len))
		parts->key += ENTRY_KEY_SECTION_BYTES;
	separator = memchr(parts->key, '\0', entry + len - parts->key);
	if (separator == NULL || separator + 1 == entry + len)
		elog(ERROR, "malformed metadata_ops entry");
	parts->keylen = separator - parts->key;
	parts->key_cut = parts->keylen > ENTRY_MAX_KEY;
	parts->tag = (unsigned char) separator[1];
	parts->payload = separator + 2;
	parts->len = entry + len - parts->payload;
	parts->cut = parts->len > ENTRY_MAX_PAYLOAD;
	if (parts->cut)
		parts->len = ENTRY_MAX_PAYLOAD;
}

/*
 * entry.c
 *		Make the index entries of a document, and take an entry apart.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"

#include "compat.h"
#include "entry.h"
#include "query.h"

/* A walk over a document. */
typedef struct Extraction
{
	EntryList  *list;
	const TrigramKeys *trigram_keys;	/* or NULL */
	StringInfoData path;		/* the dotted key of the current member */
	bool		has_dots;		/* some member's name holds a dot */
	bool		collecting;		/* second walk: note the keys themselves */
	List	   *keys;			/* StringInfo per place of a key */
} Extraction;

/* Append key, separator and tag. */
void
detmeta_entry_prefix(const char *key, int keylen, int tag, StringInfo out)
{
	if (keylen > ENTRY_MAX_KEY)
	{
		uint64		hash = DatumGetUInt64(hash_any_extended((const unsigned char *) key, keylen, 0));
		char		digits[ENTRY_KEY_HASH_DIGITS + 1];

		snprintf(digits, sizeof(digits), "%08x%08x", (uint32) (hash >> 32), (uint32) hash);
		appendBinaryStringInfo(out, key, ENTRY_MAX_KEY);
		appendBinaryStringInfo(out, digits, ENTRY_KEY_HASH_DIGITS);
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

/* Begin an entry of the current key. */
static void
begin_entry(EntryList *list)
{
	if (list->n == list->allocated)
	{
		list->allocated = Max(64, list->allocated * 2);
		list->offsets = list->offsets == NULL ?
			palloc_array(int, list->allocated) :
			repalloc_array(list->offsets, int, list->allocated);
	}

	/* Align for the length word. */
	while (list->buffer.len % sizeof(int32) != 0)
		appendStringInfoCharMacro(&list->buffer, '\0');
	list->offsets[list->n++] = list->buffer.len;
	appendStringInfoSpaces(&list->buffer, VARHDRSZ);
}

/* End the entry that was begun last. */
static void
end_entry(EntryList *list)
{
	int			start = list->offsets[list->n - 1];

	SET_VARSIZE(list->buffer.data + start, list->buffer.len - start);
}

/* Add an entry without payload. */
static void
add_plain_entry(Extraction *ex, int tag)
{
	begin_entry(ex->list);
	detmeta_entry_prefix(ex->path.data, ex->path.len, tag, &ex->list->buffer);
	end_entry(ex->list);
}

/* Add the entry of a trigram. */
static void
add_trigram(const char *bytes, int len, void *arg)
{
	Extraction *ex = arg;

	begin_entry(ex->list);
	detmeta_entry_prefix(ex->path.data, ex->path.len, TAG_TRIGRAM, &ex->list->buffer);
	appendBinaryStringInfo(&ex->list->buffer, bytes, len);
	end_entry(ex->list);
}

/* Add the trigram entries of a string. */
static void
add_trigrams(Extraction *ex, const MetaValue *value)
{
	StringInfoData folded;

	initStringInfo(&folded);
	detmeta_casefold(value->bytes, value->len, &folded);
	detmeta_trigrams_visit(folded.data, folded.len, add_trigram, ex);
	pfree(folded.data);
}

/* Add an entry with a value as payload. */
static void
add_value_entry(Extraction *ex, int class, const MetaValue *value)
{
	bool		cut;

	begin_entry(ex->list);
	detmeta_entry_prefix(ex->path.data, ex->path.len, class + value->kind,
						 &ex->list->buffer);
	cut = detmeta_entry_append_payload(value, &ex->list->buffer);
	end_entry(ex->list);

	if ((META_KIND_BIT(value->kind) & META_STRING_KINDS) == 0)
		return;
	if (cut)
		add_plain_entry(ex, TAG_FLAG_CUT);
	if (detmeta_trigram_keys_have(ex->trigram_keys, ex->path.data, ex->path.len))
		add_trigrams(ex, value);
}

/* Add the entry of an array's element. */
static bool
add_element(const JsonbValue *jbv, void *arg)
{
	Extraction *ex = arg;
	MetaValue	value;

	CHECK_FOR_INTERRUPTS();
	detmeta_value_read(jbv, &value);
	if (value.kind < META_NUMBER)
		add_plain_entry(ex, TAG_ELEMENT + value.kind);
	else
		add_value_entry(ex, TAG_ELEMENT, &value);
	return false;
}

/* Add the entries of a key's value. */
static void
add_value(Extraction *ex, const JsonbValue *jbv)
{
	MetaValue	value;

	value.kind = detmeta_value_kind(jbv, &value.instant);
	if (value.kind < META_ARRAY)
		detmeta_value_read(jbv, &value);
	add_plain_entry(ex, TAG_KEY + value.kind);
	if (value.kind == META_ARRAY)
		detmeta_visit_elements(jbv->val.binary.data, add_element, ex);
	else if (value.kind >= META_NUMBER && value.kind != META_OBJECT)
		add_value_entry(ex, TAG_VALUE, &value);
}

/* Note a place of a key, to find keys that have several. */
static void
collect_key(Extraction *ex)
{
	StringInfo	copy = makeStringInfo();

	appendBinaryStringInfo(copy, ex->path.data, ex->path.len);
	ex->keys = lappend(ex->keys, copy);
}

/* Walk the members of an object whose path is the current key. */
static void
walk_object(Extraction *ex, JsonbContainer *object, bool is_root)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbIteratorToken token;
	JsonbValue	jbv;
	int			parent;

	check_stack_depth();
	if (!is_root)
		appendStringInfoCharMacro(&ex->path, '.');
	parent = ex->path.len;

	(void) JsonbIteratorNext(&it, &jbv, true);
	while ((token = JsonbIteratorNext(&it, &jbv, true)) == WJB_KEY)
	{
		CHECK_FOR_INTERRUPTS();
		ex->path.len = parent;
		appendBinaryStringInfo(&ex->path, jbv.val.string.val, jbv.val.string.len);
		ex->has_dots |= memchr(jbv.val.string.val, '.', jbv.val.string.len) != NULL;

		(void) JsonbIteratorNext(&it, &jbv, true);
		if (ex->collecting)
			collect_key(ex);
		else
			add_value(ex, &jbv);
		if (jbv.type == jbvBinary && JsonContainerIsObject(jbv.val.binary.data))
			walk_object(ex, jbv.val.binary.data, false);
	}
}

/* Order keys, to find repeated ones. */
static int
compare_keys(const ListCell *a, const ListCell *b)
{
	StringInfo	x = lfirst(a);
	StringInfo	y = lfirst(b);

	return detmeta_bytes_compare(x->data, x->len, y->data, y->len);
}

/*
 * Flag the keys that have more than one place.  That takes a member name with
 * a dot in it, which is rare, so a second walk is cheap enough.
 */
static void
flag_repeated_keys(Extraction *ex, JsonbContainer *document)
{
	ListCell   *lc;
	StringInfo	previous = NULL;

	ex->collecting = true;
	ex->path.len = 0;
	walk_object(ex, document, true);

	list_sort(ex->keys, compare_keys);
	foreach(lc, ex->keys)
	{
		StringInfo	key = lfirst(lc);

		if (previous != NULL &&
			detmeta_bytes_compare(previous->data, previous->len, key->data, key->len) == 0)
		{
			ex->path.len = 0;
			appendBinaryStringInfo(&ex->path, key->data, key->len);
			add_plain_entry(ex, TAG_FLAG_REPEATED);
		}
		previous = key;
	}
}

/* Make the entries of a document; the same one may come more than once. */
void
detmeta_entries_extract(Jsonb *metadata, const TrigramKeys *trigram_keys, EntryList *list)
{
	Extraction	ex = {.list = list,.trigram_keys = trigram_keys};

	initStringInfo(&list->buffer);
	list->n = 0;
	list->allocated = 0;
	list->offsets = NULL;

	begin_entry(list);			/* the row entry */
	end_entry(list);

	if (!JB_ROOT_IS_OBJECT(metadata))
		return;
	initStringInfo(&ex.path);
	walk_object(&ex, &metadata->root, true);
	if (ex.has_dots)
		flag_repeated_keys(&ex, &metadata->root);
}

/* Compare two bytea that are neither compressed nor out of line. */
int
detmeta_entry_compare(const struct varlena *a, const struct varlena *b)
{
	return detmeta_bytes_compare(VARDATA_ANY(a), VARSIZE_ANY_EXHDR(a),
								 VARDATA_ANY(b), VARSIZE_ANY_EXHDR(b));
}

/* The same for qsort. */
static int
compare_datums(const void *a, const void *b)
{
	return detmeta_entry_compare((struct varlena *) DatumGetPointer(*(const Datum *) a),
								 (struct varlena *) DatumGetPointer(*(const Datum *) b));
}

/*
 * Return a row's entries as an array of distinct bytea datums in index order.
 * GIN would sort them itself, but with a function call for each comparison.
 */
Datum *
detmeta_entries_datums(const EntryList *list, int *n)
{
	Datum	   *datums = palloc_array(Datum, list->n);
	int			last = 0;

	for (int i = 0; i < list->n; i++)
		datums[i] = PointerGetDatum(list->buffer.data + list->offsets[i]);
	qsort(datums, list->n, sizeof(Datum), compare_datums);

	for (int i = 1; i < list->n; i++)
	{
		if (compare_datums(&datums[last], &datums[i]) != 0)
			datums[++last] = datums[i];
	}
	*n = last + 1;
	return datums;
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

	separator = memchr(entry, '\0', len);
	if (separator == NULL || separator + 1 == entry + len)
		elog(ERROR, "malformed metadata_ops entry");
	parts->key = entry;
	parts->keylen = separator - entry;
	parts->key_cut = parts->keylen > ENTRY_MAX_KEY;
	parts->tag = (unsigned char) separator[1];
	parts->payload = separator + 2;
	parts->len = entry + len - parts->payload;
	parts->cut = parts->len > ENTRY_MAX_PAYLOAD;
	if (parts->cut)
		parts->len = ENTRY_MAX_PAYLOAD;
}

/*
 * entry_extract.c
 *		Make the index entries of a document.
 *
 * This runs for every row of an index build and for every post, so it writes
 * each entry once, into a block of memory that all share, and sorts by the
 * first eight bytes as a number.  Entries have the short header of a varlena
 * where they fit it: core copies them as they are, and in an index build the
 * copies' size is what its speed hangs on.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "port/pg_bswap.h"

#include "base/compat.h"
#include "index/entry.h"
#include "index/entry_extract.h"
#include "value/casefold.h"
#include "value/container.h"
#include "value/date.h"
#include "value/document.h"
#include "value/number.h"
#include "value/value.h"

#define FIRST_ENTRIES	64
#define MIN_BLOCK		1024

/* An entry, and the first bytes of it as a number that sorts as they do. */
typedef struct Slot
{
	uint64		first;
	struct varlena *entry;
} Slot;

/* A walk over a document. */
typedef struct Extraction
{
	EntryOptions options;
	Slot	   *slots;
	int			n;
	int			allocated;
	char	   *free;			/* what is left of the block */
	char	   *end;
	Size		block;			/* size of the next block */
	const KeyPath *path;		/* the dotted key of the current member */
	const char *key;			/* the same as entries have it */
	int			keylen;
	char		cut_key[ENTRY_CUT_KEY];
	StringInfoData payload;		/* of the current value, unless it is a string */
	bool		has_dots;		/* some member's name holds a dot */
} Extraction;

/* Order slots; what is left of short entries counts as zeros. */
static inline int
compare_slots(const Slot *a, const Slot *b)
{
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return detmeta_entry_compare(a->entry, b->entry);
}

#define ST_SORT sort_slots
#define ST_ELEMENT_TYPE Slot
#define ST_COMPARE(a, b) compare_slots(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Take memory for one entry. */
static char *
reserve(Extraction *ex, Size size)
{
	char	   *start = ex->free;

	if (size > (Size) (ex->end - start))
	{
		ex->block = Max(ex->block, size);
		start = palloc(ex->block);
		ex->end = start + ex->block;
		ex->block *= 2;
	}
	ex->free = start + size;
	return start;
}

/* Add an entry of a given length; return where its bytes go. */
static char *
begin_extracted_entry(Extraction *ex, int len)
{
	bool		is_short = len + VARHDRSZ_SHORT <= VARATT_SHORT_MAX;
	char	   *entry;

	if (ex->n == ex->allocated)
	{
		ex->allocated *= 2;
		ex->slots = repalloc_array(ex->slots, Slot, ex->allocated);
	}

	/* A long header must be aligned. */
	if (is_short)
		entry = reserve(ex, len + VARHDRSZ_SHORT);
	else
		entry = (char *) INTALIGN(reserve(ex, len + VARHDRSZ + sizeof(int32) - 1));
	ex->slots[ex->n++].entry = (struct varlena *) entry;
	if (is_short)
	{
		SET_VARSIZE_SHORT(entry, len + VARHDRSZ_SHORT);
		return entry + VARHDRSZ_SHORT;
	}
	SET_VARSIZE(entry, len + VARHDRSZ);
	return entry + VARHDRSZ;
}

/* End the entry that was begun last, whose bytes are written now. */
static void
end_entry(Extraction *ex, const char *bytes, int len)
{
	uint64		first = 0;

	memcpy(&first, bytes, Min(len, (int) sizeof(first)));
	ex->slots[ex->n - 1].first = pg_ntoh64(first);
}

/* Add an entry of the current key. */
static void
add_extracted_entry(Extraction *ex, int tag, const char *payload, int len)
{
	int			section = ENTRY_IN_KEY_SECTION(tag) ? ENTRY_KEY_SECTION_BYTES : 0;
	int			size = section + ex->keylen + 2 + len;
	char	   *bytes = begin_extracted_entry(ex, size);
	char	   *p = bytes + section;

	memcpy(bytes, ENTRY_KEY_SECTION, section);
	memcpy(p, ex->key, ex->keylen);
	p += ex->keylen;
	*p++ = '\0';
	*p++ = (char) tag;
	memcpy(p, payload, len);
	end_entry(ex, bytes, size);
}

/* Add an entry without payload. */
static void
add_plain_entry(Extraction *ex, int tag)
{
	add_extracted_entry(ex, tag, "", 0);
}

/* Add the entry of a flag of the document. */
static void
add_document_flag(Extraction *ex, int tag)
{
	ex->key = "";
	ex->keylen = 0;
	add_plain_entry(ex, tag);
}

/* Add the entry of a trigram. */
static void
add_trigram(const char *bytes, int len, void *arg)
{
	CHECK_FOR_INTERRUPTS();
	add_extracted_entry(arg, TAG_TRIGRAM, bytes, len);
}

/* Add the trigram entries of a string. */
static void
add_trigrams(Extraction *ex, const JsonbValue *string)
{
	StringInfoData folded;

	initStringInfo(&folded);
	detmeta_casefold(string->val.string.val, string->val.string.len, &folded);
	detmeta_trigrams_visit(folded.data, folded.len, add_trigram, ex);
	pfree(folded.data);
}

/* Add the entry of a string or a date, and what comes with it. */
static void
add_string(Extraction *ex, int tag, const JsonbValue *jbv, int64 instant)
{
	const char *bytes = jbv->val.string.val;
	int			len = jbv->val.string.len;
	bool		cut = false;

	if (TAG_KIND(tag) == META_DATE || len > ENTRY_MAX_PAYLOAD)
	{
		resetStringInfo(&ex->payload);
		if (TAG_KIND(tag) == META_DATE)
			detmeta_date_encode(bytes, len, instant, &ex->payload);
		else
			appendBinaryStringInfo(&ex->payload, bytes, len);
		cut = detmeta_entry_cut_payload(&ex->payload, 0);
		bytes = ex->payload.data;
		len = ex->payload.len;
	}
	add_extracted_entry(ex, tag, bytes, len);
	if (TAG_KIND(tag) == META_DATE && TAG_CLASS(tag) != TAG_MEMBER &&
		!detmeta_date_is_plain(jbv->val.string.val, jbv->val.string.len))
		add_plain_entry(ex, TAG_FLAG_ODD_DATE);
	if (cut)
		add_plain_entry(ex, TAG_CLASS(tag) == TAG_MEMBER ? TAG_MEMBER_CUT : TAG_FLAG_CUT);
	if (detmeta_trigram_keys_have(ex->options.trigram_keys, ex->path->text.data,
								  ex->path->text.len))
		add_trigrams(ex, jbv);
}

/* Add the entry of a value, an element or an empty one. */
static void
add_value_entry(Extraction *ex, int tag, const JsonbValue *jbv, int64 instant)
{
	switch (TAG_KIND(tag))
	{
		case META_DATE:
		case META_STRING:
			add_string(ex, tag, jbv, instant);
			return;
		case META_NUMBER:
			resetStringInfo(&ex->payload);
			detmeta_number_encode(jbv->val.numeric, &ex->payload);
			if (TAG_CLASS(tag) != TAG_MEMBER && !detmeta_number_is_plain(jbv->val.numeric))
				add_plain_entry(ex, TAG_FLAG_ODD_NUMBER);
			break;
		case META_OBJECT:
			resetStringInfo(&ex->payload);
			detmeta_container_encode(jbv->val.binary.data, &ex->payload);
			break;
		default:
			add_plain_entry(ex, tag);
			return;
	}
	(void) detmeta_entry_cut_payload(&ex->payload, 0);
	add_extracted_entry(ex, tag, ex->payload.data, ex->payload.len);
}

/* Add the entry of an array's element. */
static bool
add_element(const JsonbValue *jbv, void *arg)
{
	Extraction *ex = arg;
	int			class = ex->path->in_array ? TAG_MEMBER : TAG_ELEMENT;
	int64		instant = 0;
	MetaKind	kind = detmeta_value_kind(jbv, &instant);

	CHECK_FOR_INTERRUPTS();
	add_value_entry(ex, class + (int) kind, jbv, instant);
	return false;
}

/* Add the entries of a key's value. */
static void
add_value(Extraction *ex, const JsonbValue *jbv)
{
	int64		instant = 0;
	MetaKind	kind = detmeta_value_kind(jbv, &instant);

	add_plain_entry(ex, TAG_KEY + kind);
	if (kind == META_ARRAY)
		detmeta_visit_elements(jbv->val.binary.data, add_element, ex);
	else if (kind >= META_NUMBER && kind != META_OBJECT)
		add_value_entry(ex, TAG_VALUE + kind, jbv, instant);
}

/* Add the entries of the value that an object in an array has at a key. */
static void
add_member_value(Extraction *ex, const JsonbValue *jbv)
{
	int64		instant = 0;
	MetaKind	kind = detmeta_value_kind(jbv, &instant);

	if (!META_IS_EMPTY(kind))
		add_plain_entry(ex, TAG_MEMBER_HOLDS);
	if (kind == META_ARRAY)
		detmeta_visit_elements(jbv->val.binary.data, add_element, ex);
	else if (kind != META_OBJECT)
		add_value_entry(ex, TAG_MEMBER + kind, jbv, instant);
}

/* Take the path as the key of the entries that follow. */
static void
set_key(Extraction *ex, const KeyPath *path)
{
	ex->path = path;
	ex->key = path->text.data;
	ex->keylen = path->text.len;
	if (ex->keylen > ENTRY_MAX_KEY)
	{
		detmeta_entry_cut_key(ex->key, path->hash, ex->cut_key);
		ex->key = ex->cut_key;
		ex->keylen = ENTRY_CUT_KEY;
	}
}

/* Add the entries of a member that the walk over the document has come to. */
static void
add_member(const KeyPath *path, const JsonbValue *jbv, void *arg)
{
	Extraction *ex = arg;

	set_key(ex, path);
	if (path->in_array)
	{
		add_member_value(ex, jbv);
		return;
	}
	ex->has_dots |= memchr(path->text.data + path->name, '.', path->text.len - path->name) != NULL;
	add_value(ex, jbv);
}

/* Say whether two entries are about places of the same key. */
static bool
are_of_one_key(const struct varlena *a, const struct varlena *b)
{
	const char *x = VARDATA_ANY(a);
	const char *y = VARDATA_ANY(b);
	int			len = VARSIZE_ANY_EXHDR(a);

	/* Each place makes one entry of the key and its kind; the tag is the last byte. */
	return len > ENTRY_KEY_SECTION_BYTES && len == (int) VARSIZE_ANY_EXHDR(b) &&
		memcmp(x, ENTRY_KEY_SECTION, ENTRY_KEY_SECTION_BYTES) == 0 &&
		memcmp(x, y, len - 1) == 0 &&
		x[len - 1] <= TAG_KEY + META_OBJECT && y[len - 1] <= TAG_KEY + META_OBJECT;
}

/*
 * Flag the keys that have more than one place.  That takes a member name with
 * a dot in it, which is rare, so to sort twice is cheap enough.
 */
static void
flag_repeated_keys(Extraction *ex)
{
	int			n = ex->n;
	bool		repeated = false;

	sort_slots(ex->slots, n);
	for (int i = 1; i < n; i++)
	{
		bool		was_repeated = repeated;
		char	   *bytes;
		int			len;

		CHECK_FOR_INTERRUPTS();
		repeated = are_of_one_key(ex->slots[i - 1].entry, ex->slots[i].entry);
		if (!repeated || was_repeated)
			continue;
		len = VARSIZE_ANY_EXHDR(ex->slots[i].entry);
		bytes = begin_extracted_entry(ex, len);
		memcpy(bytes, VARDATA_ANY(ex->slots[i].entry), len);
		bytes[len - 1] = TAG_FLAG_REPEATED;
		end_entry(ex, bytes, len);
	}
}

/* Sort entries, drop those that come twice, and return them as datums. */
static Datum *
sorted_entries(Extraction *ex, int32 *n)
{
	Datum	   *datums = palloc_array(Datum, ex->n);
	int			last = 0;

	sort_slots(ex->slots, ex->n);
	datums[0] = PointerGetDatum(ex->slots[0].entry);
	for (int i = 1; i < ex->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (compare_slots(&ex->slots[last], &ex->slots[i]) == 0)
			continue;
		datums[last + 1] = PointerGetDatum(ex->slots[i].entry);
		ex->slots[++last] = ex->slots[i];
	}
	*n = last + 1;
	return datums;
}

/*
 * Return the entries of a document as bytea datums, distinct and in index
 * order.  GIN would sort them, but with a function call for each comparison.
 */
Datum *
detmeta_entries_of_document(Jsonb *metadata, const EntryOptions *options, int32 *n)
{
	Extraction	ex = {0};

	if (options != NULL)
		ex.options = *options;
	ex.allocated = FIRST_ENTRIES;
	ex.slots = palloc_array(Slot, ex.allocated);
	ex.block = Max(MIN_BLOCK, 2 * (Size) VARSIZE(metadata));
	end_entry(&ex, begin_extracted_entry(&ex, 0), 0);	/* the row entry */

	if (!JB_ROOT_IS_OBJECT(metadata))
		add_document_flag(&ex, TAG_FLAG_NO_OBJECT);
	else
	{
		initStringInfo(&ex.payload);
		detmeta_visit_keys(metadata, ex.options.array_members, add_member, &ex);
		if (ex.has_dots)
		{
			flag_repeated_keys(&ex);
			add_document_flag(&ex, TAG_FLAG_DOTTED);
		}
	}
	return sorted_entries(&ex, n);
}

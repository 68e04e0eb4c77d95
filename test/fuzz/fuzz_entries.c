/*
 * fuzz_entries.c
 *		A document's index entries, and what probes find among them. The input
 *		is a line of JSON, the document, and the text of a filter.
 *
 * Checked are the entries themselves (in order, distinct, short enough, each
 * of them about a value that the document has), that the answer of the index
 * is the answer of the check of the row unless it asks for a recheck, and
 * what else reads a document: its limits and merge patches.
 */
#include "check_filter.h"

#include "filter/filter.h"
#include "filter/language.h"
#include "filter/match.h"
#include "filter/query.h"
#include "index/entry.h"
#include "index/entry_extract.h"
#include "index/options.h"
#include "index/probe.h"
#include "index/probe_evaluate.h"
#include "index/probe_match.h"
#include "store/limits.h"
#include "store/merge_patch.h"
#include "value/date.h"
#include "value/document.h"
#include "value/number.h"
#include "value/value.h"

/* The longest entry: a cut key, zero, a tag, a cut payload. */
#define MAX_ENTRY	(ENTRY_MAX_KEY + ENTRY_KEY_HASH_DIGITS + 2 + ENTRY_CUT_LENGTH)

typedef struct Input
{
	Jsonb	   *document;
	char	   *text;			/* of the filter */
	MetadataFilter *filter;
} Input;

/* ---- entries ---- */

/* What an entry says, and whether the document has it. */
typedef struct Wanted
{
	const EntryParts *parts;
	bool		found;
} Wanted;

/* Compare a value with what its entry is decoded to. */
static bool
is_decoded(const JsonbValue *jbv, const EntryParts *parts)
{
	StringInfoData text;

	switch (TAG_KIND(parts->tag))
	{
		case META_NUMBER:
			return parts->cut ||
				shim_numeric_compare(detmeta_number_decode(parts->payload, parts->len),
									 jbv->val.numeric) == 0;
		case META_DATE:
			initStringInfo(&text);
			detmeta_date_text(parts->payload, parts->len, &text);
			return text.len <= jbv->val.string.len &&
				(parts->cut || text.len == jbv->val.string.len) &&
				memcmp(text.data, jbv->val.string.val, text.len) == 0;
		case META_STRING:
			return (parts->cut ? parts->len < jbv->val.string.len :
					parts->len == jbv->val.string.len) &&
				memcmp(parts->payload, jbv->val.string.val, parts->len) == 0;
		default:
			return true;
	}
}

/* See whether a value is the one that an entry is about. */
static bool
visit(const JsonbValue *jbv, void *arg)
{
	Wanted	   *wanted = arg;
	int			class = TAG_CLASS(wanted->parts->tag);
	MetaValue	value;

	/* That of a member that is [] is about itself. */
	if ((class == TAG_ELEMENT || class == TAG_MEMBER) && jbv->type == jbvBinary &&
		JsonContainerIsArray(jbv->val.binary.data) && JsonContainerSize(jbv->val.binary.data) > 0)
		return detmeta_visit_elements(jbv->val.binary.data, visit, arg);

	detmeta_value_read(jbv, &value);
	if (value.kind == TAG_KIND(wanted->parts->tag) &&
		(class == TAG_KEY || is_decoded(jbv, wanted->parts)))
		wanted->found = true;
	return false;
}

/* The same of a member of an object in an array that a walk has come to. */
static void
visit_member(const KeyPath *path, const JsonbValue *jbv, void *arg)
{
	Wanted	   *wanted = arg;
	const EntryParts *parts = wanted->parts;
	MetaValue	value;

	if (!path->in_array || path->text.len != parts->keylen ||
		memcmp(path->text.data, parts->key, parts->keylen) != 0)
		return;
	detmeta_value_read(jbv, &value);
	if (parts->tag == TAG_MEMBER_HOLDS)
		wanted->found |= !META_IS_EMPTY(value.kind);
	else if (parts->tag == TAG_MEMBER_CUT)
		wanted->found |= value.kind == META_ARRAY || value.kind == META_DATE ||
			value.kind == META_STRING;
	else
		visit(jbv, wanted);
}

/* Check that an entry is about a value of the document. */
static void
check_entry(const Input *input, const char *entry, int len)
{
	EntryParts	parts;
	Wanted		wanted = {&parts, false};

	REQUIRE(len <= MAX_ENTRY);
	detmeta_entry_parse(entry, len, &parts);
	if (parts.tag == TAG_FLAG_NO_OBJECT)
		REQUIRE(!JB_ROOT_IS_OBJECT(input->document));
	if (parts.is_row || parts.key_cut || TAG_CLASS(parts.tag) == TAG_TRIGRAM ||
		(TAG_CLASS(parts.tag) == TAG_KEY && parts.tag > TAG_KEY + META_OBJECT))
		return;
	if (TAG_CLASS(parts.tag) == TAG_MEMBER)
		detmeta_visit_keys(input->document, true, visit_member, &wanted);
	else
		detmeta_visit_key(&input->document->root, parts.key, parts.keylen, visit, &wanted);
	REQUIRE(wanted.found);
}

/* Return a document's entries, checked. */
static Datum *
make_entries(const Input *input, const EntryOptions *options, int *n)
{
	Datum	   *entries = detmeta_entries_of_document(input->document, options, n);

	REQUIRE(*n >= 1 && VARSIZE_ANY_EXHDR(DatumGetPointer(entries[0])) == 0);
	for (int i = 0; i < *n; i++)
	{
		struct varlena *entry = (struct varlena *) DatumGetPointer(entries[i]);
		int			len = VARSIZE_ANY_EXHDR(entry);

		REQUIRE(i == 0 || detmeta_entry_compare((struct varlena *) DatumGetPointer(entries[i - 1]),
												entry) < 0);
		/* A copy of its exact length shows what reads too far. */
		entry = memcpy(palloc(VARSIZE_ANY(entry)), entry, VARSIZE_ANY(entry));
		entries[i] = PointerGetDatum(entry);
		check_entry(input, VARDATA_ANY(entry), len);
	}
	return entries;
}

/* ---- probes ---- */

/* Walk the entries from a probe's first one on, as an index scan would. */
static GinTernaryValue
probe_finds(const Probe *probe, const Datum *entries, int n)
{
	StringInfoData upper;
	GinKeyRange range;
	GinTernaryValue found = GIN_FALSE;
	bool		ended = false;

	initStringInfo(&upper);
	detmeta_probe_range(probe, &upper, &range);
	for (int i = 0; i < n; i++)
	{
		const char *entry = VARDATA_ANY(DatumGetPointer(entries[i]));
		int			len = VARSIZE_ANY_EXHDR(DatumGetPointer(entries[i]));
		int			cmp;

		if (detmeta_bytes_compare(entry, len, probe->entry, probe->len) < 0)
			continue;
		cmp = detmeta_probe_compare(probe, entry, len);
		if (cmp == 0)
		{
			found = GIN_TRUE;
			/* Nothing may lie behind the end of a walk, or beyond its bound. */
			REQUIRE(!ended);
			REQUIRE(probe->type == PROBE_EXACT || range.upper == NULL ||
					detmeta_bytes_compare(entry, len, range.upper, range.upper_len) < 0);
		}
		ended |= cmp > 0;
	}
	return found;
}

/* Check that the index answers as the check of the row does. */
static void
check_probes(const Input *input, const MetadataFilter *filter, const EntryOptions *options)
{
	bool		matches = detmeta_query_match(detmeta_query_compile(filter), input->document);
	Datum	   *entries;
	int			n;

	entries = make_entries(input, options, &n);
	for (int negated = 0; negated <= 1; negated++)
	{
		IndexQuery *iq = detmeta_index_query(filter, negated, options);
		GinTernaryValue expected = (matches != (negated == 1)) ? GIN_TRUE : GIN_FALSE;
		GinTernaryValue *found = palloc(Max(1, iq->nprobes));
		GinTernaryValue result;

		for (int i = 0; i < iq->nprobes; i++)
			found[i] = probe_finds(&iq->probes[i], entries, n);
		result = detmeta_index_query_evaluate(iq, found);
		REQUIRE(result == GIN_MAYBE || result == expected);

		/* Knowing less must not change the answer, but to "maybe". */
		for (int i = 0; i < iq->nprobes; i++)
		{
			GinTernaryValue known = found[i];

			found[i] = GIN_MAYBE;
			result = detmeta_index_query_evaluate(iq, found);
			REQUIRE(result == GIN_MAYBE || result == expected);
			found[i] = known;
		}
	}
}

/* ---- what happens to one input ---- */

static void
check_entries(void *arg)
{
	EntryOptions options = {.array_members = true};
	int			n;

	(void) make_entries(arg, NULL, &n);
	(void) make_entries(arg, &options, &n);
}

static void
check_search(void *arg)
{
	Input	   *input = arg;
	MetadataFilter *filter = input->filter;
	EntryOptions options = {.array_members = true};

	shim_answer("%s %s", JsonbToCString(NULL, &input->document->root, 0),
				detmeta_query_match(detmeta_query_compile(filter), input->document) ?
				"true" : "false");
	check_probes(input, filter, NULL);
	check_probes(input, filter, &options);
	options.trigram_keys = detmeta_trigram_keys_parse("a, notes, \"a.b\", a[].b");
	check_probes(input, filter, &options);
	options.array_members = false;
	check_probes(input, filter, &options);
	options.trigram_keys = detmeta_trigram_keys_parse("*");
	check_probes(input, filter, &options);
	options.array_members = true;
	check_probes(input, filter, &options);
}

static void
check_limits(void *arg)
{
	detmeta_check_document(((Input *) arg)->document);
}

/* A patch of nothing is a document without nulls; the same patch again changes nothing. */
static void
check_merge(void *arg)
{
	Jsonb	   *document = ((Input *) arg)->document;
	Jsonb	   *once;
	Jsonb	   *twice;

	if (!JB_ROOT_IS_OBJECT(document))
		return;
	once = detmeta_merge_patch(NULL, document);
	twice = detmeta_merge_patch(once, document);
	REQUIRE(VARSIZE(once) == VARSIZE(twice) && memcmp(once, twice, VARSIZE(once)) == 0);
}

static void
read_document(void *arg)
{
	Input	   *input = arg;

	input->document = shim_jsonb(shim_line(&input->text));
}

static void
read_filter(void *arg)
{
	Input	   *input = arg;

	input->filter = detmeta_filter_store(detmeta_filter_parse(input->text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {NULL, shim_text(data, size), NULL};

	if (shim_run(read_document, &input))
	{
		(void) shim_run(check_limits, &input);
		REQUIRE(shim_run(check_merge, &input));
		REQUIRE(shim_run(check_entries, &input));
		if (shim_run(read_filter, &input))
			REQUIRE(shim_run(check_search, &input));
		else
			shim_answer("%s", unpack_sql_state(shim_sqlstate));
	}
	shim_reset();
	return 0;
}

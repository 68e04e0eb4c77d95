/*
 * debug.c
 *		Show entries and probes as text.
 *
 * metadata_debug_entries() lists what a document puts into the index, and
 * metadata_debug_filter() what a filter asks of it: numbered probes, then how
 * they combine.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/tuplestore.h"

#include "index/debug.h"
#include "index/entry.h"
#include "index/entry_extract.h"
#include "index/options.h"
#include "index/probe.h"
#include "value/date.h"
#include "value/instant.h"
#include "value/number.h"

static const char *const kind_names[] = {
	"null", "[]", "{}", "false", "true", "number", "date", "string", "array", "object"
};

/* Append text that may end within a character, quoted. */
static void
append_quoted(StringInfo out, const char *text, int len)
{
	char	   *copy = pnstrdup(text, pg_encoding_mbcliplen(GetDatabaseEncoding(), text, len, len));

	escape_json(out, copy);
	pfree(copy);
}

/* Append a payload. */
static void
append_payload(StringInfo out, MetaKind kind, const char *bytes, int len, bool cut)
{
	StringInfoData text;
	Datum		number;

	if (cut && kind != META_STRING)
	{
		appendStringInfoString(out, " (cut)");
		return;
	}
	switch (kind)
	{
		case META_NUMBER:
			number = NumericGetDatum(detmeta_number_decode(bytes, len));
			appendStringInfo(out, " %s", DatumGetCString(DirectFunctionCall1(numeric_out, number)));
			break;
		case META_DATE:
			initStringInfo(&text);
			detmeta_date_text(bytes, len, &text);
			appendStringInfo(out, " %s", text.data);
			break;
		case META_STRING:
			appendStringInfoChar(out, ' ');
			append_quoted(out, bytes, len);
			if (cut)
				appendStringInfoString(out, " (cut)");
			break;
		default:
			appendStringInfo(out, " (%d bytes)", len);
	}
}

/* Return the name of a flag, or of what is said of a key; NULL: the tag is none. */
static const char *
flag_name(int tag)
{
	switch (tag)
	{
		case TAG_FLAG_NO_OBJECT:
			return "no object";
		case TAG_FLAG_DOTTED:
			return "dotted";
		case TAG_FLAG_ODD_NUMBER:
			return "odd number";
		case TAG_FLAG_ODD_DATE:
			return "odd date";
		case TAG_FLAG_CUT:
			return "cut";
		case TAG_FLAG_REPEATED:
			return "repeated";
		case TAG_MEMBER_CUT:
			return "cut";
		case TAG_MEMBER_HOLDS:
			return "held";
		default:
			return NULL;
	}
}

/* Return the name of a tag's class. */
static const char *
class_name(int tag)
{
	switch (TAG_CLASS(tag))
	{
		case TAG_KEY:
			return flag_name(tag) != NULL ? "flag" : "key";
		case TAG_VALUE:
			return "value";
		case TAG_ELEMENT:
			return "element";
		case TAG_MEMBER:
			return "member";
		default:
			return "trigram";
	}
}

/* Append a class, a key and a kind. */
static void
append_key_and_tag(StringInfo out, const char *key, int keylen, int tag)
{
	appendStringInfo(out, "%s ", class_name(tag));
	append_quoted(out, key, Min(keylen, ENTRY_MAX_KEY));
	if (keylen > ENTRY_MAX_KEY)
		appendStringInfo(out, " (cut, hash %.*s)", ENTRY_KEY_HASH_DIGITS, key + ENTRY_MAX_KEY);
	if (tag == TAG_TRIGRAM)
		return;
	appendStringInfo(out, " %s",
					 flag_name(tag) != NULL ? flag_name(tag) : kind_names[TAG_KIND(tag)]);
}

/* Append an entry. */
static void
append_entry(StringInfo out, const char *entry, int len)
{
	EntryParts	parts;

	detmeta_entry_parse(entry, len, &parts);
	if (parts.is_row)
	{
		appendStringInfoString(out, "row");
		return;
	}
	append_key_and_tag(out, parts.key, parts.keylen, parts.tag);
	if (parts.tag == TAG_TRIGRAM)
		append_payload(out, META_STRING, parts.payload, parts.len, false);
	else if (parts.len > 0 ||
			 (TAG_CLASS(parts.tag) != TAG_KEY && TAG_KIND(parts.tag) == META_STRING))
		append_payload(out, TAG_KIND(parts.tag), parts.payload, parts.len, parts.cut);
}

/* Say whether bytes are text but for a character that is cut at the end. */
static bool
is_text(const char *bytes, int len)
{
	return pg_verifymbstr(bytes,
						  pg_encoding_mbcliplen(GetDatabaseEncoding(), bytes, len, len), true);
}

/* Say whether an entry's key and tag are such as entries have. */
static bool
is_well_formed(const char *entry, int len)
{
	const char *separator;
	int			keylen;
	int			tag;

	if (len > ENTRY_KEY_SECTION_BYTES &&
		memcmp(entry, ENTRY_KEY_SECTION, ENTRY_KEY_SECTION_BYTES) == 0)
	{
		entry += ENTRY_KEY_SECTION_BYTES;
		len -= ENTRY_KEY_SECTION_BYTES;
	}
	separator = memchr(entry, '\0', len);
	if (separator == NULL || separator + 1 == entry + len)
		return false;
	keylen = separator - entry;
	tag = (unsigned char) separator[1];
	if (keylen > ENTRY_MAX_KEY &&
		(keylen != ENTRY_MAX_KEY + ENTRY_KEY_HASH_DIGITS ||
		 !is_text(entry + ENTRY_MAX_KEY, ENTRY_KEY_HASH_DIGITS)))
		return false;
	if (!is_text(entry, Min(keylen, ENTRY_MAX_KEY)))
		return false;
	switch (TAG_CLASS(tag))
	{
		case TAG_KEY:
			return TAG_KIND(tag) <= META_OBJECT || flag_name(tag) != NULL;
		case TAG_VALUE:
		case TAG_ELEMENT:
			return TAG_KIND(tag) <= META_OBJECT;
		case TAG_MEMBER:
			return TAG_KIND(tag) <= META_OBJECT || flag_name(tag) != NULL;
		default:
			return tag == TAG_TRIGRAM;
	}
}

/*
 * Append an entry that was read from an index, perhaps a damaged one.  Numbers
 * and dates are shown as bytes: they cannot be decoded without trust.  Return
 * false if it is not even an entry.
 */
bool
detmeta_entry_describe(const char *entry, int len, StringInfo out)
{
	EntryParts	parts;

	if (len > 0 && !is_well_formed(entry, len))
		return false;
	detmeta_entry_parse(entry, len, &parts);
	if (parts.is_row || parts.len == 0)
	{
		append_entry(out, entry, len);
		return true;
	}
	if (TAG_KIND(parts.tag) != META_NUMBER && TAG_KIND(parts.tag) != META_DATE)
	{
		if (TAG_KIND(parts.tag) != META_OBJECT && !is_text(parts.payload, parts.len))
			return false;
		append_entry(out, entry, len);
	}
	else
	{
		append_key_and_tag(out, parts.key, parts.keylen, parts.tag);
		appendStringInfoString(out, " \\x");
		enlargeStringInfo(out, 2 * parts.len);
		out->len += hex_encode(parts.payload, parts.len, out->data + out->len);
		out->data[out->len] = '\0';
	}
	return true;
}

/* Append an entry that was made from a document. */
void
detmeta_entry_print(const char *entry, int len, StringInfo out)
{
	append_entry(out, entry, len);
}

/* Return a line of text as a row. */
static void
put_line(ReturnSetInfo *rsinfo, StringInfo line)
{
	Datum		value = PointerGetDatum(cstring_to_text_with_len(line->data, line->len));
	bool		isnull = false;

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &isnull);
	resetStringInfo(line);
}

/* Return the options of an index, which the second and the third argument are. */
static EntryOptions
options_of_arguments(FunctionCallInfo fcinfo)
{
	EntryOptions options = {0};

	if (!PG_ARGISNULL(1))
		options.trigram_keys = detmeta_trigram_keys_parse(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	options.array_members = !PG_ARGISNULL(2) && PG_GETARG_BOOL(2);
	return options;
}

PG_FUNCTION_INFO_V1(detmeta_debug_entries);
/* List a document's entries in index order. */
Datum
detmeta_debug_entries(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	EntryOptions options;
	Datum	   *entries;
	int32		n;
	StringInfoData line;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	options = options_of_arguments(fcinfo);
	entries = detmeta_entries_of_document(PG_GETARG_JSONB_P(0), &options, &n);

	initStringInfo(&line);
	for (int i = 0; i < n; i++)
	{
		bytea	   *entry = DatumGetByteaPP(entries[i]);

		CHECK_FOR_INTERRUPTS();
		append_entry(&line, VARDATA_ANY(entry), VARSIZE_ANY_EXHDR(entry));
		put_line(rsinfo, &line);
	}
	return (Datum) 0;
}

/* Append one bound of a range. */
static void
append_bound(StringInfo out, MetaKind kind, const Bound *bound, const char *comparison)
{
	if (bound->bytes == NULL)
		return;
	appendStringInfo(out, " %s%s", comparison, bound->inclusive ? "=" : "");
	if (kind == META_DATE)
	{
		appendStringInfoChar(out, ' ');
		detmeta_instant_print(detmeta_instant_decode(bound->bytes), out);
	}
	else
		append_payload(out, kind, bound->bytes, bound->len, false);
}

/* Append the bounds of a range. */
static void
append_bounds(StringInfo out, const ValueTest *test)
{
	append_bound(out, test->kind, &test->low, ">");
	append_bound(out, test->kind, &test->high, "<");
}

/* Return what a walk's test asks of a text, in front of what it is compared with. */
static const char *
test_name(TestType type)
{
	switch (type)
	{
		case TEST_CONTAINS:
			return " containing ";
		case TEST_ICONTAINS:
			return " containing, case folded, ";
		case TEST_IEQUAL:
			return " being, case folded, ";
		case TEST_ISTARTS_WITH:
			return " starting, case folded, with ";
		case TEST_ENDS_WITH:
			return " ending with ";
		default:
			return " starting with ";
	}
}

/* Append what a walk looks for. */
static void
append_test(StringInfo out, const ValueTest *test)
{
	if (test->type == TEST_RANGE)
	{
		append_bounds(out, test);
		return;
	}
	appendStringInfoString(out, test_name(test->type));
	append_quoted(out, test->bytes, test->len);
	if (test->check != NULL)
		appendStringInfoString(out, " and matching");
}

/* Append what a probe looks for. */
static void
append_probe_part(StringInfo out, const Probe *probe)
{
	static const char *const names[] = {"exact", "prefix", "range", "walk"};
	EntryParts	parts;

	appendStringInfo(out, "%s ", names[probe->type]);
	if (probe->type == PROBE_EXACT || probe->type == PROBE_PREFIX)
		append_entry(out, probe->entry, probe->len);
	else
	{
		detmeta_entry_parse(probe->entry, probe->prefix_len, &parts);
		append_key_and_tag(out, parts.key, parts.keylen, parts.tag);
		append_test(out, probe->test);
	}
}

/* Append what a probe of any key looks for, behind an empty key. */
static void
append_any_key(StringInfo out, const Probe *probe)
{
	StringInfoData entry;

	appendStringInfoString(out, "any key:");
	for (int i = 0; i < probe->nparts; i++)
	{
		Probe		part = probe->parts[i];
		int			section = detmeta_probe_is_of_keys(probe) ? ENTRY_KEY_SECTION_BYTES : 0;

		CHECK_FOR_INTERRUPTS();
		initStringInfo(&entry);
		appendBinaryStringInfo(&entry, ENTRY_KEY_SECTION, section);
		appendBinaryStringInfo(&entry, part.entry, part.len);
		part.entry = entry.data;
		part.len += section;
		part.prefix_len += section;
		appendStringInfoString(out, i > 0 ? "; " : " ");
		append_probe_part(out, &part);
	}
}

/* Append a probe. */
static void
append_probe(StringInfo out, const Probe *probe)
{
	if (probe->type == PROBE_ANY_KEY)
		append_any_key(out, probe);
	else
		append_probe_part(out, probe);
	if (!probe->sure)
		appendStringInfoString(out, " (recheck)");
}

/* Append probe numbers, any of which suffices, or all of which are needed. */
static void
append_any(StringInfo out, const IndexQuery *iq, int first, int n)
{
	if (n > 1 && iq->probes[first].nall > 1 && iq->probes[first].nall == n)
		appendStringInfo(out, "all(%d..%d)", first + 1, first + n);
	else if (n == 0)
		appendStringInfoString(out, "never");
	else if (n == 1)
		appendStringInfo(out, "%d", first + 1);
	else
		appendStringInfo(out, "any(%d..%d)", first + 1, first + n);
}

/* Append how a leaf combines its probes. */
static void
append_leaf(StringInfo out, const IndexQuery *iq, int leafno)
{
	LeafType	type = iq->query->leaves[leafno].type;
	const LeafProbes *probes = &iq->leaves[leafno];

	if (type == LEAF_EMPTY)
		appendStringInfoString(out, "not ");
	if (type != LEAF_ANY)
		append_any(out, iq, probes->holds, probes->nholds);
	if (type == LEAF_NONE)
		appendStringInfoString(out, " and not ");
	if (type == LEAF_ANY || type == LEAF_NONE)
		append_any(out, iq, probes->tests, probes->ntests);
}

/* Append how a query combines its probes. */
static void
append_node(StringInfo out, const IndexQuery *iq, const QueryNode *node)
{
	check_stack_depth();
	switch (node->type)
	{
		case FILTER_TRUE:
			appendStringInfoString(out, "true");
			break;
		case FILTER_CONDITION:
			append_leaf(out, iq, node->leaf);
			break;
		case FILTER_NOT:
			appendStringInfoString(out, "not (");
			append_node(out, iq, node->children[0]);
			appendStringInfoChar(out, ')');
			break;
		default:
			for (int i = 0; i < node->nchildren; i++)
			{
				if (i > 0)
					appendStringInfoString(out, node->type == FILTER_AND ? " and " : " or ");
				appendStringInfoChar(out, '(');
				append_node(out, iq, node->children[i]);
				appendStringInfoChar(out, ')');
			}
	}
}

PG_FUNCTION_INFO_V1(detmeta_debug_filter);
/* List a filter's probes, then how they combine. */
Datum
detmeta_debug_filter(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	EntryOptions options;
	IndexQuery *iq;
	StringInfoData line;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	options = options_of_arguments(fcinfo);
	iq = detmeta_index_query(PG_GETARG_METADATA_FILTER_P(0), false, &options);

	initStringInfo(&line);
	for (int i = 0; i < iq->nprobes; i++)
	{
		appendStringInfo(&line, "%d: ", i + 1);
		append_probe(&line, &iq->probes[i]);
		put_line(rsinfo, &line);
	}
	appendStringInfoString(&line, "result: ");
	if (iq->row >= 0)
		appendStringInfo(&line, "%d and ", iq->row + 1);
	append_node(&line, iq, iq->query->root);
	put_line(rsinfo, &line);
	return (Datum) 0;
}

/*
 * find.c
 *		metadata_find(): values of any key whose text contains what is searched, as
 *		a search box shows them.
 *
 * The index has the distinct values of each key (explore/values.c).  Rows of the
 * pending list are read whole, and so are those with keys that are cut in the index;
 * and all that have the trigrams of what is searched, where these are few and all keys
 * have trigram entries.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "explore/arguments.h"
#include "explore/find.h"
#include "explore/part_json.h"
#include "explore/value_list.h"
#include "filter/any_key.h"
#include "gin/entries.h"
#include "gin/estimate.h"
#include "gin/tid_set_read.h"
#include "index/entry.h"
#include "index/probe.h"
#include "scan/filter_set.h"
#include "scan/key_list.h"

/* Characters of a trigram. */
#define TRIGRAM_LENGTH	3

/* One row in so many is not worth it to read the entries of keys for. */
#define MIN_SHARE	32

/* A search under way. */
typedef struct Finding
{
	ValueReading reading;
	ValueList	list;
	MetadataFilter *filter;		/* that rows with such a string satisfy */
	const IndexQuery *trigrams; /* which of them a key needs in the index; NULL: not known */
	MemoryContext key_context;	/* what a key takes of memory */
} Finding;

/* Count the values of a row that are found, of all its keys. */
static void
find_in_document(const ExploreRow *row, void *arg)
{
	Finding    *finding = arg;
	KeyedValues all = {NULL, 0, TALLY_ALL, TALLY_ALL, detmeta_value_search_finds,
	finding->reading.search};

	if (row->metadata != NULL)
		detmeta_tally_keyed_values(finding->reading.tally, row->metadata, &all);
}

/* Count those of the keys that are cut in the index. */
static void
find_in_cut_keys(const ExploreRow *row, void *arg)
{
	Finding    *finding = arg;
	KeyedValues cut = {NULL, 0, TALLY_CUT, TALLY_ALL, detmeta_value_search_finds,
	finding->reading.search};

	if (row->metadata != NULL)
		detmeta_tally_keyed_values(finding->reading.tally, row->metadata, &cut);
}

/* Count those of the key that is read. */
static void
find_in_key(const ExploreRow *row, void *arg)
{
	Finding    *finding = arg;
	KeyedValues key = {finding->reading.key, finding->reading.keylen, TALLY_ALL, TALLY_ALL,
	detmeta_value_search_finds, finding->reading.search};

	if (row->metadata != NULL)
		detmeta_tally_keyed_values(finding->reading.tally, row->metadata, &key);
}

/* Say whether a key has values that may be found. */
static bool
may_be_found(const ListedKey *key, bool only_strings)
{
	for (int i = 0; i < key->nkinds; i++)
	{
		MetaKind	kind = key->kinds[i];

		if (kind == META_ARRAY || kind == META_DATE || kind == META_STRING ||
			(!only_strings && EXPLORE_KIND_LISTED(kind)))
			return true;
	}
	return false;
}

/* Say whether a key lacks a trigram of what is searched. */
static bool
lacks_trigram(const ExploreIndex *ix, const ListedKey *key, const IndexQuery *trigrams)
{
	StringInfoData entry;
	bool		found = true;

	initStringInfo(&entry);
	for (int i = 0; found && i < trigrams->nprobes; i++)
	{
		const Probe *part = trigrams->probes[i].parts;
		GinPostings postings;

		/* behind the zero byte and the tag */
		resetStringInfo(&entry);
		detmeta_entry_prefix(key->key, key->keylen, TAG_TRIGRAM, &entry);
		appendBinaryStringInfo(&entry, part->entry + 2, part->len - 2);
		found = detmeta_gin_lookup(ix->reader, entry.data, entry.len, &postings);
	}
	return !found;
}

/* Find values of a key in an index. */
static void
find_in_listed_key(ExploreIndex *ix, bool alone, const ListedKey *key, Finding *finding)
{
	MemoryContext old;
	TidSet	   *apart = ix->pending;

	if (!may_be_found(key, finding->reading.only_strings))
		return;
	old = MemoryContextSwitchTo(finding->key_context);
	finding->reading.key = key->key;
	finding->reading.keylen = key->keylen;
	if (key->apart != NULL)
	{
		apart = key->apart;
		detmeta_tid_set_and_not(apart, ix->pending);
		detmeta_explore_visit_rows(ix, apart, find_in_key, finding);
		detmeta_tid_set_or(apart, ix->pending);
	}
	if (finding->trigrams == NULL || !lacks_trigram(ix, key, finding->trigrams))
		detmeta_read_key_values(ix, alone, detmeta_tid_set_is_empty(apart) ? NULL : apart,
								&finding->reading);
	MemoryContextSwitchTo(old);
	MemoryContextReset(finding->key_context);
}

/* Find values key after key, but for those of the pending list's rows. */
static void
find_in_keys(ExploreIndex *ix, bool alone, Finding *finding)
{
	TidSet	   *cut = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);
	KeyList    *list = detmeta_key_list_begin(ix->reader, cut);
	const ListedKey *key;

	while ((key = detmeta_key_list_next(list)) != NULL)
		find_in_listed_key(ix, alone, key, finding);
	detmeta_key_list_end(list);
	detmeta_tid_set_and_not(cut, ix->pending);
	detmeta_explore_visit_rows(ix, cut, find_in_cut_keys, finding);
	detmeta_tid_set_free(cut);
}

/* Return what is asked of an index that has trigrams of all keys, if that tells enough, or NULL. */
static const IndexQuery *
trigrams_of_search(const ExploreIndex *ix, const Finding *finding)
{
	const EntryOptions *options = detmeta_options_of_index(ix->index, ix->reader->attnum);
	const Substring *search = finding->reading.search->part;

	if (!finding->reading.only_strings || options == NULL || options->trigram_keys == NULL ||
		!options->trigram_keys->all ||
		pg_mbstrlen_with_len(search->bytes, search->len) < TRIGRAM_LENGTH)
		return NULL;
	return detmeta_index_query(finding->filter, false, options);
}

/* Return the rows that may have what is searched, where these are few, or else NULL. */
static TidSet *
rows_of_trigrams(ExploreIndex *ix, const IndexQuery *trigrams)
{
	SetSource	source = {ix->reader, NULL, 0, InvalidBlockNumber, CurrentMemoryContext, NULL};
	SetCondition condition = {.iq = trigrams};
	FilterSet	set;
	TidSet	   *rows;

	source.pending = detmeta_pending_rows(ix->reader);
	set = detmeta_filter_set(&source, &condition);
	rows = set.possible != NULL ? set.possible : set.sure;
	if (ix->selected != NULL)
		detmeta_tid_set_and(rows, ix->selected);
	if (detmeta_tid_set_count(rows, NULL) * (double) MIN_SHARE <
		RelationGetForm(ix->heap)->reltuples)
		return rows;
	detmeta_filter_set_free(&set);
	return NULL;
}

/* Find values in a table with an index. */
static void
find_in_index(ExploreIndex *ix, bool alone, void *arg)
{
	Finding    *finding = arg;
	TidSet	   *rows;

	finding->trigrams = trigrams_of_search(ix, finding);
	rows = finding->trigrams != NULL ? rows_of_trigrams(ix, finding->trigrams) : NULL;
	if (rows != NULL)
	{
		detmeta_tid_set_or(rows, ix->pending);
		detmeta_explore_visit_rows(ix, rows, find_in_document, finding);
		detmeta_tid_set_free(rows);
		return;
	}
	detmeta_explore_visit_rows(ix, ix->pending, find_in_document, finding);
	find_in_keys(ix, alone, finding);
}

/* Say about how many TIDs are read to find values of selected rows: of entries, mostly texts. */
static double
estimate_index_findings(ExploreIndex *ix, double limit, void *arg)
{
	static const GinKeyRange values = {
		.lower = ENTRY_KEY_SECTION_END,
		.lower_len = ENTRY_KEY_SECTION_BYTES
	};
	GinRangeEstimate estimate;

	detmeta_gin_estimate_range(ix->reader, &values, NULL, &estimate);
	return estimate.entries * TIDS_OF_AN_ENTRY;
}

/*
 * Say whether a text that is folded cannot be part of a number's or a boolean's.  Words
 * of numbers, which JSON cannot have, are taken to have any letter of them.
 */
static bool
is_of_strings_only(const Substring *search)
{
	static const char *const texts[] = {"true", "false"};

	for (int i = 0; i < (int) lengthof(texts); i++)
	{
		if (detmeta_substring_found(search, texts[i], strlen(texts[i])))
			return false;
	}
	for (int i = 0; i < search->len; i++)
	{
		if (search->bytes[i] == '\0' || strchr("0123456789.-+einfaty", search->bytes[i]) == NULL)
			return true;
	}
	return false;
}

/* Prepare a search for a text. */
static Finding *
begin_finding(const char *search, int len, int64 limit)
{
	Operand		operand = detmeta_operand_string(search, len);
	Finding    *finding = palloc0_object(Finding);

	detmeta_value_list_init(&finding->list, limit);
	finding->reading.search = detmeta_value_search(search, len, true, true);
	finding->filter = detmeta_filter_store(detmeta_filter_any_key(FILTER_ICONTAINS, &operand, 1));
	finding->key_context = AllocSetContextCreate(CurrentMemoryContext, "metadata key",
												 ALLOCSET_DEFAULT_SIZES);
	finding->reading.keyed = true;
	finding->reading.only_strings = is_of_strings_only(finding->reading.search->part);
	finding->reading.visitor = detmeta_value_list_keep;
	finding->reading.arg = &finding->list;
	finding->reading.tally = detmeta_tally_create();
	initStringInfo(&finding->reading.bytes);
	return finding;
}

/* ---- parts ---- */

/* Ask for what is searched. */
static void
write_find_request(const void *arg, JsonbBuilder *out)
{
	const ValueSearch *search = ((const Finding *) arg)->reading.search;

	detmeta_part_push_name(out, "search");
	detmeta_part_push_text(out, WJB_VALUE, search->text, search->textlen);
}

/* Begin a part. */
static void *
begin_find_part(JsonbContainer *request)
{
	char	   *search = detmeta_part_text(request, "search");

	if (search == NULL)
		detmeta_part_refuse();
	return begin_finding(search, strlen(search), -1);
}

/* Write what was found. */
static void
write_find_part(void *arg, JsonbBuilder *out)
{
	detmeta_write_tallied(&((Finding *) arg)->reading, out);
}

/* Add what was found elsewhere. */
static void
add_find_part(JsonbContainer *part, void *arg)
{
	detmeta_add_tallied(part, &((Finding *) arg)->reading);
}

const ExploreKind detmeta_explore_find = {
	.name = "find",
	.visit_index = find_in_index,
	.estimate_index = estimate_index_findings,
	.visit_document = find_in_document,
	.write_request = write_find_request,
	.begin = begin_find_part,
	.write_part = write_find_part,
	.add_part = add_find_part
};

/* Return what was found as rows. */
static void
return_findings(ValueList *list, ReturnSetInfo *rsinfo)
{
	detmeta_value_list_prune(list);
	for (int64 i = 0; i < list->n; i++)
	{
		const KeptValue *kept = &list->values[i];
		MemoryContext old = MemoryContextSwitchTo(list->text_context);
		int			len = kept->len;
		const char *value = detmeta_keyed_value(kept->bytes, &len);
		JsonbValue	jbv;
		Datum		values[3];
		bool		nulls[3] = {false, false, false};

		CHECK_FOR_INTERRUPTS();
		detmeta_tallied_value(value, len, &jbv);
		values[0] = CStringGetTextDatum(kept->bytes);
		values[1] = JsonbPGetDatum(JsonbValueToJsonb(&jbv));
		values[2] = Int64GetDatum(kept->runs);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		MemoryContextSwitchTo(old);
		MemoryContextReset(list->text_context);
	}
}

PG_FUNCTION_INFO_V1(detmeta_metadata_find);
/* metadata_find(rel, search, filter, scope, limit, col, max_values): rows of key, value, runs. */
Datum
detmeta_metadata_find(PG_FUNCTION_ARGS)
{
	int64		limit = detmeta_limit_argument(fcinfo, 4, 6);
	Finding    *finding;
	text	   *search;
	ExploreSource source = {
		.function = fcinfo->flinfo->fn_oid,
		.kind = &detmeta_explore_find
	};

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(5))
		return (Datum) 0;
	search = PG_GETARG_TEXT_PP(1);
	finding = begin_finding(VARDATA_ANY(search), VARSIZE_ANY_EXHDR(search), limit);
	source.relid = PG_GETARG_OID(0);
	source.column = NameStr(*PG_GETARG_NAME(5));
	source.selection = detmeta_selection_of_arguments(fcinfo, 2, 3);
	source.arg = finding;
	detmeta_explore(&source);
	detmeta_visit_tallied(&finding->reading);
	return_findings(&finding->list, (ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}

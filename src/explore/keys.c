/*
 * keys.c
 *		metadata_keys(): the keys of a table, their types, and how many rows.
 *
 * The index knows them all (scan/key_list.h).  Read are only the rows of the
 * pending list, those where a key has several places, and those with keys that
 * are cut in the index.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "explore/document.h"
#include "explore/keys.h"
#include "explore/part_json.h"
#include "explore/source.h"
#include "gin/entries.h"
#include "gin/estimate.h"
#include "gin/tid_set_read.h"
#include "gin/walk.h"
#include "index/entry.h"
#include "scan/condition_count.h"
#include "scan/key_list.h"
#include "scan/key_reader.h"

/* For reading rows of one key. */
typedef struct KeyRows
{
	Tally	   *tally;
	const char *key;
	int			keylen;
} KeyRows;

/* Count the keys of a row. */
static void
count_document_keys(const ExploreRow *row, void *arg)
{
	if (row->metadata != NULL)
		detmeta_tally_keys(arg, row->metadata, TALLY_ALL);
}

/* Count those keys of a row that are cut in the index. */
static void
count_cut_keys(const ExploreRow *row, void *arg)
{
	if (row->metadata != NULL)
		detmeta_tally_keys(arg, row->metadata, TALLY_CUT);
}

/* Count one key of a row. */
static void
visit_key(const ExploreRow *row, void *arg)
{
	KeyRows    *rows = arg;

	if (row->metadata != NULL)
		detmeta_tally_key(rows->tally, row->metadata, rows->key, rows->keylen);
}

/* Keys of an index that are counted. */
typedef struct KeyCounting
{
	ExploreIndex *ix;
	Tally	   *tally;
	SetSource	source;
	int64		selected;		/* rows with metadata; if not all rows are */
} KeyCounting;

/* Return about how many TIDs the kinds of a key have, and which has the most. */
static double
estimate_kinds(ExploreIndex *ix, const ListedKey *key, int *largest, double *most)
{
	double		total = 0;

	*most = -1;
	for (int i = 0; i < key->nkinds; i++)
	{
		double		n = detmeta_gin_postings_estimate(ix->reader, &key->postings[i], TREE_LEAVES);

		total += n;
		if (n <= *most)
			continue;
		*most = n;
		*largest = i;
	}
	return total;
}

/* Say whether a key that has so many TIDs may be one that every row holds. */
static bool
may_be_everywhere(ExploreIndex *ix, double tids)
{
	return tids > RelationGetForm(ix->heap)->reltuples * 0.95;
}

/*
 * Find the kind of a key whose selected rows need not be counted, as they are all
 * but those of its other kinds: the one that most rows have, if every row holds
 * the key, once.  -1: there is none.
 */
static int
find_rest_kind(KeyCounting *counting, const ListedKey *key)
{
	KeyReader	reader = {counting->ix->reader, key->key, key->keylen};
	int			largest;
	double		most;

	if (counting->ix->selected == NULL || key->apart != NULL ||
		!may_be_everywhere(counting->ix, estimate_kinds(counting->ix, key, &largest, &most)) ||
		!detmeta_key_is_everywhere(&counting->source, &reader, META_NULL))
		return -1;
	return largest;
}

/* Count the rows of the kinds of a key, but for those set apart; NULL: none are. */
static void
count_kinds(KeyCounting *counting, const ListedKey *key, TidSet *apart)
{
	int			rest = find_rest_kind(counting, key);
	int64		left = counting->selected;
	StringInfoData bytes;

	initStringInfo(&bytes);
	for (int i = 0; i < key->nkinds; i++)
	{
		int			kind = (i + 1 + Max(0, rest)) % key->nkinds;	/* the rest comes last */
		int64		runs = kind == rest ? left :
			detmeta_explore_count(counting->ix, &key->postings[kind], apart);

		left -= runs;
		if (runs == 0)
			continue;
		detmeta_key_bytes(key->key, key->keylen, detmeta_key_type(key->kinds[kind]), &bytes);
		detmeta_tally_add(counting->tally, bytes.data, bytes.len, runs);
	}
	pfree(bytes.data);
}

/* Count the rows of a key. */
static void
count_listed_key(KeyCounting *counting, const ListedKey *key)
{
	ExploreIndex *ix = counting->ix;
	KeyRows		rows = {counting->tally, key->key, key->keylen};

	if (key->apart == NULL)
	{
		count_kinds(counting, key, detmeta_tid_set_is_empty(ix->pending) ? NULL : ix->pending);
		return;
	}
	detmeta_tid_set_or(key->apart, ix->pending);
	count_kinds(counting, key, key->apart);
	detmeta_tid_set_and_not(key->apart, ix->pending);
	detmeta_explore_visit_rows(ix, key->apart, visit_key, &rows);
}

/* Count the selected rows that have metadata. */
static int64
count_selected_rows(ExploreIndex *ix)
{
	GinPostings without;
	int64		n;

	if (ix->selected == NULL)
		return 0;
	n = detmeta_tid_set_count(ix->selected, NULL);
	if (detmeta_gin_lookup_null(ix->reader, GIN_CAT_NULL_ITEM, &without))
		n -= detmeta_gin_postings_count(ix->reader, &without, ix->selected);
	return n;
}

/* Count the keys of a table with an index. */
static void
count_index_keys(ExploreIndex *ix, bool alone, void *arg)
{
	KeyCounting counting = {
		.ix = ix,
		.tally = arg,
		.source = {ix->reader, detmeta_pending_rows(ix->reader), 0, InvalidBlockNumber,
		CurrentMemoryContext, NULL},
		.selected = count_selected_rows(ix)
	};
	TidSet	   *cut = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);
	KeyList    *list = detmeta_key_list_begin(ix->reader, cut);
	const ListedKey *key;

	while ((key = detmeta_key_list_next(list)) != NULL)
		count_listed_key(&counting, key);
	detmeta_key_list_end(list);
	detmeta_tid_set_and_not(cut, ix->pending);
	detmeta_explore_visit_rows(ix, cut, count_cut_keys, arg);
	detmeta_explore_visit_rows(ix, ix->pending, count_document_keys, arg);
	detmeta_tid_set_free(cut);
}

/* Say about how many TIDs are read to count the keys of selected rows. */
static double
estimate_keys(ExploreIndex *ix, double limit, void *arg)
{
	TidSet	   *cut = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);
	KeyList    *list = detmeta_key_list_begin(ix->reader, cut);
	const ListedKey *key;
	double		tids = 0;

	while (tids <= limit && (key = detmeta_key_list_next(list)) != NULL)
	{
		int			largest;
		double		most;
		double		total = estimate_kinds(ix, key, &largest, &most);

		tids += may_be_everywhere(ix, total) ? total - most : total;
	}
	detmeta_key_list_end(list);
	detmeta_tid_set_free(cut);
	return tids;
}

/* ---- parts ---- */

/* Ask for keys, of which there is nothing more to say. */
static void
write_keys_request(const void *arg, JsonbBuilder *out)
{
}

/* Begin a part. */
static void *
begin_keys_part(JsonbContainer *request)
{
	return detmeta_tally_create();
}

/* Write the counts of keys. */
static void
write_keys_part(void *state, JsonbBuilder *out)
{
	int64		n;
	TallyItem **items = detmeta_tally_sorted(state, &n);

	detmeta_part_push_name(out, "keys");
	push_jsonb(out, WJB_BEGIN_ARRAY, NULL);
	for (int64 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		detmeta_part_push_text(out, WJB_ELEM, items[i]->bytes, items[i]->len - 2);
		detmeta_part_push_count(out, WJB_ELEM, items[i]->bytes[items[i]->len - 1]);
		detmeta_part_push_count(out, WJB_ELEM, items[i]->runs);
	}
	push_jsonb(out, WJB_END_ARRAY, NULL);
	pfree(items);
}

/* Add what was counted elsewhere. */
static void
add_keys_part(JsonbContainer *part, void *arg)
{
	StringInfoData bytes;
	PartMemory	memory;
	PartArray	array;
	JsonbValue	key;

	initStringInfo(&bytes);
	detmeta_part_array(part, "keys", &array);
	detmeta_part_begin_items(&memory);
	while (detmeta_part_next(&array, &key))
	{
		char	   *name = detmeta_part_text_of(&key);
		int64		type = detmeta_part_next_count(&array);

		if (type >= KEY_TYPE_COUNT)
			detmeta_part_refuse();
		detmeta_key_bytes(name, strlen(name), (KeyType) type, &bytes);
		detmeta_tally_add(arg, bytes.data, bytes.len, detmeta_part_next_count(&array));
		MemoryContextReset(memory.item);
	}
	detmeta_part_end_items(&memory);
	pfree(bytes.data);
}

const ExploreKind detmeta_explore_keys = {
	.name = "keys",
	.visit_index = count_index_keys,
	.estimate_index = estimate_keys,
	.visit_document = count_document_keys,
	.write_request = write_keys_request,
	.begin = begin_keys_part,
	.write_part = write_keys_part,
	.add_part = add_keys_part
};

PG_FUNCTION_INFO_V1(detmeta_metadata_keys);
/* metadata_keys(rel, col, filter, scope): rows of key, type, runs. */
Datum
detmeta_metadata_keys(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Tally	   *tally = detmeta_tally_create();
	ExploreSource source = {
		.function = fcinfo->flinfo->fn_oid,
		.kind = &detmeta_explore_keys,
		.arg = tally
	};
	TallyItem **items;
	int64		n;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return (Datum) 0;
	source.relid = PG_GETARG_OID(0);
	source.column = NameStr(*PG_GETARG_NAME(1));
	source.selection = detmeta_selection_of_arguments(fcinfo, 2, 3);
	detmeta_explore(&source);
	items = detmeta_tally_sorted(tally, &n);
	for (int64 i = 0; i < n; i++)
	{
		Datum		values[KEY_COUNT_COLUMNS];
		bool		nulls[KEY_COUNT_COLUMNS] = {false};

		CHECK_FOR_INTERRUPTS();
		detmeta_key_count_columns(items[i], values);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* Make the columns of a row: key, type and runs. */
void
detmeta_key_count_columns(const TallyItem *item, Datum *values)
{
	KeyType		type = (KeyType) item->bytes[item->len - 1];

	values[0] = PointerGetDatum(cstring_to_text_with_len(item->bytes, item->len - 2));
	values[1] = CStringGetTextDatum(detmeta_key_type_name(type));
	values[2] = Int64GetDatum(item->runs);
}

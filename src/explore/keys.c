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

#include "base/compat.h"
#include "explore/document.h"
#include "explore/keys.h"
#include "explore/source.h"
#include "gin/entries.h"
#include "gin/tid_set_read.h"
#include "gin/walk.h"
#include "index/entry.h"
#include "scan/key_list.h"

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

/* Count the rows of the kinds of a key, but for those set apart; NULL: none are. */
static void
count_kinds(ExploreIndex *ix, const ListedKey *key, TidSet *apart, Tally *tally)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	for (int i = 0; i < key->nkinds; i++)
	{
		int64		runs = detmeta_explore_count(ix, &key->postings[i], apart);

		if (runs == 0)
			continue;
		detmeta_key_bytes(key->key, key->keylen, detmeta_key_type(key->kinds[i]), &bytes);
		detmeta_tally_add(tally, bytes.data, bytes.len, runs);
	}
	pfree(bytes.data);
}

/* Count the rows of a key. */
static void
count_listed_key(ExploreIndex *ix, const ListedKey *key, Tally *tally)
{
	KeyRows		rows = {tally, key->key, key->keylen};

	if (key->apart == NULL)
	{
		count_kinds(ix, key, detmeta_tid_set_is_empty(ix->pending) ? NULL : ix->pending, tally);
		return;
	}
	detmeta_tid_set_or(key->apart, ix->pending);
	count_kinds(ix, key, key->apart, tally);
	detmeta_tid_set_and_not(key->apart, ix->pending);
	detmeta_explore_visit_rows(ix, key->apart, visit_key, &rows);
}

/* Count the keys of a table with an index. */
static void
count_index_keys(ExploreIndex *ix, bool alone, void *arg)
{
	TidSet	   *cut = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);
	KeyList    *list = detmeta_key_list_begin(ix->reader, cut);
	const ListedKey *key;

	while ((key = detmeta_key_list_next(list)) != NULL)
		count_listed_key(ix, key, arg);
	detmeta_key_list_end(list);
	detmeta_tid_set_and_not(cut, ix->pending);
	detmeta_explore_visit_rows(ix, cut, count_cut_keys, arg);
	detmeta_explore_visit_rows(ix, ix->pending, count_document_keys, arg);
	detmeta_tid_set_free(cut);
}

PG_FUNCTION_INFO_V1(detmeta_metadata_keys);
/* metadata_keys(rel, col, filter, scope): rows of key, type, runs. */
Datum
detmeta_metadata_keys(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Tally	   *tally = detmeta_tally_create();
	ExploreSource source = {
		.function = fcinfo->flinfo->fn_oid,
		.visit_index = count_index_keys,
		.visit_document = count_document_keys,
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

/*
 * keys.c
 *		metadata_keys(): the keys of a table, their types, and how many rows.
 *
 * The index has an entry for each key and kind, and these come before all
 * others (index/entry.h):
 *
 *		0x00 0x00 loss 0x00 NUMBER		1,000,000 rows: loss, number
 *		0x00 0x00 notes 0x00 STRING		...
 *
 * Read are only the rows of the pending list, those where a key has several
 * places, and those with keys that are cut in the index.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "index/entry.h"
#include "explore/document.h"
#include "explore/keys.h"
#include "explore/source.h"

/* The entries of one key that were met on the walk. */
typedef struct KeyEntries
{
	StringInfoData key;
	bool		started;
	int			n;
	MetaKind	kinds[META_OBJECT + 1];
	GinPostings postings[META_OBJECT + 1];
	bool		repeated;
	GinPostings repeated_rows;
	MemoryContext context;		/* of the postings; reset from key to key */
} KeyEntries;

/* For reading rows of one key. */
typedef struct KeyRows
{
	Tally	   *tally;
	const char *key;
	int			keylen;
} KeyRows;

/* Count the keys of a row. */
static void
visit_document(Jsonb *metadata, void *arg)
{
	if (metadata != NULL)
		detmeta_tally_keys(arg, metadata, TALLY_ALL);
}

/* Count those keys of a row that are cut in the index. */
static void
visit_cut_keys(Jsonb *metadata, void *arg)
{
	if (metadata != NULL)
		detmeta_tally_keys(arg, metadata, TALLY_CUT);
}

/* Count one key of a row. */
static void
visit_key(Jsonb *metadata, void *arg)
{
	KeyRows    *rows = arg;

	if (metadata != NULL)
		detmeta_tally_key(rows->tally, metadata, rows->key, rows->keylen);
}

/* Make the set of an entry's rows. */
static TidSet *
rows_of(ExploreIndex *ix, const GinPostings *postings)
{
	TidSet	   *rows = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);

	detmeta_gin_postings_add(ix->reader, postings, NULL, rows);
	return rows;
}

/* Count the rows of the key that the walk has left. */
static void
flush_key(ExploreIndex *ix, KeyEntries *entries, Tally *tally)
{
	MemoryContext old = MemoryContextSwitchTo(entries->context);
	TidSet	   *apart = ix->pending;
	bool		any_apart;
	StringInfoData bytes;
	KeyRows		rows = {tally, entries->key.data, entries->key.len};

	if (entries->repeated)
	{
		apart = rows_of(ix, &entries->repeated_rows);
		detmeta_tid_set_or(apart, ix->pending);
	}
	any_apart = !detmeta_tid_set_is_empty(apart);
	initStringInfo(&bytes);
	for (int i = 0; i < entries->n; i++)
	{
		int64		runs = detmeta_explore_count(ix, &entries->postings[i],
												 any_apart ? apart : NULL);

		if (runs == 0)
			continue;
		detmeta_key_bytes(entries->key.data, entries->key.len,
						  detmeta_key_type(entries->kinds[i]), &bytes);
		detmeta_tally_add(tally, bytes.data, bytes.len, runs);
	}
	if (entries->repeated)
	{
		detmeta_tid_set_and_not(apart, ix->pending);
		detmeta_explore_visit_rows(ix, apart, visit_key, &rows);
	}
	MemoryContextSwitchTo(old);
	MemoryContextReset(entries->context);
	entries->n = 0;
	entries->repeated = false;
}

/*
 * Read or find the TIDs of an entry that the walk has come to.  Those that the
 * walk itself would read do not outlive its step to the next page.
 */
static void
read_postings(ExploreIndex *ix, const GinEntry *entry, GinPostings *postings)
{
	if (entry->in_tree)
		*postings = entry->postings;
	else if (!detmeta_gin_lookup(ix->reader, entry->key, entry->keylen, postings))
		detmeta_gin_report_corruption(ix->reader, "an entry that cannot be found");
}

/* Note an entry of the current key. */
static void
note_entry(ExploreIndex *ix, KeyEntries *entries, int tag, const GinEntry *entry)
{
	MemoryContext old = MemoryContextSwitchTo(entries->context);

	if (tag == TAG_FLAG_REPEATED)
	{
		entries->repeated = true;
		read_postings(ix, entry, &entries->repeated_rows);
	}
	else if (tag <= TAG_KEY + META_OBJECT && entries->n <= META_OBJECT)
	{
		entries->kinds[entries->n] = TAG_KIND(tag);
		read_postings(ix, entry, &entries->postings[entries->n++]);
	}
	MemoryContextSwitchTo(old);
}

/* Note the rows of an entry of a key that is cut. */
static void
note_cut_key(ExploreIndex *ix, const GinEntry *entry, TidSet *cut)
{
	GinPostings postings;

	read_postings(ix, entry, &postings);
	detmeta_gin_postings_add(ix->reader, &postings, NULL, cut);
}

/* Take up an entry of a key, perhaps the first of the next key. */
static void
take_entry(ExploreIndex *ix, KeyEntries *entries, Tally *tally, const EntryParts *parts,
		   const GinEntry *entry)
{
	if (!entries->started ||
		detmeta_bytes_compare(entries->key.data, entries->key.len, parts->key, parts->keylen) != 0)
	{
		if (entries->started)
			flush_key(ix, entries, tally);
		entries->started = true;
		resetStringInfo(&entries->key);
		appendBinaryStringInfo(&entries->key, parts->key, parts->keylen);
	}
	note_entry(ix, entries, parts->tag, entry);
}

/* Count the keys of a table from its index, but for rows that are to be read. */
static void
walk_keys(ExploreIndex *ix, Tally *tally, TidSet *cut)
{
	KeyEntries	entries = {.started = false};
	GinKeyRange range = {
		.lower = ENTRY_KEY_SECTION,.lower_len = ENTRY_KEY_SECTION_BYTES,
		.upper = ENTRY_KEY_SECTION_END,.upper_len = ENTRY_KEY_SECTION_BYTES
	};
	GinWalk    *walk;
	GinEntry	entry;

	initStringInfo(&entries.key);
	entries.context = AllocSetContextCreate(CurrentMemoryContext, "metadata key",
											ALLOCSET_DEFAULT_SIZES);
	walk = detmeta_gin_walk_begin(ix->reader, &range, ForwardScanDirection, true, NULL, NULL);
	while (detmeta_gin_walk_next(walk, &entry))
	{
		EntryParts	parts;

		CHECK_FOR_INTERRUPTS();
		detmeta_entry_parse(entry.key, entry.keylen, &parts);
		if (parts.key_cut)
			note_cut_key(ix, &entry, cut);
		else
			take_entry(ix, &entries, tally, &parts, &entry);
	}
	detmeta_gin_walk_end(walk);
	if (entries.started)
		flush_key(ix, &entries, tally);
}

/* Count the keys of a table with an index. */
static void
visit_index(ExploreIndex *ix, bool alone, void *arg)
{
	TidSet	   *cut = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);

	walk_keys(ix, arg, cut);
	detmeta_tid_set_and_not(cut, ix->pending);
	detmeta_explore_visit_rows(ix, cut, visit_cut_keys, arg);
	detmeta_explore_visit_rows(ix, ix->pending, visit_document, arg);
	detmeta_tid_set_free(cut);
}

PG_FUNCTION_INFO_V1(detmeta_metadata_keys);
/* metadata_keys(rel, col): rows of key, type, runs. */
Datum
detmeta_metadata_keys(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Tally	   *tally = detmeta_tally_create();
	TallyItem **items;
	int64		n;

	InitMaterializedSRF(fcinfo, 0);
	detmeta_explore(PG_GETARG_OID(0), NameStr(*PG_GETARG_NAME(1)), visit_index,
					visit_document, tally);
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

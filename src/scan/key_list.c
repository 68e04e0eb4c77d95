/*
 * key_list.c
 *		The keys of an index, and the rows that hold each.
 *
 * The index has an entry for each key and kind, and these come before all
 * others (index/entry.h):
 *
 *		0x00 0x00 loss 0x00 NUMBER		1,000,000 rows: loss, number
 *		0x00 0x00 notes 0x00 STRING		...
 *
 * What they tell of a row is said in scan/key_reader.h.  A key that is cut is
 * not listed, as nobody knows its name; its rows are handed out instead.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "scan/key_list.h"
#include "scan/key_reader.h"

struct KeyList
{
	GinReader  *reader;
	GinWalk    *walk;
	bool		valid;			/* is there a current entry? */
	GinEntry	entry;
	EntryParts	parts;			/* of it */
	TidSet	   *cut_keys;		/* rows with keys that are cut */
	StringInfoData name;		/* of the current key */
	ListedKey	key;
	MemoryContext context;		/* of its postings and set */
};

/*
 * Read or find the TIDs of the current entry.  Those that the walk itself would
 * read do not outlive its step to the next page.
 */
static void
read_postings(const KeyList *list, GinPostings *postings)
{
	const GinEntry *entry = &list->entry;

	if (entry->in_tree)
		*postings = entry->postings;
	else if (!detmeta_gin_lookup(list->reader, entry->key, entry->keylen, postings))
		detmeta_gin_report_corruption(list->reader, "an entry that cannot be found");
}

/* Add the rows of the current entry to a set. */
static void
add_entry_rows(const KeyList *list, TidSet *set)
{
	GinPostings postings;

	read_postings(list, &postings);
	detmeta_gin_postings_add(list->reader, &postings, NULL, set);
}

/* Go to the next entry of a key that is not cut; those that are leave their rows. */
static void
next_entry(KeyList *list)
{
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		list->valid = detmeta_gin_walk_next(list->walk, &list->entry);
		if (!list->valid)
			return;
		detmeta_entry_parse(list->entry.key, list->entry.keylen, &list->parts);
		if (!list->parts.key_cut)
			return;
		add_entry_rows(list, list->cut_keys);
	}
}

/* Begin; rows with keys that are cut are added to the set, until the end of the list. */
KeyList *
detmeta_key_list_begin(GinReader *reader, TidSet *cut_keys)
{
	KeyList    *list = palloc0_object(KeyList);

	list->reader = reader;
	list->cut_keys = cut_keys;
	list->context = AllocSetContextCreate(CurrentMemoryContext, "metadata key",
										  ALLOCSET_DEFAULT_SIZES);
	initStringInfo(&list->name);
	list->walk = detmeta_key_section_walk(reader);
	next_entry(list);
	return list;
}

/* Note the current entry, which is one of the current key. */
static void
note_entry(KeyList *list)
{
	ListedKey  *key = &list->key;
	int			tag = list->parts.tag;

	if (tag == TAG_FLAG_REPEATED)
	{
		key->apart = detmeta_tid_set_create(list->context, 0, InvalidBlockNumber);
		add_entry_rows(list, key->apart);
	}
	else if (tag <= TAG_KEY + META_OBJECT && key->nkinds <= META_OBJECT)
	{
		key->kinds[key->nkinds] = TAG_KIND(tag);
		read_postings(list, &key->postings[key->nkinds++]);
	}
}

/* Say whether the current entry is one of the current key. */
static bool
is_of_key(const KeyList *list)
{
	return list->valid &&
		detmeta_bytes_compare(list->parts.key, list->parts.keylen,
							  list->name.data, list->name.len) == 0;
}

/* Go to the next key; NULL: there are no more. */
const ListedKey *
detmeta_key_list_next(KeyList *list)
{
	MemoryContext old;

	if (!list->valid)
		return NULL;
	MemoryContextReset(list->context);
	resetStringInfo(&list->name);
	appendBinaryStringInfo(&list->name, list->parts.key, list->parts.keylen);
	memset(&list->key, 0, sizeof(ListedKey));
	list->key.key = list->name.data;
	list->key.keylen = list->name.len;
	while (is_of_key(list))
	{
		old = MemoryContextSwitchTo(list->context);
		note_entry(list);
		MemoryContextSwitchTo(old);
		next_entry(list);
	}
	return &list->key;
}

/* End. */
void
detmeta_key_list_end(KeyList *list)
{
	detmeta_gin_walk_end(list->walk);
	MemoryContextDelete(list->context);
	pfree(list->name.data);
	pfree(list);
}

/*
 * key_reader.c
 *		The entries of one key: in order, and which of them tell of a row.
 *
 * A row has one entry for the value of a key, and so the entries of a key, read
 * in order, give each row once, in the order of its value.  That is not so of
 * rows that have to be looked at apart, by their documents:
 *	- rows where the key has several places in the document, which have a
 *	  flag; the index does not tell which value is of which place;
 *	- all rows of a key that is cut in the index, whose entries are those of
 *	  other keys as well;
 *	- rows of the pending list, which may be in the index or not yet.  These
 *	  are the caller's to add, as they are read before the index is.
 *
 * Of other rows the entries are the truth, but for values that are cut: entries
 * that are cut alike are next to each other, and the order among them is known
 * from the rows only.
 */
#include "postgres.h"

#include "scan/key_reader.h"

/* Find an entry of the key that has no payload. */
bool
detmeta_key_lookup(const KeyReader *reader, int tag, GinPostings *postings)
{
	StringInfoData entry;
	bool		found;

	initStringInfo(&entry);
	detmeta_entry_prefix(reader->key, reader->keylen, tag, &entry);
	found = detmeta_gin_lookup(reader->reader, entry.data, entry.len, postings);
	pfree(entry.data);
	return found;
}

/* Free what was found. */
static void
free_postings(GinPostings *postings)
{
	if (postings->list.tids == NULL)
		return;
	pfree(postings->list.tids);
	pfree(postings->list.proven);
}

/* Say whether the key has an entry without payload. */
static bool
key_has(const KeyReader *reader, int tag)
{
	GinPostings postings;

	if (!detmeta_key_lookup(reader, tag, &postings))
		return false;
	free_postings(&postings);
	return true;
}

/* Begin a walk over the entries of all keys, which come before all others. */
GinWalk *
detmeta_key_section_walk(GinReader *reader)
{
	static const GinKeyRange section = {
		.lower = ENTRY_KEY_SECTION,
		.lower_len = ENTRY_KEY_SECTION_BYTES,
		.upper = ENTRY_KEY_SECTION_END,
		.upper_len = ENTRY_KEY_SECTION_BYTES
	};

	return detmeta_gin_walk_begin(reader, &section, ForwardScanDirection, true, NULL, NULL);
}

/*
 * Return which entries without payload the key has: a bit for each tag of keys
 * and flags, counted from TAG_KEY.  They are neighbours, and read at once.
 */
int
detmeta_key_tags(const KeyReader *reader)
{
	StringInfoData lower;
	StringInfoData upper;
	GinKeyRange range;
	GinWalk    *walk;
	GinEntry	entry;
	int			tags = 0;

	initStringInfo(&lower);
	initStringInfo(&upper);
	range = detmeta_key_range(reader, TAG_KEY, TAG_KEY + KEY_TAGS - 1, &lower, &upper);
	walk = detmeta_gin_walk_begin(reader->reader, &range, ForwardScanDirection, true, NULL, NULL);
	while (detmeta_gin_walk_next(walk, &entry))
		tags |= KEY_TAG_BIT((unsigned char) entry.key[entry.keylen - 1]);
	detmeta_gin_walk_end(walk);
	pfree(lower.data);
	pfree(upper.data);
	return tags;
}

/*
 * Say whether each row of the index has one value of the key at most, of which
 * the entries tell: then no row is in two of them.  Elements of arrays are values,
 * too, where they are not left out.
 */
bool
detmeta_key_has_single_values(const KeyReader *reader, bool without_elements)
{
	return !detmeta_key_is_shared(reader) && !key_has(reader, TAG_FLAG_REPEATED) &&
		(without_elements || !key_has(reader, TAG_KEY + META_ARRAY));
}

/* Add the rows of an entry without payload to a set. */
static void
add_rows(const KeyReader *reader, int tag, const TidSet *within, TidSet *set)
{
	GinPostings postings;

	if (!detmeta_key_lookup(reader, tag, &postings))
		return;
	detmeta_gin_postings_add(reader->reader, &postings, within, set);
	free_postings(&postings);
}

/* Add the rows that hold the key by names. */
void
detmeta_key_add_holding_rows(const KeyReader *reader, const TidSet *within, TidSet *set)
{
	for (MetaKind kind = META_FALSE; kind <= META_OBJECT; kind++)
		add_rows(reader, TAG_KEY + kind, within, set);
}

/* Add the rows that have to be looked at apart, but for those of the pending list. */
void
detmeta_key_add_rows_apart(const KeyReader *reader, const TidSet *within, TidSet *set)
{
	add_rows(reader, TAG_FLAG_REPEATED, within, set);
	if (detmeta_key_is_shared(reader))
		detmeta_key_add_holding_rows(reader, within, set);
}

/* Add the rows where members of objects in arrays hold the key, or may. */
void
detmeta_key_add_array_rows(const KeyReader *reader, bool members, const TidSet *within, TidSet *set)
{
	KeyReader	array = *reader;
	int			end = -1;

	if (members)
	{
		add_rows(reader, TAG_MEMBER_HOLDS, within, set);
		return;
	}
	while ((end = detmeta_key_next_array(reader->key, reader->keylen, end + 1)) >= 0)
	{
		array.keylen = end;
		add_rows(&array, TAG_KEY + META_ARRAY, within, set);
	}
}

/* Return the range of the entries of some tags. */
GinKeyRange
detmeta_key_range(const KeyReader *reader, int first, int last, StringInfo lower, StringInfo upper)
{
	GinKeyRange range = {0};

	resetStringInfo(lower);
	resetStringInfo(upper);
	detmeta_entry_prefix(reader->key, reader->keylen, first, lower);
	detmeta_entry_prefix(reader->key, reader->keylen, last, upper);
	upper->data[upper->len - 1]++;	/* the tag comes last */
	range.lower = lower->data;
	range.lower_len = lower->len;
	range.upper = upper->data;
	range.upper_len = upper->len;
	return range;
}

/*
 * Begin to walk a range of value or element entries, which was made with the
 * walk's buffers, and go to the first.  Rows outside of the set may be left out;
 * it may be NULL.
 */
void
detmeta_key_walk_begin(const KeyReader *reader, KeyWalk *walk, const GinKeyRange *range,
					   ScanDirection direction, const TidSet *only)
{
	walk->walk = detmeta_gin_walk_begin(reader->reader, range, direction, false, NULL, NULL);
	detmeta_gin_walk_restrict(walk->walk, only);
	detmeta_key_walk_next(walk);
}

/*
 * The same, forward, where the number of an entry's rows is all that is wanted of
 * them, as far as a walk can tell it.
 */
void
detmeta_key_walk_begin_count(const KeyReader *reader, KeyWalk *walk, const GinKeyRange *range,
							 const TidSet *only)
{
	walk->walk = detmeta_gin_walk_begin(reader->reader, range, ForwardScanDirection, false, NULL,
										NULL);
	detmeta_gin_walk_restrict(walk->walk, only);
	detmeta_gin_walk_count(walk->walk);
	detmeta_key_walk_next(walk);
}

/* Go to the next entry. */
void
detmeta_key_walk_next(KeyWalk *walk)
{
	int			prefix_len = walk->lower.len;
	EntryParts *parts = &walk->parts;

	walk->valid = detmeta_gin_walk_next(walk->walk, &walk->entry);
	if (!walk->valid)
		return;
	/* all entries of the range begin alike, with the key; the tag comes behind it */
	parts->tag = (unsigned char) walk->entry.key[prefix_len - 1];
	parts->payload = walk->entry.key + prefix_len;
	parts->len = walk->entry.keylen - prefix_len;
	parts->cut = parts->len > ENTRY_MAX_PAYLOAD;
	if (parts->cut)
		parts->len = ENTRY_MAX_PAYLOAD;
}

/* End a walk. */
void
detmeta_key_walk_end(KeyWalk *walk)
{
	if (walk->walk != NULL)
		detmeta_gin_walk_end(walk->walk);
	walk->walk = NULL;
	walk->valid = false;
}

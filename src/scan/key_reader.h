/*
 * key_reader.h
 *		The entries of one key: in order, and which of them tell of a row.
 */
#ifndef DETMETA_KEY_READER_H
#define DETMETA_KEY_READER_H

#include "gin/entries.h"
#include "gin/walk.h"
#include "index/entry.h"

/* A key of an index that is open; its bytes must stay. */
typedef struct KeyReader
{
	GinReader  *reader;
	const char *key;
	int			keylen;
} KeyReader;

/* A walk over the values of a key, or over the elements of its arrays. */
typedef struct KeyWalk
{
	GinWalk    *walk;			/* NULL: there are none */
	StringInfoData lower;
	StringInfoData upper;
	bool		valid;			/* is there a current entry? */
	GinEntry	entry;
	EntryParts	parts;			/* of it, but for the key */
} KeyWalk;

/* Say whether a key shares its entries with others, as it is cut in the index. */
static inline bool
detmeta_key_is_shared(const KeyReader *reader)
{
	return reader->keylen > ENTRY_MAX_KEY;
}

/* What detmeta_key_tags() returns. */
#define KEY_TAGS			0x10
#define KEY_TAG_BIT(tag)	(1 << ((tag) - TAG_KEY))

extern GinWalk *detmeta_key_section_walk(GinReader *reader);
extern int	detmeta_key_tags(const KeyReader *reader);
extern bool detmeta_key_lookup(const KeyReader *reader, int tag, GinPostings *postings);
extern bool detmeta_key_has_single_values(const KeyReader *reader, bool without_elements);

/* Rows outside "within" may be left out; it may be NULL. */
extern void detmeta_key_add_rows_apart(const KeyReader *reader, const TidSet *within, TidSet *set);

/* Rows that hold the key by names. */
extern void detmeta_key_add_holding_rows(const KeyReader *reader, const TidSet *within,
										 TidSet *set);

/*
 * Rows where members of objects in arrays hold the key, if the index has entries
 * of members; else those that may, as they have the arrays.
 */
extern void detmeta_key_add_array_rows(const KeyReader *reader, bool members,
									   const TidSet *within, TidSet *set);

/*
 * The range of the entries from a tag to another, which is included; bounds
 * are written to the buffers.
 */
extern GinKeyRange detmeta_key_range(const KeyReader *reader, int first, int last,
									 StringInfo lower, StringInfo upper);

extern void detmeta_key_walk_begin(const KeyReader *reader, KeyWalk *walk, const GinKeyRange *range,
								   ScanDirection direction, const TidSet *only);

/* The same, forward; entries are counted where they can be (gin/walk.h). */
extern void detmeta_key_walk_begin_count(const KeyReader *reader, KeyWalk *walk,
										 const GinKeyRange *range, const TidSet *only);
extern void detmeta_key_walk_next(KeyWalk *walk);
extern void detmeta_key_walk_end(KeyWalk *walk);

#endif							/* DETMETA_KEY_READER_H */

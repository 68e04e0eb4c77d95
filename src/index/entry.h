/*
 * entry.h
 *		Index entries: what they look like and how a document makes them.
 *
 * Entries are bytea, compared by memcmp.  The empty one, the row entry, is in
 * every row.  All others are
 *
 *		[0x00 0x00]  key  0x00  tag  [payload]
 *
 * JSON strings cannot hold 0x00, so it ends the key.  Tags are in classes:
 *
 *		key			no payload; one per key and kind in a row.  For null, [],
 *					{}, false and true it is the value entry as well.
 *		flag		no payload; marks rows for rare cases, of a key or of the
 *					document
 *		value		payload: the value's bytes; one per key, sorted as
 *					metadata_sort() sorts
 *		element		the same for elements of arrays, apart from the values so
 *					that a walk over values meets each row once
 *		trigram		payload: three characters of a string, for keys that the
 *					operator class option trigram_keys names
 *		member		the same as element for a[].b, the members b of objects in an
 *					array at a, and for elements of arrays there, if the option
 *					array_members is on; one more says that a row holds the key
 *					so, one that a string there is cut
 *
 * Members have no entries of the class key: the keys that are listed are those
 * that documents have by names.  Neither is an order of a[].b theirs, nor what
 * core's operators say of a name that is written so.
 *
 * Keys and flags begin with two zero bytes, the mark of the key section, which
 * nothing else begins with: behind the empty key comes a tag, and no tag is
 * zero.  So they sort before the rest, and the keys of a table are listed by
 * reading one short run of entries.
 *
 * Payloads: numbers as value/number.c writes them, dates as value/date.c does (instant,
 * then format), strings as they are, objects in arrays as value/container.c does.
 * An array or object at a key has no value entry: its parts are entries
 * already, and a copy of the whole would be the largest entry of many rows.
 *
 * A payload over ENTRY_MAX_PAYLOAD bytes is cut: its first ENTRY_MAX_PAYLOAD
 * bytes, 0x00, and a hash of the whole.  Its length tells that it is cut.  It
 * sorts behind the uncut payload of the same bytes, as it must.  A key over
 * ENTRY_MAX_KEY bytes is its first bytes and 16 hexadecimal digits of a hash.
 */
#ifndef DETMETA_ENTRY_H
#define DETMETA_ENTRY_H

#include "value/key_path.h"
#include "value/value.h"

#define ENTRY_MAX_KEY			KEY_PATH_SHORT
#define ENTRY_KEY_HASH_DIGITS	16
#define ENTRY_CUT_KEY			(ENTRY_MAX_KEY + ENTRY_KEY_HASH_DIGITS)
#define ENTRY_MAX_PAYLOAD		96
#define ENTRY_CUT_MARKER		0x00
#define ENTRY_HASH_BYTES		8
#define ENTRY_CUT_LENGTH		(ENTRY_MAX_PAYLOAD + 1 + ENTRY_HASH_BYTES)

/* Tags: a class plus a MetaKind, but for the flags and what is said of a key. */
#define TAG_KEY					0x10
#define TAG_FLAG_ODD_NUMBER		0x1A	/* a number of the key ends with zeros behind the point */
#define TAG_FLAG_NO_OBJECT		0x1B	/* with the empty key: the document is none */
#define TAG_FLAG_DOTTED			0x1C	/* with the empty key: some name has a dot */
/* a date of the key is not written as core's types read it */
#define TAG_FLAG_ODD_DATE		0x1D
#define TAG_FLAG_CUT			0x1E	/* a string of the key is cut */
#define TAG_FLAG_REPEATED		0x1F	/* the key has more than one place */
#define TAG_VALUE				0x20
#define TAG_ELEMENT				0x40
#define TAG_TRIGRAM				0x60
#define TAG_MEMBER				0x80
#define TAG_MEMBER_CUT			0x8E	/* a string of the key is cut */
#define TAG_MEMBER_HOLDS		0x8F	/* the key holds a value that is not empty */

#define TAG_CLASS(tag)			((tag) & 0xF0)
#define TAG_KIND(tag)			((MetaKind) ((tag) & 0x0F))

/* Entries of these tags begin with the mark of the key section. */
#define ENTRY_KEY_SECTION		"\0"	/* two zero bytes */
#define ENTRY_KEY_SECTION_END	"\0\1"	/* behind the section */
#define ENTRY_KEY_SECTION_BYTES	2
#define ENTRY_IN_KEY_SECTION(tag)	(TAG_CLASS(tag) == TAG_KEY)

/* Say whether an entry is in the key section. */
static inline bool
detmeta_entry_in_key_section(const char *entry, int len)
{
	return len > ENTRY_KEY_SECTION_BYTES &&
		memcmp(entry, ENTRY_KEY_SECTION, ENTRY_KEY_SECTION_BYTES) == 0;
}

/* An entry taken apart; pointers go into the entry. */
typedef struct EntryParts
{
	bool		is_row;
	const char *key;
	int			keylen;
	bool		key_cut;
	int			tag;
	const char *payload;
	int			len;			/* without marker and hash */
	bool		cut;
} EntryParts;

extern int	detmeta_entry_compare(const struct varlena *a, const struct varlena *b);
extern void detmeta_entry_cut_key(const char *key, uint64 hash, char *cut);
extern void detmeta_entry_prefix(const char *key, int keylen, int tag, StringInfo out);
extern bool detmeta_entry_cut_payload(StringInfo out, int start);
extern bool detmeta_entry_append_payload(const MetaValue *value, StringInfo out);
extern void detmeta_entry_parse(const char *entry, int len, EntryParts *parts);

#endif							/* DETMETA_ENTRY_H */

/*
 * any_key.c
 *		The keys of an index for a probe of any key.
 *
 * The keys and their kinds come before all other entries, so that each part of the
 * probe becomes probes of just those keys that can have what it looks for:
 *
 *		value string "x"	of loss, which has numbers only		not looked up
 *							of notes, which has strings			looked up
 *
 * A key that is cut is one like the others here: what its name is does not matter.
 *
 * The keys of a row that is visible are all in the index when its pending list has
 * been read, or in that list.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "index/entry.h"
#include "scan/any_key.h"
#include "scan/key_reader.h"

/* The bit of a tag of the class key. */
#define TAG_BIT(tag)	((uint32) 1 << TAG_KIND(tag))

/* Go to the next entry. */
static void
next_key_entry(AnyKey *keys)
{
	CHECK_FOR_INTERRUPTS();
	keys->valid = detmeta_gin_walk_next(keys->walk, &keys->entry);
}

/* Begin before the first key. */
void
detmeta_any_key_begin(AnyKey *keys, GinReader *reader)
{
	memset(keys, 0, sizeof(*keys));
	keys->reader = reader;
	initStringInfo(&keys->key);
	keys->walk = detmeta_key_section_walk(reader);
	next_key_entry(keys);
}

/* Go to the next key; false: there are no more. */
bool
detmeta_any_key_next(AnyKey *keys)
{
	EntryParts	parts;

	if (!keys->valid)
		return false;
	detmeta_entry_parse(keys->entry.key, keys->entry.keylen, &parts);
	resetStringInfo(&keys->key);
	appendBinaryStringInfo(&keys->key, parts.key, parts.keylen);
	keys->tags = 0;
	keys->has_tree = false;
	do
	{
		keys->tags |= TAG_BIT(parts.tag);
		keys->has_tree |= keys->entry.in_tree;
		next_key_entry(keys);
		if (!keys->valid)
			break;
		detmeta_entry_parse(keys->entry.key, keys->entry.keylen, &parts);
	} while (parts.keylen == keys->key.len &&
			 memcmp(parts.key, keys->key.data, keys->key.len) == 0);
	return true;
}

/* End. */
void
detmeta_any_key_end(AnyKey *keys)
{
	detmeta_gin_walk_end(keys->walk);
	pfree(keys->key.data);
}

/* Say whether the current key may have entries that a part looks for. */
bool
detmeta_any_key_has(const AnyKey *keys, const Probe *part)
{
	int			tag = (unsigned char) part->entry[1];	/* behind the zero byte */

	if (ENTRY_IN_KEY_SECTION(tag))
		return (keys->tags & TAG_BIT(tag)) != 0;
	if (TAG_CLASS(tag) == TAG_VALUE)
		return (keys->tags & TAG_BIT(TAG_KEY + TAG_KIND(tag))) != 0;
	if (TAG_CLASS(tag) == TAG_ELEMENT)
		return (keys->tags & TAG_BIT(TAG_KEY + META_ARRAY)) != 0;
	return (keys->tags & (TAG_BIT(TAG_KEY + META_DATE) | TAG_BIT(TAG_KEY + META_STRING) |
						  TAG_BIT(TAG_KEY + META_ARRAY))) != 0;
}

/* Return what a part asks of the current key; the entry is to be freed. */
Probe
detmeta_any_key_probe(const AnyKey *keys, const Probe *part)
{
	Probe		probe = *part;
	bool		in_section = ENTRY_IN_KEY_SECTION((unsigned char) part->entry[1]);
	int			before = keys->key.len + (in_section ? ENTRY_KEY_SECTION_BYTES : 0);
	char	   *entry = palloc(before + part->len);

	memcpy(entry, ENTRY_KEY_SECTION, in_section ? ENTRY_KEY_SECTION_BYTES : 0);
	memcpy(entry + before - keys->key.len, keys->key.data, keys->key.len);
	memcpy(entry + before, part->entry, part->len);
	probe.entry = entry;
	probe.len += before;
	probe.prefix_len += before;
	return probe;
}

/*
 * trigram.h
 *		Trigram entries of keys that an operator class option names.
 *
 *		CREATE INDEX ... USING gin (metadata metadata_ops (trigram_keys = 'notes,description'))
 *		CREATE INDEX ... USING gin (metadata metadata_ops (trigram_keys = '*'))
 *
 * A substring search of a key with very many distinct values would look at
 * all of them.  The trigrams of a key's strings, case folded, narrow it down
 * to rows that are then rechecked.
 */
#ifndef DETMETA_TRIGRAM_H
#define DETMETA_TRIGRAM_H

#include "lib/stringinfo.h"

/* In place of a list of keys: all; in quotes it is a key of that name. */
#define TRIGRAM_ALL_KEYS	'*'

/* Keys that have trigram entries. */
typedef struct TrigramKey
{
	const char *key;
	int			len;
} TrigramKey;

typedef struct TrigramKeys
{
	bool		all;			/* all keys have, also those that come later; then n is 0 */
	int			n;
	TrigramKey	keys[FLEXIBLE_ARRAY_MEMBER];
} TrigramKeys;

/* Called with each trigram: the bytes of three characters. */
typedef void (*TrigramVisitor) (const char *bytes, int len, void *arg);

extern TrigramKeys *detmeta_trigram_keys_parse(const char *list);
extern bool detmeta_trigram_keys_have(const TrigramKeys *keys, const char *key, int len);
extern void detmeta_trigrams_visit(const char *folded, int len, TrigramVisitor visitor, void *arg);

#endif							/* DETMETA_TRIGRAM_H */

/*
 * document.h
 *		What a document counts for: its keys and their types, a key's values.
 *
 * A key is tallied as its name (a long one cut), 0x00 and a KeyType; a value as one byte for its
 * MetaKind and the payload of its index entry, never cut.  So the order of a
 * tally's bytes is that of names, and that of metadata_sort().
 */
#ifndef DETMETA_EXPLORE_DOCUMENT_H
#define DETMETA_EXPLORE_DOCUMENT_H

#include "explore/tally.h"
#include "value/value.h"

typedef enum KeyType
{
	KEY_EMPTY,
	KEY_BOOLEAN,
	KEY_NUMBER,
	KEY_DATE,
	KEY_TEXT,
	KEY_ARRAY,
	KEY_OBJECT,
	KEY_TYPE_COUNT
} KeyType;

extern KeyType detmeta_key_type(MetaKind kind);
extern const char *detmeta_key_type_name(KeyType type);
extern void detmeta_key_bytes(const char *key, int keylen, KeyType type, StringInfo out);

/* Which of a document's keys or values are counted. */
typedef enum TallyScope
{
	TALLY_ALL,
	TALLY_CUT					/* those that are cut in the index */
} TallyScope;

/* Says if a value is wanted, by its bytes. */
typedef bool (*ValueFilter) (const char *bytes, int len, void *arg);

/* Values of keys, which are tallied as the key as it is shown, 0x00, and the value. */
typedef struct KeyedValues
{
	const char *key;			/* of this key; or NULL: of all, */
	int			keylen;
	TallyScope	keys;			/* or of those that are cut in the index */
	TallyScope	values;
	ValueFilter wanted;
	void	   *arg;
} KeyedValues;

/* Each counts one row. */
extern void detmeta_tally_keys(Tally *tally, Jsonb *metadata, TallyScope scope);
extern void detmeta_tally_key(Tally *tally, Jsonb *metadata, const char *key, int keylen);
extern bool detmeta_tally_values(Tally *tally, Jsonb *metadata, const char *key, int keylen,
								 TallyScope scope);
extern void detmeta_tally_keyed_values(Tally *tally, Jsonb *metadata, const KeyedValues *which);

/* Is a value of this kind listed?  Scalars are; null, arrays and objects are not. */
#define EXPLORE_KIND_LISTED(kind)	((kind) >= META_FALSE && (kind) <= META_STRING)

/* Return the value in the bytes of KeyedValues. */
static inline const char *
detmeta_keyed_value(const char *bytes, int *len)
{
	int			keylen = strlen(bytes);

	*len -= keylen + 1;
	return bytes + keylen + 1;
}

/* Turn a value into tallied bytes, false if it is none that is listed; and back. */
extern bool detmeta_append_tallied(const JsonbValue *jbv, StringInfo bytes);
extern JsonbValue *detmeta_tallied_value(const char *bytes, int len, JsonbValue *jbv);

#endif							/* DETMETA_EXPLORE_DOCUMENT_H */

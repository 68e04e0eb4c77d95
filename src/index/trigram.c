/*
 * trigram.c
 *		The keys that have trigram entries, and trigrams of a text.
 *
 * Trigrams are the runs of three characters of a case-folded text, without the
 * padding and the splitting into words of pg_trgm: a substring search is about
 * bytes in a row, spaces included.
 */
#include "postgres.h"

#include "base/compat.h"
#include "index/trigram.h"
#include "value/character.h"

#define TRIGRAM_CHARACTERS 3

/* Refuse a list of keys. */
static void
refuse_list(const char *list, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid list of keys for \"trigram_keys\": \"%s\"", list),
			 errdetail("%s", detail),
			 errhint("Separate keys by commas; double-quote a key that holds a comma, a quote or spaces at its ends, or is *.")));
}

/* Read a quoted key behind its opening quote; a quote in it is doubled. */
static const char *
read_quoted_key(const char *list, const char *p, StringInfo key)
{
	for (;; p++)
	{
		if (*p == '\0')
			refuse_list(list, "A quoted key has no closing quote.");
		if (*p == '"' && *++p != '"')
			return p;
		appendStringInfoChar(key, *p);
	}
}

/* Read a key up to a comma, without the spaces around it. */
static const char *
read_bare(const char *p, StringInfo key)
{
	while (*p != '\0' && *p != ',')
		appendStringInfoChar(key, *p++);
	while (key->len > 0 && key->data[key->len - 1] == ' ')
		key->data[--key->len] = '\0';
	return p;
}

/* Say whether a list is that of all keys. */
static bool
is_all_keys(const char *list)
{
	list += strspn(list, " ");
	return *list == TRIGRAM_ALL_KEYS && list[1 + strspn(list + 1, " ")] == '\0';
}

/* Parse a list of keys. */
TrigramKeys *
detmeta_trigram_keys_parse(const char *list)
{
	TrigramKeys *keys = palloc(offsetof(TrigramKeys, keys) +
							   sizeof(TrigramKey) * (strlen(list) / 2 + 1));
	const char *p = list;

	keys->n = 0;
	keys->all = is_all_keys(list);
	if (keys->all)
		return keys;
	for (;;)
	{
		StringInfoData key;

		initStringInfo(&key);
		while (*p == ' ')
			p++;
		if (*p == TRIGRAM_ALL_KEYS && strchr(" ,", p[1]) != NULL)
			refuse_list(list, "A \"*\" is for all keys, and stands alone.");
		p = *p == '"' ? read_quoted_key(list, p + 1, &key) : read_bare(p, &key);
		while (*p == ' ')
			p++;
		if (key.len == 0)
			refuse_list(list, "A key is empty.");
		keys->keys[keys->n].key = key.data;
		keys->keys[keys->n++].len = key.len;

		if (*p == '\0')
			return keys;
		if (*p++ != ',')
			refuse_list(list, "A comma is missing behind a quoted key.");
	}
}

/* Say whether a key has trigram entries. */
bool
detmeta_trigram_keys_have(const TrigramKeys *keys, const char *key, int len)
{
	if (keys != NULL && keys->all)
		return true;
	for (int i = 0; keys != NULL && i < keys->n; i++)
	{
		if (keys->keys[i].len == len && memcmp(keys->keys[i].key, key, len) == 0)
			return true;
	}
	return false;
}

/* Visit the trigrams of a folded text; one may come more than once. */
void
detmeta_trigrams_visit(const char *folded, int len, TrigramVisitor visitor, void *arg)
{
	const char *starts[TRIGRAM_CHARACTERS];
	const char *end = folded + len;
	int			n = 0;

	for (const char *p = folded; p < end;)
	{
		starts[n++ % TRIGRAM_CHARACTERS] = p;
		p = character_end(p, end);
		if (n >= TRIGRAM_CHARACTERS)
			visitor(starts[n % TRIGRAM_CHARACTERS], p - starts[n % TRIGRAM_CHARACTERS], arg);
	}
}

/*
 * key_list.h
 *		The keys of an index, and the rows that hold each.
 */
#ifndef DETMETA_KEY_LIST_H
#define DETMETA_KEY_LIST_H

#include "gin/entries.h"
#include "gin/walk.h"
#include "index/entry.h"

/* A key of an index, and the rows that hold it. */
typedef struct ListedKey
{
	const char *key;
	int			keylen;
	int			nkinds;
	MetaKind	kinds[META_OBJECT + 1];
	GinPostings postings[META_OBJECT + 1];	/* rows with a value of that kind */
	TidSet	   *apart;			/* rows that have to be looked at apart; NULL: none */
} ListedKey;

typedef struct KeyList KeyList;

/* The keys of an index in order; a key is valid until the next one. */
extern KeyList *detmeta_key_list_begin(GinReader *reader, TidSet *cut_keys);
extern const ListedKey *detmeta_key_list_next(KeyList *list);
extern void detmeta_key_list_end(KeyList *list);

#endif							/* DETMETA_KEY_LIST_H */

/*
 * key_path.h
 *		The key of the member that a walk over a document is at.
 *
 * A key is the names on the way to the member, joined by dots, with [] before
 * the dot where the way leads into an array.  Names nested deep make keys that
 * together are the square of the document; so a long key is known by its first
 * bytes and a hash, which goes on from that of the object around it.
 */
#ifndef DETMETA_KEY_PATH_H
#define DETMETA_KEY_PATH_H

#include "lib/stringinfo.h"

/* Keys up to this length have no hash. */
#define KEY_PATH_SHORT	128

/* Lists of keys show so many bytes of a key, and the hash of a longer one. */
#define KEY_PATH_SHOWN	1000

typedef struct KeyPath
{
	StringInfoData text;
	int			name;			/* where in the text the member's own name begins */
	bool		in_array;		/* the way leads through an array */
	uint64		hash;			/* if the text is not short */
} KeyPath;

/* What an array on the way, or a text that names it, has in front of the dot. */
#define KEY_PATH_ARRAY			"[]"
#define KEY_PATH_ARRAY_BYTES	2

/* Where a path has been, to go back to. */
typedef struct KeyPathMark
{
	int			len;
	bool		in_array;
	uint64		hash;
} KeyPathMark;

extern void detmeta_key_path_init(KeyPath *path);
extern KeyPathMark detmeta_key_path_enter(KeyPath *path);
extern KeyPathMark detmeta_key_path_enter_array(KeyPath *path);
extern void detmeta_key_path_member(KeyPath *path, KeyPathMark parent, const char *name, int len);
extern void detmeta_key_path_show(const KeyPath *path, StringInfo out);
extern uint64 detmeta_key_hash(const char *key, int len);
extern bool detmeta_key_has_array(const char *key, int len);
extern int	detmeta_key_next_array(const char *key, int len, int from);

#endif							/* DETMETA_KEY_PATH_H */

/*
 * key_path.c
 *		The key of the member that a walk over a document is at.
 *
 * The hash is FNV-1a: it takes one byte after the other, so that the hash of a
 * key is also where that of the keys below it begins.  Whoever makes two keys
 * of one hash gets rows that are checked in vain, as entries of long keys are
 * always checked, and one row for both where keys are listed.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "value/key_path.h"

#define FNV_OFFSET	UINT64CONST(0xCBF29CE484222325)
#define FNV_PRIME	UINT64CONST(0x100000001B3)

/* Go on with a hash. */
static uint64
hash_more(uint64 hash, const char *bytes, int len)
{
	for (int i = 0; i < len; i++)
		hash = (hash ^ (unsigned char) bytes[i]) * FNV_PRIME;
	return hash;
}

/* Return the hash of a key. */
uint64
detmeta_key_hash(const char *key, int len)
{
	return hash_more(FNV_OFFSET, key, len);
}

/* Start at the document itself. */
void
detmeta_key_path_init(KeyPath *path)
{
	initStringInfo(&path->text);
	path->name = 0;
	path->in_array = false;
	path->hash = FNV_OFFSET;
}

/* Append bytes. */
static void
append(KeyPath *path, const char *bytes, int len)
{
	bool		was_short = path->text.len <= KEY_PATH_SHORT;

	appendBinaryStringInfo(&path->text, bytes, len);
	if (path->text.len <= KEY_PATH_SHORT)
		return;
	if (was_short)
		path->hash = detmeta_key_hash(path->text.data, path->text.len);
	else
		path->hash = hash_more(path->hash, bytes, len);
}

/* Enter the object that is at the path: its members' names go behind a dot. */
KeyPathMark
detmeta_key_path_enter(KeyPath *path)
{
	KeyPathMark mark;

	append(path, ".", 1);
	mark.len = path->text.len;
	mark.in_array = path->in_array;
	mark.hash = path->hash;
	return mark;
}

/* Enter the objects in the array that is at the path. */
KeyPathMark
detmeta_key_path_enter_array(KeyPath *path)
{
	KeyPathMark mark;

	append(path, KEY_PATH_ARRAY, KEY_PATH_ARRAY_BYTES);
	mark = detmeta_key_path_enter(path);
	mark.in_array = true;
	return mark;
}

/* Go to a member of an object that was entered. */
void
detmeta_key_path_member(KeyPath *path, KeyPathMark parent, const char *name, int len)
{
	path->text.len = path->name = parent.len;
	path->in_array = parent.in_array;
	path->hash = parent.hash;
	append(path, name, len);
}

/* Write the key as it is shown in lists. */
void
detmeta_key_path_show(const KeyPath *path, StringInfo out)
{
	resetStringInfo(out);
	if (path->text.len <= KEY_PATH_SHOWN)
	{
		appendBinaryStringInfo(out, path->text.data, path->text.len);
		return;
	}
	appendBinaryStringInfo(out, path->text.data,
						   pg_mbcliplen(path->text.data, path->text.len, KEY_PATH_SHOWN));
	appendStringInfo(out, "...%08x%08x", (uint32) (path->hash >> 32), (uint32) path->hash);
}

/*
 * Return where the [] of the next array stands that a key leads through, from a
 * place in the key on; -1: there are no more.
 */
int
detmeta_key_next_array(const char *key, int len, int from)
{
	for (int i = from; i + KEY_PATH_ARRAY_BYTES < len; i++)
	{
		if (memcmp(key + i, KEY_PATH_ARRAY ".", KEY_PATH_ARRAY_BYTES + 1) == 0)
			return i;
	}
	return -1;
}

/* Say whether a key leads to members of objects in arrays. */
bool
detmeta_key_has_array(const char *key, int len)
{
	return detmeta_key_next_array(key, len, 0) >= 0;
}

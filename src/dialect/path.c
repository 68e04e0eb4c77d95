/*
 * path.c
 *		Paths into the metadata.
 *
 * A key of the index joins the names on the way by dots, so the key a.b is that
 * of {"a": {"b": 1}}, which the path a, b leads to, and of {"a.b": 1}, which it
 * does not.  Steps that read as an integer may be positions of an array, which
 * the index does not know.  To  -> 0  and  -> -1  a scalar is an array of one.
 */
#include "postgres.h"

#include "dialect/path.h"

/* Add a step to a path. */
void
detmeta_path_add_step(DocumentPath *path, const char *name, int len)
{
	if (path->nsteps++ > 0)
	{
		appendStringInfoChar(&path->key, '.');
		path->is_ambiguous = true;
	}
	path->is_dotted |= memchr(name, '.', len) != NULL;
	appendBinaryStringInfo(&path->key, name, len);
}

/* Note that the value reached may be an array, which the next step goes into. */
void
detmeta_path_note_array(DocumentPath *path)
{
	path->arrays = lappend_int(path->arrays, path->nsteps == 0 ? -1 : path->key.len);
}

/* Go on to a member of an object. */
DocumentPath
detmeta_path_member(const DocumentPath *path, const char *name, int len)
{
	DocumentPath member = *path;

	initStringInfo(&member.key);
	appendBinaryStringInfo(&member.key, path->key.data, path->key.len);
	detmeta_path_add_step(&member, name, len);
	return member;
}

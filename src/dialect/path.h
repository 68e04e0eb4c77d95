/*
 * path.h
 *		Paths into the metadata.
 */
#ifndef DETMETA_DIALECT_PATH_H
#define DETMETA_DIALECT_PATH_H

#include "nodes/pg_list.h"

#include "dialect/expression.h"

/* metadata -> 'a' ->> 'b', and all that means the same. */
typedef struct DocumentPath
{
	StringInfoData key;			/* as the index has it: a.b */
	int			nsteps;			/* 0: the document itself */
	bool		is_text;		/* the value is text, and NULL for a JSON null */
	bool		is_ambiguous;	/* documents with dotted names may have the key elsewhere, */
	bool		is_dotted;		/* or only they can have it: a step is such a name */
	List	   *arrays;			/* lengths of keys where an array may lead on; -1: the document */
	bool		is_element;		/* some step is a position, or 0 of a scalar */
	bool		is_unknown;		/* some step is not known yet */
} DocumentPath;

extern void detmeta_path_add_step(DocumentPath *path, const char *name, int len);

/* Note that the value reached may be an array, which the next step goes into. */
extern void detmeta_path_note_array(DocumentPath *path);

/* Go on to a member. */
extern DocumentPath detmeta_path_member(const DocumentPath *path, const char *name, int len);

/* The kinds that a value has for the path not to be NULL. */
static inline MetaKind
detmeta_path_held(const DocumentPath *path)
{
	return path->is_text ? META_EMPTY_ARRAY : META_NULL;
}

#endif							/* DETMETA_DIALECT_PATH_H */

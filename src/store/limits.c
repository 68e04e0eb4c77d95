/*
 * limits.c
 *		Refuse documents that are not metadata, or too large for it.
 *
 * One pass over the document's tokens counts and measures.  It keeps no
 * path; only when it refuses is the path rebuilt, by a second pass up to the
 * refused token.  For example {"a": {"b": [1, "long..."]}} is refused at the
 * key "a.b": array elements have no key of their own.  Nor have the members of
 * objects in arrays, which are whole values: their names may be any, and count
 * as strings.
 *
 * Bytes are those of the server's encoding.  Numbers have no limit.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"

#include "base/settings.h"
#include "store/limits.h"

/* Names in messages are cut to so many bytes. */
#define SHOWN_NAME_BYTES	60

/* The state of the pass. */
typedef struct Check
{
	Jsonb	   *document;
	int			ntokens;		/* read so far, the current one included */
	int			nkeys;
	int			depth;
	int			narrays;		/* open ones */
	bool		size_only;		/* names, strings and arrays may be any */
} Check;

/* Copy a member name, cut where it is too long to show. */
static char *
shown_name(const char *name, int len)
{
	if (len <= SHOWN_NAME_BYTES)
		return pnstrdup(name, len);
	return psprintf("%.*s...", pg_mbcliplen(name, len, SHOWN_NAME_BYTES), name);
}

/* Join the names of the open members with dots. */
static char *
join_names(List *names)
{
	StringInfoData path;
	ListCell   *lc;

	initStringInfo(&path);
	foreach(lc, names)
	{
		const char *name = lfirst(lc);

		if (name == NULL)
			continue;
		if (path.len > 0)
			appendStringInfoChar(&path, '.');
		appendStringInfoString(&path, name);
	}
	return path.data;
}

/* Name the key at which the pass stopped. */
static char *
current_key(const Check *check)
{
	JsonbIterator *it = JsonbIteratorInit(&check->document->root);
	JsonbValue	v;
	List	   *names = NIL;	/* of each open object that is in no array */
	int			narrays = 0;

	for (int i = 0; i < check->ntokens; i++)
	{
		CHECK_FOR_INTERRUPTS();
		switch (JsonbIteratorNext(&it, &v, false))
		{
			case WJB_BEGIN_ARRAY:
				narrays++;
				break;
			case WJB_END_ARRAY:
				narrays--;
				break;
			case WJB_BEGIN_OBJECT:
				if (narrays == 0)
					names = lappend(names, NULL);
				break;
			case WJB_END_OBJECT:
				if (narrays == 0)
					names = list_delete_last(names);
				break;
			case WJB_KEY:
				if (narrays == 0)
					llast(names) = shown_name(v.val.string.val, v.val.string.len);
				break;
			default:
				break;
		}
	}
	return join_names(names);
}

/* Refuse a document that is no object. */
static void
refuse_other_than_object(Jsonb *document)
{
	JsonbValue	scalar;
	const char *type = "array";

	if (JsonbExtractScalar(&document->root, &scalar))
		type = JsonbTypeName(&scalar);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("metadata must be a JSON object"),
			 errdetail("The document is of type %s.", type),
			 errhint("Give an object such as {\"loss\": 0.1}, or {} for no metadata.")));
}

/* Refuse an empty key. */
static void
refuse_empty_key(const Check *check)
{
	char	   *path = current_key(check);

	/* The path ends in the empty name. */
	if (path[0] != '\0')
		path[strlen(path) - 1] = '\0';
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("metadata key is empty"),
			 path[0] == '\0' ?
			 errdetail("It is among the keys of the document itself.") :
			 errdetail("It is among the keys inside \"%s\".", path),
			 errhint("Give every member a name.")));
}

/* Check one member name. */
static void
check_key_limits(const Check *check, const char *key, int len)
{
	if (check->size_only)
		return;
	if (len == 0)
		refuse_empty_key(check);
	if (len > detmeta_max_key_bytes)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("metadata key \"%s\" is longer than %d bytes",
						current_key(check), detmeta_max_key_bytes),
				 errdetail("Its name has %d bytes.", len),
				 errhint("Shorten the name, or raise detmeta.max_key_bytes.")));

	for (int i = 0; i < len; i++)
	{
		if (key[i] == '.' || key[i] == '$' || key[i] == '[' || key[i] == ']')
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("metadata key \"%s\" holds the character \"%c\"",
							current_key(check), key[i]),
					 errdetail("A key can hold none of $ . [ and ]."),
					 errhint("Rename the key; for a dotted key, nest objects: {\"a\": {\"b\": 1}} has the key a.b.")));
	}
}

/* Check one string. */
static void
check_string_limit(const Check *check, int len)
{
	if (!check->size_only && len > detmeta_max_string_bytes)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("metadata key \"%s\" holds a string longer than %d bytes",
						current_key(check), detmeta_max_string_bytes),
				 errdetail("The string has %d bytes.", len),
				 errhint("Shorten the string, or raise detmeta.max_string_bytes.")));
}

/* Check one array. */
static void
check_array_limit(const Check *check, int nelems)
{
	if (!check->size_only && nelems > detmeta_max_array_elements)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("metadata key \"%s\" holds an array of more than %d elements",
						current_key(check), detmeta_max_array_elements),
				 errdetail("The array has %d elements.", nelems),
				 errhint("Shorten the array, or raise detmeta.max_array_elements.")));
}

/* Check the nesting. */
static void
check_depth(const Check *check)
{
	if (check->depth > detmeta_max_depth)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("metadata key \"%s\" is nested deeper than level %d",
						current_key(check), detmeta_max_depth),
				 errdetail("The document itself is level 1; each object or array inside another is one level more."),
				 errhint("Flatten the document, or raise detmeta.max_depth.")));
}

/* Check the number of keys. */
static void
check_key_count(const Check *check)
{
	if (check->nkeys > detmeta_max_keys)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("metadata has more than %d keys", detmeta_max_keys),
				 errdetail("The first key too many is \"%s\".", current_key(check)),
				 errhint("Leave keys out, or raise detmeta.max_keys.")));
}

/* Check a member name: in an array it is part of a value, elsewhere of a key. */
static void
check_name(Check *check, const char *name, int len)
{
	if (check->narrays > 0)
	{
		check_string_limit(check, len);
		return;
	}
	check->nkeys++;
	check_key_count(check);
	check_key_limits(check, name, len);
}

/* Pass over a document. */
static void
run_check(Jsonb *document, bool size_only)
{
	Check		check = {
		.document = document,
		.size_only = size_only
	};
	JsonbIterator *it = JsonbIteratorInit(&document->root);
	JsonbIteratorToken token;
	JsonbValue	v;

	while ((token = JsonbIteratorNext(&it, &v, false)) != WJB_DONE)
	{
		CHECK_FOR_INTERRUPTS();
		check.ntokens++;
		switch (token)
		{
			case WJB_BEGIN_ARRAY:
				check_array_limit(&check, v.val.array.nElems);
				check.narrays++;
				check.depth++;
				check_depth(&check);
				break;
			case WJB_BEGIN_OBJECT:
				check.depth++;
				check_depth(&check);
				break;
			case WJB_END_ARRAY:
				check.narrays--;
				check.depth--;
				break;
			case WJB_END_OBJECT:
				check.depth--;
				break;
			case WJB_KEY:
				check_name(&check, v.val.string.val, v.val.string.len);
				break;
			default:
				if (v.type == jbvString)
					check_string_limit(&check, v.val.string.len);
				break;
		}
	}
}

/* Check a document against every limit. */
void
detmeta_check_document(Jsonb *document)
{
	if (!JB_ROOT_IS_OBJECT(document))
		refuse_other_than_object(document);
	run_check(document, false);
}

/* Check a document against the limits that its size has. */
void
detmeta_check_size(Jsonb *document)
{
	run_check(document, true);
}

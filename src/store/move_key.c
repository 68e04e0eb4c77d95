/*
 * move_key.c
 *		A document without a key, or with a key's value at another one.
 *
 * A key is found where filters find it, in every place: a.b in {"a": {"b": 1}}
 * and in {"a.b": 1}.  Arrays are not entered.  Where a key has to be, it is as it
 * would be posted: nested, in objects that are made on the way.  Objects that lose
 * their last member go with it, so that what was made is unmade on the way back:
 *
 *		{"a": {"b": 1}}		a.b to c		{"c": 1}
 *		{"c": 1}			c to a.b		{"a": {"b": 1}}
 *
 * The value is taken out before the new key is looked for.  So a becomes a.b
 * with all that is in it, and a.b becomes a unless a has other members.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "base/compat.h"
#include "store/limits.h"
#include "store/move_key.h"
#include "value/document.h"

PG_FUNCTION_INFO_V1(detmeta_without_key);
PG_FUNCTION_INFO_V1(detmeta_with_key_renamed);

/* What happens to a run that has the new key. */
typedef enum OnConflict
{
	CONFLICT_ERROR,				/* nothing at all: an error */
	CONFLICT_KEEP,				/* it keeps what it has, and loses the old key */
	CONFLICT_REPLACE			/* the old key's value takes its place */
} OnConflict;

static const char *const on_conflict_words[] = {
	[CONFLICT_ERROR] = "error",
	[CONFLICT_KEEP] = "keep",
	[CONFLICT_REPLACE] = "replace",
};

/* A key that is taken out of a document. */
typedef struct TakenKey
{
	int			nplaces;
	JsonbValue	value;			/* in the first place */
} TakenKey;

/* A key that becomes another one. */
typedef struct Renaming
{
	const char *run_id;
	const char *old;
	const char *new;
	OnConflict	on_conflict;
} Renaming;

static JsonbValue *take_from(JsonbContainer *object, const char *key, int len, TakenKey *taken);

/*
 * Take a key out of a member, or the member out of its object; false if nothing
 * is left of it.
 */
static bool
take_from_member(const JsonbValue *name, JsonbValue *value, const char *key, int len,
				 TakenKey *taken)
{
	int			namelen = name->val.string.len;
	int			nplaces = taken->nplaces;
	JsonbValue *rest;

	if (namelen > len || memcmp(name->val.string.val, key, namelen) != 0)
		return true;
	if (namelen == len)
	{
		if (taken->nplaces++ == 0)
			taken->value = *value;
		return false;
	}
	if (key[namelen] != '.' || value->type != jbvBinary ||
		!JsonContainerIsObject(value->val.binary.data))
		return true;

	rest = take_from(value->val.binary.data, key + namelen + 1, len - namelen - 1, taken);
	if (taken->nplaces == nplaces)
		return true;
	*value = *rest;
	return rest->val.object.nPairs > 0;
}

/* Return an object without a key. */
static JsonbValue *
take_from(JsonbContainer *object, const char *key, int len, TakenKey *taken)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbBuilder builder = {0};
	JsonbValue	name;
	JsonbValue	value;

	check_stack_depth();
	(void) JsonbIteratorNext(&it, &name, true);
	push_jsonb(&builder, WJB_BEGIN_OBJECT, NULL);
	while (JsonbIteratorNext(&it, &name, true) == WJB_KEY)
	{
		CHECK_FOR_INTERRUPTS();
		(void) JsonbIteratorNext(&it, &value, true);
		if (take_from_member(&name, &value, key, len, taken))
		{
			push_jsonb(&builder, WJB_KEY, &name);
			push_jsonb(&builder, WJB_VALUE, &value);
		}
	}
	push_jsonb(&builder, WJB_END_OBJECT, NULL);
	return builder.result;
}

/* Return a document without a key; one that is no object has no keys. */
static Jsonb *
take_out(Jsonb *document, const char *key, TakenKey *taken)
{
	taken->nplaces = 0;
	if (!JB_ROOT_IS_OBJECT(document))
		return document;
	return JsonbValueToJsonb(take_from(&document->root, key, strlen(key), taken));
}

/* Return the length of the first name of a key. */
static int
first_name(const char *key, int len)
{
	const char *dot = memchr(key, '.', len);

	return dot != NULL ? dot - key : len;
}

/*
 * Append an object, NULL for one that is made on the way, with a value at a key.
 * The value takes the place of whatever is there, or on the way, and is no object.
 */
static void
put_into(JsonbBuilder *builder, JsonbContainer *object, const char *key, int len,
		 JsonbValue *value)
{
	int			namelen = first_name(key, len);
	JsonbIterator *it = object != NULL ? JsonbIteratorInit(object) : NULL;
	JsonbContainer *inner = NULL;
	JsonbValue	name;
	JsonbValue	member;

	check_stack_depth();
	push_jsonb(builder, WJB_BEGIN_OBJECT, NULL);
	if (it != NULL)
		(void) JsonbIteratorNext(&it, &name, true);
	while (it != NULL && JsonbIteratorNext(&it, &name, true) == WJB_KEY)
	{
		CHECK_FOR_INTERRUPTS();
		(void) JsonbIteratorNext(&it, &member, true);
		if (name.val.string.len != namelen || memcmp(name.val.string.val, key, namelen) != 0)
		{
			push_jsonb(builder, WJB_KEY, &name);
			push_jsonb(builder, WJB_VALUE, &member);
		}
		else if (member.type == jbvBinary && JsonContainerIsObject(member.val.binary.data))
			inner = member.val.binary.data;
	}

	name.type = jbvString;
	name.val.string.val = unconstify(char *, key);
	name.val.string.len = namelen;
	push_jsonb(builder, WJB_KEY, &name);
	if (namelen == len)
		push_jsonb(builder, WJB_VALUE, value);
	else
		put_into(builder, inner, key + namelen + 1, len - namelen - 1, value);
	push_jsonb(builder, WJB_END_OBJECT, NULL);
}

/* Return a document with a value at a key. */
static Jsonb *
put(Jsonb *document, const char *key, JsonbValue *value)
{
	JsonbBuilder builder = {0};

	put_into(&builder, &document->root, key, strlen(key), value);
	return JsonbValueToJsonb(builder.result);
}

/* A visitor that is content with the first place of a key. */
static bool
stop_at_place(const JsonbValue *jbv, void *arg)
{
	return true;
}

/*
 * Return how much of a key leads to a value that is no object, with more of the key
 * behind it; 0 if nothing is in the way.
 */
static int
obstacle_on_way(JsonbContainer *object, const char *key)
{
	int			len = strlen(key);
	int			start = 0;
	int			end;

	while ((end = start + first_name(key + start, len - start)) < len)
	{
		JsonbValue	value;

		if (getKeyJsonValueFromContainer(object, key + start, end - start, &value) == NULL)
			return 0;
		if (value.type != jbvBinary || !JsonContainerIsObject(value.val.binary.data))
			return end;
		object = value.val.binary.data;
		start = end + 1;
	}
	return 0;
}

/* Refuse to choose among the values that a run has at the old key. */
static void
refuse_two_places(const Renaming *renaming)
{
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_JSON_OBJECT_KEY_VALUE),
			 errmsg("run \"%s\" has metadata key \"%s\" in more than one place",
					renaming->run_id, renaming->old),
			 errdetail("Names that hold dots, and nested names, are one key."),
			 errhint("With on_conflict 'keep' or 'replace' the place counts whose first name is the shortest.")));
}

/* Refuse to change a run that has the new key. */
static void
refuse_taken_key(const Renaming *renaming)
{
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_JSON_OBJECT_KEY_VALUE),
			 errmsg("run \"%s\" has metadata key \"%s\" already", renaming->run_id, renaming->new),
			 errdetail("It has key \"%s\" as well.", renaming->old),
			 errhint("With on_conflict 'keep' such runs keep what they have and lose the old key; with 'replace' its value takes the place.")));
}

/* Refuse to change a run that has some other value where an object has to be. */
static void
refuse_obstacle(const Renaming *renaming, int len)
{
	ereport(ERROR,
			(errcode(ERRCODE_SQL_JSON_OBJECT_NOT_FOUND),
			 errmsg("run \"%s\" has a value that is no object at metadata key \"%.*s\"",
					renaming->run_id, len, renaming->new),
			 errdetail("Key \"%s\" would be inside of it.", renaming->new),
			 errhint("With on_conflict 'keep' such runs keep what they have and lose the old key; with 'replace' its value takes the place.")));
}

/* Say which run is too large: the limits name a key only. */
static void
name_run(void *arg)
{
	errcontext("run \"%s\"", (const char *) arg);
}

/* Check what a key with more names than one adds: levels, and objects that are keys too. */
static void
check_renamed(Jsonb *document, const Renaming *renaming)
{
	ErrorContextCallback callback;

	if (strchr(renaming->new, '.') == NULL)
		return;
	callback.callback = name_run;
	callback.arg = unconstify(char *, renaming->run_id);
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	detmeta_check_size(document);
	error_context_stack = callback.previous;
}

/* Return a document with the value of one key at another. */
static Jsonb *
rename_key(Jsonb *document, const Renaming *renaming)
{
	TakenKey	taken;
	TakenKey	replaced;
	Jsonb	   *rest = take_out(document, renaming->old, &taken);
	int			obstacle;
	bool		has_new;

	if (taken.nplaces == 0)
		return document;
	if (taken.nplaces > 1 && renaming->on_conflict == CONFLICT_ERROR)
		refuse_two_places(renaming);

	has_new = detmeta_visit_key(&rest->root, renaming->new, strlen(renaming->new), stop_at_place,
								NULL);
	obstacle = obstacle_on_way(&rest->root, renaming->new);
	if (has_new && renaming->on_conflict == CONFLICT_ERROR)
		refuse_taken_key(renaming);
	if (obstacle > 0 && renaming->on_conflict == CONFLICT_ERROR)
		refuse_obstacle(renaming, obstacle);
	if ((has_new || obstacle > 0) && renaming->on_conflict == CONFLICT_KEEP)
		return rest;

	/* also where the new key is not nested: nothing else may be left at it */
	if (has_new)
		rest = take_out(rest, renaming->new, &replaced);
	rest = put(rest, renaming->new, &taken.value);
	check_renamed(rest, renaming);
	return rest;
}

/* Check a key as a document that has it would be checked. */
void
detmeta_check_new_key(const char *key, int len)
{
	JsonbBuilder builder = {0};
	JsonbValue	value = {.type = jbvNull};

	put_into(&builder, NULL, key, len, &value);
	detmeta_check_document(JsonbValueToJsonb(builder.result));
}

/* Read the word for what happens to a run that has the new key. */
static OnConflict
read_on_conflict(const char *word)
{
	for (int i = 0; i < (int) lengthof(on_conflict_words); i++)
	{
		if (strcmp(word, on_conflict_words[i]) == 0)
			return (OnConflict) i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized on_conflict: \"%s\"", word),
			 errhint("Use 'error', 'keep' or 'replace'.")));
}

/* Check the word for what happens to a run that has the new key. */
void
detmeta_check_on_conflict(const char *word)
{
	(void) read_on_conflict(word);
}

/* metadata_without_key(metadata, key): the document without the key. */
Datum
detmeta_without_key(PG_FUNCTION_ARGS)
{
	TakenKey	taken;

	PG_RETURN_JSONB_P(take_out(PG_GETARG_JSONB_P(0), text_to_cstring(PG_GETARG_TEXT_PP(1)),
							   &taken));
}

/*
 * metadata_with_key_renamed(metadata, run_id, old, new, conflict): the document
 * with the value of key old at key new.
 */
Datum
detmeta_with_key_renamed(PG_FUNCTION_ARGS)
{
	Renaming	renaming = {
		.run_id = text_to_cstring(PG_GETARG_TEXT_PP(1)),
		.old = text_to_cstring(PG_GETARG_TEXT_PP(2)),
		.new = text_to_cstring(PG_GETARG_TEXT_PP(3)),
		.on_conflict = read_on_conflict(text_to_cstring(PG_GETARG_TEXT_PP(4)))
	};

	PG_RETURN_JSONB_P(rename_key(PG_GETARG_JSONB_P(0), &renaming));
}

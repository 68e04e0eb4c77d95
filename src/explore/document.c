/*
 * document.c
 *		Count what a document has: its keys and their types, a key's values.
 *
 *		{"a": {"b": 1}, "a.b": "x"}		a object, a.b number, a.b text
 *		the values of a.b				1, "x"
 *
 * This is the definition; explore/index.c gets the same from the index.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "explore/document.h"
#include "index/entry.h"
#include "value/date.h"
#include "value/document.h"
#include "value/key_path.h"
#include "value/number.h"

/* Return the type that a kind is shown as. */
KeyType
detmeta_key_type(MetaKind kind)
{
	static const KeyType types[] = {
		[META_NULL] = KEY_EMPTY,
		[META_EMPTY_ARRAY] = KEY_EMPTY,
		[META_EMPTY_OBJECT] = KEY_EMPTY,
		[META_FALSE] = KEY_BOOLEAN,
		[META_TRUE] = KEY_BOOLEAN,
		[META_NUMBER] = KEY_NUMBER,
		[META_DATE] = KEY_DATE,
		[META_STRING] = KEY_TEXT,
		[META_ARRAY] = KEY_ARRAY,
		[META_OBJECT] = KEY_OBJECT,
	};

	return types[kind];
}

/* Return the name of a type. */
const char *
detmeta_key_type_name(KeyType type)
{
	static const char *const names[] = {
		[KEY_EMPTY] = "empty",
		[KEY_BOOLEAN] = "boolean",
		[KEY_NUMBER] = "number",
		[KEY_DATE] = "date",
		[KEY_TEXT] = "text",
		[KEY_ARRAY] = "array",
		[KEY_OBJECT] = "object",
	};

	return names[type];
}

/* Write a key and a type as a tally has them. */
void
detmeta_key_bytes(const char *key, int keylen, KeyType type, StringInfo out)
{
	resetStringInfo(out);
	appendBinaryStringInfo(out, key, keylen);
	appendStringInfoCharMacro(out, '\0');
	appendStringInfoCharMacro(out, (char) type);
}

/* Where a document's keys or values go. */
typedef struct TallyTarget
{
	Tally	   *tally;
	TallyScope	scope;
	StringInfoData bytes;
	StringInfoData name;		/* of the current key, as it is shown */
	const char *key;			/* to count only this one; or NULL */
	int			keylen;
	bool		holds;			/* a value that is not empty was met */
	int			start;			/* of the value in "bytes", behind its key if that is tallied */
	const KeyedValues *which;	/* or NULL */
} TallyTarget;

/* Count a key and its type. */
static void
count_key(TallyTarget *target, const char *key, int keylen, const JsonbValue *jbv)
{
	int64		instant;

	detmeta_key_bytes(key, keylen, detmeta_key_type(detmeta_value_kind(jbv, &instant)),
					  &target->bytes);
	detmeta_tally_count(target->tally, target->bytes.data, target->bytes.len);
}

/* Count a key that a walk over the document has come to. */
static void
count_member(const KeyPath *path, const JsonbValue *jbv, void *arg)
{
	TallyTarget *target = arg;

	if (target->scope == TALLY_CUT && path->text.len <= ENTRY_MAX_KEY)
		return;
	detmeta_key_path_show(path, &target->name);
	count_key(target, target->name.data, target->name.len, jbv);
}

/* Count the keys of a row and their types. */
void
detmeta_tally_keys(Tally *tally, Jsonb *metadata, TallyScope scope)
{
	TallyTarget target = {
		.tally = tally,
		.scope = scope
	};

	initStringInfo(&target.bytes);
	initStringInfo(&target.name);
	detmeta_tally_next_row(tally);
	detmeta_visit_keys(metadata, false, count_member, &target);
	pfree(target.bytes.data);
	pfree(target.name.data);
}

/* Count one place of the key that is looked for. */
static bool
count_place(const JsonbValue *jbv, void *arg)
{
	TallyTarget *target = arg;

	count_key(target, target->key, target->keylen, jbv);
	return false;
}

/* Count the types of one key in a row. */
void
detmeta_tally_key(Tally *tally, Jsonb *metadata, const char *key, int keylen)
{
	TallyTarget target = {
		.tally = tally,
		.scope = TALLY_ALL,
		.key = key,
		.keylen = keylen
	};

	initStringInfo(&target.bytes);
	detmeta_tally_next_row(tally);
	detmeta_visit_key(&metadata->root, key, keylen, count_place, &target);
	pfree(target.bytes.data);
}

/* Say whether a value whose bytes were written is counted. */
static bool
is_counted(const TallyTarget *target)
{
	const StringInfoData *bytes = &target->bytes;

	if (target->scope == TALLY_CUT && bytes->len - target->start - 1 <= ENTRY_MAX_PAYLOAD)
		return false;
	return target->which == NULL ||
		target->which->wanted(bytes->data, bytes->len, target->which->arg);
}

/* Append a scalar as a tally has it; false: it is none that is listed. */
bool
detmeta_append_tallied(const JsonbValue *jbv, StringInfo bytes)
{
	MetaValue	value;

	value.kind = detmeta_value_kind(jbv, &value.instant);
	if (!EXPLORE_KIND_LISTED(value.kind))
		return false;
	detmeta_value_read(jbv, &value);
	appendStringInfoCharMacro(bytes, (char) value.kind);
	if (value.kind == META_DATE)
		detmeta_date_encode(value.bytes, value.len, value.instant, bytes);
	else
		appendBinaryStringInfo(bytes, value.bytes, value.len);
	return true;
}

/* Count a scalar. */
static bool
count_value(const JsonbValue *jbv, void *arg)
{
	TallyTarget *target = arg;
	StringInfo	bytes = &target->bytes;

	CHECK_FOR_INTERRUPTS();
	bytes->len = target->start;
	if (detmeta_append_tallied(jbv, bytes) && is_counted(target))
		detmeta_tally_count(target->tally, bytes->data, bytes->len);
	return false;
}

/* Count the scalars at one place of a key. */
static bool
count_values(const JsonbValue *jbv, void *arg)
{
	TallyTarget *target = arg;
	int64		instant;
	MetaKind	kind = detmeta_value_kind(jbv, &instant);

	target->holds |= !META_IS_EMPTY(kind);
	if (kind == META_ARRAY)
		return detmeta_visit_elements(jbv->val.binary.data, count_value, arg);
	return count_value(jbv, arg);
}

/* Count the distinct values that a row has at a key; false where the key is empty. */
bool
detmeta_tally_values(Tally *tally, Jsonb *metadata, const char *key, int keylen, TallyScope scope)
{
	TallyTarget target = {
		.tally = tally,
		.scope = scope
	};

	initStringInfo(&target.bytes);
	detmeta_tally_next_row(tally);
	detmeta_visit_places(&metadata->root, key, keylen, count_values, &target);
	pfree(target.bytes.data);
	return target.holds;
}

/* Write the key that values are tallied behind. */
static void
begin_keyed_values(TallyTarget *target, const char *key, int keylen)
{
	resetStringInfo(&target->bytes);
	appendBinaryStringInfo(&target->bytes, key, keylen);
	appendStringInfoCharMacro(&target->bytes, '\0');
	target->start = target->bytes.len;
}

/* Count the scalars of a member that a walk over the document has come to. */
static void
count_member_values(const KeyPath *path, const JsonbValue *jbv, void *arg)
{
	TallyTarget *target = arg;

	if (target->which->keys == TALLY_CUT && path->text.len <= ENTRY_MAX_KEY)
		return;
	detmeta_key_path_show(path, &target->name);
	begin_keyed_values(target, target->name.data, target->name.len);
	count_values(jbv, target);
}

/* Count the distinct values that a row has at one key or at several, together with the key. */
void
detmeta_tally_keyed_values(Tally *tally, Jsonb *metadata, const KeyedValues *which)
{
	TallyTarget target = {
		.tally = tally,
		.scope = which->values,
		.which = which
	};

	initStringInfo(&target.bytes);
	initStringInfo(&target.name);
	detmeta_tally_next_row(tally);
	if (which->key == NULL)
		detmeta_visit_keys(metadata, false, count_member_values, &target);
	else
	{
		begin_keyed_values(&target, which->key, which->keylen);
		detmeta_visit_key(&metadata->root, which->key, which->keylen, count_values, &target);
	}
	pfree(target.bytes.data);
	pfree(target.name.data);
}

/* Turn a value's tallied bytes into JSON. */
JsonbValue *
detmeta_tallied_value(const char *bytes, int len, JsonbValue *jbv)
{
	MetaKind	kind = (unsigned char) bytes[0];
	StringInfoData text;

	switch (kind)
	{
		case META_FALSE:
		case META_TRUE:
			jbv->type = jbvBool;
			jbv->val.boolean = kind == META_TRUE;
			break;
		case META_NUMBER:
			jbv->type = jbvNumeric;
			jbv->val.numeric = detmeta_number_decode(bytes + 1, len - 1);
			break;
		case META_DATE:
			initStringInfo(&text);
			detmeta_date_text(bytes + 1, len - 1, &text);
			jbv->type = jbvString;
			jbv->val.string.val = text.data;
			jbv->val.string.len = text.len;
			break;
		case META_STRING:
			jbv->type = jbvString;
			jbv->val.string.val = unconstify(char *, bytes + 1);
			jbv->val.string.len = len - 1;
			break;
		default:
			elog(ERROR, "unexpected kind %d of a value", (int) kind);
	}
	return jbv;
}

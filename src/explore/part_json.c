/*
 * part_json.c
 *		Write and read parts of an exploration as jsonb.
 */
#include "postgres.h"

#include "common/int.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "base/compat.h"
#include "explore/part_json.h"

/* Refuse what is no part of an exploration. */
void
detmeta_part_refuse(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid part of an exploration of metadata"),
			 errhint("Parts are written by the same version of the extension, on the server that has the rows.")));
}

/* ---- writing ---- */

/* Push the name of a member. */
void
detmeta_part_push_name(JsonbBuilder *state, const char *name)
{
	detmeta_part_push_text(state, WJB_KEY, name, strlen(name));
}

/* Push a text. */
void
detmeta_part_push_text(JsonbBuilder *state, JsonbIteratorToken token, const char *text,
					   int len)
{
	JsonbValue	value = {.type = jbvString};

	value.val.string.val = unconstify(char *, text);
	value.val.string.len = len;
	push_jsonb(state, token, &value);
}

/* Push a whole number. */
void
detmeta_part_push_count(JsonbBuilder *state, JsonbIteratorToken token, int64 n)
{
	JsonbValue	value = {.type = jbvNumeric};

	value.val.numeric = int64_to_numeric(n);
	push_jsonb(state, token, &value);
}

/* ---- reading ---- */

/* Make memory for items the current memory context. */
void
detmeta_part_begin_items(PartMemory *memory)
{
	memory->item = AllocSetContextCreate(CurrentMemoryContext, "metadata part item",
										 ALLOCSET_SMALL_SIZES);
	memory->outer = MemoryContextSwitchTo(memory->item);
}

/* Go back to the memory context before. */
void
detmeta_part_end_items(PartMemory *memory)
{
	MemoryContextSwitchTo(memory->outer);
	MemoryContextDelete(memory->item);
}

/* Return a member, or NULL. */
static JsonbValue *
find_member(JsonbContainer *object, const char *name, JsonbValue *value)
{
	JsonbValue *found;

	if (!JsonContainerIsObject(object))
		detmeta_part_refuse();
	found = getKeyJsonValueFromContainer(object, name, strlen(name), value);
	return found == NULL || found->type == jbvNull ? NULL : found;
}

/* Return the text of a value that is one. */
char *
detmeta_part_text_of(const JsonbValue *value)
{
	if (value->type != jbvString)
		detmeta_part_refuse();
	return pnstrdup(value->val.string.val, value->val.string.len);
}

/* More than the rows of any table. */
#define MAX_COUNT	(INT64CONST(1) << 42)

/* Say whether a number is greater than a whole one. */
static bool
is_greater(Numeric number, int64 limit)
{
	return DatumGetBool(DirectFunctionCall2(numeric_gt, NumericGetDatum(number),
											NumericGetDatum(int64_to_numeric(limit))));
}

/* Return the whole number of a value that is one, not negative, and can be a count. */
int64
detmeta_part_count_of(const JsonbValue *value)
{
	if (value->type != jbvNumeric || is_greater(value->val.numeric, MAX_COUNT) ||
		!is_greater(value->val.numeric, -1))
		detmeta_part_refuse();
	return DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(value->val.numeric)));
}

/* Add to a count; many of them may be more than there can be. */
void
detmeta_part_add_count(int64 *sum, int64 n)
{
	if (pg_add_s64_overflow(*sum, n, sum))
		detmeta_part_refuse();
}

/* Return a member that is a text. */
char *
detmeta_part_text(JsonbContainer *object, const char *name)
{
	JsonbValue	value;
	JsonbValue *found = find_member(object, name, &value);

	return found == NULL ? NULL : detmeta_part_text_of(found);
}

/* Return a member that is a whole number. */
int64
detmeta_part_count(JsonbContainer *object, const char *name)
{
	JsonbValue	value;
	JsonbValue *found = find_member(object, name, &value);

	return found == NULL ? 0 : detmeta_part_count_of(found);
}

/* Begin to read the elements of an array. */
void
detmeta_part_elements(JsonbContainer *container, PartArray *array)
{
	JsonbValue	value;

	if (!JsonContainerIsArray(container) || JsonContainerIsScalar(container))
		detmeta_part_refuse();
	array->container = container;
	array->it = JsonbIteratorInit(container);
	(void) JsonbIteratorNext(&array->it, &value, true);
}

/* Begin to read a member that is an array. */
void
detmeta_part_array(JsonbContainer *object, const char *name, PartArray *array)
{
	JsonbValue	value;
	JsonbValue *found = find_member(object, name, &value);

	memset(array, 0, sizeof(*array));
	if (found == NULL)
		return;
	if (found->type != jbvBinary)
		detmeta_part_refuse();
	detmeta_part_elements(found->val.binary.data, array);
}

/* Read the next element; false: there is none. */
bool
detmeta_part_next(PartArray *array, JsonbValue *value)
{
	CHECK_FOR_INTERRUPTS();
	return array->it != NULL && JsonbIteratorNext(&array->it, value, true) == WJB_ELEM;
}

/* Read the next element, which has to be there. */
void
detmeta_part_next_value(PartArray *array, JsonbValue *value)
{
	if (!detmeta_part_next(array, value))
		detmeta_part_refuse();
}

/* Read the next element, which has to be a whole number. */
int64
detmeta_part_next_count(PartArray *array)
{
	JsonbValue	value;

	detmeta_part_next_value(array, &value);
	return detmeta_part_count_of(&value);
}

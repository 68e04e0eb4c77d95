/*
 * merge_patch.c
 *		RFC 7396 merge patches on jsonb.
 *
 * A member of the patch replaces the target's; null removes it, and an object
 * patches it in turn.  For example {"a": 1, "b": {"c": 2}} patched with
 * {"a": null, "b": {"d": 3}} is {"b": {"c": 2, "d": 3}}.  Nulls of the patch
 * never reach the result, but for those inside arrays, which are replaced as
 * a whole.
 *
 * Members of jsonb objects are sorted, so that each pair of objects is merged
 * in one pass over both.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/compat.h"
#include "store/merge_patch.h"

/* The next member of an object. */
typedef struct Member
{
	JsonbIterator *it;
	bool		valid;			/* false past the last one */
	JsonbValue	key;
	JsonbValue	value;
} Member;

/* Step to the next member. */
static void
advance(Member *member)
{
	CHECK_FOR_INTERRUPTS();
	member->valid = member->it != NULL &&
		JsonbIteratorNext(&member->it, &member->key, true) == WJB_KEY;
	if (member->valid)
		(void) JsonbIteratorNext(&member->it, &member->value, true);
}

/* Go to the first member; the container NULL has none. */
static void
start_members(Member *member, JsonbContainer *object)
{
	member->it = NULL;
	if (object != NULL)
	{
		member->it = JsonbIteratorInit(object);
		(void) JsonbIteratorNext(&member->it, &member->key, true);
	}
	advance(member);
}

/* Compare two members' keys in the order in which jsonb keeps them. */
static int
compare_member_keys(const Member *a, const Member *b)
{
	int			alen = a->key.val.string.len;
	int			blen = b->key.val.string.len;

	if (alen != blen)
		return alen < blen ? -1 : 1;
	return memcmp(a->key.val.string.val, b->key.val.string.val, alen);
}

/* Return a value's container where it is an object, else NULL. */
static JsonbContainer *
object_of(const JsonbValue *value)
{
	if (value->type == jbvBinary && JsonContainerIsObject(value->val.binary.data))
		return value->val.binary.data;
	return NULL;
}

/* Append the merger of two objects to the result. */
static void
merge_objects(JsonbBuilder *builder, JsonbContainer *target, JsonbContainer *patch)
{
	Member		old;
	Member		new;

	check_stack_depth();
	start_members(&old, target);
	start_members(&new, patch);

	push_jsonb(builder, WJB_BEGIN_OBJECT, NULL);
	while (old.valid || new.valid)
	{
		int			order = !new.valid ? -1 : !old.valid ? 1 : compare_member_keys(&old, &new);
		Member	   *next = order < 0 ? &old : &new;

		if (next == &old || next->value.type != jbvNull)
		{
			push_jsonb(builder, WJB_KEY, &next->key);
			if (next == &new && object_of(&new.value) != NULL)
				merge_objects(builder, order == 0 ? object_of(&old.value) : NULL,
							  object_of(&new.value));
			else
				push_jsonb(builder, WJB_VALUE, &next->value);
		}
		if (order <= 0)
			advance(&old);
		if (order >= 0)
			advance(&new);
	}
	push_jsonb(builder, WJB_END_OBJECT, NULL);
}

/* Apply a merge patch. */
Jsonb *
detmeta_merge_patch(Jsonb *target, Jsonb *patch)
{
	JsonbBuilder builder = {0};

	Assert(JB_ROOT_IS_OBJECT(patch));
	if (target != NULL && !JB_ROOT_IS_OBJECT(target))
		target = NULL;
	merge_objects(&builder, target ? &target->root : NULL, &patch->root);
	return JsonbValueToJsonb(builder.result);
}

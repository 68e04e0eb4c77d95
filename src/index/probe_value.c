/*
 * probe_value.c
 *		Probes of tests of values: equal to one, or in a range.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/compat.h"
#include "index/probe_add.h"
#include "index/probe_value.h"
#include "value/date.h"
#include "value/document.h"
#include "value/value.h"

/* Add the probes of an equality with a number, a string or an object. */
static void
add_equality_probes(IndexQuery *iq, const Leaf *leaf, const ValueTest *test)
{
	MetaValue	value = {test->kind, test->bytes, test->len, 0};

	if (test->kind == META_STRING &&
		detmeta_date_parse(test->bytes, test->len, &value.instant))
		value.kind = META_DATE;

	for (int class = first_class(leaf); class <= last_class(iq, leaf); class = next_class(class))
	{
		/* an object at a key has no entry of its own */
		if (value.kind != META_OBJECT || class != TAG_VALUE)
			detmeta_probe_add_value(iq, leaf, class, &value);
	}
}

/* Keep the first element. */
static bool
keep_element(const JsonbValue *jbv, void *arg)
{
	*(JsonbValue *) arg = *jbv;
	return true;
}

/*
 * Add a probe for rows whose array may equal the one tested for: those that
 * have its first element, or any array where it has none.
 */
static void
add_array_probe(IndexQuery *iq, const Leaf *leaf, const ValueTest *test)
{
	JsonbValue	first;
	MetaValue	value;

	if (!detmeta_visit_elements(test->container, keep_element, &first))
	{
		detmeta_probe_add_entry(iq, leaf, TAG_KEY + META_ARRAY, false);
		if (last_class(iq, leaf) == TAG_MEMBER)
			detmeta_probe_add_entry(iq, leaf, TAG_MEMBER_HOLDS, false);
		return;
	}
	detmeta_value_read(&first, &value);
	for (int class = TAG_ELEMENT; class <= Max(TAG_ELEMENT, last_class(iq, leaf));
		 class = next_class(class))
	{
		detmeta_probe_add_value(iq, leaf, class, &value);
		iq->probes[iq->nprobes - 1].sure = false;
	}
}

/* Add the probes for rows that have, at a leaf's key, the value of an object's first member. */
static void
add_first_member_probes(IndexQuery *iq, const Leaf *member, const MetaValue *value)
{
	int			first = iq->nprobes;
	bool		plain = value->kind < META_NUMBER || value->kind == META_ARRAY;

	if (plain)
		detmeta_probe_add_entry(iq, member, TAG_KEY + value->kind, false);
	else
		detmeta_probe_add_value(iq, member, TAG_VALUE, value);
	if (last_class(iq, member) == TAG_MEMBER)
	{
		if (plain)
			detmeta_probe_add_entry(iq, member, value->kind == META_ARRAY ?
									TAG_MEMBER_HOLDS : TAG_MEMBER + (int) value->kind, false);
		else
			detmeta_probe_add_value(iq, member, TAG_MEMBER, value);
	}
	for (int i = first; i < iq->nprobes; i++)
		iq->probes[i].sure = false;
}

/*
 * Add a probe for rows whose object may equal the one tested for: those where
 * its first member, whose key is "leaf", has its value.
 */
static void
add_object_probe(IndexQuery *iq, const Leaf *leaf, JsonbContainer *object)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbValue	name;
	JsonbValue	jbv;
	MetaValue	value;
	StringInfoData key;
	Leaf		member = *leaf;

	check_stack_depth();
	(void) JsonbIteratorNext(&it, &name, true);
	(void) JsonbIteratorNext(&it, &name, true);
	(void) JsonbIteratorNext(&it, &jbv, true);

	if (!leaf->any_key)			/* what is a member of any key may be any, too */
	{
		initStringInfo(&key);
		appendBinaryStringInfo(&key, leaf->key, leaf->keylen);
		appendStringInfoChar(&key, '.');
		appendBinaryStringInfo(&key, name.val.string.val, name.val.string.len);
		member.key = key.data;
		member.keylen = key.len;
	}

	detmeta_value_read(&jbv, &value);
	if (value.kind == META_OBJECT)
		add_object_probe(iq, &member, jbv.val.binary.data);
	else
		add_first_member_probes(iq, &member, &value);
}

/* Add the probes of an equality. */
void
detmeta_probe_add_equality(IndexQuery *iq, const Leaf *leaf, const ValueTest *test)
{
	if (test->kind == META_ARRAY)
		add_array_probe(iq, leaf, test);
	else
		add_equality_probes(iq, leaf, test);
	if (test->kind == META_OBJECT)
		add_object_probe(iq, leaf, test->container);
}

/*
 * Add the unsure probe of a bound that reaches beyond where payloads are cut:
 * values that are cut and share what is left of it.
 */
static void
add_cut_bound_probe(IndexQuery *iq, const Leaf *leaf, int tag, const Bound *bound)
{
	StringInfoData entry;

	if (bound->bytes == NULL || bound->len <= ENTRY_MAX_PAYLOAD)
		return;
	detmeta_probe_begin_entry(leaf, tag, &entry);
	appendBinaryStringInfo(&entry, bound->bytes, ENTRY_MAX_PAYLOAD);
	appendStringInfoCharMacro(&entry, ENTRY_CUT_MARKER);
	detmeta_probe_add(iq, PROBE_PREFIX, &entry, false);
}

/* Add the probes of a range within one class. */
void
detmeta_probe_add_range(IndexQuery *iq, const Leaf *leaf, int class, const ValueTest *test)
{
	int			tag = class + test->kind;
	StringInfoData entry;
	Probe	   *probe;
	int			prefix_len;

	detmeta_probe_begin_entry(leaf, tag, &entry);
	prefix_len = entry.len;
	if (test->low.bytes != NULL && test->kind == META_DATE)
		detmeta_date_append_instant(detmeta_instant_decode(test->low.bytes), &entry);
	else if (test->low.bytes != NULL)
		appendBinaryStringInfo(&entry, test->low.bytes,
							   Min(test->low.len, ENTRY_MAX_PAYLOAD));
	probe = detmeta_probe_add(iq, PROBE_RANGE, &entry, key_is_exact(leaf));
	probe->prefix_len = prefix_len;
	probe->test = test;

	add_cut_bound_probe(iq, leaf, tag, &test->low);
	add_cut_bound_probe(iq, leaf, tag, &test->high);
}

/*
 * walk_bounds.c
 *		What conditions on a key say of a walk in the order of that key.
 *
 *		loss > 1 and gpu_count is 8, by loss: the walk begins behind 1
 *
 * A row that a walk over the value entries of a key is to bring has one value
 * there, a number, a date or a string.  If the row satisfies a condition on the
 * key, one of the condition's probes finds the entry of that value (or that of
 * its kind, or one that stands for a part of it).  So where all probes that can
 * find such a row look at value entries, the walk can be limited to the range
 * that holds all of theirs; and where several conditions have to hold, to what
 * these ranges have in common.  Rows that a flag finds, as some string of theirs
 * is cut, have that string among the entries that the condition looks through.
 *
 * Arrays have no value entries, and rows with several places of the key, or with
 * one that is cut in the index, do not come from the walk; none is concerned.  A
 * key of members of objects in arrays may have other values than that of the walk.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "index/entry.h"
#include "index/probe_match.h"
#include "scan/walk_bounds.h"
#include "value/value.h"

/* A condition of a filter, found where it has to hold. */
typedef struct Holding
{
	const IndexQuery *iq;
	int			leaf;
} Holding;

/* Compare where two ranges begin. */
static int
compare_lower(const GinKeyRange *a, const GinKeyRange *b)
{
	int			cmp = detmeta_bytes_compare(a->lower, a->lower_len, b->lower, b->lower_len);

	return cmp != 0 ? cmp : (int) a->lower_exclusive - (int) b->lower_exclusive;
}

/* Compare where two ranges end. */
static int
compare_upper(const GinKeyRange *a, const GinKeyRange *b)
{
	int			cmp = detmeta_bytes_compare(a->upper, a->upper_len, b->upper, b->upper_len);

	return cmp != 0 ? cmp : (int) a->upper_inclusive - (int) b->upper_inclusive;
}

/* Let a range begin where another one does. */
static void
take_lower(GinKeyRange *range, const GinKeyRange *other)
{
	range->lower = other->lower;
	range->lower_len = other->lower_len;
	range->lower_exclusive = other->lower_exclusive;
}

/* Let a range end where another one does. */
static void
take_upper(GinKeyRange *range, const GinKeyRange *other)
{
	range->upper = other->upper;
	range->upper_len = other->upper_len;
	range->upper_inclusive = other->upper_inclusive;
}

/* Make a range, which may have no bounds yet, hold another one. */
static void
extend(GinKeyRange *range, const GinKeyRange *other)
{
	if (range->lower == NULL || compare_lower(other, range) < 0)
		take_lower(range, other);
	if (range->upper == NULL || compare_upper(other, range) > 0)
		take_upper(range, other);
}

/* Limit a range to another one. */
static void
limit(GinKeyRange *range, const GinKeyRange *other)
{
	if (compare_lower(other, range) > 0)
		take_lower(range, other);
	if (compare_upper(other, range) < 0)
		take_upper(range, other);
}

/* Return the entries that are in the way of a probe; of an exact one it is a single one. */
static GinKeyRange
range_of_probe(const Probe *probe)
{
	GinKeyRange range = {0};
	StringInfoData upper;

	if (probe->type == PROBE_EXACT)
	{
		range.lower = range.upper = probe->entry;
		range.lower_len = range.upper_len = probe->len;
		range.upper_inclusive = true;
		return range;
	}
	initStringInfo(&upper);
	(void) detmeta_probe_range(probe, &upper, &range);
	return range;
}

/*
 * Find the range of value entries of a kind outside which a row cannot satisfy
 * a condition; false: it may, wherever its value is.  No bounds: nowhere.
 */
static bool
bounds_of_leaf(const Holding *holding, MetaKind kind, GinKeyRange *bounds)
{
	const LeafProbes *probes = &holding->iq->leaves[holding->leaf];
	const Leaf *leaf = &holding->iq->query->leaves[holding->leaf];

	memset(bounds, 0, sizeof(*bounds));
	for (int i = probes->tests; i < probes->tests + probes->ntests; i++)
	{
		const Probe *probe = &holding->iq->probes[i];
		EntryParts	parts;
		GinKeyRange range;

		CHECK_FOR_INTERRUPTS();
		detmeta_entry_parse(probe->entry, probe->len, &parts);
		/* a member of an object, which has a key of its own */
		if (parts.keylen != leaf->keylen || memcmp(parts.key, leaf->key, leaf->keylen) != 0)
			continue;
		if (parts.tag == TAG_KEY + (int) kind || parts.tag == TAG_TRIGRAM)
			return false;
		if (parts.tag != TAG_VALUE + (int) kind)
			continue;
		range = range_of_probe(probe);
		extend(bounds, &range);
	}
	return true;
}

/* Say whether a leaf looks at the document, too, which it does under the empty key. */
static bool
tests_document(const Leaf *leaf)
{
	for (int i = 0; i < leaf->ntests; i++)
	{
		if (leaf->tests[i].type == TEST_DOCUMENT)
			return true;
	}
	return false;
}

/* Say whether a condition of a filter is one on the key that a value has to pass. */
static bool
is_bounding(const FilterQuery *query, int leafno, const char *key, int keylen)
{
	const Leaf *leaf = &query->leaves[leafno];

	return leaf->type == LEAF_ANY && !leaf->any_key && !leaf->in_arrays && leaf->keylen == keylen &&
		memcmp(leaf->key, key, keylen) == 0 && !tests_document(leaf);
}

/* Collect from a node those conditions on the key that have to hold. */
static List *
holding_of_node(List *list, const IndexQuery *iq, const QueryNode *node, const char *key,
				int keylen)
{
	check_stack_depth();
	if (node->type == FILTER_AND)
	{
		for (int i = 0; i < node->nchildren; i++)
			list = holding_of_node(list, iq, node->children[i], key, keylen);
	}
	else if (node->type == FILTER_CONDITION && is_bounding(iq->query, node->leaf, key, keylen))
	{
		Holding    *holding = palloc(sizeof(Holding));

		holding->iq = iq;
		holding->leaf = node->leaf;
		list = lappend(list, holding);
	}
	return list;
}

/* Collect from a scan's conditions, which may be NULL, those on the key that have to hold. */
static List *
holding_of_condition(List *list, const SetCondition *condition, const char *key, int keylen)
{
	check_stack_depth();
	if (condition == NULL || (condition->nchildren > 0 && condition->type != AND_EXPR))
		return list;
	for (int i = 0; i < condition->nchildren; i++)
		list = holding_of_condition(list, condition->children[i], key, keylen);
	if (condition->nchildren == 0 && condition->iq != NULL && !condition->iq->negated)
		list = holding_of_node(list, condition->iq, condition->iq->query->root, key, keylen);
	return list;
}

/* Say whether a walk in the order of a key is likely to be limited. */
bool
detmeta_walk_is_bounded(const SetCondition *condition, const char *key, int keylen)
{
	return holding_of_condition(NIL, condition, key, keylen) != NIL;
}

/*
 * Limit the range of a walk over the value entries of a key and kind; false if
 * no row of the walk can satisfy the conditions.  Bounds belong to the current
 * memory context.
 */
bool
detmeta_walk_bounds(const SetCondition *condition, const char *key, int keylen,
					MetaKind kind, GinKeyRange *range)
{
	ListCell   *lc;

	foreach(lc, holding_of_condition(NIL, condition, key, keylen))
	{
		GinKeyRange bounds;

		if (!bounds_of_leaf(lfirst(lc), kind, &bounds))
			continue;
		if (bounds.lower == NULL)
			return false;
		limit(range, &bounds);
	}
	return detmeta_bytes_compare(range->lower, range->lower_len, range->upper,
								 range->upper_len) <= 0;
}

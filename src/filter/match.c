/*
 * match.c
 *		Check a filter against a document.
 */
#include "postgres.h"

#include "filter/match.h"
#include "filter/query.h"
#include "filter/value_test.h"
#include "value/document.h"
#include "value/value.h"

/* What is known of a leaf while its key's values are visited. */
typedef struct LeafState
{
	const Leaf *leaf;
	bool		holds;			/* has(key) */
	bool		passed;			/* some value passed a test */
} LeafState;

/* Test one value or element; stop at the first that passes. */
static bool
test_value(const JsonbValue *jbv, void *arg)
{
	LeafState  *state = arg;
	const Leaf *leaf = state->leaf;
	MetaValue	value;

	value.kind = detmeta_value_kind(jbv, &value.instant);
	if ((leaf->kinds & META_KIND_BIT(value.kind)) == 0)
		return false;

	detmeta_value_read(jbv, &value);
	for (int i = 0; i < leaf->ntests; i++)
	{
		if (detmeta_value_passes(&leaf->tests[i], &value))
		{
			state->passed = true;
			return true;
		}
	}
	return false;
}

/* Note whether a value is empty; test it and its elements. */
static bool
match_value(const JsonbValue *jbv, void *arg)
{
	LeafState  *state = arg;
	bool		is_array = jbv->type == jbvBinary && JsonContainerIsArray(jbv->val.binary.data);

	if (!state->holds)
	{
		int64		instant;

		state->holds = jbv->type == jbvString ||
			!META_IS_EMPTY(detmeta_value_kind(jbv, &instant));
	}
	if (state->leaf->ntests == 0)
		return state->holds;

	if (test_value(jbv, state))
		return true;
	return is_array &&
		detmeta_visit_elements(jbv->val.binary.data, test_value, state);
}

/* Evaluate a leaf on a document. */
static GinTernaryValue
match_leaf(const FilterQuery *query, int leaf, void *arg)
{
	LeafState	state = {&query->leaves[leaf], false, false};
	bool		result = false;

	if (state.leaf->any_key)
		detmeta_visit_values(&((Jsonb *) arg)->root, match_value, &state);
	else
		detmeta_visit_places(&((Jsonb *) arg)->root, state.leaf->key, state.leaf->keylen,
							 match_value, &state);
	switch (state.leaf->type)
	{
		case LEAF_ANY:
			result = state.passed;
			break;
		case LEAF_NONE:
			result = state.holds && !state.passed;
			break;
		case LEAF_HOLDS:
			result = state.holds;
			break;
		case LEAF_EMPTY:
			result = !state.holds;
			break;
	}
	return result ? GIN_TRUE : GIN_FALSE;
}

/* Say whether a document satisfies a query. */
bool
detmeta_query_match(const FilterQuery *query, Jsonb *metadata)
{
	return detmeta_query_evaluate(query, match_leaf, metadata) == GIN_TRUE;
}

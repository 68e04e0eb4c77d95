/*
 * probe_evaluate.c
 *		Combine what the probes of a filter find of a row.
 *
 * A row satisfies a test when a sure probe finds it, may satisfy it when only
 * an unsure one does, and otherwise does not.
 *
 * To core's scan, that no probe finds a row proves nothing: while the pending
 * list is moved into the tree, and after a move that a crash ended, the tree
 * may have some of a row's entries and not yet others.  So a row that is in
 * only because of what was not found is rechecked there.  The extension's own
 * scan sees the list and the tree as one, and takes absence for what it is.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/compat.h"
#include "filter/query.h"
#include "index/probe_evaluate.h"

/* Return what one probe says of a row. */
static inline GinTernaryValue
probe_found(const IndexQuery *iq, const GinTernaryValue *found, int probe)
{
	if (found[probe] == GIN_TRUE && !iq->probes[probe].sure)
		return GIN_MAYBE;
	return found[probe];
}

/* Say whether probes that have to find a row together did. */
static GinTernaryValue
all_found(const GinTernaryValue *found, int first, int n)
{
	for (int i = first; i < first + n; i++)
	{
		if (found[i] == GIN_FALSE)
			return GIN_FALSE;
	}
	return GIN_MAYBE;
}

/* Say whether any of some probes found a row. */
static GinTernaryValue
any_found(const IndexQuery *iq, const GinTernaryValue *found, int first, int n)
{
	GinTernaryValue result = GIN_FALSE;

	for (int i = first; i < first + n; i += iq->probes[i].nall)
	{
		GinTernaryValue one = iq->probes[i].nall == 1 ?
			probe_found(iq, found, i) : all_found(found, i, iq->probes[i].nall);

		if (one == GIN_TRUE)
			return GIN_TRUE;
		if (one == GIN_MAYBE)
			result = GIN_MAYBE;
	}
	return result;
}

/* Negate in three-valued logic. */
static inline GinTernaryValue
ternary_not(GinTernaryValue value)
{
	if (value == GIN_MAYBE)
		return GIN_MAYBE;
	return value == GIN_TRUE ? GIN_FALSE : GIN_TRUE;
}

/* The probes' answers for one row, while its query is evaluated. */
typedef struct ProbeState
{
	const IndexQuery *iq;
	const GinTernaryValue *found;
} ProbeState;

/* Evaluate a leaf on what its probes found. */
static GinTernaryValue
evaluate_probed_leaf(const FilterQuery *query, int leafno, void *arg)
{
	ProbeState *state = arg;
	const LeafProbes *probes = &state->iq->leaves[leafno];
	LeafType	type = query->leaves[leafno].type;
	GinTernaryValue holds = GIN_TRUE;
	GinTernaryValue passed;

	if (type != LEAF_ANY)
		holds = any_found(state->iq, state->found, probes->holds, probes->nholds);
	if (type == LEAF_EMPTY)
		return ternary_not(holds);
	if (type == LEAF_HOLDS || holds == GIN_FALSE)
		return holds;

	passed = any_found(state->iq, state->found, probes->tests, probes->ntests);
	if (type == LEAF_ANY)
		return passed;

	/* has(key) and not passed */
	passed = ternary_not(passed);
	return passed == GIN_TRUE ? holds : passed;
}

/* Evaluate a query without its row probe. */
static GinTernaryValue
evaluate_conditions(const IndexQuery *iq, const GinTernaryValue *found)
{
	ProbeState	state = {iq, found};
	GinTernaryValue result = detmeta_query_evaluate(iq->query, evaluate_probed_leaf, &state);

	return iq->negated ? ternary_not(result) : result;
}

/* Return the disjunction of some values. */
static inline GinTernaryValue
any_of(const GinTernaryValue *values, int n)
{
	GinTernaryValue result = GIN_FALSE;

	for (int i = 0; i < n; i++)
	{
		if (values[i] == GIN_TRUE)
			return GIN_TRUE;
		if (values[i] == GIN_MAYBE)
			result = GIN_MAYBE;
	}
	return result;
}

/*
 * Say whether a query is one condition that any of its probes satisfies: core
 * evaluates it for every row, so it is worth a short cut.
 */
static bool
is_any_sure(const IndexQuery *iq)
{
	if (iq->negated || iq->row >= 0 || iq->query->root->type != FILTER_CONDITION ||
		(iq->query->leaves[0].type != LEAF_ANY && iq->query->leaves[0].type != LEAF_HOLDS))
		return false;
	for (int i = 0; i < iq->nprobes; i++)
	{
		if (!iq->probes[i].sure)
			return false;
	}
	return true;
}

/* Say whether a row may satisfy part of a query by what is not found of it. */
static bool
uses_absence(const FilterQuery *query, const QueryNode *node)
{
	LeafType	type;

	check_stack_depth();
	if (node->type == FILTER_NOT)
		return true;
	if (node->type == FILTER_CONDITION)
	{
		type = query->leaves[node->leaf].type;
		return type != LEAF_ANY && type != LEAF_HOLDS;
	}
	for (int i = 0; i < node->nchildren; i++)
	{
		if (uses_absence(query, node->children[i]))
			return true;
	}
	return false;
}

/* Evaluate a query that is satisfied, with doubts about what was not found. */
static GinTernaryValue
evaluate_doubting_absence(const IndexQuery *iq, const GinTernaryValue *found)
{
	for (int i = 0; i < iq->nprobes; i++)
		iq->doubted[i] = found[i] == GIN_FALSE ? GIN_MAYBE : found[i];
	return evaluate_conditions(iq, iq->doubted);
}

/*
 * Say whether a row satisfies the query, given which probes core's scan
 * found for it.  GIN_MAYBE asks for a recheck.
 */
GinTernaryValue
detmeta_index_query_evaluate(const IndexQuery *iq, const GinTernaryValue *found)
{
	GinTernaryValue result;

	if (iq->any_sure)
		return any_of(found, iq->nprobes);
	result = evaluate_conditions(iq, found);
	if (iq->row >= 0 && result != GIN_FALSE && found[iq->row] != GIN_TRUE)
		return found[iq->row];
	if (result == GIN_TRUE && iq->doubted != NULL)
		return evaluate_doubting_absence(iq, found);
	return result;
}

/* Say whether a row that no probe finds would satisfy a query. */
bool
detmeta_index_query_wants_all(const IndexQuery *iq)
{
	GinTernaryValue *nothing = palloc0_array(GinTernaryValue, Max(1, iq->nprobes));
	bool		result = evaluate_conditions(iq, nothing) != GIN_FALSE;

	pfree(nothing);
	return result;
}

/* Prepare a query that has all its probes to be evaluated. */
void
detmeta_index_query_prepare(IndexQuery *iq)
{
	iq->any_sure = is_any_sure(iq);
	if (iq->negated || uses_absence(iq->query, iq->query->root))
		iq->doubted = palloc_array(GinTernaryValue, Max(1, iq->nprobes));
}

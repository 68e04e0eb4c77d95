/*
 * filter_set.c
 *		Compute the set of TIDs that satisfy a condition.
 *
 * Each probe is a set; and, or, not are operations on sets.  A negation is
 * not carried out but noted, so that "a and not b" subtracts b from a, and
 * only a condition that starts with a negation takes all rows:
 *
 *		status is not "x"		holds(status) - {value status "x"}
 *		not (a or b)			noted: complement of a + b
 *		c and not (a or b)		c - (a + b)
 *
 * Conditions that depend on cut values have two sets, of the rows that surely
 * satisfy them and of those that may; a negation swaps their roles.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "gin/entries.h"
#include "gin/tid_set_read.h"
#include "scan/filter_set.h"
#include "scan/probe_set.h"

/* A set or all rows without it. */
typedef struct SetRef
{
	TidSet	   *set;
	bool		complement;
} SetRef;

/* A condition's rows: surely, and possibly (unless exact: the same). */
typedef struct TernarySet
{
	SetRef		sure;
	SetRef		possible;
	bool		exact;
} TernarySet;

/* Return a copy of a set. */
static TidSet *
copy_source_set(const SetSource *source, TidSet *set)
{
	TidSet	   *copy = detmeta_empty_set(source);

	detmeta_tid_set_or(copy, set);
	return copy;
}

/* Return the rows that any of some probes finds. */
static TernarySet
any_of_probes(const SetSource *source, const IndexQuery *iq, int first, int n)
{
	TernarySet	result = {.exact = true};

	result.sure.set = detmeta_empty_set(source);
	for (int i = first; i < first + n; i += iq->probes[i].nall)
	{
		if (iq->probes[i].sure)
			detmeta_add_probes(source, iq, i, result.sure.set);
		else
			result.exact = false;
	}
	if (result.exact)
		return result;

	result.possible.set = copy_source_set(source, result.sure.set);
	for (int i = first; i < first + n; i += iq->probes[i].nall)
	{
		if (!iq->probes[i].sure)
			detmeta_add_probes(source, iq, i, result.possible.set);
	}
	return result;
}

/* Intersect two sets; uses up both. */
static SetRef
intersect(SetRef a, SetRef b)
{
	if (a.complement && !b.complement)
	{
		SetRef		swap = a;

		a = b;
		b = swap;
	}
	if (!b.complement)
		detmeta_tid_set_and(a.set, b.set);
	else if (!a.complement)
		detmeta_tid_set_and_not(a.set, b.set);
	else
		detmeta_tid_set_or(a.set, b.set);
	detmeta_tid_set_free(b.set);
	return a;
}

/* Return the complement of a set. */
static SetRef
complement(SetRef set)
{
	set.complement = !set.complement;
	return set;
}

/* Negate a condition: what it possibly selects, it no longer surely does not. */
static TernarySet
negate(TernarySet a)
{
	TernarySet	result = {.exact = a.exact};

	if (a.exact)
	{
		result.sure = complement(a.sure);
		return result;
	}
	result.sure = complement(a.possible);
	result.possible = complement(a.sure);
	return result;
}

/* Give an exact set its second half. */
static void
split(const SetSource *source, TernarySet *set)
{
	if (!set->exact)
		return;
	set->possible.set = copy_source_set(source, set->sure.set);
	set->possible.complement = set->sure.complement;
	set->exact = false;
}

/* Intersect two conditions; uses up both. */
static TernarySet
both(const SetSource *source, TernarySet a, TernarySet b)
{
	if (!a.exact || !b.exact)
	{
		split(source, &a);
		split(source, &b);
		a.possible = intersect(a.possible, b.possible);
	}
	a.sure = intersect(a.sure, b.sure);
	return a;
}

/* Unite two conditions; uses up both. */
static TernarySet
either(const SetSource *source, TernarySet a, TernarySet b)
{
	return negate(both(source, negate(a), negate(b)));
}

/* Return the rows that satisfy a leaf. */
static TernarySet
leaf_set(const SetSource *source, const IndexQuery *iq, int leafno)
{
	const LeafProbes *probes = &iq->leaves[leafno];
	LeafType	type = iq->query->leaves[leafno].type;
	TernarySet	holds;
	TernarySet	passed;

	if (type == LEAF_ANY)
		return any_of_probes(source, iq, probes->tests, probes->ntests);

	holds = any_of_probes(source, iq, probes->holds, probes->nholds);
	if (type == LEAF_EMPTY)
		return negate(holds);
	if (type == LEAF_HOLDS)
		return holds;
	passed = any_of_probes(source, iq, probes->tests, probes->ntests);
	return both(source, holds, negate(passed));
}

/* One of the conditions that have to hold together. */
typedef struct Term
{
	const SetCondition *condition;	/* or */
	const IndexQuery *iq;
	const QueryNode *node;		/* of the query */
	double		size;			/* about how many rows it has */
	int			place;
} Term;

/* Sizes of terms that are not looked up, behind all that are. */
#define SIZE_SEVERAL	1e18
#define SIZE_NEGATED	1e19

static TernarySet node_set(const SetSource *source, const IndexQuery *iq, const QueryNode *node);
static TernarySet condition_set(const SetSource *source, const SetCondition *condition);

/* Return about how many rows satisfy a node of a filter, if that is quickly known. */
static double
node_size(const SetSource *source, const IndexQuery *iq, const QueryNode *node)
{
	double		size;

	if (node->type == FILTER_NOT || node->type == FILTER_TRUE)
		return SIZE_NEGATED;
	if (node->type != FILTER_CONDITION)
		return SIZE_SEVERAL;
	if (iq->query->leaves[node->leaf].type != LEAF_ANY)
		return SIZE_NEGATED;
	size = detmeta_probes_size(source, iq, iq->leaves[node->leaf].tests,
							   iq->leaves[node->leaf].ntests);
	return size >= 0 ? size : SIZE_SEVERAL;
}

/* The same of a condition that is not a group; equality on another column is tried first. */
static double
condition_size(const SetSource *source, const SetCondition *condition)
{
	if (condition->known != NULL)
		return detmeta_tid_set_count(condition->known->possible != NULL ?
									 condition->known->possible : condition->known->sure, NULL);
	if (condition->nchildren > 0)
		return SIZE_SEVERAL;
	if (condition->iq == NULL)
		return 0;
	return condition->iq->negated ? SIZE_NEGATED :
		node_size(source, condition->iq, condition->iq->query->root);
}

/* Order terms by size. */
static int
compare_terms(const void *a, const void *b)
{
	const Term *left = a;
	const Term *right = b;

	if (left->size != right->size)
		return left->size < right->size ? -1 : 1;
	return left->place - right->place;
}

/* Return the rows that satisfy a term. */
static TernarySet
term_set(const SetSource *source, const Term *term)
{
	if (term->condition != NULL)
		return condition_set(source, term->condition);
	return node_set(source, term->iq, term->node);
}

/*
 * Return the rows that satisfy all terms.  The smallest comes first, and of
 * the others only what is in it is wanted.
 */
static TernarySet
all_of_terms(const SetSource *source, Term *terms, int n)
{
	SetSource	narrow = *source;
	TernarySet	result = {.exact = false};

	qsort(terms, n, sizeof(Term), compare_terms);
	for (int i = 0; i < n; i++)
	{
		TernarySet	rows = term_set(&narrow, &terms[i]);
		const SetRef *members;

		result = i == 0 ? rows : both(source, result, rows);
		members = result.exact ? &result.sure : &result.possible;
		narrow.within = members->complement ? source->within : members->set;
		if (!members->complement && detmeta_tid_set_is_empty(members->set))
			break;
	}
	return result;
}

/* Return the rows that satisfy all children of a node. */
static TernarySet
all_of_nodes(const SetSource *source, const IndexQuery *iq, const QueryNode *node)
{
	Term	   *terms = palloc0_array(Term, node->nchildren);
	TernarySet	result;

	for (int i = 0; i < node->nchildren; i++)
	{
		terms[i].iq = iq;
		terms[i].node = node->children[i];
		terms[i].place = i;
		terms[i].size = node_size(source, iq, node->children[i]);
	}
	result = all_of_terms(source, terms, node->nchildren);
	pfree(terms);
	return result;
}

/* Return the rows that satisfy all children of a condition. */
static TernarySet
all_of_conditions(const SetSource *source, const SetCondition *condition)
{
	Term	   *terms = palloc0_array(Term, condition->nchildren);
	TernarySet	result;

	for (int i = 0; i < condition->nchildren; i++)
	{
		terms[i].condition = condition->children[i];
		terms[i].place = i;
		terms[i].size = condition_size(source, condition->children[i]);
	}
	result = all_of_terms(source, terms, condition->nchildren);
	pfree(terms);
	return result;
}

/* Return the rows that satisfy a node of a filter. */
static TernarySet
node_set(const SetSource *source, const IndexQuery *iq, const QueryNode *node)
{
	TernarySet	result = {.exact = true};

	check_stack_depth();
	switch (node->type)
	{
		case FILTER_TRUE:
			result.sure.set = detmeta_empty_set(source);
			result.sure.complement = true;
			return result;
		case FILTER_CONDITION:
			return leaf_set(source, iq, node->leaf);
		case FILTER_NOT:
			return negate(node_set(source, iq, node->children[0]));
		case FILTER_AND:
			return all_of_nodes(source, iq, node);
		default:
			result = node_set(source, iq, node->children[0]);
			for (int i = 1; i < node->nchildren; i++)
				result = either(source, result, node_set(source, iq, node->children[i]));
			return result;
	}
}

/*
 * Return the rows that satisfy a condition on another column.  Those in the
 * pending list are left to be rechecked: their entries are not ours to read.
 */
static TernarySet
scope_set(const SetSource *source, GinScope *scope)
{
	TernarySet	result = {.exact = scope->exact};
	TidSet	   *rows = detmeta_empty_set(source);

	for (int i = 0; i < scope->nentries; i++)
	{
		GinPostings postings;

		CHECK_FOR_INTERRUPTS();
		if (detmeta_gin_scope_lookup(source->reader, scope, i, &postings))
			detmeta_add_postings(source, &postings, rows);
	}
	if (scope->exact)
	{
		result.sure.set = rows;
		if (!detmeta_has_pending(source))
			return result;
		split(source, &result);
	}
	else
	{
		result.sure.set = detmeta_empty_set(source);
		result.possible.set = rows;
	}
	detmeta_pending_key_rows(source->pending, result.possible.set);
	return result;
}

/* Return a copy of what was computed before. */
static TernarySet
known_set(const SetSource *source, const FilterSet *known)
{
	TernarySet	result = {.exact = known->possible == NULL};

	result.sure.set = copy_source_set(source, known->sure);
	if (!result.exact)
		result.possible.set = copy_source_set(source, known->possible);
	return result;
}

/* Return the rows that satisfy a condition, not yet freed of complements. */
static TernarySet
condition_set(const SetSource *source, const SetCondition *condition)
{
	TernarySet	result = {.exact = true};

	check_stack_depth();
	if (condition->known != NULL)
		return known_set(source, condition->known);
	if (condition->nchildren == 0)
	{
		if (condition->scope != NULL)
			return scope_set(source, condition->scope);
		if (condition->iq == NULL)
		{
			result.sure.set = detmeta_empty_set(source);
			return result;
		}
		result = node_set(source, condition->iq, condition->iq->query->root);
		return condition->iq->negated ? negate(result) : result;
	}

	if (condition->type == AND_EXPR)
		return all_of_conditions(source, condition);
	result = condition_set(source, condition->children[0]);
	for (int i = 1; i < condition->nchildren; i++)
		result = either(source, result, condition_set(source, condition->children[i]));
	return result;
}

/* Turn a complement into the set of the other rows. */
static TidSet *
resolve(const SetSource *source, SetRef ref)
{
	TidSet	   *all;

	if (!ref.complement)
		return ref.set;
	all = detmeta_all_rows_set(source);
	detmeta_tid_set_and_not(all, ref.set);
	detmeta_tid_set_free(ref.set);
	return all;
}

/* Return the rows of the source's slice that satisfy a condition. */
FilterSet
detmeta_filter_set(const SetSource *source, const SetCondition *condition)
{
	TernarySet	set = condition_set(source, condition);
	FilterSet	result = {NULL, NULL};

	result.sure = resolve(source, set.sure);
	if (!set.exact)
		result.possible = resolve(source, set.possible);
	return result;
}

/* Free a filter's sets. */
void
detmeta_filter_set_free(FilterSet *set)
{
	detmeta_tid_set_free(set->sure);
	if (set->possible != NULL)
		detmeta_tid_set_free(set->possible);
	set->sure = set->possible = NULL;
}

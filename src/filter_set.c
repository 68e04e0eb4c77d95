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

#include "compat.h"
#include "filter_set.h"
#include "gin_pending.h"

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

/* One row of the pending list. */
typedef struct PendingRow
{
	ItemPointerData tid;
	bool		proven;
	int			nkeys;
	GinPendingKey *keys;
} PendingRow;

struct PendingRows
{
	int			n;
	int			allocated;
	PendingRow *rows;
};

/* Copy a row of the pending list. */
static void
keep_pending_row(const GinPendingRow *row, void *arg)
{
	PendingRows *pending = arg;
	PendingRow *copy;

	if (row->is_null)
		return;
	if (pending->n == pending->allocated)
	{
		pending->allocated = Max(64, pending->allocated * 2);
		pending->rows = pending->rows == NULL ?
			palloc_array(PendingRow, pending->allocated) :
			repalloc_huge(pending->rows, sizeof(PendingRow) * pending->allocated);
	}
	copy = &pending->rows[pending->n++];
	copy->tid = row->tid;
	copy->proven = row->proven;
	copy->nkeys = row->nkeys;
	copy->keys = palloc_array(GinPendingKey, row->nkeys);
	for (int i = 0; i < row->nkeys; i++)
	{
		char	   *data = palloc(row->keys[i].len + 1);

		memcpy(data, row->keys[i].data, row->keys[i].len);
		copy->keys[i].data = data;
		copy->keys[i].len = row->keys[i].len;
	}
}

/* Read the pending list, which must come before the first entry is read. */
PendingRows *
detmeta_pending_rows(GinReader *reader)
{
	PendingRows *pending = palloc0_object(PendingRows);

	detmeta_gin_pending_read(reader, keep_pending_row, pending);
	return pending;
}

/* Add all rows of the pending list to a set. */
void
detmeta_pending_key_rows(const PendingRows *pending, TidSet *set)
{
	for (int i = 0; i < pending->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		detmeta_tid_set_add(set, &pending->rows[i].tid, pending->rows[i].proven);
	}
}

/* Make an empty set. */
static TidSet *
empty_set(const SetSource *source)
{
	return detmeta_tid_set_create(source->context, source->first, source->end);
}

/* Add the pending rows that a probe finds. */
static void
add_pending(const SetSource *source, const Probe *probe, TidSet *set)
{
	for (int i = 0; i < source->pending->n; i++)
	{
		PendingRow *row = &source->pending->rows[i];

		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < row->nkeys; j++)
		{
			if (detmeta_bytes_compare(row->keys[j].data, row->keys[j].len,
									  probe->entry, probe->len) >= 0 &&
				detmeta_probe_compare(probe, row->keys[j].data, row->keys[j].len) == 0)
			{
				detmeta_tid_set_add(set, &row->tid, row->proven);
				break;
			}
		}
	}
}

/* Say whether a probe wants an entry of its range. */
static bool
probe_wants(const char *key, int keylen, void *arg)
{
	return detmeta_probe_compare(arg, key, keylen) == 0;
}

/* Add the rows of all entries that a probe finds. */
static void
add_walk(const SetSource *source, const Probe *probe, TidSet *set)
{
	GinKeyRange range;
	StringInfoData upper;
	GinWalk    *walk;
	GinEntry	entry;

	initStringInfo(&upper);
	detmeta_probe_range(probe, &upper, &range);
	walk = detmeta_gin_walk_begin(source->reader, &range, ForwardScanDirection, false,
								  probe->type == PROBE_PREFIX ? NULL : probe_wants,
								  (void *) probe);
	while (detmeta_gin_walk_next(walk, &entry))
		detmeta_gin_postings_add(source->reader, &entry.postings, set);
	detmeta_gin_walk_end(walk);
	pfree(upper.data);
}

/* Add the rows of an entry that was looked up, and free it. */
static void
add_postings(const SetSource *source, GinPostings *postings, TidSet *set)
{
	detmeta_gin_postings_add(source->reader, postings, set);
	if (postings->list.tids != NULL)
	{
		pfree(postings->list.tids);
		pfree(postings->list.proven);
	}
}

/* Add the rows of one entry. */
static void
add_entry(const SetSource *source, const char *entry, int len, TidSet *set)
{
	GinPostings postings;

	if (detmeta_gin_lookup(source->reader, entry, len, &postings))
		add_postings(source, &postings, set);
}

/* Add the rows that a probe finds. */
static void
add_probe(const SetSource *source, const Probe *probe, TidSet *set)
{
	CHECK_FOR_INTERRUPTS();
	if (probe->type == PROBE_EXACT)
		add_entry(source, probe->entry, probe->len, set);
	else
		add_walk(source, probe, set);
	add_pending(source, probe, set);
}

/* Return the rows of one entry. */
TidSet *
detmeta_entry_set(const SetSource *source, const char *entry, int len)
{
	Probe		probe = {.type = PROBE_EXACT,.sure = true,.entry = entry,.len = len,.prefix_len = len};
	TidSet	   *set = empty_set(source);

	add_probe(source, &probe, set);
	return set;
}

/* Return all rows whose metadata is not NULL: those of the row entry. */
TidSet *
detmeta_all_rows_set(const SetSource *source)
{
	return detmeta_entry_set(source, "", 0);
}

/* Return a copy of a set. */
static TidSet *
copy_set(const SetSource *source, TidSet *set)
{
	TidSet	   *copy = empty_set(source);

	detmeta_tid_set_or(copy, set);
	return copy;
}

/* Add the rows that all of some probes find: each of them an entry. */
static void
add_all_of_probes(const SetSource *source, const IndexQuery *iq, int first, int n, TidSet *set)
{
	TidSet	   *common = empty_set(source);

	add_probe(source, &iq->probes[first], common);
	for (int i = first + 1; i < first + n && !detmeta_tid_set_is_empty(common); i++)
	{
		TidSet	   *rows = empty_set(source);

		add_probe(source, &iq->probes[i], rows);
		detmeta_tid_set_and(common, rows);
		detmeta_tid_set_free(rows);
	}
	detmeta_tid_set_or(set, common);
	detmeta_tid_set_free(common);
}

/* Add the rows that a probe, or the probes that go with it, finds. */
static void
add_probes(const SetSource *source, const IndexQuery *iq, int i, TidSet *set)
{
	if (iq->probes[i].nall > 1)
		add_all_of_probes(source, iq, i, iq->probes[i].nall, set);
	else
		add_probe(source, &iq->probes[i], set);
}

/* Return the rows that any of some probes finds. */
static TernarySet
any_of_probes(const SetSource *source, const IndexQuery *iq, int first, int n)
{
	TernarySet	result = {.exact = true};

	result.sure.set = empty_set(source);
	for (int i = first; i < first + n; i += iq->probes[i].nall)
	{
		if (iq->probes[i].sure)
			add_probes(source, iq, i, result.sure.set);
		else
			result.exact = false;
	}
	if (result.exact)
		return result;

	result.possible.set = copy_set(source, result.sure.set);
	for (int i = first; i < first + n; i += iq->probes[i].nall)
	{
		if (!iq->probes[i].sure)
			add_probes(source, iq, i, result.possible.set);
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
	set->possible.set = copy_set(source, set->sure.set);
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

	holds = any_of_probes(source, iq, probes->holds, HOLDS_PROBES);
	if (type == LEAF_EMPTY)
		return negate(holds);
	if (type == LEAF_HOLDS)
		return holds;
	passed = any_of_probes(source, iq, probes->tests, probes->ntests);
	return both(source, holds, negate(passed));
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
			result.sure.set = empty_set(source);
			result.sure.complement = true;
			return result;
		case FILTER_CONDITION:
			return leaf_set(source, iq, node->leaf);
		case FILTER_NOT:
			return negate(node_set(source, iq, node->children[0]));
		default:
			result = node_set(source, iq, node->children[0]);
			for (int i = 1; i < node->nchildren; i++)
			{
				TernarySet	child = node_set(source, iq, node->children[i]);

				result = node->type == FILTER_AND ?
					both(source, result, child) : either(source, result, child);
			}
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
	TidSet	   *rows = empty_set(source);

	for (int i = 0; i < scope->nentries; i++)
	{
		GinPostings postings;

		CHECK_FOR_INTERRUPTS();
		if (detmeta_gin_scope_lookup(source->reader, scope, i, &postings))
			add_postings(source, &postings, rows);
	}
	if (scope->exact)
	{
		result.sure.set = rows;
		if (source->pending->n == 0)
			return result;
		split(source, &result);
	}
	else
	{
		result.sure.set = empty_set(source);
		result.possible.set = rows;
	}
	detmeta_pending_key_rows(source->pending, result.possible.set);
	return result;
}

/* Return the rows that satisfy a condition, not yet freed of complements. */
static TernarySet
condition_set(const SetSource *source, const SetCondition *condition)
{
	TernarySet	result = {.exact = true};

	check_stack_depth();
	if (condition->nchildren == 0)
	{
		if (condition->scope != NULL)
			return scope_set(source, condition->scope);
		if (condition->iq == NULL)
		{
			result.sure.set = empty_set(source);
			return result;
		}
		result = node_set(source, condition->iq, condition->iq->query->root);
		return condition->iq->negated ? negate(result) : result;
	}

	result = condition_set(source, condition->children[0]);
	for (int i = 1; i < condition->nchildren; i++)
	{
		TernarySet	child = condition_set(source, condition->children[i]);

		result = condition->type == AND_EXPR ?
			both(source, result, child) : either(source, result, child);
	}
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

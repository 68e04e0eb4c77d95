/*
 * estimate_filter.c
 *		Estimate a known filter by probing the index.
 *
 * The index knows how many rows each entry has, so what a filter selects can
 * be looked up, however skewed the values of a key are:
 *
 *		status is "ERROR"	TIDs of two entries, over those of the row entry
 *		loss < 0.1			TIDs of a range of entries, counted or sampled
 *		notes contains "x"	TIDs of all strings of the key, times the share of
 *							those that pass among some entries spread over them
 *
 * Conditions on one key are put together with care: they share has(key), the
 * ends of a range belong together, and equal values exclude each other.
 * Conditions on different keys are taken as independent.
 *
 * The work is bounded: a filter with very many values or conditions is
 * estimated from some of them.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"

#include "base/compat.h"
#include "gin/estimate.h"
#include "index/entry.h"
#include "index/options.h"
#include "plan/estimate_any_key.h"
#include "plan/estimate_filter.h"
#include "plan/estimate_probe.h"

/* Bounds of the time that planning takes. */
#define MAX_LEAF_PROBES		48	/* of a leaf that are looked up */
#define MAX_WORK			200 /* of a filter, in leaves that are looked at */
#define MAX_GROUPED			32	/* conditions of a group that are compared by key */
#define FEW_ROWS			128 /* on any key: looking at texts takes longer than to check these */

/* Share of the rows with an array of objects that members of these are taken to let pass. */
#define MEMBERS_SHARE		0.1

/* An estimate under way. */
typedef struct Estimation
{
	GinReader  *reader;
	const IndexQuery *iq;
	ProbeEstimate *probes;		/* of iq */
	double		rows;			/* with metadata that is not NULL */
	double		pages;			/* of the heap */
	double		work;			/* done so far */
	int			nleaves;		/* looked up so far */
	double		leaves;			/* sum of their selectivities */
	FilterEstimate *result;
} Estimation;

/* Look up what a probe finds. */
static void
look_up_probe(Estimation *est, const Probe *probe, ProbeEstimate *result)
{
	CHECK_FOR_INTERRUPTS();
	if (probe->type == PROBE_ANY_KEY)
		detmeta_estimate_any_key(est->reader, probe, est->rows, result);
	else
		detmeta_estimate_probe(est->reader, probe, result);
	est->work += result->work;
	est->result->guessed |= result->guessed;
}

/* Return the heap pages that some rows lie on, as the planner estimates it. */
double
detmeta_pages_of_rows(double pages, double rows)
{
	pages = Max(1.0, pages);
	return Min(pages, ceil(2.0 * pages * rows / (2.0 * pages + rows)));
}

/* Return what a probe of the query finds, and note the cost of it. */
static const ProbeEstimate *
estimate_probe(Estimation *est, int i)
{
	ProbeEstimate *result = &est->probes[i];

	if (result->known)
		return result;
	look_up_probe(est, &est->iq->probes[i], result);
	est->result->entries += result->entries;
	est->result->postings += result->rows;
	est->result->pages += detmeta_pages_of_rows(est->pages, result->rows);
	return result;
}

/* Return the share of all rows. */
static double
share_of(const Estimation *est, double rows)
{
	return Max(0.0, Min(1.0, rows / est->rows));
}

/*
 * Return at most how many rows all probes of a group find together, which
 * begins with a probe; 0 for the others of the group.
 */
static double
rows_of_all(Estimation *est, int first)
{
	double		rows = est->rows;

	for (int i = first; i < first + est->iq->probes[first].nall; i++)
		rows = Min(rows, estimate_probe(est, i)->rows);
	return est->iq->probes[first].nall > 0 ? rows : 0;
}

/* Say whether a leaf is looked up by trigrams. */
static bool
uses_trigrams(const IndexQuery *iq, const LeafProbes *probes)
{
	const Probe *probe;
	EntryParts	parts;

	if (iq->options.trigram_keys == NULL || probes->ntests == 0)
		return false;
	probe = &iq->probes[probes->tests];
	if (probe->type == PROBE_ANY_KEY)
		probe = probe->parts;
	detmeta_entry_parse(probe->entry, probe->len, &parts);
	return parts.tag == TAG_TRIGRAM;
}

/*
 * Return the rows of some probes, which are taken not to overlap.  Of very
 * many, some stand for the others; an odd step meets all kinds of probes.
 * Rows that only an unsure probe finds go to "unsure".
 */
static double
rows_of_probes(Estimation *est, int first, int n, double *unsure)
{
	FilterEstimate before = *est->result;
	int			step = n <= MAX_LEAF_PROBES ? 1 : (n / MAX_LEAF_PROBES) | 1;
	int			taken = (n + step - 1) / step;
	double		factor = n == 0 ? 1 : (double) n / taken;
	double		sure = 0;

	*unsure = 0;
	for (int i = first; i < first + n; i += step)
	{
		if (est->iq->probes[i].nall != 1)
			*unsure += rows_of_all(est, i);
		else if (est->iq->probes[i].sure)
			sure += estimate_probe(est, i)->rows;
		else
			*unsure += estimate_probe(est, i)->rows;
	}
	est->result->entries += (est->result->entries - before.entries) * (factor - 1);
	est->result->postings += (est->result->postings - before.postings) * (factor - 1);
	est->result->pages += (est->result->pages - before.pages) * (factor - 1);
	*unsure *= factor;
	return sure * factor;
}

static double share_passing(Estimation *est, int leafno);

/* Return what share_passing() would be in an index without trigrams: it looks at the texts. */
static double
share_without_trigrams(Estimation *est, int leafno)
{
	FilterEstimate unused = {0};
	Estimation	plain = *est;
	EntryOptions options = est->iq->options;
	double		share;

	options.trigram_keys = NULL;
	plain.iq = detmeta_index_query_of(est->iq->query, false, &options);
	plain.probes = palloc0_array(ProbeEstimate, plain.iq->nprobes);
	plain.result = &unused;
	share = share_passing(&plain, leafno);
	est->work = plain.work;
	est->result->guessed |= unused.guessed;
	return share;
}

/* Say whether a leaf is about members of objects in arrays that the index does not have. */
static bool
looks_into_arrays(const Estimation *est, const Leaf *leaf)
{
	return leaf->in_arrays && !est->iq->options.array_members;
}

/*
 * Return the share of rows where a value of a leaf's key passes a test.  Rows
 * that may pass are taken to do so: equal hashes are of equal values.  Of texts
 * that are cut, what is cut off is taken to be like what is left; whole
 * documents know better.
 */
static double
share_passing(Estimation *est, int leafno)
{
	const Leaf *leaf = &est->iq->query->leaves[leafno];
	const LeafProbes *probes = &est->iq->leaves[leafno];
	double		unsure;
	double		sure = rows_of_probes(est, probes->tests, probes->ntests, &unsure);

	est->result->unsure += share_of(est, unsure);
	if (looks_into_arrays(est, leaf))
		return share_of(est, sure + unsure * MEMBERS_SHARE);
	if (leaf->any_key && sure + unsure <= FEW_ROWS)
		return share_of(est, sure + unsure);
	if (uses_trigrams(est->iq, probes))
		return Min(share_of(est, sure + unsure), share_without_trigrams(est, leafno));
	if (leaf->ntests == 1 && leaf->tests[0].substring != NULL && !leaf->tests[0].unsure &&
		unsure > 0)
	{
		est->result->guessed = true;
		unsure *= share_of(est, sure);
	}
	return share_of(est, sure + unsure);
}

/* Return the share of rows that hold a leaf's key. */
static double
share_holding(Estimation *est, const LeafProbes *probes)
{
	double		unsure;
	double		sure = rows_of_probes(est, probes->holds, probes->nholds, &unsure);

	est->result->unsure += share_of(est, unsure);
	return share_of(est, sure + unsure);
}

/* Return the rows that have one of some kinds at a leaf's key. */
static double
rows_of_kinds(Estimation *est, const Leaf *leaf, MetaKind first, MetaKind last)
{
	double		rows = 0;

	for (MetaKind kind = first; kind <= last; kind++)
	{
		StringInfoData entry;

		initStringInfo(&entry);
		detmeta_entry_prefix(leaf->key, leaf->keylen, TAG_KEY + kind, &entry);
		rows += detmeta_gin_estimate_entry(est->reader, entry.data, entry.len, TREE_LEAVES);
		est->work++;
	}
	return rows;
}

/* Return the share of rows that hold a leaf's key, which need not ask for that. */
static double
share_holding_key(Estimation *est, int leafno)
{
	const Leaf *leaf = &est->iq->query->leaves[leafno];

	if (est->iq->leaves[leafno].holds >= 0)
		return share_holding(est, &est->iq->leaves[leafno]);
	if (leaf->in_arrays)
		return 1;				/* no entry of the key's kinds tells */
	return share_of(est, rows_of_kinds(est, leaf, META_FALSE, META_OBJECT));
}

/* Return the share of rows where a leaf's key is there, but empty. */
static double
share_explicitly_empty(Estimation *est, int leafno)
{
	return share_of(est, rows_of_kinds(est, &est->iq->query->leaves[leafno], META_NULL,
									   META_EMPTY_OBJECT));
}

/* Return a leaf's selectivity.  When enough work was done, the others stand for it. */
static double
leaf_selectivity(Estimation *est, int leafno)
{
	LeafType	type = est->iq->query->leaves[leafno].type;
	double		result = 0;

	if (est->work > MAX_WORK && est->nleaves > 0)
	{
		est->result->guessed = true;
		est->result->entries += est->iq->leaves[leafno].ntests;
		return est->leaves / est->nleaves;
	}

	est->result->guessed |= looks_into_arrays(est, &est->iq->query->leaves[leafno]);
	if (type != LEAF_ANY)
		result = share_holding(est, &est->iq->leaves[leafno]);
	if (type == LEAF_ANY)
		result = share_passing(est, leafno);
	else if (type == LEAF_NONE)
		result = Max(0.0, result - share_passing(est, leafno));
	else if (type == LEAF_EMPTY)
	{
		double		explicit = share_explicitly_empty(est, leafno);

		result = Max(explicit, 1.0 - result);
	}
	est->leaves += result;
	est->nleaves++;
	return result;
}

/* Find a leaf's only range with just the one end. */
static const ValueTest *
find_half_range(const Leaf *leaf, MetaKind kind, bool low)
{
	if (leaf->type != LEAF_ANY)
		return NULL;
	for (int i = 0; i < leaf->ntests; i++)
	{
		const ValueTest *test = &leaf->tests[i];

		if (test->type == TEST_RANGE && test->kind == kind &&
			(test->low.bytes != NULL) == low && (test->high.bytes != NULL) == !low)
			return test;
	}
	return NULL;
}

/*
 * Return the share of rows with a value between the ends of two leaves on a
 * key; -1 where they are not the two ends of a range.
 */
static double
share_between(Estimation *est, int lowno, int highno)
{
	const Leaf *low = &est->iq->query->leaves[lowno];
	const Leaf *high = &est->iq->query->leaves[highno];
	const LeafProbes *probes = &est->iq->leaves[lowno];
	double		rows = 0;
	bool		any = false;

	for (int i = probes->tests; i < probes->tests + probes->ntests; i++)
	{
		Probe		probe = est->iq->probes[i];
		const ValueTest *end;
		ValueTest	test;
		ProbeEstimate found;

		if (probe.type != PROBE_RANGE ||
			find_half_range(low, probe.test->kind, true) != probe.test)
			continue;
		end = find_half_range(high, probe.test->kind, false);
		if (end == NULL)
			continue;
		test = *probe.test;
		test.high = end->high;
		probe.test = &test;
		look_up_probe(est, &probe, &found);
		rows += found.rows;
		any = true;
	}
	return any ? share_of(est, rows) : -1;
}

/* The conditions of a group that are on one key. */
typedef struct KeyGroup
{
	int			n;
	int			leaves[MAX_GROUPED];
	double		shares[MAX_GROUPED];
} KeyGroup;

/* Replace pairs of ends by what is between them. */
static void
join_ranges(Estimation *est, KeyGroup *group)
{
	for (int i = 0; i < group->n; i++)
	{
		for (int j = 0; j < group->n && est->work <= MAX_WORK; j++)
		{
			double		between = i == j ? -1 :
				share_between(est, group->leaves[i], group->leaves[j]);

			if (between < 0)
				continue;
			group->shares[i] = between;
			group->n--;
			group->leaves[j] = group->leaves[group->n];
			group->shares[j] = group->shares[group->n];
			/* The pair is at the place of either end; neither has another. */
			return;
		}
	}
}

/* Return the share of rows that satisfy all conditions on one key. */
static double
all_of_key(Estimation *est, KeyGroup *group)
{
	double		holding;
	double		result;

	if (group->n == 1)
		return group->shares[0];
	join_ranges(est, group);
	if (group->n == 1)
		return group->shares[0];

	holding = share_holding_key(est, group->leaves[0]);
	result = holding;
	for (int i = 0; i < group->n && holding > 0; i++)
		result *= Min(1.0, group->shares[i] / holding);
	return result;
}

/* Say whether a leaf's tests are for single values. */
static bool
looks_for_values(const Leaf *leaf)
{
	for (int i = 0; i < leaf->ntests; i++)
	{
		if (leaf->tests[i].type != TEST_EQUAL && leaf->tests[i].type != TEST_KIND)
			return false;
	}
	return leaf->type == LEAF_ANY;
}

/* Return the share of rows that satisfy any condition on one key. */
static double
any_of_key(Estimation *est, const KeyGroup *group)
{
	double		sum = 0;
	double		none = 1;
	bool		values = true;

	for (int i = 0; i < group->n; i++)
	{
		values &= looks_for_values(&est->iq->query->leaves[group->leaves[i]]);
		sum += group->shares[i];
		none *= 1 - group->shares[i];
	}
	return values ? Min(1.0, sum) : 1 - none;
}

static double node_selectivity(Estimation *est, const QueryNode *node);

/* Say whether a child of a group is put together with others on its key. */
static const Leaf *
grouped_leaf(const Estimation *est, const QueryNode *node)
{
	const Leaf *leaf;

	if (node->type != FILTER_CONDITION)
		return NULL;
	leaf = &est->iq->query->leaves[node->leaf];
	return leaf->type != LEAF_EMPTY && !leaf->any_key ? leaf : NULL;
}

/* Return the selectivity of the children of a group on the key of the first of them. */
static double
key_selectivity(Estimation *est, const QueryNode *node, int first, bool *done)
{
	const Leaf *leaf = grouped_leaf(est, node->children[first]);
	KeyGroup	group = {0};

	for (int i = first; i < Min(node->nchildren, first + MAX_GROUPED); i++)
	{
		const Leaf *other = done[i] ? NULL : grouped_leaf(est, node->children[i]);

		if (other == NULL || other->keylen != leaf->keylen ||
			memcmp(other->key, leaf->key, leaf->keylen) != 0)
			continue;
		done[i] = true;
		group.leaves[group.n] = node->children[i]->leaf;
		group.shares[group.n++] = leaf_selectivity(est, node->children[i]->leaf);
	}
	return node->type == FILTER_AND ? all_of_key(est, &group) : any_of_key(est, &group);
}

/* Return the selectivity of an AND or OR. */
static double
group_selectivity(Estimation *est, const QueryNode *node)
{
	bool	   *done = palloc0_array(bool, node->nchildren);
	double		result = 1;

	for (int i = 0; i < node->nchildren; i++)
	{
		double		share;

		if (done[i])
			continue;
		if (grouped_leaf(est, node->children[i]) != NULL)
			share = key_selectivity(est, node, i, done);
		else
			share = node_selectivity(est, node->children[i]);
		result *= node->type == FILTER_AND ? share : 1 - share;
	}
	return node->type == FILTER_AND ? result : 1 - result;
}

/* Return the selectivity of a node of the filter. */
static double
node_selectivity(Estimation *est, const QueryNode *node)
{
	check_stack_depth();
	switch (node->type)
	{
		case FILTER_TRUE:
			return 1.0;
		case FILTER_CONDITION:
			return leaf_selectivity(est, node->leaf);
		case FILTER_NOT:
			return 1.0 - node_selectivity(est, node->children[0]);
		default:
			return group_selectivity(est, node);
	}
}

/* Estimate a filter on an index whose row entry has so many rows. */
void
detmeta_estimate_query(GinReader *reader, double rows, double pages,
					   FilterQuery *query, FilterEstimate *estimate)
{
	Estimation	est = {
		.reader = reader,
		.rows = rows,
		.pages = pages,
		.result = estimate
	};

	est.iq = detmeta_index_query_of(query, false,
									detmeta_options_of_index(reader->index, reader->attnum));
	est.probes = palloc0_array(ProbeEstimate, Max(1, est.iq->nprobes));
	estimate->selectivity = node_selectivity(&est, est.iq->query->root);
	if (est.iq->row >= 0)
	{
		estimate->entries++;
		estimate->postings += rows;
		estimate->pages += pages;
	}
}

/*
 * probe.c
 *		Translate a filter into probes of the index.
 *
 *		loss < 0.1		range value "loss" number up to 0.1
 *						range element "loss" number up to 0.1
 *		x is not "a"	the seven key entries of has(x), and not
 *						exact value "x" string "a", exact element "x" string "a"
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/compat.h"
#include "index/probe.h"
#include "index/probe_add.h"
#include "index/probe_any.h"
#include "index/probe_text.h"
#include "index/probe_value.h"
#include "value/key_path.h"
#include "value/value.h"

/* Add the probe of a peculiarity of documents; the row entry is in all. */
static void
add_document_probe(IndexQuery *iq, DocumentFlag flag)
{
	StringInfoData entry;

	initStringInfo(&entry);
	if (flag != DOCUMENT_IS_ANY)
		detmeta_entry_prefix("", 0,
							 flag == DOCUMENT_IS_NO_OBJECT ? TAG_FLAG_NO_OBJECT : TAG_FLAG_DOTTED,
							 &entry);
	detmeta_probe_add(iq, PROBE_EXACT, &entry, true);
}

/* Add the probes of one test. */
static void
add_test_probes(IndexQuery *iq, const Leaf *leaf, const ValueTest *test)
{
	switch (test->type)
	{
		case TEST_KIND:
			if (leaf->places != PLACES_ELEMENTS)
				detmeta_probe_add_entry(iq, leaf, TAG_KEY + test->kind, true);
			if (leaf->places != PLACES_VALUE && test->kind != META_EMPTY_ARRAY)
				detmeta_probe_add_entry(iq, leaf, TAG_ELEMENT + test->kind, true);
			if (last_class(iq, leaf) == TAG_MEMBER)
				detmeta_probe_add_entry(iq, leaf, TAG_MEMBER + test->kind, true);
			break;
		case TEST_EQUAL:
			detmeta_probe_add_equality(iq, leaf, test);
			break;
		case TEST_RANGE:
			for (int class = first_class(leaf); class <= last_class(iq, leaf);
				 class = next_class(class))
				detmeta_probe_add_range(iq, leaf, class, test);
			if (test->kind == META_STRING && !test->skip_dates)
				detmeta_probe_add_date_text(iq, leaf, test);
			break;
		case TEST_CONTAINS:
		case TEST_ICONTAINS:
		case TEST_IEQUAL:
		case TEST_ISTARTS_WITH:
		case TEST_ENDS_WITH:
			detmeta_probe_add_contains(iq, leaf, test);
			break;
		case TEST_STARTS_WITH:
			detmeta_probe_add_starts_with(iq, leaf, test);
			break;
		case TEST_ODD:
			detmeta_probe_add_entry(iq, leaf,
									test->kind == META_DATE ? TAG_FLAG_ODD_DATE :
									TAG_FLAG_ODD_NUMBER, true);
			break;
		case TEST_FRACTION:
			break;				/* no entry tells; asked of the numbers themselves */
		case TEST_DOCUMENT:
			add_document_probe(iq, test->flag);
			break;
	}
}

/*
 * Add the probes of the arrays that a leaf's key leads through, for an index
 * that does not have their members.
 */
static void
add_way_probes(IndexQuery *iq, const Leaf *leaf)
{
	Leaf		array = *leaf;
	int			end = -1;

	if (!leaf->in_arrays || iq->options.array_members)
		return;
	while ((end = detmeta_key_next_array(leaf->key, leaf->keylen, end + 1)) >= 0)
	{
		array.keylen = end;
		detmeta_probe_add_entry(iq, &array, TAG_KEY + META_ARRAY, false);
	}
}

/* Add the probes of a leaf's tests. */
static void
add_leaf_probes(IndexQuery *iq, const Leaf *leaf)
{
	for (int i = 0; i < leaf->ntests; i++)
	{
		int			first = iq->nprobes;

		CHECK_FOR_INTERRUPTS();
		add_test_probes(iq, leaf, &leaf->tests[i]);
		for (int j = first; j < iq->nprobes; j++)
			iq->probes[j].sure &= !leaf->tests[i].unsure;
	}
	if (leaf->ntests > 0)
		add_way_probes(iq, leaf);
}

/* Add the probes of the tests of a leaf of any key, which are made of those of the empty one. */
static void
add_any_key_probes(IndexQuery *iq, const Leaf *leaf)
{
	IndexQuery	parts = {.options = iq->options};
	int			room;

	add_leaf_probes(&parts, leaf);
	room = iq->nprobes + parts.nprobes + ANY_KEY_GROUPS;
	iq->probes = iq->probes == NULL ? palloc_array(Probe, room) :
		repalloc_array(iq->probes, Probe, Max(room, iq->allocated));
	iq->allocated = Max(room, iq->allocated);
	iq->nprobes += detmeta_any_key_probes(parts.probes, parts.nprobes,
										  &iq->probes[iq->nprobes]);
}

/* Say whether two leaves ask alike if their key is held. */
static bool
hold_alike(const Leaf *a, const Leaf *b)
{
	return a->held == b->held && a->in_arrays == b->in_arrays &&
		a->keylen == b->keylen && memcmp(a->key, b->key, a->keylen) == 0;
}

/* Add the probes of whether a leaf's key is held, or find those that an earlier leaf added. */
static void
add_holds_probes(IndexQuery *iq, int leafno)
{
	const Leaf *leaf = &iq->query->leaves[leafno];
	LeafProbes *probes = &iq->leaves[leafno];

	for (int i = 0; i < leafno; i++)
	{
		if (iq->leaves[i].holds >= 0 && hold_alike(leaf, &iq->query->leaves[i]))
		{
			probes->holds = iq->leaves[i].holds;
			probes->nholds = iq->leaves[i].nholds;
			return;
		}
	}

	/*
	 * Single entries rather than one run of them: core gathers a run in a bitmap that may become
	 * lossy, but streams single entries.
	 */
	probes->holds = iq->nprobes;
	for (MetaKind kind = leaf->held; kind <= META_OBJECT; kind++)
		detmeta_probe_add_entry(iq, leaf, TAG_KEY + kind, true);
	if (last_class(iq, leaf) == TAG_MEMBER)
		detmeta_probe_add_entry(iq, leaf, TAG_MEMBER_HOLDS, true);
	add_way_probes(iq, leaf);
	probes->nholds = iq->nprobes - probes->holds;
}

/*
 * Make the probes of a query, which must outlive them, for an index with some
 * options, or none (NULL).  Where a row that no probe finds would satisfy
 * it, the row entry is one more probe.
 */
IndexQuery *
detmeta_index_query_of(FilterQuery *query, bool negated, const EntryOptions *options)
{
	IndexQuery *iq = palloc0_object(IndexQuery);
	StringInfoData entry;

	iq->query = query;
	iq->negated = negated;
	if (options != NULL)
		iq->options = *options;
	iq->leaves = palloc0_array(LeafProbes, Max(1, query->nleaves));

	for (int i = 0; i < query->nleaves; i++)
	{
		LeafProbes *probes = &iq->leaves[i];

		probes->holds = -1;
		if (query->leaves[i].type != LEAF_ANY)
			add_holds_probes(iq, i);
		probes->tests = iq->nprobes;
		if (query->leaves[i].any_key)
			add_any_key_probes(iq, &query->leaves[i]);
		else
			add_leaf_probes(iq, &query->leaves[i]);
		probes->ntests = iq->nprobes - probes->tests;
	}

	iq->row = -1;
	if (detmeta_index_query_wants_all(iq))
	{
		initStringInfo(&entry);
		iq->row = iq->nprobes;
		detmeta_probe_add(iq, PROBE_EXACT, &entry, true);
	}
	detmeta_index_query_prepare(iq);
	return iq;
}

/* Make the probes of a filter, which must outlive them. */
IndexQuery *
detmeta_index_query(const MetadataFilter *filter, bool negated, const EntryOptions *options)
{
	IndexQuery *iq = detmeta_index_query_of(detmeta_query_compile(filter), negated, options);

	iq->filter = filter;
	return iq;
}

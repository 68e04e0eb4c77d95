/*
 * condition_count.c
 *		Count the rows of a condition by adding up entries, without any set.
 *
 *		loss < 0.1			the rows of the value entries in the range
 *		x is not "a"		the rows that hold x, less those with the value
 *		x is empty			all rows, less those that hold x
 *
 * A row has one value of a key and one entry for it, unless the key has two
 * places in the document, which a flag tells, or holds an array, which has a
 * key entry of its own.  Where the key has neither, entries have no row in
 * common, and the number of rows is the sum of theirs.  As in gin/count.c,
 * those of TIDs that are proven visible are not looked at one by one.
 *
 * The entries that say so are read before those that are counted.  A row that
 * comes between is too new for the snapshot, and so is not counted.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "gin/heap_assumed.h"
#include "gin/tid_set_read.h"
#include "scan/condition_count.h"
#include "scan/probe_set.h"

/* Probes of a condition that are compared with each other. */
#define MAX_COMPARED	100

/* One heap block in so many may be not all-visible. */
#define MAX_UNPROVEN	50

/* A count under way. */
typedef struct Adding
{
	const SetSource *source;
	const IndexQuery *iq;
	GinTidsCallback callback;	/* takes TIDs that are not proven, or not at a glance */
	void	   *arg;			/* of it */
	int64	   *others;			/* what it has counted */
	/* may the whole heap be looked at, in place of each leaf's blocks? */
	bool		may_assume;
	BlockNumber nblocks;		/* of it */
	int64		ntids;			/* TIDs that had been read before */
} Adding;

/* Add the rows of an entry to a number. */
static void
add_postings(const Adding *adding, const GinPostings *postings, int64 *n)
{
	int64		before = *adding->others;

	*n += detmeta_gin_count(adding->source->reader, postings, NULL, adding->callback, adding->arg);
	*n += *adding->others - before;
}

/* Add the rows of one entry. */
static void
add_entry(const Adding *adding, const char *entry, int len, int64 *n)
{
	GinPostings postings;

	if (!detmeta_gin_lookup(adding->source->reader, entry, len, &postings))
		return;
	add_postings(adding, &postings, n);
	if (postings.list.tids != NULL)
	{
		pfree(postings.list.tids);
		pfree(postings.list.proven);
	}
}

/*
 * Once the rows of ranges have taken as long as a look at the whole visibility map, look
 * at that, instead of at the blocks that each leaf leads to.
 */
static void
consider_heap(Adding *adding)
{
	GinReader  *reader = adding->source->reader;

	if (adding->may_assume &&
		reader->ntids - adding->ntids >= adding->nblocks / GIN_VM_BLOCKS_OF_TID)
	{
		(void) detmeta_gin_assume_heap(reader);
		adding->may_assume = false;
	}
}

/* Add the rows of all entries that a probe finds. */
static void
add_range(Adding *adding, const Probe *probe, int64 *n)
{
	StringInfoData upper;
	GinWalk    *walk = detmeta_probe_walk(adding->source->reader, probe, false, &upper);
	GinEntry	entry;

	detmeta_gin_walk_count(walk);
	while (detmeta_gin_walk_next(walk, &entry))
	{
		consider_heap(adding);
		if (entry.counted)
			*n += entry.ntids;
		else
			add_postings(adding, &entry.postings, n);
	}
	detmeta_gin_walk_end(walk);
	pfree(upper.data);
}

/* Add the rows that a probe finds. */
static void
add_probe(Adding *adding, const Probe *probe, int64 *n)
{
	CHECK_FOR_INTERRUPTS();
	if (probe->type == PROBE_EXACT)
		add_entry(adding, probe->entry, probe->len, n);
	else
		add_range(adding, probe, n);
}

/* Return the tag of the entries that a probe finds. */
static int
probe_tag(const Probe *probe)
{
	EntryParts	parts;

	detmeta_entry_parse(probe->entry, probe->len, &parts);
	return parts.tag;
}

/* Say whether a range of numbers ends before another one begins. */
static bool
ends_before(const ValueTest *a, const ValueTest *b)
{
	int			cmp;

	if (a->kind != META_NUMBER || b->kind != META_NUMBER ||
		a->high.bytes == NULL || b->low.bytes == NULL)
		return false;
	cmp = detmeta_bytes_compare(a->high.bytes, a->high.len, b->low.bytes, b->low.len);
	return cmp < 0 || (cmp == 0 && !(a->high.inclusive && b->low.inclusive));
}

/* Say whether two probes may find one entry. */
static bool
may_overlap(const Probe *a, const Probe *b)
{
	int			shared_a = a->type == PROBE_EXACT ? a->len : a->prefix_len;
	int			shared_b = b->type == PROBE_EXACT ? b->len : b->prefix_len;

	if (a->type == PROBE_EXACT && b->type == PROBE_EXACT && a->len != b->len)
		return false;
	if (a->type == PROBE_RANGE && b->type == PROBE_RANGE &&
		(ends_before(a->test, b->test) || ends_before(b->test, a->test)))
		return false;
	return memcmp(a->entry, b->entry, Min(shared_a, shared_b)) == 0;
}

/*
 * Say whether entries with one of two tags may be of the same rows: a value's, and
 * that of its kind.  A string may be entered as a date, too.
 */
static bool
are_value_and_kind(int a, int b)
{
	int			key = TAG_CLASS(a) == TAG_KEY ? a : b;
	int			value = TAG_CLASS(a) == TAG_KEY ? b : a;

	if (TAG_CLASS(key) != TAG_KEY || TAG_CLASS(value) != TAG_VALUE)
		return false;
	return TAG_KIND(key) == TAG_KIND(value) ||
		(TAG_KIND(key) >= META_DATE && TAG_KIND(key) <= META_STRING &&
		 TAG_KIND(value) >= META_DATE && TAG_KIND(value) <= META_STRING);
}

/*
 * Say whether the rows of a leaf's tests can be added up, for a key whose rows
 * have single values; "held": as some of the rows that hold the key.
 */
static bool
tests_add_up(const Adding *adding, const Leaf *leaf, const LeafProbes *probes, bool held)
{
	const Probe *first = &adding->iq->probes[probes->tests];

	if (probes->ntests > MAX_COMPARED)
		return false;
	for (int i = 0; i < probes->ntests; i++)
	{
		int			tag = probe_tag(&first[i]);

		if (first[i].nall != 1)
			return false;
		if (TAG_CLASS(tag) == TAG_ELEMENT)
			continue;			/* there are none without arrays */
		if (!first[i].sure)
		{
			if (first[i].type == PROBE_WALK ||
				detmeta_probe_finds_any(adding->source->reader, &first[i]))
				return false;
			continue;
		}
		if (held && TAG_CLASS(tag) == TAG_KEY && TAG_KIND(tag) < leaf->held)
			return false;
		for (int j = 0; j < i; j++)
		{
			if (first[j].sure &&
				(may_overlap(&first[i], &first[j]) ||
				 are_value_and_kind(tag, probe_tag(&first[j]))))
				return false;
		}
	}
	return true;
}

/* Return the rows of a leaf's tests, which add up. */
static int64
count_tests(Adding *adding, const LeafProbes *probes)
{
	int64		n = 0;

	for (int i = probes->tests; i < probes->tests + probes->ntests; i++)
	{
		const Probe *probe = &adding->iq->probes[i];

		if (probe->sure && TAG_CLASS(probe_tag(probe)) != TAG_ELEMENT)
			add_probe(adding, probe, &n);
	}
	return n;
}

/* Return the rows that hold a leaf's key, whose values are single. */
static int64
count_holding(Adding *adding, const LeafProbes *probes)
{
	int64		n = 0;

	for (int i = probes->holds; i < probes->holds + probes->nholds; i++)
		add_probe(adding, &adding->iq->probes[i], &n);
	return n;
}

/* Return all rows. */
static int64
count_every_row(const Adding *adding)
{
	int64		n = 0;

	add_entry(adding, "", 0, &n);
	return n;
}

/* Count the rows of a leaf; false: they do not add up. */
static bool
count_leaf(Adding *adding, int leafno, int64 *n)
{
	const Leaf *leaf = &adding->iq->query->leaves[leafno];
	const LeafProbes *probes = &adding->iq->leaves[leafno];
	KeyReader	key = {adding->source->reader, leaf->key, leaf->keylen};

	if (leaf->any_key || leaf->in_arrays ||
		!detmeta_key_has_single_values(&key, leaf->places == PLACES_VALUE) ||
		!tests_add_up(adding, leaf, probes, leaf->type == LEAF_NONE))
		return false;
	switch (leaf->type)
	{
		case LEAF_ANY:
			*n = count_tests(adding, probes);
			break;
		case LEAF_HOLDS:
			*n = count_holding(adding, probes);
			break;
		case LEAF_NONE:
			*n = count_holding(adding, probes) - count_tests(adding, probes);
			break;
		case LEAF_EMPTY:
			*n = count_every_row(adding) - count_holding(adding, probes);
			break;
	}
	return true;
}

/* Count the rows of a node of the filter; false: they do not add up. */
static bool
count_node(Adding *adding, const QueryNode *node, int64 *n)
{
	check_stack_depth();
	switch (node->type)
	{
		case FILTER_TRUE:
			*n = count_every_row(adding);
			return true;
		case FILTER_CONDITION:
			return count_leaf(adding, node->leaf, n);
		case FILTER_NOT:
			if (!count_node(adding, node->children[0], n))
				return false;
			*n = count_every_row(adding) - *n;
			return true;
		default:
			return false;
	}
}

/* Count the rows of the filter; false: they do not add up. */
static bool
count_filter(Adding *adding, int64 *n)
{
	GinReader  *reader = adding->source->reader;
	bool		adds_up;

	adding->may_assume = true;
	adding->nblocks = RelationGetNumberOfBlocks(reader->heap);
	adding->ntids = reader->ntids;
	adds_up = count_node(adding, adding->iq->query->root, n);
	adding->may_assume = false;
	if (!detmeta_gin_heap_is_assumed(reader) || detmeta_gin_confirm_heap(reader))
		return adds_up;
	return count_node(adding, adding->iq->query->root, n);
}

/*
 * Say whether nearly all of the heap is all-visible.  Else sets are better:
 * they lead to the rows that are to be looked at in the order of the heap.
 */
static bool
heap_is_mostly_proven(const GinReader *reader)
{
	BlockNumber nblocks;
	BlockNumber nvisible;

	if (reader->heap == NULL)
		return false;
	nblocks = RelationGetNumberOfBlocks(reader->heap);
	visibilitymap_count(reader->heap, &nvisible, NULL);
	return nvisible >= nblocks - nblocks / MAX_UNPROVEN;
}

/* Look for the one entry that some probes find; false: they find several, or more than entries. */
static bool
find_only_entry(const SetSource *source, const IndexQuery *iq, int first, int n,
				GinPostings *postings)
{
	GinPostings found;
	int			nfound = 0;

	for (int i = first; i < first + n; i++)
	{
		if (iq->probes[i].type != PROBE_EXACT || !iq->probes[i].sure || iq->probes[i].nall != 1)
			return false;
	}
	for (int i = first; i < first + n && nfound < 2; i++)
	{
		if (detmeta_gin_lookup(source->reader, iq->probes[i].entry, iq->probes[i].len, &found) &&
			nfound++ == 0)
			*postings = found;
	}
	return nfound < 2;
}

/* Find the entry that just the rows of a leaf have; as below. */
static bool
find_leaf_entry(const SetSource *source, const IndexQuery *iq, int leafno, GinPostings *postings)
{
	const LeafProbes *probes = &iq->leaves[leafno];

	switch (iq->query->leaves[leafno].type)
	{
		case LEAF_HOLDS:
			return find_only_entry(source, iq, probes->holds, probes->nholds, postings);
		case LEAF_ANY:
			return probes->ntests <= MAX_ENTRIES_TRIED &&
				find_only_entry(source, iq, probes->tests, probes->ntests, postings);
		default:
			return false;
	}
}

/*
 * Find the entry that just the rows of a condition have (NULL: all rows), or
 * none where there are no such rows; false where more is to be combined than
 * one entry.
 */
static bool
find_condition_entry(const SetSource *source, const SetCondition *condition, GinPostings *postings)
{
	const IndexQuery *iq = condition != NULL ? condition->iq : NULL;

	memset(postings, 0, sizeof(*postings));
	postings->tree = InvalidBlockNumber;
	if (detmeta_has_pending(source))
		return false;
	if (condition == NULL || (iq != NULL && iq->query->root->type == FILTER_TRUE && !iq->negated))
	{
		(void) detmeta_gin_lookup(source->reader, "", 0, postings);
		return true;
	}
	if (condition->nchildren > 0 || condition->known != NULL)
		return false;
	if (condition->scope != NULL)
	{
		if (!condition->scope->exact || condition->scope->nentries != 1)
			return false;
		(void) detmeta_gin_scope_lookup(source->reader, condition->scope, 0, postings);
		return true;
	}
	if (iq == NULL)
		return true;
	return !iq->negated && iq->query->root->type == FILTER_CONDITION &&
		find_leaf_entry(source, iq, iq->query->root->leaf, postings);
}

/* Say whether the rows of a condition are those of one entry, or none. */
bool
detmeta_condition_is_entry(const SetSource *source, const SetCondition *condition)
{
	GinPostings postings;

	return find_condition_entry(source, condition, &postings);
}

/*
 * Count the rows of a condition (NULL: all rows); false where its entries do
 * not add up, or the pending list has rows.  The callback, which adds to
 * "others", counts those rows that are not counted at a glance.
 */
bool
detmeta_condition_count(const SetSource *source, const SetCondition *condition,
						GinTidsCallback callback, void *arg, int64 *others, int64 *n)
{
	Adding		adding = {
		.source = source,
		.iq = condition != NULL ? condition->iq : NULL,
		.callback = callback,
		.arg = arg,
		.others = others
	};
	GinPostings postings;

	*n = 0;
	if (find_condition_entry(source, condition, &postings))
	{
		add_postings(&adding, &postings, n);
		return true;
	}
	if (adding.iq == NULL || condition->nchildren > 0 || condition->scope != NULL ||
		condition->known != NULL || detmeta_has_pending(source) ||
		!heap_is_mostly_proven(source->reader) ||
		!count_filter(&adding, n))
		return false;
	if (adding.iq->negated)
		*n = count_every_row(&adding) - *n;
	return true;
}

/* Rows of entries: how many are proven, and which are not. */
typedef struct ProvenRows
{
	int64		nproven;
	TidSet	   *others;
} ProvenRows;

/* Take TIDs that are not proven at a glance. */
static void
take_tids(const GinTids *tids, void *arg)
{
	ProvenRows *rows = arg;

	for (int i = 0; i < tids->count; i++)
	{
		if (tids->proven[i])
			rows->nproven++;
		else
			detmeta_tid_set_add(rows->others, &tids->tids[i], false);
	}
}

/* Add the rows of one entry. */
static void
take_entry(const SetSource *source, const char *entry, int len, ProvenRows *rows)
{
	int64		others = 0;
	Adding		adding = {
		.source = source,
		.callback = take_tids,
		.arg = rows,
		.others = &others
	};

	add_entry(&adding, entry, len, &rows->nproven);
}

/* Take the rows that hold a key. */
static void
take_holding(const SetSource *source, const KeyReader *key, MetaKind held, ProvenRows *rows)
{
	StringInfoData entry;

	initStringInfo(&entry);
	for (MetaKind kind = held; kind <= META_OBJECT; kind++)
	{
		resetStringInfo(&entry);
		detmeta_entry_prefix(key->key, key->keylen, TAG_KEY + kind, &entry);
		take_entry(source, entry.data, entry.len, rows);
	}
	pfree(entry.data);
}

/*
 * Say whether every row holds a key: as many rows as there are, of those that
 * are proven, and each of the others.  A proven row stays in the index while the
 * snapshot is held.  So where a row without the key is counted among all, one
 * that was counted among those with it is not proven any more, and shows among
 * the others.
 */
bool
detmeta_key_is_everywhere(const SetSource *source, const KeyReader *key, MetaKind held)
{
	ProvenRows	holding = {0, detmeta_empty_set(source)};
	ProvenRows	all = {0, detmeta_empty_set(source)};
	Relation	heap = source->reader->heap;
	bool		result = false;

	source->reader->heap = source->reader->provable;
	if (!detmeta_has_pending(source) && heap_is_mostly_proven(source->reader) &&
		detmeta_key_has_single_values(key, true))
	{
		take_holding(source, key, held, &holding);
		take_entry(source, "", 0, &all);
		detmeta_tid_set_and_not(all.others, holding.others);
		result = all.nproven <= holding.nproven && detmeta_tid_set_is_empty(all.others);
	}
	source->reader->heap = heap;
	detmeta_tid_set_free(holding.others);
	detmeta_tid_set_free(all.others);
	return result;
}

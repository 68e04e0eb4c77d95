/*
 * estimate.c
 *		Estimate how many entries of a GIN index, with how many TIDs, are in a
 *		range of keys.
 *
 * A range of a few leaves is counted.  For a larger one, the leaves between
 * its ends are told from the two ways down to them, read as numbers whose
 * digits are the children taken and whose base is the pages' fan-out; the first
 * leaves of the range and some samples between stand for the others.
 *
 * Where entries have to match, all of a few leaves are looked at, or some of
 * each leaf sampled.  Entries are sorted, so those that match lie together, and
 * many leaves are better than many entries.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "gin/estimate.h"
#include "gin/path.h"
#include "gin/reader.h"
#include "gin/tree.h"

/* at the start; at least 2, as the first may be part of the range */
#define COUNTED_LEAVES	4
#define SAMPLED_LEAVES	4		/* between the ends */
#define TREES_PER_LEAF	16		/* whose rows are estimated, spread over the leaf */

/*
 * Leaves of which some entries are looked at.  Fewer would miss a month in two
 * years of dates (sql/estimates_index).
 */
#define MATCHED_LEAVES	48

/* what was seen of a range */
typedef struct Tally
{
	GinReader  *reader;
	const GinRangeMatch *match; /* entries whose TIDs count; NULL: all */
	bool		count_tids;
	const GinEntryKey *lower;	/* ends of the range */
	const GinEntryKey *upper;
	double		leaves;
	double		entries;
	double		list_tids;
	double		trees;
	int			nprobed;		/* trees looked into */
	double		probed_tids;
} Tally;

/* what was seen of the entries that a range's sample looked at */
typedef struct MatchTally
{
	double		looked_at;
	double		matched;
} MatchTally;

/* inner pages seen on a level, counted from the root, and their children */
typedef struct Level
{
	double		pages;
	double		children;
} Level;

/* Say whether a tuple's entry matches. */
static bool
tuple_matches(const Tally *tally, IndexTuple itup)
{
	GinEntryKey key;

	detmeta_gin_read_key(tally->reader, itup, &key);
	return tally->match->matches(key.data, key.len, tally->match->arg);
}

/* Estimate some of the posting trees of a leaf. */
static void
tally_trees(Tally *tally, const BlockNumber *trees, int ntrees)
{
	int			step = (ntrees + TREES_PER_LEAF - 1) / TREES_PER_LEAF;

	for (int i = step / 2; i < ntrees; i += step)
	{
		tally->probed_tids += detmeta_gin_tree_estimate(tally->reader, trees[i], TREE_LEAVES);
		tally->nprobed++;
	}
}

/* Tally the tuples of a share-locked leaf, and let go of it. */
static void
tally_leaf(Tally *tally, Buffer buffer, int first, int last)
{
	Page		page = BufferGetPage(buffer);
	BlockNumber trees[MaxIndexTuplesPerPage + 1];
	int			ntrees = 0;

	for (int i = first; i <= last; i++)
	{
		IndexTuple	itup = (IndexTuple) PageGetItem(page, PageGetItemId(page, i));

		tally->entries++;
		if (!tally->count_tids || (tally->match != NULL && !tuple_matches(tally, itup)))
			continue;
		if (!GinIsPostingTree(itup))
			tally->list_tids += GinGetNPosting(itup);
		else
			trees[ntrees++] = GinGetPostingTree(itup);
	}
	UnlockReleaseBuffer(buffer);
	tally->leaves++;
	tally->trees += ntrees;
	tally_trees(tally, trees, ntrees);
}

/* Look at some entries of a share-locked leaf, and let go of it. */
static void
match_range_leaf(const Tally *tally, MatchTally *result, Buffer buffer, int wanted)
{
	Page		page = BufferGetPage(buffer);
	int			first = detmeta_gin_search_page(tally->reader, page, tally->lower, false);
	int			last = detmeta_gin_search_page(tally->reader, page, tally->upper, false) - 1;
	int			step = Max(1, (last - first + 1) / wanted);

	for (int i = first; i <= last && wanted > 0; i += step, wanted--)
	{
		result->looked_at++;
		if (tuple_matches(tally, (IndexTuple) PageGetItem(page, PageGetItemId(page, i))))
			result->matched++;
	}
	UnlockReleaseBuffer(buffer);
}

/* Return the TIDs of what was seen. */
static double
tally_tids(const Tally *tally)
{
	return tally->list_tids +
		(tally->nprobed > 0 ? tally->trees * tally->probed_tids / tally->nprobed : 0);
}

/* Note the pages on a way down. */
static void
note_path(Level *levels, const GinPath *path)
{
	int			i;

	for (i = 0; i < path->depth; i++)
	{
		levels[i].pages++;
		levels[i].children += path->nchildren[i];
	}
}

/* Return how many leaves are left of a way, below the page it takes on a level. */
static double
leaves_before(const GinPath *path, int level, const double *units)
{
	double		leaves = 0;

	for (; level < path->depth; level++)
		leaves += units[level] * (path->child[level] - 1);
	return leaves;
}

/* Return how many leaves the second way is to the right of the first. */
static double
count_leaves(const Level *levels, const GinPath *lower, const GinPath *upper)
{
	double		units[GIN_MAX_DEPTH + 1];	/* leaves below a child on a level */
	int			depth = lower->depth;
	int			part = 0;
	int			i;

	if (depth != upper->depth || depth == 0)
		return 0;				/* the root was split meanwhile */
	units[depth - 1] = 1;
	for (i = depth - 2; i >= 0; i--)
		units[i] = units[i + 1] * levels[i + 1].children / levels[i + 1].pages;

	/* on the level where the ways part, whole children are between them */
	while (part < depth - 1 && lower->child[part] == upper->child[part])
		part++;
	if (part == depth - 1)
		return upper->child[part] - lower->child[part];
	return units[part] * (upper->child[part] - lower->child[part] - 1) +
		units[part + 1] * lower->nchildren[part + 1] - leaves_before(lower, part + 1, units) +
		leaves_before(upper, part + 1, units);
}

/* Tally a leaf at a fraction of the range between two leaves. */
static void
sample_leaf(Tally *tally, Level *levels, const GinPath *lower, const GinPath *upper,
			double fraction)
{
	GinReader  *reader = tally->reader;
	GinPath		way;
	Buffer		buffer = detmeta_gin_find_leaf_between(reader, lower, upper, fraction, &way);
	Page		page = BufferGetPage(buffer);
	int			maxoff = PageGetMaxOffsetNumber(page);

	note_path(levels, &way);
	if (detmeta_gin_search_page(reader, page, tally->lower, false) == FirstOffsetNumber &&
		detmeta_gin_search_page(reader, page, tally->upper, false) > maxoff)
		tally_leaf(tally, buffer, FirstOffsetNumber, maxoff);
	else
		UnlockReleaseBuffer(buffer);	/* an end of the range */
}

/* Count a range's first leaves; tells whether it ended there. */
static bool
tally_start(Tally *ends, Tally *full, const GinKeyRange *range, GinPath *path)
{
	GinReader  *reader = full->reader;
	Buffer		buffer = detmeta_gin_find_entry_leaf(reader, full->lower, NULL, path);

	for (int i = 0; i < COUNTED_LEAVES ||
		 (full->match != NULL && ends->entries + full->entries < full->match->max_entries); i++)
	{
		Page		page = BufferGetPage(buffer);
		BlockNumber next = GinPageGetOpaque(page)->rightlink;
		int			maxoff = PageGetMaxOffsetNumber(page);
		int			first = i > 0 ? FirstOffsetNumber :
			detmeta_gin_search_page(reader, page, full->lower,
									range->lower && range->lower_exclusive);
		int			last = detmeta_gin_search_page(reader, page, full->upper,
												   range->upper && range->upper_inclusive) - 1;

		/* full leaves stand for those not read */
		tally_leaf(first == 1 && last == maxoff ? full : ends, buffer, first, last);
		if (last < maxoff || next == InvalidBlockNumber)
			return true;
		buffer = ReadBuffer(reader->index, next);
		gin_lock_page(reader, buffer);
	}
	UnlockReleaseBuffer(buffer);
	return false;
}

/*
 * Return the share of a range's entries that match, of some on so many leaves.
 * None seen is taken as half a one.
 */
static double
sample_matches(const Tally *tally, const GinPath *lower, int nleaves)
{
	MatchTally	result = {0};
	GinPath		upper;

	UnlockReleaseBuffer(detmeta_gin_find_entry_leaf(tally->reader, tally->upper, NULL, &upper));
	for (int i = 0; i < nleaves && lower->depth > 0; i++)
	{
		GinPath		way;
		Buffer		buffer;

		CHECK_FOR_INTERRUPTS();
		buffer = detmeta_gin_find_leaf_between(tally->reader, lower, &upper,
											   (i + 0.5) / nleaves, &way);
		match_range_leaf(tally, &result, buffer, tally->match->max_entries / nleaves);
	}
	return Max(0.5, result.matched) / Max(1.0, result.looked_at);
}

/* Estimate a range of many leaves, of which the first were counted; returns how many. */
static double
estimate_large_range(Tally *ends, Tally *full, const GinKeyRange *range, const GinPath *lower_path,
					 GinRangeEstimate *estimate)
{
	GinReader  *reader = full->reader;
	GinPath		upper_path;
	Buffer		buffer = detmeta_gin_find_entry_leaf(reader, full->upper, NULL, &upper_path);
	Level		levels[GIN_MAX_DEPTH] = {0};
	double		seen = full->leaves;
	double		parts = ends->leaves;
	double		whole;

	tally_leaf(ends, buffer, FirstOffsetNumber,
			   detmeta_gin_search_page(reader, BufferGetPage(buffer), full->upper,
									   range->upper && range->upper_inclusive) - 1);
	note_path(levels, lower_path);
	note_path(levels, &upper_path);
	for (int i = 0; i < SAMPLED_LEAVES; i++)
		sample_leaf(full, levels, lower_path, &upper_path, (i + 0.5) / SAMPLED_LEAVES);

	/* the first leaf is one of the whole ones, or only an end */
	whole = Max(seen, count_leaves(levels, lower_path, &upper_path) - parts);
	estimate->entries = ends->entries + full->entries * whole / full->leaves;
	estimate->tids = tally_tids(ends) + tally_tids(full) * whole / full->leaves;
	return whole;
}

/*
 * Estimate the entries in a range of keys, and the TIDs of those that match: if
 * they are few, by looking at them all.
 */
void
detmeta_gin_estimate_range(GinReader *reader, const GinKeyRange *range,
						   const GinRangeMatch *match, GinRangeEstimate *estimate)
{
	GinEntryKey lower;
	GinEntryKey upper;
	Tally		none = {
		.reader = reader,
		.match = match,
		.count_tids = match == NULL,
		.lower = &lower,
		.upper = &upper
	};
	Tally		ends = none;	/* parts of leaves */
	Tally		full = none;	/* whole leaves */
	GinPath		path;
	bool		ended;
	double		leaves;

	detmeta_gin_range_bounds(reader, range, &lower, &upper);
	ended = tally_start(&ends, &full, range, &path);
	estimate->exact = ended &&
		(match == NULL || ends.entries + full.entries <= match->max_entries);
	if (estimate->exact && match != NULL)
	{
		none.count_tids = true;
		ends = full = none;
		(void) tally_start(&ends, &full, range, &path);
	}
	leaves = ends.leaves + full.leaves;
	estimate->entries = ends.entries + full.entries;
	estimate->tids = tally_tids(&ends) + tally_tids(&full);
	if (!ended)
		leaves = estimate_large_range(&ends, &full, range, &path, estimate);
	estimate->leaves = ends.leaves + full.leaves;
	estimate->share = 1;
	if (!estimate->exact && match != NULL)
	{
		int			sampled = (int) Min(MATCHED_LEAVES, leaves);

		estimate->share = sample_matches(&none, &path, sampled);
		estimate->leaves += sampled;
	}
}

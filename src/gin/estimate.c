/*
 * estimate.c
 *		Estimate how many entries of a GIN index, with how many TIDs, are in a
 *		range of keys.
 *
 * A range of a few leaves is counted.  For a larger one, the leaves between
 * its ends are told from the two ways down to them, read as numbers whose
 * digits are the children taken and whose base is the pages' fan-out; the first
 * leaves of the range and some samples between stand for the others.  So the
 * work is bounded: some 40 pages, and a look into at most 32 posting trees.
 */
#include "postgres.h"

#include "gin/entries.h"
#include "gin/path.h"
#include "gin/reader.h"
#include "gin/tree.h"
#include "gin/estimate.h"

#define COUNTED_LEAVES	4
#define SAMPLED_LEAVES	8
#define PROBED_TREES	32
#define TREES_PER_LEAF	4		/* spread over the leaf */

/* what was seen of a range */
typedef struct Tally
{
	GinReader  *reader;
	bool		count_rows;		/* or only entries? */
	const GinEntryKey *lower;	/* ends of the range */
	const GinEntryKey *upper;
	double		leaves;
	double		entries;
	double		list_tids;
	double		trees;
	int			nprobed;		/* trees looked into */
	double		probed_tids;
} Tally;

/* inner pages seen on a level, counted from the root, and their children */
typedef struct Level
{
	double		pages;
	double		children;
} Level;

/* Tally the tuples of a share-locked leaf, and let go of it. */
static void
tally_range_leaf(Tally *tally, Buffer buffer, int first, int last)
{
	Page		page = BufferGetPage(buffer);
	BlockNumber trees[MaxIndexTuplesPerPage + 1];
	int			ntrees = 0;
	int			step;
	int			i;

	for (i = first; i <= last; i++)
	{
		IndexTuple	itup = (IndexTuple) PageGetItem(page, PageGetItemId(page, i));

		tally->entries++;
		if (!GinIsPostingTree(itup))
			tally->list_tids += GinGetNPosting(itup);
		else
		{
			tally->trees++;
			trees[ntrees++] = GinGetPostingTree(itup);
		}
	}
	UnlockReleaseBuffer(buffer);
	tally->leaves++;
	step = (ntrees + TREES_PER_LEAF - 1) / TREES_PER_LEAF;
	for (i = step / 2; i < ntrees && tally->count_rows && tally->nprobed < PROBED_TREES; i += step)
	{
		tally->probed_tids += detmeta_gin_tree_estimate(tally->reader, trees[i], 2);
		tally->nprobed++;
	}
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
count_leaves_between(const Level *levels, const GinPath *lower, const GinPath *upper)
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
		tally_range_leaf(tally, buffer, FirstOffsetNumber, maxoff);
	else
		UnlockReleaseBuffer(buffer);	/* an end of the range */
}

/* Count a range's first leaves; tells whether it ended there. */
static bool
tally_start(Tally *tally, Tally *full, const GinEntryKey *lower,
			const GinEntryKey *upper, const GinKeyRange *range, GinPath *path)
{
	GinReader  *reader = tally->reader;
	Buffer		buffer = detmeta_gin_find_entry_leaf(reader, lower, NULL, path);
	int			i;

	for (i = 0; i < COUNTED_LEAVES; i++)
	{
		Page		page = BufferGetPage(buffer);
		BlockNumber next = GinPageGetOpaque(page)->rightlink;
		int			maxoff = PageGetMaxOffsetNumber(page);
		int			first = i > 0 ? FirstOffsetNumber :
			detmeta_gin_search_page(reader, page, lower,
									range->lower && range->lower_exclusive);
		int			last = detmeta_gin_search_page(reader, page, upper,
												   range->upper && range->upper_inclusive) - 1;

		/* full leaves stand for those not read */
		tally_range_leaf(first == 1 && last == maxoff ? full : tally, buffer, first, last);
		if (last < maxoff || next == InvalidBlockNumber)
			return true;
		buffer = ReadBuffer(reader->index, next);
		gin_lock_page(reader, buffer);
	}
	UnlockReleaseBuffer(buffer);
	return false;
}

/*
 * Estimate the entries in a range of keys, and their TIDs.  Those of a range of
 * a few leaves can be left out.
 */
void
detmeta_gin_estimate_range(GinReader *reader, const GinKeyRange *range, bool count_rows,
						   GinRangeEstimate *estimate)
{
	Tally		ends = {.reader = reader,.count_rows = count_rows};	/* parts of leaves */
	GinEntryKey lower;
	GinEntryKey upper;
	Tally		full = {.reader = reader,.count_rows = count_rows,.lower = &lower,.upper = &upper};	/* whole leaves */
	GinPath		lower_path;
	GinPath		upper_path;
	double		factor = 1;

	detmeta_gin_range_bounds(reader, range, &lower, &upper);
	estimate->exact = tally_start(&ends, &full, &lower, &upper, range, &lower_path);
	if (!estimate->exact && !count_rows)
	{
		detmeta_gin_estimate_range(reader, range, true, estimate);
		return;
	}
	if (!estimate->exact)
	{
		Buffer		buffer = detmeta_gin_find_entry_leaf(reader, &upper, NULL,
														 &upper_path);
		Level		levels[GIN_MAX_DEPTH] = {0};
		double		seen = full.leaves;
		double		whole;
		int			i;

		tally_range_leaf(&ends, buffer, FirstOffsetNumber,
						 detmeta_gin_search_page(reader, BufferGetPage(buffer), &upper,
												 range->upper && range->upper_inclusive) - 1);
		note_path(levels, &lower_path);
		note_path(levels, &upper_path);
		for (i = 0; i < SAMPLED_LEAVES; i++)
			sample_leaf(&full, levels, &lower_path, &upper_path,
						(i + 0.5) / SAMPLED_LEAVES);
		/* the first leaf is one of the whole ones, or only an end */
		whole = count_leaves_between(levels, &lower_path, &upper_path) -
			(seen == COUNTED_LEAVES ? 0 : 1);
		factor = Max(whole, seen) / full.leaves;
	}
	estimate->entries = ends.entries + full.entries * factor;
	estimate->tids = tally_tids(&ends) + tally_tids(&full) * factor;
}

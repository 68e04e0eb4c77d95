/*
 * walk_sample.c
 *		Estimate what a walk over a range of entries finds.
 *
 * A condition such as contains looks at the text of every string of a key.  Of
 * a few strings, all are looked at; of more, some on leaves spread evenly over
 * the range, and what passes of their rows stands for the rest.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/compat.h"
#include "gin/tree.h"
#include "gin/walk.h"
#include "index/entry.h"
#include "plan/estimate.h"
#include "plan/walk_sample.h"

/* Entries are sorted, so what passes lies together: look at many leaves. */
#define SAMPLED_STRINGS		520
#define STRINGS_PER_LEAF	20
#define SAMPLED_DATES		64	/* whose text has to be made */
#define DATES_PER_LEAF		2
#define PROBED_TREES		32	/* posting trees whose size is estimated */

/* What was seen of a range. */
typedef struct WalkTally
{
	GinReader  *reader;
	const Probe *probe;
	bool		is_complete;	/* only rows that pass are of interest */
	int			entries;
	int			passed;
	double		rows;			/* of posting lists and of trees looked into */
	double		passed_rows;
	int			ntrees;			/* looked into */
	double		tree_rows;		/* in them */
} WalkTally;

/* Return the rows of an entry. */
static double
rows_of_entry(WalkTally *tally, BlockNumber tree, int ntids)
{
	double		rows;

	if (tree == InvalidBlockNumber)
		return ntids;
	if (tally->ntrees >= PROBED_TREES)
		return tally->tree_rows / tally->ntrees;
	rows = detmeta_gin_tree_estimate(tally->reader, tree, 2);
	tally->ntrees++;
	tally->tree_rows += rows;
	return rows;
}

/* Tally an entry. */
static void
tally_entry(WalkTally *tally, const char *key, int keylen, BlockNumber tree, int ntids)
{
	bool		passes = detmeta_probe_compare(tally->probe, key, keylen) == 0;
	double		rows = passes || !tally->is_complete ? rows_of_entry(tally, tree, ntids) : 0;

	tally->entries++;
	tally->rows += rows;
	if (!passes)
		return;
	tally->passed++;
	tally->passed_rows += rows;
}

/* Tally all entries of a range, which are taken not to be many. */
static void
tally_all(WalkTally *tally, const GinKeyRange *range, int limit)
{
	GinWalk    *walk = detmeta_gin_walk_begin(tally->reader, range, ForwardScanDirection, true, NULL, NULL);
	GinEntry	entry;

	while (tally->entries < limit && detmeta_gin_walk_next(walk, &entry))
		tally_entry(tally, entry.key, entry.keylen, entry.postings.tree, entry.ntids);
	detmeta_gin_walk_end(walk);
}

/* Find the way to a leaf. */
static void
find_path(GinReader *reader, const GinEntryKey *key, GinPath *path)
{
	UnlockReleaseBuffer(detmeta_gin_find_entry_leaf(reader, key, NULL, path));
}

/* Copy the leaf at a fraction of the way from one leaf to another. */
static void
copy_leaf_between(GinReader *reader, const GinPath *from, const GinPath *to, double fraction, Page copy)
{
	GinPath		way;
	Buffer		buffer = detmeta_gin_find_leaf_between(reader, from, to, fraction, &way);

	memcpy(copy, BufferGetPage(buffer), BLCKSZ);
	UnlockReleaseBuffer(buffer);
}

/* Tally some entries of a leaf that are in a range. */
static void
tally_sample_leaf(WalkTally *tally, Page page, const GinEntryKey *lower,
				  const GinEntryKey *upper, int wanted)
{
	int			first = detmeta_gin_search_page(tally->reader, page, lower, false);
	int			last = detmeta_gin_search_page(tally->reader, page, upper, false) - 1;
	int			step = Max(1, (last - first + 1) / wanted);

	for (int i = first; i <= last && wanted > 0; i += step, wanted--)
	{
		IndexTuple	itup = (IndexTuple) PageGetItem(page, PageGetItemId(page, i));
		bool		in_tree = GinIsPostingTree(itup);
		GinEntryKey key;

		detmeta_gin_read_key(tally->reader, itup, &key);
		tally_entry(tally, key.data, key.len,
					in_tree ? GinGetPostingTree(itup) : InvalidBlockNumber,
					in_tree ? 0 : GinGetNPosting(itup));
	}
}

/* Tally entries spread over a range. */
static void
tally_some(WalkTally *tally, const GinKeyRange *range, int nleaves, int per_leaf)
{
	Page		page = palloc(BLCKSZ);
	GinEntryKey lower;
	GinEntryKey upper;
	GinPath		from;
	GinPath		to;

	detmeta_gin_range_bounds(tally->reader, range, &lower, &upper);
	find_path(tally->reader, &lower, &from);
	find_path(tally->reader, &upper, &to);
	for (int i = 0; i < nleaves && from.depth > 0; i++)
	{
		CHECK_FOR_INTERRUPTS();
		copy_leaf_between(tally->reader, &from, &to, (i + 0.5) / nleaves, page);
		tally_sample_leaf(tally, page, &lower, &upper, per_leaf);
	}
	pfree(page);
}

/*
 * Return the rows of all entries that a probe looks at.  A row has one value
 * entry for each entry of its key and kind, and that one's rows are counted
 * better than those of a range.
 */
static double
rows_of_walk(GinReader *reader, const Probe *probe, const GinRangeEstimate *all)
{
	unsigned char tag = probe->entry[probe->prefix_len - 1];
	char	   *key;

	if (all->exact || TAG_CLASS(tag) != TAG_VALUE)
		return all->tids;
	key = palloc(ENTRY_KEY_SECTION_BYTES + probe->prefix_len);
	memcpy(key, ENTRY_KEY_SECTION, ENTRY_KEY_SECTION_BYTES);
	memcpy(key + ENTRY_KEY_SECTION_BYTES, probe->entry, probe->prefix_len);
	key[ENTRY_KEY_SECTION_BYTES + probe->prefix_len - 1] = TAG_KEY + TAG_KIND(tag);
	return detmeta_gin_estimate_entry(reader, key, ENTRY_KEY_SECTION_BYTES + probe->prefix_len,
									  ENTRY_LEAVES);
}

/*
 * Estimate the rows of the entries in a range that pass a probe's test, and how
 * many entries the range has.  Returns false where few of many values were seen
 * that differ in their number of rows, so that a frequent one may have been
 * missed.
 */
bool
detmeta_sample_walk(GinReader *reader, const GinKeyRange *range, const Probe *probe,
					GinRangeEstimate *all, double *rows)
{
	WalkTally	tally = {.reader = reader,.probe = probe};
	bool		dates = TAG_KIND((unsigned char) probe->entry[probe->prefix_len - 1]) == META_DATE;
	int			wanted = dates ? SAMPLED_DATES : SAMPLED_STRINGS;
	int			per_leaf = dates ? DATES_PER_LEAF : STRINGS_PER_LEAF;
	double		tids;
	double		passed;

	detmeta_gin_estimate_range(reader, range, false, all);
	*rows = 0;
	if (all->entries == 0)
		return true;
	if (all->entries <= wanted)
	{
		tally.is_complete = true;
		tally_all(&tally, range, 2 * wanted);
		*rows = tally.passed_rows;
		return true;
	}
	if (all->exact)
		detmeta_gin_estimate_range(reader, range, true, all);

	tally_some(&tally, range, wanted / per_leaf, per_leaf);
	if (tally.entries == 0)
		return true;

	/* Patterns are rather rare than frequent, and so are those met once. */
	passed = tally.passed > 0 ? tally.passed - 0.5 : 0.35;
	tids = rows_of_walk(reader, probe, all);
	*rows = tids * passed / tally.entries;
	if (tally.passed > 0 && tally.rows > 0)
		*rows = tids * (tally.passed_rows / tally.rows) * (passed / tally.passed);
	return all->tids < 2 * all->entries;
}

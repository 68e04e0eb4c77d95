/*
 * estimate_probe.c
 *		Estimate what one probe of a filter finds, by looking at the index.
 *
 * A condition such as contains looks at the text of every string of a key.  Of
 * a few strings, all are looked at; of more, the share that passes among some
 * of them is taken of the rows of all.
 */
#include "postgres.h"

#include "base/compat.h"
#include "gin/estimate.h"
#include "index/entry.h"
#include "plan/estimate_probe.h"

/* Texts that are looked at; that of a date has to be made (sql/estimates_index has 501 strings). */
#define MATCHED_STRINGS		528
#define MATCHED_DATES		96

/*
 * Where values have so many rows on average, a few of them do not tell of all
 * (sql/estimates_sampled).
 */
#define REPEATED_VALUES		2

/* Say whether a range can hold no entry. */
static bool
range_is_empty(const GinKeyRange *range)
{
	return range->upper != NULL &&
		detmeta_bytes_compare(range->lower, range->lower_len, range->upper, range->upper_len) > 0;
}

/* Say whether an entry passes the test of a probe. */
static bool
entry_passes(const char *entry, int len, void *arg)
{
	return detmeta_probe_compare((const Probe *) arg, entry, len) == 0;
}

/*
 * Return the rows of all entries that a walk looks at.  A row has one value
 * entry for each entry of its key and kind, and that one's rows are counted
 * better than those of a range, unless the walk is over a part of them.
 */
static double
rows_of_walk(GinReader *reader, const Probe *probe, const GinKeyRange *range)
{
	unsigned char tag = probe->entry[probe->prefix_len - 1];
	GinRangeEstimate all;
	char	   *key;

	if (TAG_CLASS(tag) != TAG_VALUE || probe->len > probe->prefix_len)
	{
		detmeta_gin_estimate_range(reader, range, NULL, &all);
		return all.tids;
	}
	key = palloc(ENTRY_KEY_SECTION_BYTES + probe->prefix_len);
	memcpy(key, ENTRY_KEY_SECTION, ENTRY_KEY_SECTION_BYTES);
	memcpy(key + ENTRY_KEY_SECTION_BYTES, probe->entry, probe->prefix_len);
	key[ENTRY_KEY_SECTION_BYTES + probe->prefix_len - 1] = TAG_KEY + TAG_KIND(tag);
	return detmeta_gin_estimate_entry(reader, key, ENTRY_KEY_SECTION_BYTES + probe->prefix_len,
									  TREE_LEAVES);
}

/* Estimate what a probe of a range finds. */
static void
estimate_range(GinReader *reader, const Probe *probe, ProbeEstimate *result)
{
	bool		walk = probe->type == PROBE_WALK;
	bool		dates = TAG_KIND((unsigned char) probe->entry[probe->prefix_len - 1]) == META_DATE;
	GinRangeMatch match = {entry_passes, (void *) probe, dates ? MATCHED_DATES : MATCHED_STRINGS};
	StringInfoData upper;
	GinKeyRange range;
	GinRangeEstimate found;

	initStringInfo(&upper);
	(void) detmeta_probe_range(probe, &upper, &range);
	if (range_is_empty(&range))
		return;
	detmeta_gin_estimate_range(reader, &range, walk ? &match : NULL, &found);
	result->rows = found.tids;
	result->entries = Max(1.0, found.entries);
	result->work += found.leaves;
	if (walk && !found.exact)
	{
		double		all = rows_of_walk(reader, probe, &range);

		result->rows = all * found.share;
		result->guessed = all >= REPEATED_VALUES * found.entries;
	}
}

/* Estimate what a probe finds. */
void
detmeta_estimate_probe(GinReader *reader, const Probe *probe, ProbeEstimate *result)
{
	memset(result, 0, sizeof(*result));
	result->known = true;
	result->entries = 1;
	result->work = 1;
	if (probe->type == PROBE_EXACT)
		result->rows = detmeta_gin_estimate_entry(reader, probe->entry, probe->len, TREE_LEAVES);
	else
		estimate_range(reader, probe, result);
}

/*
 * estimate_probe.c
 *		Estimate what one probe of a filter finds, by looking at the index.
 */
#include "postgres.h"

#include "compat.h"
#include "estimate_probe.h"
#include "walk_sample.h"

/* Work, in descents to an entry. */
#define RANGE_WORK			8
#define WALK_WORK			16

/* Make a bound of a range of entries: what they share, and a value's bytes. */
static const char *
make_bound(const Probe *probe, const char *bytes, int len, int *bound_len)
{
	char	   *bound = palloc(probe->prefix_len + len);

	memcpy(bound, probe->entry, probe->prefix_len);
	memcpy(bound + probe->prefix_len, bytes, len);
	*bound_len = probe->prefix_len + len;
	return bound;
}

/* The same for an instant. */
static const char *
make_date_bound(const Probe *probe, int64 instant, int *bound_len)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	detmeta_date_append_instant(instant, &bytes);
	return make_bound(probe, bytes.data, bytes.len, bound_len);
}

/*
 * Return the entries that a probe finds, or for a walk those that it looks
 * at.  Unlike detmeta_probe_range, leave out those just beyond an end.
 */
static void
entries_of_probe(const Probe *probe, StringInfo upper, GinKeyRange *range)
{
	const Bound *low;
	const Bound *high;

	detmeta_probe_range(probe, upper, range);
	if (probe->type != PROBE_RANGE)
		return;
	low = &probe->test->low;
	high = &probe->test->high;
	if (probe->test->kind == META_DATE)
	{
		if (low->bytes != NULL && !low->inclusive)
			range->lower = make_date_bound(probe, detmeta_instant_decode(low->bytes) + 1, &range->lower_len);
		if (high->bytes != NULL && !high->inclusive)
			range->upper = make_date_bound(probe, detmeta_instant_decode(high->bytes), &range->upper_len);
		return;
	}
	if (low->bytes != NULL && low->len <= ENTRY_MAX_PAYLOAD)
		range->lower_exclusive = !low->inclusive;
	if (high->bytes != NULL && high->len <= ENTRY_MAX_PAYLOAD)
	{
		range->upper = make_bound(probe, high->bytes, high->len, &range->upper_len);
		range->upper_inclusive = high->inclusive;
	}
}

/* Say whether a range can hold no entry. */
static bool
range_is_empty(const GinKeyRange *range)
{
	return range->upper != NULL &&
		detmeta_bytes_compare(range->lower, range->lower_len, range->upper, range->upper_len) > 0;
}

/*
 * Estimate what a probe finds, and add the work, in descents to an entry; false
 * where few of many values were seen.
 */
bool
detmeta_estimate_probe(GinReader *reader, const Probe *probe, ProbeEstimate *result, double *work)
{
	StringInfoData upper;
	GinKeyRange range;
	GinRangeEstimate found;
	bool		seen = true;

	memset(result, 0, sizeof(*result));
	result->known = true;
	(*work)++;
	if (probe->type == PROBE_EXACT)
	{
		result->rows = detmeta_gin_estimate_entry(reader, probe->entry, probe->len, ENTRY_LEAVES);
		return true;
	}

	initStringInfo(&upper);
	entries_of_probe(probe, &upper, &range);
	if (range_is_empty(&range))
		return true;
	if (probe->type == PROBE_WALK)
	{
		*work += WALK_WORK;
		seen = detmeta_sample_walk(reader, &range, probe, &found, &result->rows);
	}
	else
	{
		detmeta_gin_estimate_range(reader, &range, true, &found);
		result->rows = found.tids;
	}
	result->entries = found.entries;
	if (found.entries > 0)
		*work += found.exact ? 2 : RANGE_WORK;
	return seen;
}

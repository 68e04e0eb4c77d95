/*
 * estimate_probe.c
 *		Estimate what one probe of a filter finds, by looking at the index.
 */
#include "postgres.h"

#include "base/compat.h"
#include "plan/estimate.h"
#include "plan/estimate_probe.h"
#include "plan/walk_sample.h"

/* Work, in descents to an entry. */
#define RANGE_WORK			8
#define WALK_WORK			16

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
	(void) detmeta_probe_range(probe, &upper, &range);
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

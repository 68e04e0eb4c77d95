/*
 * histogram.h
 *		Count numbers, or dates, in ranges of equal width.
 */
#ifndef DETMETA_EXPLORE_HISTOGRAM_H
#define DETMETA_EXPLORE_HISTOGRAM_H

#include "utils/jsonb.h"

#include "base/compat.h"

typedef struct Histogram Histogram;

extern Histogram *detmeta_histogram_create(bool dates);

/* The payload of a number's or date's index entry, never cut. */
extern void detmeta_histogram_add(Histogram *histogram, const char *payload, int len, int64 runs);

/* Ranges of equal width, the first of which begins with the least value. */
typedef struct HistogramRanges
{
	bool		dates;
	int			n;
	StringInfoData *bounds;		/* payloads: where each begins, and the greatest value */
	int64	   *runs;
} HistogramRanges;

/* NULL: there are no values. */
extern HistogramRanges *detmeta_histogram_ranges(const Histogram *histogram, int buckets);
extern int	detmeta_histogram_range_of(const HistogramRanges *ranges, const char *payload, int len);
extern void detmeta_histogram_bound(const HistogramRanges *ranges, int i, JsonbValue *value);

/* Push {"type", "from", "to", "count"} for each range onto an array; nothing without values. */
extern void detmeta_histogram_push(Histogram *histogram, int buckets, JsonbBuilder *builder);

/*
 * Push the quantiles at 0, 25, 50, 75 and 100 percent as a member of an object,
 * "number" or "date"; nothing without values.
 */
extern void detmeta_histogram_push_quantiles(Histogram *histogram, JsonbBuilder *builder);

#endif							/* DETMETA_EXPLORE_HISTOGRAM_H */

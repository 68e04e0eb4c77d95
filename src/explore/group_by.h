/*
 * group_by.h
 *		What runs are grouped by: values of a key, or ranges of them.
 *
 *		optimizer.name		each value
 *		loss:10				ten ranges of equal width
 *		started:month		months, of dates, in UTC
 *
 * A label stands for a group's value: bytes that are equal for equal groups.
 */
#ifndef DETMETA_EXPLORE_GROUP_BY_H
#define DETMETA_EXPLORE_GROUP_BY_H

#include "base/compat.h"
#include "explore/histogram.h"

typedef struct GroupBy
{
	char	   *name;			/* as it was given */
	char	   *key;
	int			keylen;
	int			buckets;		/* 0: none */
	const char *unit;			/* of dates; or NULL */
	Histogram  *number_values;	/* with buckets: of the rows that are grouped */
	Histogram  *date_values;
	HistogramRanges *numbers;	/* or NULL */
	HistogramRanges *dates;
} GroupBy;

/* Read one element of the argument "by". */
extern void detmeta_group_by_read(const char *text, GroupBy *by);

/* Take a value into account, as explore/document.h tallies it, and then make the ranges. */
extern void detmeta_group_by_add_value(const char *bytes, int len, int64 runs, void *arg);
extern void detmeta_group_by_make_ranges(GroupBy *by);

/* Write the label of a value. */
extern void detmeta_group_label(const GroupBy *by, const char *bytes, int len, StringInfo label);

/* Push the value that a label stands for. */
extern void detmeta_group_push_value(const GroupBy *by, const char *label, int len,
									 JsonbBuilder *builder);

/* Labels, and the ranges that were made, in a part (explore/explore_source.h). */
extern void detmeta_group_write_label(const char *label, int len, JsonbBuilder *out);
extern void detmeta_group_read_label(const GroupBy *by, const JsonbValue *value, StringInfo label);
extern void detmeta_group_write_ranges(const GroupBy *by, JsonbBuilder *out);
extern void detmeta_group_read_ranges(GroupBy *by, JsonbContainer *ranges);

#endif							/* DETMETA_EXPLORE_GROUP_BY_H */

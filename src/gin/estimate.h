/*
 * estimate.h
 *		Estimate how many entries, with how many TIDs, a range has.
 */
#ifndef DETMETA_GIN_ESTIMATE_H
#define DETMETA_GIN_ESTIMATE_H

#include "gin/entries.h"

/* how much lies in a range; exact: all its entries were counted, as it is small */
typedef struct GinRangeEstimate
{
	double		entries;
	double		tids;
	bool		exact;
} GinRangeEstimate;

/* Bounded work; without entries in the pending list. */
extern void detmeta_gin_estimate_range(GinReader *reader, const GinKeyRange *range,
									   bool count_rows, GinRangeEstimate *estimate);

#endif							/* DETMETA_GIN_ESTIMATE_H */

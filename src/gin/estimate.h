/*
 * estimate.h
 *		Estimate how many entries of a GIN index, with how many TIDs, are in a
 *		range of keys.
 */
#ifndef DETMETA_GIN_ESTIMATE_H
#define DETMETA_GIN_ESTIMATE_H

#include "gin/entries.h"
#include "gin/walk.h"

/*
 * Leaves of a posting tree that are counted to estimate it.  Of a tree with no
 * more, all are, and the last is often nearly empty.  With two, what is left of
 * all rows without a frequent value is mostly error (sql/estimates_index).
 */
#define TREE_LEAVES		4

/* Entries of a range that are of interest, and how many are looked at to find out. */
typedef struct GinRangeMatch
{
	GinKeyMatch matches;		/* called while a page is locked */
	void	   *arg;
	int			max_entries;
} GinRangeMatch;

/* How much lies in a range. */
typedef struct GinRangeEstimate
{
	bool		exact;			/* all its entries were looked at, as they are few */
	double		entries;
	double		tids;			/* of those that match; not known where they were sampled */
	double		share;			/* of entries that match, where they were sampled */
	double		leaves;			/* that were looked at */
} GinRangeEstimate;

/* Bounded work; without entries in the pending list.  Where match is NULL, all entries do. */
extern void detmeta_gin_estimate_range(GinReader *reader, const GinKeyRange *range,
									   const GinRangeMatch *match, GinRangeEstimate *estimate);

#endif							/* DETMETA_GIN_ESTIMATE_H */

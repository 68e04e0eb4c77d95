/*
 * estimate_filter.h
 *		Estimate a known query by probing the index.
 */
#ifndef DETMETA_ESTIMATE_FILTER_H
#define DETMETA_ESTIMATE_FILTER_H

#include "filter/query.h"
#include "gin/reader.h"

/* What a filter selects of a column, and what reading its sets takes. */
typedef struct FilterEstimate
{
	double		selectivity;	/* of all rows whose metadata is not NULL */
	double		unsure;			/* share of them that has to be rechecked */
	double		entries;		/* of the index that are gone to */
	double		postings;		/* rows that are read of them */
	double		pages;			/* of the heap that their rows are on */
	bool		guessed;		/* not all was seen that tells; a sample may know more */
} FilterEstimate;

extern double detmeta_pages_of_rows(double pages, double rows);
extern void detmeta_estimate_query(GinReader *reader, double rows, double pages,
								   FilterQuery *query, FilterEstimate *estimate);

#endif							/* DETMETA_ESTIMATE_FILTER_H */

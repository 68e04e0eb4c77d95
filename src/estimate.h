/*
 * estimate.h
 *		Estimates by probing the index.
 */
#ifndef DETMETA_ESTIMATE_H
#define DETMETA_ESTIMATE_H

#include "nodes/pathnodes.h"

/* What a filter selects of a column, and what reading its sets takes. */
typedef struct FilterEstimate
{
	double		selectivity;	/* of all rows whose metadata is not NULL */
	double		probes;			/* descents into the index */
	double		entries;		/* entries whose bytes are looked at */
	double		postings;		/* TIDs that are read */
} FilterEstimate;

extern bool detmeta_estimate_index_filter(PlannerInfo *root, IndexOptInfo *index, int column,
										  Node *filter, FilterEstimate *estimate);

#endif							/* DETMETA_ESTIMATE_H */

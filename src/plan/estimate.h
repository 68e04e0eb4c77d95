/*
 * estimate.h
 *		Estimates by probing the index.
 */
#ifndef DETMETA_ESTIMATE_H
#define DETMETA_ESTIMATE_H

#include "nodes/pathnodes.h"

#include "filter/filter.h"
#include "gin/reader.h"

/* Leaves of a posting tree that are counted to estimate an entry. */
#define ENTRY_LEAVES	3

/* What a filter selects of a column, and what reading its sets takes. */
typedef struct FilterEstimate
{
	double		selectivity;	/* of all rows whose metadata is not NULL */
	double		unsure;			/* share of them that has to be rechecked */
	double		probes;			/* descents into the index */
	double		entries;		/* entries whose bytes are looked at */
	double		postings;		/* TIDs that are read */
	double		runs;			/* heap pages that they are on, of each entry */
	bool		guessed;		/* few values were seen of many; a sample may know more */
} FilterEstimate;

/* plan/estimate.c */
extern bool detmeta_find_metadata_column(PlannerInfo *root, RelOptInfo *rel, Node *expr,
										 IndexOptInfo **index, int *column);
extern bool detmeta_read_constructor(Node *node, text **key, FilterOp *op);
extern bool detmeta_estimate_index_filter(PlannerInfo *root, IndexOptInfo *index, int column,
										  Node *filter, FilterEstimate *estimate);

/* plan/estimate_filter.c */
extern double detmeta_pages_of_rows(double pages, double rows);
extern void detmeta_estimate_filter(GinReader *reader, double rows, double pages,
									const MetadataFilter *filter, FilterEstimate *estimate);

#endif							/* DETMETA_ESTIMATE_H */

/*
 * estimate.c
 *		Estimates by probing the index.
 */
#include "postgres.h"

#include "estimate.h"

/* Estimate a filter by probing an index; false where it cannot be done. */
bool
detmeta_estimate_index_filter(PlannerInfo *root, IndexOptInfo *index, int column,
							  Node *filter, FilterEstimate *estimate)
{
	return false;
}

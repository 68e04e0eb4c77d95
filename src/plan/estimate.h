/*
 * estimate.h
 *		What a condition selects, for selectivities, costs and paths alike.
 */
#ifndef DETMETA_ESTIMATE_H
#define DETMETA_ESTIMATE_H

#include "nodes/pathnodes.h"
#include "utils/selfuncs.h"

#include "plan/estimate_filter.h"

extern double detmeta_share_not_null(VariableStatData *documents);
extern bool detmeta_estimate_selectivity(PlannerInfo *root, VariableStatData *documents,
										 Node *filter, Oid function, double *selectivity);
extern bool detmeta_estimate_index_query(PlannerInfo *root, IndexOptInfo *index, int column,
										 FilterQuery *query, FilterEstimate *estimate);
extern bool detmeta_estimate_index_filter(PlannerInfo *root, IndexOptInfo *index, int column,
										  Node *filter, FilterEstimate *estimate);

#endif							/* DETMETA_ESTIMATE_H */

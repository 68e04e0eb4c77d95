/*
 * scan_cost.h
 *		Cost of reading sets from an index, and of fetching their rows.
 */
#ifndef DETMETA_SCAN_COST_H
#define DETMETA_SCAN_COST_H

#include "plan/estimate_filter.h"
#include "plan/scan_condition.h"

extern Cost detmeta_cost_estimate(const FilterEstimate *estimate);
extern Cost detmeta_cost_set(const ScanTarget *target, List *conditions);
extern Cost detmeta_cost_walk(const ScanTarget *target);
extern Cost detmeta_cost_ties(const ScanTarget *target, double rows);
extern Cost detmeta_cost_partners(const ScanTarget *target, double rows);
extern Cost detmeta_cost_heap_in_order(const ScanTarget *target, double rows);
extern Cost detmeta_cost_heap_at_random(const ScanTarget *target, double rows);
extern int	detmeta_cost_tries(const ScanTarget *target, Cost set_cost, double rows, Cost *checks);
extern Cost detmeta_cost_visibility(const ScanTarget *target, double rows);

#endif							/* DETMETA_SCAN_COST_H */

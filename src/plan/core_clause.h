/*
 * core_clause.h
 *		Clauses that are written with core's operators, for the planner.
 */
#ifndef DETMETA_CORE_CLAUSE_H
#define DETMETA_CORE_CLAUSE_H

#include "plan/estimate_filter.h"
#include "plan/scan_target.h"

/* Return a clause as a scan evaluates it: tested for being true; NULL: a scan cannot. */
extern Expr *detmeta_core_condition(const ScanTarget *target, Expr *clause);

extern bool detmeta_is_core_condition(const Node *condition);
extern List *detmeta_join_core_conditions(List *conditions);

/* Estimate a clause that a scan can evaluate; false: nothing is known. */
extern bool detmeta_core_may_fail(const ScanTarget *target, const BooleanTest *condition);
extern bool detmeta_core_estimate(const ScanTarget *target, Node *clause, FilterEstimate *estimate);
extern bool detmeta_core_selectivity(const ScanTarget *target, Node *clause, double guess,
									 double *selectivity);

/*
 * Say whether a scan has rows in the order of an expression; and which rows, in
 * doubt, are evaluated before the first.
 */
extern bool detmeta_core_order(const ScanTarget *target, Node *expression, FilterQuery **apart);

#endif							/* DETMETA_CORE_CLAUSE_H */

/*
 * scan_condition.h
 *		Which clauses a Metadata Scan can take.
 */
#ifndef DETMETA_SCAN_CONDITION_H
#define DETMETA_SCAN_CONDITION_H

#include "plan/scan_target.h"

extern Expr *detmeta_scan_condition(const ScanTarget *target, Expr *clause);
extern List *detmeta_condition_filters(Node *condition);
extern List *detmeta_condition_operands(Node *condition);

#endif							/* DETMETA_SCAN_CONDITION_H */

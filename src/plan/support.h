/*
 * support.h
 *		What the scan's planner shares with the predicates' support function.
 */
#ifndef DETMETA_SUPPORT_H
#define DETMETA_SUPPORT_H

#include "fmgr.h"
#include "nodes/pathnodes.h"

extern PGFunction detmeta_planned_function(Oid function);
extern Expr *detmeta_match_expression(PlannerInfo *root, FuncExpr *call);
extern bool detmeta_column_is_not_null(PlannerInfo *root, IndexOptInfo *index, int column);
extern bool detmeta_rejects_empty_document(Node *filter);

#endif							/* DETMETA_SUPPORT_H */

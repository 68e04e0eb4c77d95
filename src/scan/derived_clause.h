/*
 * derived_clause.h
 *		A clause of core's operators at run time.
 */
#ifndef DETMETA_DERIVED_CLAUSE_H
#define DETMETA_DERIVED_CLAUSE_H

#include "nodes/execnodes.h"

#include "dialect/order.h"
#include "scan/probe_set.h"

typedef struct DerivedClause DerivedClause;

/* "attnum" is the index column of the metadata. */
extern DerivedClause *detmeta_derived_clause_init(Node *clause, Relation index, AttrNumber attnum,
												  bool not_null, PlanState *parent);
extern IndexQuery *detmeta_derived_clause_query(DerivedClause *derived, const SetSource *source,
												ExprContext *econtext);

/* Read the order of an expression that the planner has found one of. */
extern void detmeta_derived_order(Expr *expression, Relation index, AttrNumber attnum,
								  PlanState *parent, KeyOrderShape *shape);

#endif							/* DETMETA_DERIVED_CLAUSE_H */

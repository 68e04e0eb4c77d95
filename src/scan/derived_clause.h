/*
 * derived_clause.h
 *		A clause of core's operators at run time.
 */
#ifndef DETMETA_DERIVED_CLAUSE_H
#define DETMETA_DERIVED_CLAUSE_H

#include "nodes/execnodes.h"

#include "scan/probe_set.h"

typedef struct DerivedClause DerivedClause;

/* "attnum" is the index column of the metadata. */
extern DerivedClause *detmeta_derived_clause_init(Node *clause, Relation index, AttrNumber attnum,
												  bool not_null, PlanState *parent);
extern IndexQuery *detmeta_derived_clause_query(DerivedClause *derived, const SetSource *source,
												ExprContext *econtext);

#endif							/* DETMETA_DERIVED_CLAUSE_H */

/*
 * implied.h
 *		Clauses that are true of all rows of a table.
 */
#ifndef DETMETA_IMPLIED_H
#define DETMETA_IMPLIED_H

#include "nodes/pathnodes.h"

/* Return those of a table's clauses that its constraints imply. */
extern List *detmeta_implied_clauses(PlannerInfo *root, RelOptInfo *rel);

/* Say whether a table's clauses are true only of rows that have a value to order by. */
extern bool detmeta_clauses_want_order(const RelOptInfo *rel, Expr *order);

#endif							/* DETMETA_IMPLIED_H */

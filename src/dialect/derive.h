/*
 * derive.h
 *		What the index tells of a clause that is written with core's operators.
 */
#ifndef DETMETA_DIALECT_DERIVE_H
#define DETMETA_DIALECT_DERIVE_H

#include "dialect/expression.h"

/*
 * Return the rows where a clause is true, as a query of the index; NULL: the
 * index does not help.  The clause has to be evaluated on rows in doubt.
 */
extern FilterQuery *detmeta_derive(Dialect *dialect, Node *clause);
extern FilterQuery *detmeta_derive_nothing(Dialect *dialect);

#endif							/* DETMETA_DIALECT_DERIVE_H */

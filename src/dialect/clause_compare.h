/*
 * clause_compare.h
 *		Clauses that compare something in the metadata with a value, or several.
 */
#ifndef DETMETA_DIALECT_CLAUSE_COMPARE_H
#define DETMETA_DIALECT_CLAUSE_COMPARE_H

#include "dialect/truth.h"

extern Truth detmeta_derive_comparison(Dialect *dialect, Node *subject, Oid operator, Oid collation,
									   Node *operand);
extern Truth detmeta_derive_array(Dialect *dialect, ScalarArrayOpExpr *op);
extern Truth detmeta_derive_distinct(Dialect *dialect, DistinctExpr *op);

#endif							/* DETMETA_DIALECT_CLAUSE_COMPARE_H */

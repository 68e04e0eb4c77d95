/*
 * clause_call.h
 *		Clauses that are calls of operators and functions.
 */
#ifndef DETMETA_DIALECT_CLAUSE_CALL_H
#define DETMETA_DIALECT_CLAUSE_CALL_H

#include "dialect/truth.h"

extern Truth detmeta_derive_boolean_cast(Dialect *dialect, Node *node);
extern Truth detmeta_derive_call(Dialect *dialect, Node *node, const Call *call);

/* Read the names that an existence operator asks for; false: one is NULL. */
extern bool detmeta_read_names(const Const *constant, text ***names, int *n);

#endif							/* DETMETA_DIALECT_CLAUSE_CALL_H */

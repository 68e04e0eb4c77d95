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

/*
 * The same of  metadata operator operand, where nothing else is known.  Names are
 * text, or an array; "is_match": the operator is @@, not @?.
 */
extern FilterQuery *detmeta_query_of_containment(Jsonb *part);
extern FilterQuery *detmeta_query_of_existence(Datum names, Oid type, bool all);
extern FilterQuery *detmeta_query_of_json_path(Datum json_path, bool is_match);

#endif							/* DETMETA_DIALECT_DERIVE_H */

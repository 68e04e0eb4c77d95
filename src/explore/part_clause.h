/*
 * part_clause.h
 *		The conditions of a query as a filter and a scope.
 */
#ifndef DETMETA_EXPLORE_PART_CLAUSE_H
#define DETMETA_EXPLORE_PART_CLAUSE_H

#include "nodes/primnodes.h"
#include "utils/jsonb.h"

#include "base/compat.h"

/* Which rows of a table a query is about. */
typedef struct PartConditions
{
	Index		relid;			/* of the table in the query */
	Oid			table;
	AttrNumber	metadata;
	Const	   *filter;			/* or NULL */
	List	   *columns;		/* of the scope: their numbers so far */
	JsonbBuilder scope;			/* empty: none */
} PartConditions;

/* Take a condition; false: it is neither a filter nor a part of a scope. */
extern bool detmeta_part_take_clause(PartConditions *conditions, Expr *clause);

/* Return a column of the table, or 0. */
extern AttrNumber detmeta_part_column(const PartConditions *conditions, Node *node);

#endif							/* DETMETA_EXPLORE_PART_CLAUSE_H */

/*
 * relation.h
 *		What the catalogs say of a relation.
 */
#ifndef DETMETA_RELATION_H
#define DETMETA_RELATION_H

#include "nodes/primnodes.h"
#include "utils/relcache.h"

/* Refuse a caller who may not use the schema of a relation. */
extern void detmeta_check_schema_usage(Oid relid);

/* Refuse a number that is no relation, or no more. */
extern void detmeta_refuse_absent_relation(Oid relid);

/* Find a column; the hint says why it is looked for. */
extern AttrNumber detmeta_find_column(Oid relid, const char *column, const char *hint);

/* Refuse a column for its type. */
extern void detmeta_refuse_column_type(Oid relid, const char *column, const char *expected,
									   const char *hint);

/* The name of a collation, with its schema, as SQL. */
extern char *detmeta_collation_name(Oid collation);

/* A collation as a clause of SQL; empty where there is none. */
extern const char *detmeta_collate_clause(Oid collation);

extern Expr *detmeta_index_expression(Relation index, int column);

/* The caller has a lock on the table. */
extern bool detmeta_attribute_is_not_null(Oid table, AttrNumber attno, bool with_children);

#endif							/* DETMETA_RELATION_H */

/*
 * relation.c
 *		What the catalogs say of a relation.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_namespace_d.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "base/compat.h"
#include "base/relation.h"

/*
 * Refuse a caller who may not use the schema of a relation; with the words of
 * core.
 *
 * A statement finds a relation by its name only for those who may use its
 * schema, but any number is a regclass.  Functions that take one ask here for
 * what the parser would have asked: of the relation that is named, not of its
 * partitions or of what a view reads.
 */
void
detmeta_check_schema_usage(Oid relid)
{
	Oid			namespace = get_rel_namespace(relid);
	AclResult	result = NAMESPACE_USAGE_CHECK(namespace, GetUserId());

	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_SCHEMA, get_namespace_name(namespace));
}

/* Refuse a number that is no relation, or no more; with the words of core. */
void
detmeta_refuse_absent_relation(Oid relid)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_TABLE),
			 errmsg("relation with OID %u does not exist", relid)));
}

/* Find a column; with the words of core where there is none. */
AttrNumber
detmeta_find_column(Oid relid, const char *column, const char *hint)
{
	AttrNumber	attnum = get_attnum(relid, column);

	if (attnum == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of relation \"%s\" does not exist",
						column, get_rel_name(relid)),
				 errhint("%s", hint)));
	return attnum;
}

/* Refuse a column for its type. */
void
detmeta_refuse_column_type(Oid relid, const char *column, const char *expected, const char *hint)
{
	Oid			type = get_atttype(relid, get_attnum(relid, column));

	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column \"%s\" of relation \"%s\" is of type %s, not %s",
					column, get_rel_name(relid), format_type_be(type), expected),
			 errhint("%s", hint)));
}

/* Return the name of a collation, with its schema, as SQL. */
char *
detmeta_collation_name(Oid collation)
{
	HeapTuple	tuple;
	Form_pg_collation form;
	char	   *name;

	tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for collation %u", collation);
	form = (Form_pg_collation) GETSTRUCT(tuple);
	name = quote_qualified_identifier(get_namespace_name(form->collnamespace),
									  NameStr(form->collname));
	ReleaseSysCache(tuple);
	return name;
}

/* Return a collation as a clause of SQL; empty where there is none. */
const char *
detmeta_collate_clause(Oid collation)
{
	return OidIsValid(collation) ? psprintf("COLLATE %s", detmeta_collation_name(collation)) : "";
}

/* Return the expression of an index column, from 0; NULL where it is a column of the table. */
Expr *
detmeta_index_expression(Relation index, int column)
{
	int			n = 0;

	if (index->rd_index->indkey.values[column] != 0)
		return NULL;
	for (int i = 0; i < column; i++)
		n += index->rd_index->indkey.values[i] == 0;
	return list_nth(RelationGetIndexExpressions(index), n);
}

/*
 * Say whether a table's column cannot be NULL; with the rows of the tables below
 * it, or without.  What is declared of a partitioned table holds for its
 * partitions, but a child may have dropped what is declared of its parent, or
 * never had it.
 */
bool
detmeta_attribute_is_not_null(Oid table, AttrNumber attno, bool with_children)
{
	Relation	relation = table_open(table, NoLock);	/* the caller has a lock */
	bool		result = ATTRIBUTE_IS_NOT_NULL(relation, attno);

	if (with_children && relation->rd_rel->relhassubclass &&
		relation->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
		result = false;
	table_close(relation, NoLock);
	return result;
}

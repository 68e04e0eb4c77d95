/*
 * run_id.c
 *		Ids of runs, of whatever type the column run_id has.
 *
 * Ids come as texts, and are read by the input function of the column's type,
 * with its modifier: what is looked for is the value that would be stored.
 * For example "110" is 110 in a bigint and '110' in a text, and an error in a
 * uuid.  They are compared by the equality of the type's default operator
 * class, under the column's own collation, as the unique index compares them.
 *
 * A domain is read as the type below it: an id that the domain refuses is in
 * no row, and is refused when it is stored.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "base/relation.h"
#include "store/run_id.h"

/* Refuse a type whose values cannot be compared. */
static void
refuse_type(Oid relid, Oid type)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_FUNCTION),
			 errmsg("could not identify an equality operator for type %s", format_type_be(type)),
			 errdetail("It is the type of column \"run_id\" of relation \"%s\".",
					   get_rel_name(relid)),
			 errhint("Give run_id a type with a default operator class for btree, such as bigint, uuid or text.")));
}

/* Describe a table's column run_id. */
void
detmeta_describe_run_id(Oid relid, AttrNumber number, RunIdColumn *column)
{
	Oid			type;
	Oid			equality;
	HeapTuple	tuple;
	Form_pg_operator form;

	memset(column, 0, sizeof(*column));
	get_atttypetypmodcoll(relid, number, &type, &column->typmod, &column->collation);
	column->type = getBaseTypeAndTypmod(type, &column->typmod);
	equality = lookup_type_cache(column->type, TYPECACHE_EQ_OPR)->eq_opr;
	if (!OidIsValid(equality))
		refuse_type(relid, type);

	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(equality));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator %u", equality);
	form = (Form_pg_operator) GETSTRUCT(tuple);
	namestrcpy(&column->equality, NameStr(form->oprname));
	namestrcpy(&column->equality_schema, get_namespace_name(form->oprnamespace));
	ReleaseSysCache(tuple);
}

/* Return the operator that compares ids, as SQL. */
char *
detmeta_run_id_operator(const RunIdColumn *column)
{
	return psprintf("OPERATOR(%s.%s)", quote_identifier(NameStr(column->equality_schema)),
					NameStr(column->equality));
}

/* Return the column's collation as SQL, empty if it has none. */
const char *
detmeta_run_id_collation(const RunIdColumn *column)
{
	return detmeta_collate_clause(column->collation);
}

/* Read an id as the column's type does, with its errors. */
Datum
detmeta_read_run_id(const RunIdColumn *column, char *run_id)
{
	Oid			input;
	Oid			parameter;

	getTypeInputInfo(column->type, &input, &parameter);
	return OidInputFunctionCall(input, run_id, parameter, column->typmod);
}

/* Say whether ids are integers. */
bool
detmeta_run_ids_are_integers(const RunIdColumn *column)
{
	return column->type == INT8OID || column->type == INT4OID || column->type == INT2OID;
}

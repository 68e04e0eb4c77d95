/*
 * run_key.c
 *		The primary key of a row, to name it by.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/relation.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "explore/run_key.h"

typedef struct RunKeyColumn
{
	char	   *name;
	Oid			type;
	Oid			collation;
	FmgrInfo   *compare;
	int16		typlen;
	bool		typbyval;
} RunKeyColumn;

/* Describe one column of the key. */
static void
describe_key_column(Oid relid, AttrNumber attnum, RunKeyColumn *column)
{
	int32		typmod;

	column->name = get_attname(relid, attnum, false);
	get_atttypetypmodcoll(relid, attnum, &column->type, &typmod, &column->collation);
	column->compare = &lookup_type_cache(column->type, TYPECACHE_CMP_PROC_FINFO)->cmp_proc_finfo;
	get_typlenbyval(column->type, &column->typlen, &column->typbyval);
}

/* Say whether the caller may read the columns of a key. */
static bool
may_read_key(Oid relid, Relation index)
{
	if (pg_class_aclcheck(relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK)
		return true;
	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++)
	{
		if (pg_attribute_aclcheck(relid, index->rd_index->indkey.values[i], GetUserId(),
								  ACL_SELECT) != ACLCHECK_OK)
			return false;
	}
	return true;
}

/* Return the primary key of a relation, if the caller may read it. */
RunKey *
detmeta_run_key_of(Oid relid)
{
	RunKey	   *key = palloc0_object(RunKey);
	Relation	rel = try_relation_open(relid, AccessShareLock);
	Oid			index_oid;

	/* whoever reads it says so */
	if (rel == NULL)
		return key;
	index_oid = rel->rd_rel->relhasindex ? PRIMARY_KEY_INDEX(rel) : InvalidOid;
	if (OidIsValid(index_oid))
	{
		Relation	index = index_open(index_oid, AccessShareLock);
		int			n = IndexRelationGetNumberOfKeyAttributes(index);

		key->columns = palloc0_array(RunKeyColumn, n);
		for (int i = 0; i < n; i++)
			describe_key_column(relid, index->rd_index->indkey.values[i], &key->columns[i]);
		if (may_read_key(relid, index))
			key->n = n;
		index_close(index, AccessShareLock);
	}
	relation_close(rel, NoLock);
	return key;
}

/* Return the names of the key's columns. */
List *
detmeta_run_key_names(const RunKey *key)
{
	List	   *names = NIL;

	for (int i = 0; i < key->n; i++)
		names = lappend(names, key->columns[i].name);
	return names;
}

/* Return the key of a row; NULL if it has none, as a table that inherits may allow. */
Datum *
detmeta_run_key_read(const RunKey *key, const AttrNumber *attributes, TupleTableSlot *slot)
{
	Datum	   *values = palloc_array(Datum, Max(1, key->n));

	for (int i = 0; i < key->n; i++)
	{
		bool		isnull;
		Datum		value = slot_getattr(slot, attributes[i], &isnull);

		if (isnull)
			return NULL;
		values[i] = value;
	}
	return values;
}

/* Return a copy of a key. */
Datum *
detmeta_run_key_copy(const RunKey *key, const Datum *values)
{
	Datum	   *copy = palloc_array(Datum, Max(1, key->n));

	for (int i = 0; i < key->n; i++)
		copy[i] = datumCopy(values[i], key->columns[i].typbyval, key->columns[i].typlen);
	return copy;
}

/* Compare two keys. */
int
detmeta_run_key_compare(const RunKey *key, const Datum *a, const Datum *b)
{
	for (int i = 0; i < key->n; i++)
	{
		int			cmp = DatumGetInt32(FunctionCall2Coll(key->columns[i].compare,
														  key->columns[i].collation, a[i], b[i]));

		if (cmp != 0)
			return cmp;
	}
	return 0;
}

/* Return a value as jsonb. */
static Datum
value_jsonb(const RunKeyColumn *column, Datum value)
{
	FmgrInfo	flinfo;
	FuncExpr   *call = makeFuncExpr(F_TO_JSONB, JSONBOID,
									list_make1(makeNullConst(column->type, -1, column->collation)),
									InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL);

	fmgr_info(F_TO_JSONB, &flinfo);
	fmgr_info_set_expr((Node *) call, &flinfo);
	return FunctionCall1(&flinfo, value);
}

/* Return a key as jsonb. */
Datum
detmeta_run_key_jsonb(const RunKey *key, const Datum *values)
{
	JsonbBuilder builder = {0};

	if (key->n == 1)
		return value_jsonb(&key->columns[0], values[0]);
	push_jsonb(&builder, WJB_BEGIN_OBJECT, NULL);
	for (int i = 0; i < key->n; i++)
	{
		Jsonb	   *item = DatumGetJsonbP(value_jsonb(&key->columns[i], values[i]));
		JsonbValue	name = {.type = jbvString};
		JsonbValue	value;

		name.val.string.val = key->columns[i].name;
		name.val.string.len = strlen(key->columns[i].name);
		push_jsonb(&builder, WJB_KEY, &name);
		if (!JsonbExtractScalar(&item->root, &value))
		{
			value.type = jbvBinary;
			value.val.binary.data = &item->root;
			value.val.binary.len = VARSIZE(item) - VARHDRSZ;
		}
		push_jsonb(&builder, WJB_VALUE, &value);
	}
	push_jsonb(&builder, WJB_END_OBJECT, NULL);
	return JsonbPGetDatum(JsonbValueToJsonb(builder.result));
}

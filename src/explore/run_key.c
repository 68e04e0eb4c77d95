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
#include "base/relation.h"
#include "explore/part_json.h"
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

/* ---- parts ---- */

/* Write the types and collations of the key's columns as an array. */
void
detmeta_run_key_write_types(const RunKey *key, JsonbBuilder *out)
{
	push_jsonb(out, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < key->n; i++)
	{
		const RunKeyColumn *column = &key->columns[i];
		const char *type = format_type_be_qualified(column->type);
		const char *collation = OidIsValid(column->collation) ?
			detmeta_collation_name(column->collation) : "-";

		detmeta_part_push_text(out, WJB_ELEM, type, strlen(type));
		detmeta_part_push_text(out, WJB_ELEM, collation, strlen(collation));
	}
	push_jsonb(out, WJB_END_ARRAY, NULL);
}

/* Read the text of a type or a collation. */
static Oid
read_object(PartArray *array, PGFunction input)
{
	JsonbValue	value;

	detmeta_part_next_value(array, &value);
	return DatumGetObjectId(DirectFunctionCall1(input,
												CStringGetDatum(detmeta_part_text_of(&value))));
}

/* Return the key whose types were written. */
RunKey *
detmeta_run_key_of_types(JsonbContainer *request, const char *member)
{
	RunKey	   *key = palloc0_object(RunKey);
	PartArray	array;

	detmeta_part_array(request, member, &array);
	if (array.it == NULL)
		return key;
	key->n = JsonContainerSize(array.container) / 2;
	key->columns = palloc0_array(RunKeyColumn, Max(1, key->n));
	for (int i = 0; i < key->n; i++)
	{
		RunKeyColumn *column = &key->columns[i];
		TypeCacheEntry *type;

		column->type = read_object(&array, regtypein);
		column->collation = read_object(&array, regcollationin);
		type = lookup_type_cache(column->type, TYPECACHE_CMP_PROC_FINFO);
		if (!OidIsValid(type->cmp_proc_finfo.fn_oid))
			detmeta_part_refuse();
		column->compare = &type->cmp_proc_finfo;
		column->typlen = type->typlen;
		column->typbyval = type->typbyval;
	}
	return key;
}

/* Say whether two keys are of the same types and collations. */
bool
detmeta_run_key_same_types(const RunKey *a, const RunKey *b)
{
	if (a->n != b->n)
		return false;
	for (int i = 0; i < a->n; i++)
	{
		if (a->columns[i].type != b->columns[i].type ||
			a->columns[i].collation != b->columns[i].collation)
			return false;
	}
	return true;
}

/* Write a row's key as an array of texts; null, if it has none. */
void
detmeta_run_key_write(const RunKey *key, const Datum *values, JsonbBuilder *out)
{
	JsonbValue	null = {.type = jbvNull};

	if (values == NULL)
	{
		push_jsonb(out, WJB_ELEM, &null);
		return;
	}
	push_jsonb(out, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < key->n; i++)
	{
		Oid			output;
		bool		is_varlena;
		char	   *text;

		getTypeOutputInfo(key->columns[i].type, &output, &is_varlena);
		text = OidOutputFunctionCall(output, values[i]);
		detmeta_part_push_text(out, WJB_ELEM, text, strlen(text));
	}
	push_jsonb(out, WJB_END_ARRAY, NULL);
}

/* Return the key that texts are of. */
Datum *
detmeta_run_key_of_texts(const RunKey *key, char **texts, int n)
{
	Datum	   *values = palloc_array(Datum, Max(1, key->n));

	if (n != key->n)
		detmeta_part_refuse();
	for (int i = 0; i < n; i++)
	{
		Oid			input;
		Oid			param;

		getTypeInputInfo(key->columns[i].type, &input, &param);
		values[i] = OidInputFunctionCall(input, texts[i], param, -1);
	}
	return values;
}

/* Return the key that was written. */
Datum *
detmeta_run_key_of_part(const RunKey *key, const JsonbValue *value)
{
	char	  **texts = palloc_array(char *, Max(1, key->n));
	PartArray	array;
	JsonbValue	element;
	int			n = 0;

	if (value->type == jbvNull || key->n == 0)
		return NULL;
	if (value->type != jbvBinary)
		detmeta_part_refuse();
	detmeta_part_elements(value->val.binary.data, &array);
	while (n < key->n && detmeta_part_next(&array, &element))
		texts[n++] = detmeta_part_text_of(&element);
	return detmeta_run_key_of_texts(key, texts, n);
}

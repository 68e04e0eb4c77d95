/*
 * citus.c
 *		Whether a table is one that Citus keeps elsewhere.
 *
 * Of such a table, the relation of its name is an empty shell: its rows are in shards,
 * which are tables of other names, on this node or on others.  Citus lists the shells
 * in a catalog.  Where there is no such catalog, that is known from the catalog caches,
 * which remember what is missing, too.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_namespace_d.h"
#include "catalog/pg_type_d.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/citus.h"

#define TABLES_CATALOG	"pg_dist_partition"
#define TABLES_INDEX	"pg_dist_partition_logical_relid_index"
#define BY_NOTHING		'n'		/* no column tells the shard of a row */

/* Return the catalog, or InvalidOid. */
static Oid
find_catalog(void)
{
	return get_relname_relid(TABLES_CATALOG, PG_CATALOG_NAMESPACE);
}

/* Say whether the database has Citus. */
bool
detmeta_has_citus(void)
{
	return OidIsValid(find_catalog());
}

/* Say whether the catalog has the columns that are read here. */
static bool
find_catalog_columns(Oid catalog, AttrNumber *relation, AttrNumber *method)
{
	*relation = get_attnum(catalog, "logicalrelid");
	*method = get_attnum(catalog, "partmethod");
	return *relation != InvalidAttrNumber && *method != InvalidAttrNumber &&
		get_atttype(catalog, *relation) == REGCLASSOID &&
		get_atttype(catalog, *method) == CHAROID;
}

/* Read how a table is kept. */
static CitusTable
read_catalog(Oid catalog, AttrNumber relation, AttrNumber method, Oid relid)
{
	Relation	rel = table_open(catalog, AccessShareLock);
	Oid			index = get_relname_relid(TABLES_INDEX, PG_CATALOG_NAMESPACE);
	CitusTable	result = CITUS_NONE;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, relation, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
	scan = systable_beginscan(rel, index, OidIsValid(index), NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		bool		isnull;
		Datum		value = heap_getattr(tuple, method, RelationGetDescr(rel), &isnull);

		result = !isnull && DatumGetChar(value) == BY_NOTHING ? CITUS_WHOLE : CITUS_DISTRIBUTED;
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return result;
}

/* Say how Citus keeps a table. */
CitusTable
detmeta_citus_table(Oid relid)
{
	Oid			catalog = find_catalog();
	AttrNumber	relation;
	AttrNumber	method;

	if (!OidIsValid(catalog) || !find_catalog_columns(catalog, &relation, &method))
		return CITUS_NONE;
	return read_catalog(catalog, relation, method, relid);
}

/* Refuse an index whose entries are in shards' indexes. */
void
detmeta_refuse_citus_index(Oid table, Oid index, Oid function)
{
	const char *schema = get_namespace_name(get_func_namespace(function));
	char	   *name;
	char	   *command;

	if (detmeta_citus_table(table) == CITUS_NONE)
		return;
	name = quote_qualified_identifier(get_namespace_name(get_rel_namespace(table)),
									  get_rel_name(table));
	command = psprintf("SELECT pg_catalog.json_agg(c) FROM pg_catalog.pg_index AS i, %s(i.indexrelid) AS c WHERE i.indrelid = '%%s'::pg_catalog.regclass AND (SELECT o.opcname FROM pg_catalog.pg_opclass AS o WHERE o.oid = i.indclass[0]) = 'metadata_ops'",
					   quote_qualified_identifier(schema, get_func_name(function)));
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("index \"%s\" is empty, as Citus keeps the rows of table \"%s\" in shards",
					get_rel_name(index), get_rel_name(table)),
			 errhint("For the indexes of the shards: SELECT * FROM run_command_on_shards(%s, %s);",
					 quote_literal_cstr(name), quote_literal_cstr(command))));
}

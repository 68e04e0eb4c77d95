/*
 * source.c
 *		Read the metadata of a relation, from its indexes or from its rows.
 *
 * There are three ways, each for what those before it cannot read:
 *	- a table, partition or child table with a metadata_ops index: the index
 *	- one without: a scan of the table
 *	- where the caller may not see every row, and for views and foreign tables:
 *	  a query, run with the caller's rights
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/gin.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "base/relation.h"
#include "base/settings.h"
#include "explore/source.h"
#include "index/opclass.h"

/* Rows that a query's cursor returns at once. */
#define FETCH_ROWS	1000

/* What is read, and for whom. */
typedef struct ExploreSource
{
	const char *column;
	Snapshot	snapshot;
	IndexVisitor visit_index;
	DocumentVisitor visit_document;
	void	   *arg;
} ExploreSource;

/* Say whether an index has every row that our snapshot sees. */
static bool
is_complete(Relation index)
{
	const FormData_pg_index *form = index->rd_index;

	if (index->rd_rel->relam != GIN_AM_OID || !form->indisvalid || !form->indisready ||
		!heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL))
		return false;
	/* a HOT chain broken by the index's creation may hide an older version */
	return !form->indcheckxmin ||
		TransactionIdPrecedes(HeapTupleHeaderGetXmin(index->rd_indextuple->t_data),
							  TransactionXmin);
}

/* Find the metadata_ops column of an index on a table's column; 0: there is none. */
static AttrNumber
find_index_column(Oid index_oid, AttrNumber attnum)
{
	Relation	index = index_open(index_oid, AccessShareLock);
	AttrNumber	found = 0;

	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index) && found == 0; i++)
	{
		if (index->rd_index->indkey.values[i] == attnum && is_complete(index) &&
			detmeta_is_metadata_index_column(index, i))
			found = i + 1;
	}
	index_close(index, found != 0 ? NoLock : AccessShareLock);
	return found;
}

/* Find an index to read a table's column from. */
static Oid
find_index(Relation heap, AttrNumber attnum, AttrNumber *column)
{
	List	   *indexes;
	ListCell   *lc;

	if (!detmeta_enable_metadata_scan)
		return InvalidOid;
	indexes = RelationGetIndexList(heap);
	foreach(lc, indexes)
	{
		*column = find_index_column(lfirst_oid(lc), attnum);
		if (*column != 0)
			return lfirst_oid(lc);
	}
	return InvalidOid;
}

/* Read a table from an index. */
static void
read_index(const ExploreSource *source, Relation heap, AttrNumber attnum, Oid index,
		   AttrNumber column, bool alone)
{
	ExploreIndex *ix = detmeta_explore_index_open(heap, attnum, index, column, source->snapshot);

	source->visit_index(ix, alone, source->arg);
	detmeta_explore_index_close(ix);
}

/* Read a table's rows. */
static void
read_rows(const ExploreSource *source, Relation heap, AttrNumber attnum)
{
	TupleTableSlot *slot = table_slot_create(heap, NULL);
	TableScanDesc scan = table_beginscan(heap, source->snapshot, 0, NULL);
	MemoryContext row_context = AllocSetContextCreate(CurrentMemoryContext, "metadata row",
													  ALLOCSET_DEFAULT_SIZES);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool		isnull;
		Datum		metadata = slot_getattr(slot, attnum, &isnull);
		MemoryContext old = MemoryContextSwitchTo(row_context);

		CHECK_FOR_INTERRUPTS();
		source->visit_document(isnull ? NULL : DatumGetJsonbP(metadata), source->arg);
		MemoryContextSwitchTo(old);
		MemoryContextReset(row_context);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	MemoryContextDelete(row_context);
}

/* Read one table. */
static void
read_table(const ExploreSource *source, Oid relid, bool alone)
{
	Relation	heap = table_open(relid, NoLock);
	AttrNumber	attnum = get_attnum(relid, source->column);
	AttrNumber	column;
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "metadata table",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	Oid			index = find_index(heap, attnum, &column);

	if (OidIsValid(index))
		read_index(source, heap, attnum, index, column, alone);
	else
		read_rows(source, heap, attnum);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	table_close(heap, NoLock);
}

/* Read the rows that a query returns. */
static void
read_by_query(const ExploreSource *source, Oid relid)
{
	MemoryContext caller = CurrentMemoryContext;
	StringInfoData sql;
	SPIPlanPtr	plan;
	Portal		portal;

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT r.%s::pg_catalog.jsonb FROM %s AS r",
					 quote_identifier(source->column),
					 quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
												get_rel_name(relid)));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	plan = SPI_prepare(sql.data, 0, NULL);
	if (plan == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", sql.data,
			 SPI_result_code_string(SPI_result));
	portal = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	for (;;)
	{
		SPI_cursor_fetch(portal, true, FETCH_ROWS);
		if (SPI_processed == 0)
			break;
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			bool		isnull;
			Datum		metadata = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc,
												 1, &isnull);
			MemoryContext old = MemoryContextSwitchTo(SPI_tuptable->tuptabcxt);

			CHECK_FOR_INTERRUPTS();
			source->visit_document(isnull ? NULL : DatumGetJsonbP(metadata), source->arg);
			MemoryContextSwitchTo(old);
		}
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
	SPI_finish();
	MemoryContextSwitchTo(caller);
}

/* Refuse a relation that has no rows of its own. */
static void
check_relation(Oid relid, char relkind)
{
	switch (relkind)
	{
		case RELKIND_RELATION:
		case RELKIND_MATVIEW:
		case RELKIND_PARTITIONED_TABLE:
		case RELKIND_VIEW:
		case RELKIND_FOREIGN_TABLE:
			return;
		case '\0':
			detmeta_refuse_absent_relation(relid);
			return;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_WRONG_OBJECT_TYPE),
					 errmsg("\"%s\" is not a table or view", get_rel_name(relid))));
	}
}

/* Refuse a caller who may not read the column; with the words of core. */
static void
check_privilege(Oid relid, char relkind, AttrNumber attnum)
{
	if (pg_class_aclcheck(relid, GetUserId(), ACL_SELECT) != ACLCHECK_OK &&
		pg_attribute_aclcheck(relid, attnum, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, get_relkind_objtype(relkind), get_rel_name(relid));
}

/* Find the column, which has to hold JSON. */
static AttrNumber
find_column(Oid relid, const char *column, Oid *type)
{
	const char *hint = "The column of the metadata is the argument col.";
	AttrNumber	attnum = detmeta_find_column(relid, column, hint);

	*type = get_atttype(relid, attnum);
	if (getBaseType(*type) != JSONBOID && getBaseType(*type) != JSONOID)
		detmeta_refuse_column_type(relid, column, "jsonb", hint);
	return attnum;
}

/* Return the tables that hold a relation's rows, locked; false where a query has to. */
static bool
find_tables(Oid relid, char relkind, Oid type, List **tables)
{
	ListCell   *lc;

	*tables = NIL;
	if (relkind == RELKIND_VIEW || relkind == RELKIND_FOREIGN_TABLE ||
		getBaseType(type) != JSONBOID ||
		check_enable_rls(relid, InvalidOid, true) == RLS_ENABLED)
		return false;
	foreach(lc, find_all_inheritors(relid, AccessShareLock, NULL))
	{
		Relation	rel = table_open(lfirst_oid(lc), NoLock);
		bool		readable = rel->rd_rel->relkind != RELKIND_FOREIGN_TABLE &&
			!RELATION_IS_OTHER_TEMP(rel) && RelationIsPopulated(rel);

		if (rel->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
			*tables = lappend_oid(*tables, lfirst_oid(lc));
		table_close(rel, NoLock);
		if (!readable)
			return false;
	}
	return true;
}

/* Read all of a relation's metadata that the caller may see. */
void
detmeta_explore(Oid relid, const char *column, IndexVisitor visit_index,
				DocumentVisitor visit_document, void *arg)
{
	ExploreSource source = {column, GetActiveSnapshot(), visit_index, visit_document, arg};
	char		relkind;
	AttrNumber	attnum;
	Oid			type;
	List	   *tables;
	ListCell   *lc;

	LockRelationOid(relid, AccessShareLock);
	relkind = get_rel_relkind(relid);
	check_relation(relid, relkind);
	detmeta_check_schema_usage(relid);
	attnum = find_column(relid, column, &type);
	check_privilege(relid, relkind, attnum);

	if (!find_tables(relid, relkind, type, &tables))
	{
		read_by_query(&source, relid);
		return;
	}
	foreach(lc, tables)
		read_table(&source, lfirst_oid(lc), list_length(tables) == 1);
}

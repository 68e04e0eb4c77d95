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
#include "access/tableam.h"
#include "catalog/dependency.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_proc_d.h"
#include "catalog/pg_type_d.h"
#include "commands/defrem.h"
#include "commands/extension.h"
#include "foreign/fdwapi.h"
#include "foreign/foreign.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/varlena.h"

#include "base/citus.h"
#include "base/compat.h"
#include "base/gin_index.h"
#include "base/relation.h"
#include "base/settings.h"
#include "explore/query.h"
#include "explore/source.h"
#include "gin/tid_set_read.h"
#include "index/opclass.h"
#include "index/options.h"

/* A table that is read. */
typedef struct ExploreTable
{
	Relation	heap;
	AttrNumber	attnum;			/* of the metadata */
	AttrNumber *scope;			/* of the selection's columns */
	AttrNumber *columns;		/* of others that visitors of rows want */
	bool		alone;			/* nothing else is read */
} ExploreTable;

/* An index that a table may be read from. */
typedef struct ExploreChoice
{
	Oid			index;			/* or InvalidOid */
	AttrNumber	column;			/* of the metadata */
	AttrNumber *scope;			/* of the selection's columns; 0: it does not have it */
	bool	   *implied;		/* the index has no rows but those that are in scope */
	int			nserved;		/* columns of the scope that it tells of */
	bool		array_members;	/* it has entries of members of objects in arrays */
} ExploreChoice;

/* Say whether an index may be read under our snapshot. */
static bool
is_usable(Relation index)
{
	const FormData_pg_index *form = index->rd_index;

	if (!detmeta_index_is_gin(index) || !form->indisvalid || !form->indisready)
		return false;
	/* a HOT chain broken by the index's creation may hide an older version */
	return !form->indcheckxmin ||
		TransactionIdPrecedes(HeapTupleHeaderGetXmin(index->rd_indextuple->t_data),
							  TransactionXmin);
}

/* Return the clauses of a selection's scope. */
static List *
scope_clauses(const Selection *selection, const AttrNumber *attributes)
{
	List	   *clauses = NIL;

	for (int i = 0; selection != NULL && i < selection->ncolumns; i++)
		clauses = list_concat(clauses, detmeta_selection_clauses(selection, attributes, i));
	return clauses;
}

/* Say whether an index has all rows of the scope. */
static bool
has_scope_rows(Relation index, const Selection *selection, const AttrNumber *attributes)
{
	List	   *predicate = RelationGetIndexPredicate(index);

	return predicate == NIL ||
		predicate_implied_by(predicate, scope_clauses(selection, attributes), false);
}

/*
 * Find a column of the scope in an index whose entries are the column's
 * values; 0: there is none.
 */
static AttrNumber
find_scope_column(Relation index, const ScopeColumn *column, AttrNumber attnum)
{
	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index) && !column->with_null; i++)
	{
		if (index->rd_index->indkey.values[i] == attnum &&
			op_in_opfamily(column->equality, index->rd_opfamily[i]) &&
			index->rd_opcintype[i] == column->type &&
			TupleDescAttr(RelationGetDescr(index), i)->atttypid == column->type &&
			(!OidIsValid(index->rd_indcollation[i]) ||
			 index->rd_indcollation[i] == column->collation))
			return i + 1;
	}
	return 0;
}

/* Find out what an index tells of the scope. */
static void
find_index_scope(Relation index, const ExploreTable *table, const Selection *selection,
				 ExploreChoice *choice)
{
	List	   *predicate = RelationGetIndexPredicate(index);

	choice->nserved = 0;
	choice->scope = palloc0_array(AttrNumber, Max(1, selection->ncolumns));
	choice->implied = palloc0_array(bool, Max(1, selection->ncolumns));
	for (int i = 0; i < selection->ncolumns; i++)
	{
		choice->implied[i] = predicate != NIL &&
			predicate_implied_by(detmeta_selection_clauses(selection, table->scope, i), predicate,
								 false);
		choice->scope[i] = find_scope_column(index, &selection->columns[i], table->scope[i]);
		choice->nserved += choice->implied[i] || choice->scope[i] != 0;
	}
}

/* Find the metadata_ops column of an index on a table's column; 0: there is none. */
static AttrNumber
find_explore_column(Relation index, AttrNumber attnum)
{
	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++)
	{
		if (index->rd_index->indkey.values[i] == attnum &&
			detmeta_is_metadata_index_column(index, i))
			return i + 1;
	}
	return 0;
}

/* Say whether an index column has entries of members of objects in arrays. */
static bool
has_array_members(Relation index, AttrNumber column)
{
	const EntryOptions *options = detmeta_options_of_index(index, column);

	return options != NULL && options->array_members;
}

/* Say whether an index tells more than another one, or there is none. */
static bool
tells_more(const ExploreChoice *a, const ExploreChoice *b)
{
	if (!OidIsValid(b->index) || a->nserved != b->nserved)
		return !OidIsValid(b->index) || a->nserved > b->nserved;
	return a->array_members && !b->array_members;
}

/* Take an index if a table can be read from it, and it tells more than the one before. */
static void
consider_index(Oid oid, const ExploreTable *table, const Selection *selection,
			   ExploreChoice *choice)
{
	Relation	index = index_open(oid, AccessShareLock);
	ExploreChoice candidate = {
		.index = oid,
		.column = is_usable(index) ? find_explore_column(index, table->attnum) : 0
	};
	bool		taken = false;

	if (candidate.column != 0 && has_scope_rows(index, selection, table->scope))
	{
		if (selection != NULL)
			find_index_scope(index, table, selection, &candidate);
		candidate.array_members = has_array_members(index, candidate.column);
		taken = tells_more(&candidate, choice);
	}
	index_close(index, taken ? NoLock : AccessShareLock);
	if (taken)
		*choice = candidate;
}

/*
 * Find an index to read a table from; false: rows are as good, as the index does not
 * tell which are selected.
 */
static bool
choose_index(const ExploreTable *table, const Selection *selection, ExploreChoice *choice)
{
	ListCell   *lc;

	memset(choice, 0, sizeof(*choice));
	if (!detmeta_enable_metadata_scan)
		return false;
	foreach(lc, RelationGetIndexList(table->heap))
		consider_index(lfirst_oid(lc), table, selection, choice);
	return OidIsValid(choice->index) &&
		(selection == NULL || selection->filter != NULL ||
		 choice->nserved == selection->ncolumns);
}

/*
 * Say whether so few rows are selected that they are read faster than entries.
 * To fetch a row and look for a key in its document takes 3 us, to decode the TID of
 * one and look if it is selected 10 ns (1,000,000 rows in shared buffers).
 */
static bool
rows_are_faster(ExploreIndex *ix, const ExploreSource *source)
{
	double		limit;

	if (ix->selected == NULL)
		return false;
	limit = detmeta_tid_set_count(ix->selected, NULL) * (double) TIDS_OF_A_ROW;
	return source->kind->estimate_index(ix, limit, source->arg) > limit;
}

/* Read a table from an index. */
static void
read_index(const ExploreSource *source, const ExploreTable *table, const ExploreChoice *choice)
{
	ExploreIndex *ix = detmeta_explore_index_open(table->heap, table->attnum, choice->index,
												  choice->column, GetActiveSnapshot());

	ix->columns = table->columns;
	if (source->selection != NULL)
		detmeta_explore_select(ix, source->selection, table->scope, choice->scope,
							   choice->implied);
	if (rows_are_faster(ix, source))
		detmeta_explore_visit_selected(ix, source->kind->visit_document, source->arg);
	else
		source->kind->visit_index(ix, table->alone, source->arg);
	detmeta_explore_index_close(ix);
}

/* Read a table's rows. */
static void
read_rows(const ExploreSource *source, const ExploreTable *table)
{
	TupleTableSlot *slot = table_slot_create(table->heap, NULL);
	TableScanDesc scan = TABLE_BEGINSCAN(table->heap, GetActiveSnapshot());
	MemoryContext row_context = AllocSetContextCreate(CurrentMemoryContext, "metadata row",
													  ALLOCSET_DEFAULT_SIZES);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool		isnull;
		Datum		value = slot_getattr(slot, table->attnum, &isnull);
		MemoryContext old = MemoryContextSwitchTo(row_context);
		ExploreRow	row = {isnull ? NULL : DatumGetJsonbP(value), slot, table->columns};

		CHECK_FOR_INTERRUPTS();
		if (source->selection == NULL ||
			detmeta_selection_passes(source->selection, table->scope, slot, row.metadata))
			source->kind->visit_document(&row, source->arg);
		MemoryContextSwitchTo(old);
		MemoryContextReset(row_context);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	MemoryContextDelete(row_context);
}

/* Return the numbers of columns in a table. */
static AttrNumber *
column_numbers(Oid relid, List *names)
{
	AttrNumber *numbers = palloc_array(AttrNumber, Max(1, list_length(names)));

	for (int i = 0; i < list_length(names); i++)
		numbers[i] = get_attnum(relid, list_nth(names, i));
	return numbers;
}

/* Read one table. */
static void
read_table(const ExploreSource *source, Oid relid, bool alone)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "metadata table",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	ExploreTable table = {
		.heap = table_open(relid, NoLock),
		.attnum = get_attnum(relid, source->column),
		.scope = source->selection == NULL ? NULL :
		detmeta_selection_attributes(source->selection, relid),
		.columns = column_numbers(relid, source->columns),
		.alone = alone
	};
	ExploreChoice choice;

	if (choose_index(&table, source->selection, &choice))
		read_index(source, &table, &choice);
	else
		read_rows(source, &table);
	table_close(table.heap, NoLock);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
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

/*
 * Say whether the server of a foreign table can be asked for its part: its options say that
 * it has the extension.  What rows are named by would have to be sent as texts, which
 * postgres_fdw has no way for.
 */
static bool
has_foreign_part(const ExploreSource *source, Oid relid)
{
	Oid			extension = getExtensionOfObject(ProcedureRelationId, source->function);
	ForeignServer *server = GetForeignServer(GetForeignServerIdByRelId(relid));
	ListCell   *lc;

	if (source->columns != NIL || !OidIsValid(extension))
		return false;
	foreach(lc, server->options)
	{
		DefElem    *option = lfirst_node(DefElem, lc);
		List	   *names;

		if (strcmp(option->defname, "extensions") == 0 &&
			SplitIdentifierString(pstrdup(defGetString(option)), ',', &names) &&
			list_member(names, makeString(get_extension_name(extension))))
			return true;
	}
	return false;
}

/* Say whether a table below the relation can be read apart from it. */
static bool
is_readable(const ExploreSource *source, Oid relid)
{
	Relation	rel = table_open(relid, NoLock);
	bool		result = !RELATION_IS_OTHER_TEMP(rel) && RelationIsPopulated(rel);

	/* a query of its own wants rights on it */
	if (rel->rd_rel->relkind == RELKIND_FOREIGN_TABLE)
		result = has_foreign_part(source, relid) &&
			pg_class_aclcheck(relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK;
	table_close(rel, NoLock);
	return result;
}

/* Return the tables that hold a relation's rows, locked; false where a query has to. */
static bool
find_tables(const ExploreSource *source, char relkind, Oid type, List **tables)
{
	ListCell   *lc;

	*tables = NIL;
	if (relkind == RELKIND_VIEW || getBaseType(type) != JSONBOID ||
		check_enable_rls(source->relid, InvalidOid, true) == RLS_ENABLED)
		return false;
	foreach(lc, find_all_inheritors(source->relid, AccessShareLock, NULL))
	{
		if (!is_readable(source, lfirst_oid(lc)))
			return false;
		if (get_rel_relkind(lfirst_oid(lc)) != RELKIND_PARTITIONED_TABLE)
			*tables = lappend_oid(*tables, lfirst_oid(lc));
	}
	return true;
}

/* Read the tables that hold a relation's rows. */
static void
read_tables(const ExploreSource *source, List *tables)
{
	bool		alone = list_length(tables) == 1 && !source->is_part;
	ListCell   *lc;

	foreach(lc, tables)
	{
		if (get_rel_relkind(lfirst_oid(lc)) == RELKIND_FOREIGN_TABLE)
			detmeta_explore_part(source, lfirst_oid(lc));
		else
			read_table(source, lfirst_oid(lc), alone);
	}
}

/* Read all of a relation's metadata that the caller may see and that is selected. */
void
detmeta_explore(const ExploreSource *source)
{
	Oid			relid = source->relid;
	char		relkind;
	AttrNumber	attnum;
	Oid			type;
	List	   *tables;

	LockRelationOid(relid, AccessShareLock);
	relkind = get_rel_relkind(relid);
	check_relation(relid, relkind);
	detmeta_check_schema_usage(relid);
	attnum = find_column(relid, source->column, &type);
	check_privilege(relid, relkind, attnum);
	if (source->selection != NULL)
		detmeta_selection_bind(source->selection, relid, relkind);

	if (detmeta_citus_table(relid) != CITUS_NONE)
		detmeta_explore_part(source, relid);
	else if (find_tables(source, relkind, type, &tables))
		read_tables(source, tables);
	else
		detmeta_explore_by_query(source, relid);
}

/*
 * table.c
 *		Find the table that detmeta.runs_table names; run statements on it.
 *
 * Plans are kept for the last few tables of this backend.  A table is known
 * by its OID and its qualified name, since the name is what the statements
 * say: renamed, it is another table here, and its old plans go unused until
 * their place is needed.
 *
 * run_id may be of any type with an equality (see store/run_id.c); a table whose
 * run_id is altered is another table here, too.  metadata may be of json or a
 * domain: values are cast to and fro, which costs nothing where the column is
 * a jsonb.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

#include "base/compat.h"
#include "base/relation.h"
#include "base/settings.h"
#include "store/run_id.h"
#include "store/table.h"

#define STORE_STATEMENTS	(STORE_REMOVE + 1)
#define MAX_TABLES		8

/* Plans are made anew after so many uses, and then whenever they double. */
#define FIRST_RENEWAL	64

typedef struct StoreTable
{
	Oid			relid;			/* InvalidOid: free */
	NameData	schema;
	NameData	name;
	RunIdColumn run_id;
	Oid			namespace;		/* of the extension */
	int			users;			/* statements that run now, one in another */
	uint64		uses;
	uint64		renewal;		/* uses at which to plan anew */
	uint64		last_use;
	SPIPlanPtr	plans[STORE_STATEMENTS];
} StoreTable;

static StoreTable tables[MAX_TABLES];
static uint64 use_clock = 0;

/*
 * The statements.  $1 is the run, $2 the document; % stands for the table, @ for
 * the operator that compares runs, & for the collation under which it does, # for the
 * extension's schema.
 *
 * STORE_UPSERT looks before it inserts, because an INSERT that conflicts locks the row,
 * and that is a write.  A conflict under a collation other than the column's would be
 * one with another run, and is an error.
 */
#define RUN			"r.run_id @ $1"
#define STORED		"r.metadata::pg_catalog.jsonb"
#define SAME(x)		"#.metadata_identical(" STORED ", (" x ")::pg_catalog.jsonb)"
#define DIFFERS(x)	"NOT " SAME(x)
#define ON_CONFLICT_CHANGE \
	" ON CONFLICT (run_id &) DO UPDATE SET metadata = excluded.metadata" \
	" WHERE " DIFFERS("excluded.metadata") " RETURNING " STORED

static const char *const statement_texts[STORE_STATEMENTS] = {
	[STORE_GET] = "SELECT " STORED " FROM % AS r WHERE " RUN,
	[STORE_LOCK] = "SELECT " STORED " FROM % AS r WHERE " RUN " FOR UPDATE",
	[STORE_REPLACE] = ("UPDATE % AS r SET metadata = $2 WHERE " RUN " AND " DIFFERS("$2")
					   " RETURNING " STORED),
	[STORE_ADD] = ("INSERT INTO % AS r (run_id, metadata) VALUES ($1, $2)"
				   " ON CONFLICT (run_id &) DO NOTHING RETURNING " STORED),
	[STORE_UPSERT] = ("INSERT INTO % AS r (run_id, metadata) SELECT $1, $2"
					  " WHERE NOT EXISTS (SELECT FROM % AS r WHERE " RUN " AND " SAME("$2") ")"
					  ON_CONFLICT_CHANGE),
	[STORE_UPSERT_VALUES] = ("INSERT INTO % AS r (run_id, metadata) VALUES ($1, $2)"
							 ON_CONFLICT_CHANGE),
	[STORE_REMOVE] = "DELETE FROM % AS r WHERE " RUN,
};

/* Refuse to go on without a table. */
static void
refuse_absent_table(const char *name, Oid function)
{
	const char *creator = "create_runs_metadata";

	if (!FunctionIsVisible(function))
		creator = quote_qualified_identifier(get_namespace_name(get_func_namespace(function)),
											 creator);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_TABLE),
			 errmsg("relation \"%s\" does not exist", name),
			 errhint("Create it with SELECT %s(%s); or name an existing table in detmeta.runs_table.",
					 creator, quote_literal_cstr(name))));
}

/* Find and lock the table. */
Oid
detmeta_open_runs_table(Oid function, LOCKMODE mode)
{
	const char *name = detmeta_runs_table();
	List	   *names = textToQualifiedNameList(cstring_to_text(name));
	Oid			relid = RangeVarGetRelid(makeRangeVarFromNameList(names), mode, true);

	if (!OidIsValid(relid))
		refuse_absent_table(name, function);
	return relid;
}

/* Find a column that the table needs. */
AttrNumber
detmeta_runs_table_column(Oid relid, const char *column)
{
	return detmeta_find_column(relid, column,
							   "The table that detmeta.runs_table names needs the columns run_id (unique) and metadata (jsonb).");
}

/* Say whether an index keeps a column unique, in every row and under its collation. */
static bool
is_unique_on(Oid index, AttrNumber column, Oid collation)
{
	HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
	Form_pg_index form;
	Datum		collations;
	bool		isnull;
	bool		result;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for index %u", index);
	form = (Form_pg_index) GETSTRUCT(tuple);
	collations = SysCacheGetAttr(INDEXRELID, tuple, Anum_pg_index_indcollation, &isnull);
	result = form->indisunique && form->indisvalid && form->indnkeyatts == 1 &&
		form->indkey.values[0] == column &&
		((oidvector *) DatumGetPointer(collations))->values[0] == collation &&
		heap_attisnull(tuple, Anum_pg_index_indpred, NULL);
	ReleaseSysCache(tuple);
	return result;
}

/*
 * Check that run_id is unique, which ON CONFLICT relies on; its own error
 * speaks of a statement that the user never wrote.  Views are left to it.
 */
void
detmeta_check_run_id_unique(Oid relid, Oid collation)
{
	Relation	rel = table_open(relid, NoLock);
	AttrNumber	column = get_attnum(relid, "run_id");
	char		kind = rel->rd_rel->relkind;
	bool		found = kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE;
	ListCell   *cell;

	foreach(cell, RelationGetIndexList(rel))
		found = found || is_unique_on(lfirst_oid(cell), column, collation);
	table_close(rel, NoLock);
	if (!found)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
				 errmsg("run metadata table \"%s\" has no unique index on run_id",
						get_rel_name(relid)),
				 errdetail("A run has one document, also when two connections post its first at once."),
				 errhint("Create it with CREATE UNIQUE INDEX ON %s (run_id);",
						 quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
													get_rel_name(relid)))));
}

/* Drop the plans of a table. */
static void
free_plans(StoreTable *table)
{
	for (int i = 0; i < STORE_STATEMENTS; i++)
	{
		SPIPlanPtr	plan = table->plans[i];

		table->plans[i] = NULL;
		if (plan != NULL)
			SPI_freeplan(plan);
	}
}

/* Find a place for a table, if need be that of the one longest unused. */
static StoreTable *
free_place(void)
{
	StoreTable *oldest = NULL;

	for (int i = 0; i < MAX_TABLES; i++)
	{
		if (tables[i].users == 0 &&
			(oldest == NULL || tables[i].last_use < oldest->last_use))
			oldest = &tables[i];
	}
	if (oldest == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_STATEMENT_TOO_COMPLEX),
				 errmsg("metadata is being stored in too many tables at once"),
				 errdetail("Triggers store metadata from inside one another, in more than %d tables.",
						   MAX_TABLES)));
	oldest->relid = InvalidOid;
	free_plans(oldest);
	return oldest;
}

/*
 * Find the place of a table.  It is the table's only until code of others runs
 * that needs the place for another one: a trigger's, or that of a domain within
 * run_id's type.
 */
static StoreTable *
place_of(Oid relid, const RunIdColumn *run_id, Oid namespace)
{
	char	   *schema = get_namespace_name(get_rel_namespace(relid));
	char	   *name = get_rel_name(relid);
	StoreTable *table;

	if (schema == NULL || name == NULL)
		elog(ERROR, "cache lookup failed for relation %u", relid);

	for (int i = 0; i < MAX_TABLES; i++)
	{
		table = &tables[i];
		if (table->relid == relid &&
			strcmp(NameStr(table->name), name) == 0 &&
			strcmp(NameStr(table->schema), schema) == 0 &&
			table->namespace == namespace &&
			memcmp(&table->run_id, run_id, sizeof(*run_id)) == 0)
			return table;
	}

	(void) detmeta_runs_table_column(relid, "metadata");

	table = free_place();
	table->relid = relid;
	namestrcpy(&table->schema, schema);
	namestrcpy(&table->name, name);
	table->run_id = *run_id;
	table->namespace = namespace;
	table->uses = 0;
	table->renewal = FIRST_RENEWAL;
	return table;
}

/* Plan a statement for a table, to be kept. */
static SPIPlanPtr
make_plan(const StoreTable *table, StoreStatement statement)
{
	Oid			types[] = {table->run_id.type, JSONBOID};
	const char *name = quote_qualified_identifier(NameStr(table->schema), NameStr(table->name));
	const char *operator = detmeta_run_id_operator(&table->run_id);
	const char *collation = detmeta_run_id_collation(&table->run_id);
	const char *schema = quote_identifier(get_namespace_name(table->namespace));
	StringInfoData sql;
	SPIPlanPtr	plan;

	if (statement == STORE_ADD || statement == STORE_UPSERT ||
		statement == STORE_UPSERT_VALUES || statement == STORE_REPLACE)
		detmeta_check_run_id_unique(table->relid, table->run_id.collation);

	initStringInfo(&sql);
	for (const char *c = statement_texts[statement]; *c != '\0'; c++)
	{
		if (*c == '%')
			appendStringInfoString(&sql, name);
		else if (*c == '@')
			appendStringInfoString(&sql, operator);
		else if (*c == '&')
			appendStringInfoString(&sql, collation);
		else if (*c == '#')
			appendStringInfoString(&sql, schema);
		else
			appendStringInfoChar(&sql, *c);
	}

	/* One row is looked up by its key: no run deserves a plan of its own. */
	plan = SPI_prepare_cursor(sql.data, lengthof(types), types, CURSOR_OPT_GENERIC_PLAN);
	if (plan == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", sql.data,
			 SPI_result_code_string(SPI_result));
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "could not keep a plan");
	return plan;
}

/*
 * Return the plan of a statement.
 *
 * The plan for a table of a page or two is to scan it.  When this backend
 * then fills the table in one transaction, nothing tells it to plan again;
 * so plans are renewed now and then.
 */
static SPIPlanPtr
plan_for(StoreTable *table, StoreStatement statement)
{
	table->last_use = ++use_clock;
	if (++table->uses >= table->renewal && table->users == 0)
	{
		table->renewal *= 2;
		free_plans(table);
	}
	if (table->plans[statement] == NULL)
		table->plans[statement] = make_plan(table, statement);
	return table->plans[statement];
}

/* Execute a plan that must stay, should a trigger come here again. */
static pg_noinline int
execute_pinned(StoreTable *table, SPIPlanPtr plan, Datum *values, const char *nulls,
			   bool read_only)
{
	int			result;

	table->users++;
	PG_TRY();
	{
		result = SPI_execute_plan(plan, values, nulls, read_only, 0);
	}
	PG_FINALLY();
	{
		table->users--;
	}
	PG_END_TRY();
	return result;
}

/* Run a statement. */
bool
detmeta_store_run(const RunsTarget *target, StoreStatement statement, bool read_only,
				  char *run_id, Jsonb *document, Jsonb **stored)
{
	Oid			relid = target->relid;
	RunIdColumn column;
	StoreTable *table;
	Datum		values[] = {(Datum) 0, JsonbPGetDatum(document)};
	char		nulls[] = {' ', document == NULL ? 'n' : ' '};
	int			result;
	Datum		value;
	bool		isnull;

	detmeta_describe_run_id(relid, detmeta_runs_table_column(relid, "run_id"), &column);
	values[0] = detmeta_read_run_id(&column, run_id);
	table = place_of(relid, &column, target->namespace);
	result = execute_pinned(table, plan_for(table, statement), values, nulls, read_only);
	if (result < 0)
		elog(ERROR, "could not execute a statement: %s", SPI_result_code_string(result));
	if (stored != NULL)
		*stored = NULL;
	if (SPI_tuptable == NULL || SPI_processed == 0)
		return false;

	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (stored != NULL && !isnull)
		*stored = DatumGetJsonbP(value);
	return true;
}

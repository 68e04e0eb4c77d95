/*
 * create.c
 *		Create a table for the metadata of runs, with its index.
 *
 * The statements are the caller's own: the table is theirs, and neither
 * dropping nor updating the extension touches it.
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/sysattr.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_constraint.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "nodes/bitmapset.h"
#include "parser/parser.h"
#include "tcop/dest.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"
#include "utils/varlena.h"

#include "base/citus.h"
#include "base/compat.h"

PG_FUNCTION_INFO_V1(detmeta_create_runs_metadata);

/* Find the single column of a table's primary key; with the words of core where it is none. */
static AttrNumber
primary_key_column(Oid runs)
{
	Oid			constraint;
	Bitmapset  *columns = get_primary_key_attnos(runs, false, &constraint);

	if (columns == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("there is no primary key for referenced table \"%s\"", get_rel_name(runs)),
				 errdetail("A deferrable primary key cannot be referenced."),
				 errhint("Name a table whose primary key is one column.")));
	if (bms_membership(columns) != BMS_SINGLETON)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_FOREIGN_KEY),
				 errmsg("number of referencing and referenced columns for foreign key disagree"),
				 errdetail("The primary key of table \"%s\" has several columns.",
						   get_rel_name(runs)),
				 errhint("Name a table whose primary key is one column.")));

	return bms_singleton_member(columns) + FirstLowInvalidHeapAttributeNumber;
}

/* Write the type of a column, with its collation. */
static char *
type_of_column(Oid relid, AttrNumber column)
{
	Oid			type;
	int32		typmod;
	Oid			collation;
	char	   *name;

	get_atttypetypmodcoll(relid, column, &type, &typmod, &collation);
	name = format_type_extended(type, typmod,
								FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
	if (collation == get_typcollation(type))
		return name;
	return psprintf("%s COLLATE %s", name, generate_collation_name(collation));
}

/*
 * Write what makes run_id reference a table of runs.  It is of the type of the
 * primary key, so that ids are spelled and compared alike in both tables.
 */
static char *
reference(Oid runs)
{
	Relation	rel = relation_open(runs, AccessShareLock);
	AttrNumber	column = primary_key_column(runs);
	char	   *clause;

	clause = psprintf("%s PRIMARY KEY REFERENCES %s (%s) ON DELETE CASCADE",
					  type_of_column(runs, column),
					  quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)),
												 RelationGetRelationName(rel)),
					  quote_identifier(get_attname(runs, column, false)));

	/* The lock keeps the names true until the table is created. */
	relation_close(rel, NoLock);
	return clause;
}

/*
 * Return the operator class with the options that the arguments ask for; of
 * none, it is the default.
 */
static char *
opclass_clause(FunctionCallInfo fcinfo)
{
	Oid			extension_schema = get_func_namespace(fcinfo->flinfo->fn_oid);
	StringInfoData options;

	initStringInfo(&options);
	if (!PG_ARGISNULL(2))
		appendStringInfo(&options, "trigram_keys = %s",
						 quote_literal_cstr(text_to_cstring(PG_GETARG_TEXT_PP(2))));
	if (!PG_ARGISNULL(3) && PG_GETARG_BOOL(3))
		appendStringInfo(&options, "%sarray_members = on", options.len > 0 ? ", " : "");
	if (options.len == 0)
		return options.data;
	return psprintf(" %s (%s)",
					quote_qualified_identifier(get_namespace_name(extension_schema),
											   "metadata_ops"),
					options.data);
}

/* Refuse a name that is taken. */
static void
refuse_existing(const char *table)
{
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_TABLE),
			 errmsg("relation \"%s\" already exists", table),
			 errhint("A table with the columns run_id (unique) and metadata (jsonb) can be used as it is: name it in detmeta.runs_table, and index it with CREATE INDEX ON %s USING detmeta (metadata) WITH (fastupdate = off);",
					 table)));
}

/* Run a statement of the definition. */
static void
execute(const char *sql)
{
	int			result = SPI_execute(sql, false, 0);

	if (result < 0)
		elog(ERROR, "could not execute \"%s\": %s", sql, SPI_result_code_string(result));
}

/*
 * Create a table.  Citus makes one that is created in a schema of a tenant one of its
 * own, but only if the statement is not within another.
 */
static void
create_table(const char *sql)
{
	RawStmt    *raw;
	PlannedStmt *statement;

	if (!detmeta_has_citus())
	{
		execute(sql);
		return;
	}
	raw = linitial_node(RawStmt, raw_parser(sql, RAW_PARSE_DEFAULT));
	statement = makeNode(PlannedStmt);
	statement->commandType = CMD_UTILITY;
	statement->canSetTag = false;
	statement->utilityStmt = raw->stmt;
	statement->stmt_location = raw->stmt_location;
	statement->stmt_len = raw->stmt_len;
	ProcessUtility(statement, sql, false, PROCESS_UTILITY_TOPLEVEL, NULL, NULL, None_Receiver,
				   NULL);
	CommandCounterIncrement();
}

/* Create a table for metadata and its index. */
Datum
detmeta_create_runs_metadata(PG_FUNCTION_ARGS)
{
	RangeVar   *name;
	Oid			schema;
	char	   *table;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("name of the table must not be null")));

	name = makeRangeVarFromNameList(textToQualifiedNameList(PG_GETARG_TEXT_PP(0)));
	schema = RangeVarGetCreationNamespace(name);
	table = quote_qualified_identifier(get_namespace_name(schema), name->relname);
	if (OidIsValid(get_relname_relid(name->relname, schema)))
		refuse_existing(table);

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	create_table(psprintf("CREATE TABLE %s (run_id %s, metadata pg_catalog.jsonb NOT NULL)",
						  table,
						  PG_ARGISNULL(1) ? "pg_catalog.int8 PRIMARY KEY" :
						  reference(PG_GETARG_OID(1))));
	execute(psprintf("CREATE INDEX ON %s USING detmeta (metadata%s) WITH (fastupdate = off)",
					 table, opclass_clause(fcinfo)));
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "could not leave SPI");

	PG_RETURN_OID(get_relname_relid(name->relname, schema));
}

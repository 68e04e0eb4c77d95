/*
 * keys.c
 *		Keys over old runs: rename_metadata_key(), remove_metadata_key().
 *
 * One statement finds the runs by the index, locks them in the order of their
 * ids, and writes what store/move_key.c makes of the documents as they are once
 * they are locked.  So a post or merge beside it comes before, and what it wrote
 * is changed, or it waits and comes after; and two statements that change many
 * runs do not wait for each other in turn.
 *
 * A key is present also where it is empty: null, [] or {}.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/citus.h"
#include "base/compat.h"
#include "base/siblings.h"
#include "filter/filter.h"
#include "store/move_key.h"
#include "store/run_id.h"
#include "store/table.h"

PG_FUNCTION_INFO_V1(detmeta_rename_metadata_key);
PG_FUNCTION_INFO_V1(detmeta_remove_metadata_key);

/*
 * The statements; % stands for the table, & for the operator that compares runs,
 * # for the extension's schema.  $1 is the filter that the key is present, $2 the
 * caller's; then come the texts of the call.
 *
 * Both begin with the rows as they are once they are locked.  A document that
 * stays as it is, byte for byte, is not written.
 */
static const char lock_runs[] =
"WITH l AS MATERIALIZED (SELECT r.run_id, r.metadata::pg_catalog.jsonb AS before FROM % AS r"
" WHERE r.metadata::pg_catalog.jsonb OPERATOR(#.@~) $1";
static const char of_filter[] =
" AND r.metadata::pg_catalog.jsonb OPERATOR(#.@~) $2";
static const char in_order[] =
" ORDER BY r.run_id FOR UPDATE)";

/* OFFSET 0 keeps the planner from calling the function twice for each row. */
static const char rename_statement[] =
" UPDATE % AS r SET metadata = c.after"
" FROM (SELECT l.run_id, l.before,"
" #.metadata_with_key_renamed(l.before, l.run_id::pg_catalog.text, $3, $4, $5) AS after"
" FROM l OFFSET 0) AS c"
" WHERE r.run_id & c.run_id"
" AND NOT #.metadata_identical(c.after, c.before)";

static const char remove_statement[] =
", c AS MATERIALIZED (SELECT l.run_id, #.metadata_without_key(l.before, $3) AS after FROM l)"
", d AS (DELETE FROM % AS r USING c WHERE r.run_id & c.run_id"
" AND c.after OPERATOR(pg_catalog.=) '{}'::pg_catalog.jsonb RETURNING 1)"
", u AS (UPDATE % AS r SET metadata = c.after FROM c WHERE r.run_id & c.run_id"
" AND c.after OPERATOR(pg_catalog.<>) '{}'::pg_catalog.jsonb RETURNING 1)"
" SELECT (SELECT pg_catalog.count(*) FROM d) OPERATOR(pg_catalog.+)"
" (SELECT pg_catalog.count(*) FROM u)";

#define MAX_PARAMETERS	5

/* A change of a key in many runs. */
typedef struct KeyChange
{
	const char *table;			/* qualified and quoted */
	const char *operator;		/* that compares runs */
	const char *schema;			/* of the extension, quoted */
	Oid			types[MAX_PARAMETERS];
	Datum		values[MAX_PARAMETERS];
	char		nulls[MAX_PARAMETERS];
	int			nparameters;
} KeyChange;

/* Return a text argument. */
static char *
needed_text(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name)));
	return text_to_cstring(PG_GETARG_TEXT_PP(n));
}

/* Add a parameter of the statement. */
static void
add_parameter(KeyChange *change, Oid type, Datum value, bool isnull)
{
	change->types[change->nparameters] = type;
	change->values[change->nparameters] = value;
	change->nulls[change->nparameters++] = isnull ? 'n' : ' ';
}

/* Make a container operand of JSON. */
static Operand
empty_container(const char *json)
{
	JsonbValue	jbv;

	JsonbToJsonbValue(DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(json))), &jbv);
	return detmeta_operand_jsonb(&jbv);
}

/* Make the filter that a key is present: k is not empty or k in (null, [], {}). */
static MetadataFilter *
presence_of(const char *key)
{
	int			len = strlen(key);
	Operand    *empty = palloc_array(Operand, 3);
	List	   *ways;

	empty[0] = detmeta_operand_null();
	empty[1] = empty_container("[]");
	empty[2] = empty_container("{}");
	ways = list_make2(detmeta_filter_condition(key, len, FILTER_NOT_EMPTY, NULL, 0),
					  detmeta_filter_condition(key, len, FILTER_IN, empty, 3));
	return detmeta_filter_store(detmeta_filter_group(FILTER_OR, ways));
}

/* Refuse a table whose rows cannot be locked in one statement, as Citus has them in shards. */
static void
refuse_shards(Oid table)
{
	if (detmeta_citus_table(table) == CITUS_DISTRIBUTED)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot change a key of all runs of table \"%s\", as Citus keeps its rows in shards",
						get_rel_name(table)),
				 errdetail("The runs would have to be locked in their order, all at once."),
				 errhint("Have each shard run an UPDATE with metadata_with_key_renamed() or metadata_without_key(), by run_command_on_shards().")));
}

/* Find the table, and set what both statements begin with; argument n is the filter. */
static void
begin_change(KeyChange *change, FunctionCallInfo fcinfo, const char *key, int n)
{
	Oid			namespace = get_func_namespace(fcinfo->flinfo->fn_oid);
	Oid			filter = detmeta_sibling_type(namespace, "metadata_filter");
	Oid			table = detmeta_open_runs_table(fcinfo->flinfo->fn_oid, RowExclusiveLock);
	RunIdColumn run_id;

	refuse_shards(table);
	detmeta_describe_run_id(table, detmeta_runs_table_column(table, "run_id"), &run_id);
	(void) detmeta_runs_table_column(table, "metadata");
	/* rows are found again by their run, and one would be written over another */
	detmeta_check_run_id_unique(table, run_id.collation);
	change->table = quote_qualified_identifier(get_namespace_name(get_rel_namespace(table)),
											   get_rel_name(table));
	change->operator = detmeta_run_id_operator(&run_id);
	change->schema = quote_identifier(get_namespace_name(namespace));
	change->nparameters = 0;
	add_parameter(change, filter, PointerGetDatum(presence_of(key)), false);
	add_parameter(change, filter, PG_ARGISNULL(n) ? (Datum) 0 : PG_GETARG_DATUM(n),
				  PG_ARGISNULL(n));
}

/* Append part of a statement. */
static void
append_part(StringInfo sql, const KeyChange *change, const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
	{
		if (*c == '%')
			appendStringInfoString(sql, change->table);
		else if (*c == '&')
			appendStringInfoString(sql, change->operator);
		else if (*c == '#')
			appendStringInfoString(sql, change->schema);
		else
			appendStringInfoChar(sql, *c);
	}
}

/* Write a statement. */
static char *
statement_of(const KeyChange *change, const char *text)
{
	StringInfoData sql;

	initStringInfo(&sql);
	append_part(&sql, change, lock_runs);
	if (change->nulls[1] == ' ')
		append_part(&sql, change, of_filter);
	append_part(&sql, change, in_order);
	append_part(&sql, change, text);
	return sql.data;
}

/* Run a statement and return the number of runs that it changed. */
static int64
run_change(KeyChange *change, const char *text)
{
	char	   *sql = statement_of(change, text);
	int			result;
	int64		count;
	bool		isnull;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	result = SPI_execute_with_args(sql, change->nparameters, change->types, change->values,
								   change->nulls, false, 0);
	if (result != SPI_OK_UPDATE && result != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\": %s", sql, SPI_result_code_string(result));
	count = (int64) SPI_processed;
	if (result == SPI_OK_SELECT)
		count = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1,
											&isnull));
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "could not leave SPI");
	return count;
}

/* rename_metadata_key(old, new, filter, on_conflict) */
Datum
detmeta_rename_metadata_key(PG_FUNCTION_ARGS)
{
	char	   *old = needed_text(fcinfo, 0, "old");
	char	   *new = needed_text(fcinfo, 1, "new");
	char	   *on_conflict = needed_text(fcinfo, 3, "on_conflict");
	KeyChange	change;

	PreventCommandIfReadOnly("rename_metadata_key()");
	detmeta_check_new_key(new, strlen(new));
	detmeta_check_on_conflict(on_conflict);
	begin_change(&change, fcinfo, old, 2);
	add_parameter(&change, TEXTOID, CStringGetTextDatum(old), false);
	add_parameter(&change, TEXTOID, CStringGetTextDatum(new), false);
	add_parameter(&change, TEXTOID, CStringGetTextDatum(on_conflict), false);
	PG_RETURN_INT64(run_change(&change, rename_statement));
}

/* remove_metadata_key(key, filter) */
Datum
detmeta_remove_metadata_key(PG_FUNCTION_ARGS)
{
	char	   *key = needed_text(fcinfo, 0, "key");
	KeyChange	change;

	PreventCommandIfReadOnly("remove_metadata_key()");
	begin_change(&change, fcinfo, key, 1);
	add_parameter(&change, TEXTOID, CStringGetTextDatum(key), false);
	PG_RETURN_INT64(run_change(&change, remove_statement));
}

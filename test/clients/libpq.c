/*
 * libpq.c
 *		detmeta from C: parameters with and without a type, as text and binary.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

/* Types of parameters, from the server's pg_type. */
#define BOOL		16
#define INT8		20
#define TEXT		25
#define FLOAT8		701
#define DATE		1082
#define TIMESTAMPTZ 1184
#define NUMERIC		1700
#define NUMERICS	1231
#define TEXTS		1009
#define JSONB		3802
#define UNTYPED		0

static PGconn *conn;
static char plans[100000];
static int	failed;

/* Keep the plans that the server reports. */
static void
keep_plan(void *arg, const char *message)
{
	size_t		used = strlen(plans);

	(void) arg;
	snprintf(plans + used, sizeof(plans) - used, "%s", message);
}

/* Stop at an error. */
static PGresult *
expect(PGresult *result, ExecStatusType status)
{
	if (PQresultStatus(result) != status)
	{
		printf("Bail out! %s\n", PQerrorMessage(conn));
		exit(1);
	}
	return result;
}

/* Print what the server thinks of the runs that were found: the first column of a result. */
static void
check(const char *name, PGresult *result)
{
	char		runs[1000] = "{";
	const char *values[] = {"libpq", name, runs, plans};
	const char *verdict;

	for (int i = 0; i < PQntuples(result); i++)
		sprintf(runs + strlen(runs), "%s%s", i > 0 ? "," : "", PQgetvalue(result, i, 0));
	strcat(runs, "}");
	PQclear(result);
	result = expect(PQexecParams(conn, "SELECT check_case($1, $2, $3, $4)", 4, NULL, values, NULL, NULL, 0),
					PGRES_TUPLES_OK);
	verdict = PQgetvalue(result, 0, 0);
	failed += strncmp(verdict, "ok", 2) != 0;
	puts(verdict);
	PQclear(result);
}

/* Run a statement with up to two parameters of given types, and check what it finds. */
static void
run(const char *name, const char *sql, Oid type, const char *value, Oid type2, const char *value2)
{
	Oid			types[] = {type, type2};
	const char *values[] = {value, value2};
	int			n = strstr(sql, "$2") != NULL ? 2 : strstr(sql, "$1") != NULL ? 1 : 0;

	plans[0] = '\0';
	check(name, expect(PQexecParams(conn, sql, n, types, values, NULL, NULL, 0), PGRES_TUPLES_OK));
}

/* The same with a condition alone. */
static void
find(const char *name, const char *condition, Oid type, const char *value, Oid type2, const char *value2)
{
	char		sql[1000];

	snprintf(sql, sizeof(sql), "SELECT run_id FROM runs_metadata WHERE %s ORDER BY run_id", condition);
	run(name, sql, type, value, type2, value2);
}

/* Numbers in binary: eight bytes, the most significant first. */
static void
find_binary_number(void)
{
	unsigned char number[8] = {0, 0, 0, 1, 0xA1, 0x3B, 0x86, 0};	/* 7000000000 */
	Oid			types[] = {INT8};
	const char *values[] = {(const char *) number};
	int			lengths[] = {sizeof(number)};
	int			formats[] = {1};

	plans[0] = '\0';
	check("is_big", expect(PQexecParams(conn, "SELECT run_id FROM runs_metadata WHERE metadata_is(metadata, 'parent', $1)",
										1, types, values, lengths, formats, 0), PGRES_TUPLES_OK));
}

/* Statements that are prepared first. */
static void
find_prepared(void)
{
	const char *values[] = {"effectiveness", "20"};

	PQclear(expect(PQprepare(conn, "at_least", "SELECT run_id FROM runs_metadata WHERE metadata_ge(metadata, $1, $2)", 0, NULL),
				   PGRES_COMMAND_OK));
	plans[0] = '\0';
	check("ge", expect(PQexecPrepared(conn, "at_least", 2, values, NULL, NULL, 0), PGRES_TUPLES_OK));
	PQclear(expect(PQexec(conn, "DEALLOCATE at_least"), PGRES_COMMAND_OK));
}

/* A page in the order of a key. */
static void
find_page(void)
{
	const char *values[] = {"effectiveness", "0"};
	PGresult   *runs;

	plans[0] = '\0';
	runs = PQexecParams(conn,
						"SELECT run_id, metadata FROM runs_metadata WHERE metadata_gt(metadata, $1, $2)"
						" ORDER BY metadata_sort(metadata, $1) DESC NULLS LAST, run_id LIMIT 2 OFFSET 1",
						2, NULL, values, NULL, NULL, 0);
	check("sort", expect(runs, PGRES_TUPLES_OK));
}

/* Post, get, find, remove. */
static void
post_and_find(void)
{
	const char *values[] = {"900", "{\"effectiveness\": 900}"};
	PGresult   *result = expect(PQexecParams(conn, "SELECT post_run_metadata($1, $2)", 2, NULL, values, NULL, NULL, 0), PGRES_TUPLES_OK);

	PQclear(result);
	result = expect(PQexecParams(conn, "SELECT get_run_metadata($1)", 1, NULL, values, NULL, NULL, 0), PGRES_TUPLES_OK);
	if (strcmp(PQgetvalue(result, 0, 0), values[1]) != 0)
	{
		puts("not ok - libpq: get_run_metadata");
		failed++;
	}
	PQclear(result);
	find("post", "metadata_is(metadata, 'effectiveness', $1)", UNTYPED, values[0], 0, NULL);
	values[1] = NULL;
	PQclear(expect(PQexecParams(conn, "SELECT post_run_metadata($1, $2)", 2, NULL, values, NULL, NULL, 0), PGRES_TUPLES_OK));
}

static const char webui[] =
	"{\"filterGroup\": {\"kind\": \"group\", \"conjunction\": \"and\", \"children\": ["
	"{\"kind\": \"field\", \"columnName\": \"metadata.effectiveness\", \"location\": \"LOCATION_TYPE_RUN_METADATA\","
	" \"type\": \"COLUMN_TYPE_NUMBER\", \"operator\": \">=\", \"value\": 20},"
	"{\"kind\": \"field\", \"columnName\": \"metadata.tags\", \"location\": \"LOCATION_TYPE_RUN_METADATA\","
	" \"type\": \"COLUMN_TYPE_ARRAY\", \"operator\": \"notEmpty\", \"value\": null}]}, \"showArchived\": false}";

/* Run every case. */
static void
run_cases(void)
{
	find("is_number", "metadata_is(metadata, $1, $2)", UNTYPED, "effectiveness", UNTYPED, "20");
	find("is_decimal", "metadata_is(metadata, $1, $2)", TEXT, "effectiveness", FLOAT8, "35.5");
	find_binary_number();
	find("is_text", "metadata_is(metadata, $1, $2)", UNTYPED, "optimizer.name", UNTYPED, "adam");
	find("is_boolean", "metadata_is(metadata, 'converged', $1)", BOOL, "true", 0, NULL);
	find("is_date", "metadata_is(metadata, 'started', $1)", DATE, "2024-03-01", 0, NULL);
	find("is_json", "metadata_is(metadata, 'version', $1)", JSONB, "\"20\"", 0, NULL);
	find("is_null", "metadata_is(metadata, 'effectiveness', $1)", UNTYPED, NULL, 0, NULL);
	find("is_not_number", "metadata_is_not(metadata, 'effectiveness', $1)", NUMERIC, "20.0", 0, NULL);
	find("is_not_text", "metadata_is_not(metadata, 'optimizer.name', $1)", UNTYPED, "adam", 0, NULL);
	find("in_numbers", "metadata_in(metadata, 'effectiveness', $1)", NUMERICS, "{7,35.5}", 0, NULL);
	find("in_texts", "metadata_in(metadata, 'optimizer.name', $1)", TEXTS, "{sgd,lion}", 0, NULL);
	find("in_nothing", "metadata_in(metadata, 'effectiveness', $1)", UNTYPED, "{}", 0, NULL);
	find("not_in", "metadata_not_in(metadata, 'effectiveness', $1)", UNTYPED, "{7,35.5}", 0, NULL);
	find("lt", "metadata_lt(metadata, 'effectiveness', $1)", UNTYPED, "7", 0, NULL);
	find("le", "metadata_le(metadata, 'effectiveness', $1)", INT8, "7", 0, NULL);
	find("gt", "metadata_gt(metadata, 'effectiveness', $1)", FLOAT8, "20", 0, NULL);
	find_prepared();
	find("ge_instant", "metadata_ge(metadata, 'started', $1)", TIMESTAMPTZ, "2024-01-01 02:30:00+02", 0, NULL);
	find("ge_day", "metadata_ge(metadata, 'started', $1)", UNTYPED, "2024-03-01", 0, NULL);
	find("between_numbers", "metadata_between(metadata, 'effectiveness', $1, $2)", UNTYPED, "7", UNTYPED, "20");
	find("between_days", "metadata_between(metadata, 'started', $1, $2)", DATE, "2024-01-01", DATE, "2024-01-31");
	find("contains", "metadata_contains(metadata, $1, $2)", UNTYPED, "notes", UNTYPED, "100%");
	find("contains_quotes", "metadata_contains(metadata, 'notes', $1)", UNTYPED, "\"warm\" and 'hot' \\", 0, NULL);
	find("not_contains", "metadata_not_contains(metadata, 'notes', $1)", UNTYPED, "arm", 0, NULL);
	find("icontains", "metadata_icontains(metadata, 'notes', $1)", UNTYPED, "GRÖSSER", 0, NULL);
	find("starts_with", "metadata_starts_with(metadata, 'notes', $1)", UNTYPED, "Warm", 0, NULL);
	find("is_empty", "metadata_is_empty(metadata, $1) AND metadata_not_empty(metadata, $2)", UNTYPED, "tags", UNTYPED, "notes");
	find("not_empty", "metadata_not_empty(metadata, $1)", UNTYPED, "tags", 0, NULL);
	find("filter", "metadata @~ $1", UNTYPED, "effectiveness >= 20 and optimizer.name is not \"adam\"", 0, NULL);
	find("webui", "metadata @~ $1", TEXT, webui, 0, NULL);
	find_page();
	run("count", "SELECT count(*) FROM runs_metadata WHERE metadata_not_empty(metadata, $1)", UNTYPED, "effectiveness", 0, NULL);
	run("search", "SELECT run_id, metadata, total FROM search_run_metadata($1, $2, \"limit\" => 2, \"offset\" => 1)",
		UNTYPED, "effectiveness is not empty", UNTYPED, "metadata.effectiveness=desc");
	post_and_find();
}

int
main(void)
{
	PGresult   *result;

	/* Where to, and as whom, is in the environment: PGHOST, PGUSER, ... */
	conn = PQconnectdb("");
	if (PQstatus(conn) != CONNECTION_OK)
	{
		printf("Bail out! %s", PQerrorMessage(conn));
		return 1;
	}
	PQsetNoticeProcessor(conn, keep_plan, NULL);
	run_cases();
	result = expect(PQexec(conn, "SELECT finish('libpq')"), PGRES_TUPLES_OK);
	for (int i = 0; i < PQntuples(result); i++)
		puts(PQgetvalue(result, i, 0));
	PQclear(result);
	PQfinish(conn);
	return failed > 0;
}

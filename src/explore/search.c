/*
 * search.c
 *		search_run_metadata(): one page of runs and the count of all matches.
 *
 * Two queries on the table that detmeta.runs_table names, under one snapshot
 * and with the caller's rights:
 *
 *		SELECT run_id, metadata, ... ORDER BY metadata_sort(...), run_id LIMIT OFFSET
 *		SELECT count(*) ...
 *
 * The first can be a Metadata Scan in order, which stops at the end of the
 * page; the second a Metadata Count.  A page that is not full tells the count.
 *
 * The run_id that is returned is a bigint: for ids of other types, an error
 * holds the statement that does the same.
 *
 * Each row has a cursor (explore/cursor.h).  A page behind a cursor has one more
 * condition; one before a cursor is read in the opposite order.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "base/relation.h"
#include "base/siblings.h"
#include "explore/cursor.h"
#include "explore/runs.h"
#include "explore/sort.h"
#include "scan/set_memo.h"
#include "store/run_id.h"

/* The arguments, which are the queries' parameters $1 to $4. */
typedef enum SearchArgument
{
	SEARCH_FILTER,
	SEARCH_RUN_IDS,
	SEARCH_LIMIT,
	SEARCH_OFFSET,
	SEARCH_ARGUMENTS
} SearchArgument;

typedef struct Search
{
	char	   *schema;			/* of the extension, quoted */
	char	   *sort_function;	/* metadata_sort(), quoted */
	RunsTable	table;
	List	   *items;			/* SortItems */
	const char *after;			/* cursors, or NULL */
	const char *before;
	StringInfoData from;		/* FROM and WHERE */
	const char *word;			/* that the next condition begins with */
	Oid			types[SEARCH_ARGUMENTS];
	Datum		values[SEARCH_ARGUMENTS];
	char		nulls[SEARCH_ARGUMENTS];
} Search;

/* Set a parameter. */
static void
set_parameter(Search *search, SearchArgument i, Oid type, Datum value, bool isnull)
{
	search->types[i] = type;
	search->values[i] = value;
	search->nulls[i] = isnull ? 'n' : ' ';
}

/*
 * Set the parameter limit or offset: argument "other" where that is given, or
 * else argument n.
 */
static int64
set_row_count(Search *search, SearchArgument i, FunctionCallInfo fcinfo, int n, int other,
			  int64 absent)
{
	int			given = PG_ARGISNULL(other) ? n : other;
	int64		count = PG_ARGISNULL(given) ? absent : PG_GETARG_INT64(given);

	if (!PG_ARGISNULL(given) && count < 0)
		ereport(ERROR,
				(errcode(i == SEARCH_LIMIT ? ERRCODE_INVALID_ROW_COUNT_IN_LIMIT_CLAUSE :
						 ERRCODE_INVALID_ROW_COUNT_IN_RESULT_OFFSET_CLAUSE),
				 errmsg("%s must not be negative", i == SEARCH_LIMIT ? "limit" : "offset")));
	set_parameter(search, i, INT8OID, Int64GetDatum(count), count == absent);
	return count;
}

/* Return a parameter as text. */
static char *
value_text(const Search *search, SearchArgument i)
{
	Oid			output;
	bool		is_varlena;

	getTypeOutputInfo(search->types[i], &output, &is_varlena);
	return OidOutputFunctionCall(output, search->values[i]);
}

/* Write what both queries share. */
static void
append_from(Search *search)
{
	search->word = "WHERE";
	initStringInfo(&search->from);
	appendStringInfo(&search->from, " FROM %s AS r", search->table.name);
	if (search->nulls[SEARCH_FILTER] == ' ')
	{
		appendStringInfo(&search->from, " %s %s.metadata_matches(r.metadata::pg_catalog.jsonb, $1)",
						 search->word, search->schema);
		search->word = "AND";
	}
	if (search->nulls[SEARCH_RUN_IDS] == ' ')
	{
		appendStringInfo(&search->from, " %s r.run_id OPERATOR(pg_catalog.=) ANY ($2)",
						 search->word);
		search->word = "AND";
	}
}

/* Run a query. */
static void
run_search_query(Search *search, const char *sql)
{
	int			result = SPI_execute_with_args(sql, SEARCH_ARGUMENTS, search->types, search->values,
											   search->nulls, true, 0);

	if (result != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\": %s", sql, SPI_result_code_string(result));
}

/* Say whether the page is read from its end. */
static bool
is_backward(const Search *search)
{
	return search->before != NULL && search->after == NULL;
}

/* Append the condition that runs come behind a cursor; before it, if the order is turned round. */
static void
append_cursor_condition(Search *search, StringInfo sql, const Place *place)
{
	appendStringInfo(sql, " %s ", search->word);
	detmeta_append_behind(sql, search->items, place, search->sort_function);
	search->word = "AND";
}

/* Append the conditions of the cursors, and ORDER BY. */
static void
append_place_and_order(Search *search, StringInfo sql)
{
	Place		after;
	Place		before;

	if (search->after != NULL)
		after = detmeta_read_cursor(search->after, search->items);
	if (search->before != NULL)
		before = detmeta_read_cursor(search->before, search->items);
	if (search->after != NULL)
		append_cursor_condition(search, sql, &after);
	if (search->before != NULL)
	{
		detmeta_reverse_sort(search->items);
		append_cursor_condition(search, sql, &before);
		if (!is_backward(search))
			detmeta_reverse_sort(search->items);
	}
	appendStringInfoString(sql, " ORDER BY ");
	detmeta_append_order(sql, search->items, search->sort_function);
	if (is_backward(search))
		detmeta_reverse_sort(search->items);
}

/* Read the page, with what its runs are sorted by. */
static void
read_page(Search *search)
{
	StringInfoData sql;
	ListCell   *lc;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT r.run_id::pg_catalog.int8, r.metadata::pg_catalog.jsonb");
	foreach(lc, search->items)
	{
		const SortItem *item = lfirst(lc);

		appendStringInfoString(&sql, ", ");
		detmeta_append_sort_expression(&sql, item, search->sort_function);
		if (item->key == NULL)
			appendStringInfoString(&sql, "::pg_catalog.int8");
	}
	appendStringInfoString(&sql, search->from.data);
	append_place_and_order(search, &sql);
	appendStringInfoString(&sql, " LIMIT $3 OFFSET $4");
	run_search_query(search, sql.data);
}

/*
 * Count all matches.  Without a condition, a true one makes it a Metadata Count;
 * but where metadata can be NULL, it would be evaluated for each row.
 */
static int64
count_matches(Search *search)
{
	StringInfoData sql;
	bool		isnull;

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT pg_catalog.count(*)%s", search->from.data);
	if (search->nulls[SEARCH_FILTER] != ' ' && search->nulls[SEARCH_RUN_IDS] != ' ' &&
		search->table.not_null)
		appendStringInfo(&sql,
						 " WHERE %s.metadata_matches(r.metadata::pg_catalog.jsonb, 'true'::%s.metadata_filter)",
						 search->schema, search->schema);
	run_search_query(search, sql.data);
	return DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
}

/* Return the cursor of a row of the page. */
static char *
cursor_of_row(const Search *search, const SPITupleTable *page, HeapTuple row)
{
	int			n = list_length(search->items);
	Place		place = {palloc_array(Datum, n), palloc_array(bool, n)};

	for (int i = 0; i < n; i++)
		place.values[i] = SPI_getbinval(row, page->tupdesc, i + 3, &place.nulls[i]);
	return detmeta_cursor_of(search->items, &place);
}

/* Return a row of the page, with the count of all. */
static void
return_row(const Search *search, const SPITupleTable *page, HeapTuple row, int64 total,
		   ReturnSetInfo *rsinfo)
{
	Datum		values[4];
	bool		nulls[4] = {false};

	values[0] = SPI_getbinval(row, page->tupdesc, 1, &nulls[0]);
	values[1] = SPI_getbinval(row, page->tupdesc, 2, &nulls[1]);
	values[2] = Int64GetDatum(total);
	values[3] = CStringGetTextDatum(cursor_of_row(search, page, row));
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* Return the page's rows in their order. */
static void
return_page(const Search *search, const SPITupleTable *page, uint64 n, int64 total,
			ReturnSetInfo *rsinfo)
{
	for (uint64 i = 0; i < n; i++)
		return_row(search, page, page->vals[is_backward(search) ? n - 1 - i : i], total, rsinfo);
}

/* Write the whole search as one statement. */
static char *
write_statement(const Search *search)
{
	StringInfoData sql;
	const char *word = "WHERE";

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT r.run_id, r.metadata, count(*) OVER () AS total FROM %s AS r",
					 search->table.name);
	if (search->nulls[SEARCH_FILTER] == ' ')
	{
		appendStringInfo(&sql, " %s %s.metadata_matches(r.metadata::pg_catalog.jsonb, %s)",
						 word, search->schema,
						 quote_literal_cstr(value_text(search, SEARCH_FILTER)));
		word = "AND";
	}
	if (search->nulls[SEARCH_RUN_IDS] == ' ')
		appendStringInfo(&sql, " %s r.run_id = ANY (%s)", word,
						 quote_literal_cstr(value_text(search, SEARCH_RUN_IDS)));
	appendStringInfoString(&sql, " ORDER BY ");
	detmeta_append_order(&sql, search->items, search->sort_function);
	if (search->nulls[SEARCH_LIMIT] == ' ')
		appendStringInfo(&sql, " LIMIT %s", value_text(search, SEARCH_LIMIT));
	if (search->nulls[SEARCH_OFFSET] == ' ')
		appendStringInfo(&sql, " OFFSET %s", value_text(search, SEARCH_OFFSET));
	return sql.data;
}

/* Refuse ids that are no integers. */
static void
check_run_ids(const Search *search)
{
	if (!detmeta_run_ids_are_integers(&search->table.run_id))
		detmeta_refuse_column_type(search->table.relid, "run_id", "an integer",
								   psprintf("Use %s;", write_statement(search)));
}

/* Return an argument that is a text, or NULL. */
static char *
text_argument(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(n));
}

PG_FUNCTION_INFO_V1(detmeta_search_run_metadata);
/*
 * search_run_metadata(filter, sort, limit, offset, run_ids, max_runs, skip_runs,
 * after, before): rows of run_id, metadata, total, cursor.
 */
Datum
detmeta_search_run_metadata(PG_FUNCTION_ARGS)
{
	Oid			function = fcinfo->flinfo->fn_oid;
	Oid			namespace = get_func_namespace(function);
	Search		search;
	int64		limit;
	int64		offset;
	SPITupleTable *page;
	uint64		n;
	int64		total;

	InitMaterializedSRF(fcinfo, 0);
	search.schema = pstrdup(quote_identifier(get_namespace_name(namespace)));
	search.sort_function = psprintf("%s.metadata_sort", search.schema);
	search.items = detmeta_read_sort(text_argument(fcinfo, 1));
	search.after = text_argument(fcinfo, 7);
	search.before = text_argument(fcinfo, 8);
	set_parameter(&search, SEARCH_FILTER, detmeta_sibling_type(namespace, "metadata_filter"),
				  PG_GETARG_DATUM(0), PG_ARGISNULL(0));
	set_parameter(&search, SEARCH_RUN_IDS, INT8ARRAYOID, PG_GETARG_DATUM(4), PG_ARGISNULL(4));
	limit = set_row_count(&search, SEARCH_LIMIT, fcinfo, 2, 5, -1);
	offset = set_row_count(&search, SEARCH_OFFSET, fcinfo, 3, 6, 0);

	search.table = detmeta_find_runs_table(function);
	check_run_ids(&search);
	append_from(&search);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	/* the page leaves the set of the filter to the count */
	if (limit > 0)
		detmeta_set_memo_begin(GetActiveSnapshot());
	read_page(&search);
	page = SPI_tuptable;
	n = SPI_processed;
	total = offset + (int64) n;
	if (n > 0 && ((int64) n == limit || search.after != NULL || search.before != NULL))
		total = count_matches(&search);
	return_page(&search, page, n, total, (ReturnSetInfo *) fcinfo->resultinfo);
	SPI_finish();
	return (Datum) 0;
}

/*
 * query.c
 *		Read the metadata of a relation by a query, with the caller's rights.
 *
 * A query either returns the rows, which are counted here, or has them counted by the
 * aggregate metadata_part() (explore/part.c).  The latter is for relations whose rows
 * are on other servers: Citus and postgres_fdw send aggregates there, and add up the
 * parts.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "explore/part_json.h"
#include "explore/query.h"

/* Rows that a query's cursor returns at once. */
#define FETCH_ROWS	1000

/* A query. */
typedef struct ExploreQuery
{
	char	   *metadata;		/* of a row, as SQL */
	const char *schema;			/* of the extension, quoted */
	StringInfoData sql;
	SelectionQuery selection;
} ExploreQuery;

/* Begin a query. */
static void
begin_query(const ExploreSource *source, ExploreQuery *query)
{
	memset(query, 0, sizeof(*query));
	query->metadata = psprintf("r.%s::pg_catalog.jsonb", quote_identifier(source->column));
	query->schema = quote_identifier(get_namespace_name(get_func_namespace(source->function)));
	initStringInfo(&query->sql);
}

/* Append which rows of a relation are meant. */
static void
append_explored_rows(const ExploreSource *source, Oid relid, ExploreQuery *query, const char *where)
{
	appendStringInfo(&query->sql, " FROM %s AS r%s",
					 quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
												get_rel_name(relid)), where);
	if (source->selection != NULL)
		detmeta_selection_append_where(source->selection, query->metadata, source->function,
									   *where == '\0' ? " WHERE " : " AND ", &query->sql,
									   &query->selection);
}

/* ---- rows ---- */

/* Visit the rows that a query's cursor has returned. */
static void
visit_fetched(const ExploreSource *source, const AttrNumber *columns)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(SPI_tuptable->tupdesc, &TTSOpsHeapTuple);

	for (uint64 i = 0; i < SPI_processed; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(SPI_tuptable->tuptabcxt);
		ExploreRow	row = {NULL, slot, columns};
		Datum		metadata;
		bool		isnull;

		CHECK_FOR_INTERRUPTS();
		ExecStoreHeapTuple(SPI_tuptable->vals[i], slot, false);
		metadata = slot_getattr(slot, 1, &isnull);
		if (!isnull)
			row.metadata = DatumGetJsonbP(metadata);
		source->kind->visit_document(&row, source->arg);
		MemoryContextSwitchTo(old);
	}
	ExecDropSingleTupleTableSlot(slot);
}

/* Read the rows that a query returns. */
void
detmeta_explore_by_query(const ExploreSource *source, Oid relid)
{
	MemoryContext caller = CurrentMemoryContext;
	AttrNumber *columns = palloc_array(AttrNumber, Max(1, list_length(source->columns)));
	ExploreQuery query;
	Portal		portal;

	begin_query(source, &query);
	appendStringInfo(&query.sql, "SELECT %s", query.metadata);
	for (int i = 0; i < list_length(source->columns); i++)
	{
		appendStringInfo(&query.sql, ", r.%s", quote_identifier(list_nth(source->columns, i)));
		columns[i] = i + 2;
	}
	append_explored_rows(source, relid, &query, "");
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	portal = SPI_cursor_open_with_args(NULL, query.sql.data, query.selection.nargs,
									   query.selection.types, query.selection.values, NULL, true,
									   0);
	for (;;)
	{
		SPI_cursor_fetch(portal, true, FETCH_ROWS);
		if (SPI_processed == 0)
			break;
		visit_fetched(source, columns);
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
	SPI_finish();
	MemoryContextSwitchTo(caller);
}

/* ---- parts ---- */

/* Push the members of a request. */
void
detmeta_explore_push_request(const ExploreKind *kind, const void *arg, JsonbBuilder *out)
{
	detmeta_part_push_name(out, "list");
	detmeta_part_push_text(out, WJB_VALUE, kind->name, strlen(kind->name));
	kind->write_request(arg, out);
}

/* Return a request as the text of a jsonb. */
static char *
request_text(const ExploreSource *source)
{
	JsonbBuilder builder = {0};
	Jsonb	   *request;

	push_jsonb(&builder, WJB_BEGIN_OBJECT, NULL);
	detmeta_explore_push_request(source->kind, source->arg, &builder);
	push_jsonb(&builder, WJB_END_OBJECT, NULL);
	request = JsonbValueToJsonb(builder.result);
	return JsonbToCString(NULL, &request->root, VARSIZE(request));
}

/* Append the call of the aggregate; columns that are wanted go there as texts. */
static void
append_part_call(const ExploreSource *source, ExploreQuery *query)
{
	const char *word = ", ARRAY[";
	ListCell   *lc;

	appendStringInfo(&query->sql, "SELECT %s.metadata_part(%s, %s::pg_catalog.jsonb",
					 query->schema, query->metadata, quote_literal_cstr(request_text(source)));
	foreach(lc, source->columns)
	{
		appendStringInfo(&query->sql, "%sr.%s::pg_catalog.text", word,
						 quote_identifier(lfirst(lc)));
		word = ", ";
	}
	appendStringInfoString(&query->sql, source->columns != NIL ? "])" : ")");
}

/*
 * Have a relation's rows counted.  Without a filter, a true one sees to it that the
 * library is loaded where the query is planned, to take the part from the index.
 */
void
detmeta_explore_part(const ExploreSource *source, Oid relid)
{
	MemoryContext caller = CurrentMemoryContext;
	const char *where = "";
	ExploreQuery query;
	Datum		part;
	bool		isnull;
	int			result;

	begin_query(source, &query);
	append_part_call(source, &query);
	if (source->selection == NULL || source->selection->filter == NULL)
		where = psprintf(" WHERE %s.metadata_matches(%s, 'true'::%s.metadata_filter)",
						 query.schema, query.metadata, query.schema);
	append_explored_rows(source, relid, &query, where);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	result = SPI_execute_with_args(query.sql.data, query.selection.nargs, query.selection.types,
								   query.selection.values, NULL, true, 0);
	if (result != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "could not execute \"%s\": %s", query.sql.data,
			 SPI_result_code_string(result));
	part = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (!isnull)
	{
		MemoryContext spi = MemoryContextSwitchTo(caller);

		source->kind->add_part(&DatumGetJsonbP(part)->root, source->arg);
		MemoryContextSwitchTo(spi);
	}
	SPI_finish();
}

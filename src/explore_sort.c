/*
 * explore_sort.c
 *		The order of a page of runs, as the API writes it.
 *
 *		sort:  column [ = direction ] , ...
 *		column:  id, run_id, or metadata. and a key
 *		direction:  asc (the default) or desc, in any case
 *
 * A column, or part of it, that holds = , or " is written in double quotes, and
 * a double quote in there twice.  Blanks around columns and directions do not
 * count.  Runs without a value come last in either direction.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "compat.h"
#include "explore_sort.h"

#define KEY_PREFIX	"metadata."

/* A place in the text. */
typedef struct SortReader
{
	const char *text;
	const char *at;
} SortReader;

/* Complain about the sort at a place. */
static void
report_at(const SortReader *reader, const char *place, const char *message, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid sort: %s", message),
			 errdetail("At position %d of: %s",
					   pg_mbstrlen_with_len(reader->text, place - reader->text) + 1, reader->text),
			 errhint("%s", hint)));
}

/* Say whether a character is a blank. */
static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Pass over blanks. */
static void
skip_blanks(SortReader *reader)
{
	while (is_blank(*reader->at))
		reader->at++;
}

/* Read what is between double quotes. */
static void
read_quoted(SortReader *reader, StringInfo out)
{
	const char *start = reader->at++;

	for (;; reader->at++)
	{
		if (*reader->at == '\0')
			report_at(reader, start, "a quoted key does not end",
					  "Close it with a double quote.");
		if (*reader->at == '"' && *++reader->at != '"')
			return;
		appendStringInfoCharMacro(out, *reader->at);
	}
}

/* Read up to one of the characters that end a word, without the blanks around it. */
static void
read_word(SortReader *reader, const char *ends, StringInfo out)
{
	int			keep = 0;		/* quoted blanks stay */

	resetStringInfo(out);
	skip_blanks(reader);
	while (*reader->at != '\0' && strchr(ends, *reader->at) == NULL)
	{
		if (*reader->at == '"')
		{
			read_quoted(reader, out);
			keep = out->len;
		}
		else
			appendStringInfoCharMacro(out, *reader->at++);
	}
	while (out->len > keep && is_blank(out->data[out->len - 1]))
		out->data[--out->len] = '\0';
	out->data[out->len] = '\0';
}

/* Read a direction, if there is one. */
static bool
read_descending(SortReader *reader, StringInfo word)
{
	const char *start;

	if (*reader->at != '=')
		return false;
	reader->at++;
	skip_blanks(reader);
	start = reader->at;
	read_word(reader, ",", word);
	if (pg_strcasecmp(word->data, "desc") == 0)
		return true;
	if (pg_strcasecmp(word->data, "asc") != 0)
		report_at(reader, start, psprintf("\"%s\" is not a direction", word->data),
				  "A direction is asc or desc.");
	return false;
}

/* Append one column and its direction; return whether it is the run's number. */
static bool
append_item(SortReader *reader, StringInfo sql, const char *sort_function)
{
	const char *start;
	const char *direction;
	StringInfoData column;
	StringInfoData word;

	initStringInfo(&column);
	initStringInfo(&word);
	skip_blanks(reader);
	start = reader->at;
	read_word(reader, "=,", &column);
	direction = read_descending(reader, &word) ? "DESC" : "ASC";
	if (strncmp(column.data, KEY_PREFIX, strlen(KEY_PREFIX)) == 0)
	{
		appendStringInfo(sql, "%s(r.metadata::pg_catalog.jsonb, %s::pg_catalog.text) %s NULLS LAST",
						 sort_function, quote_literal_cstr(column.data + strlen(KEY_PREFIX)),
						 direction);
		return false;
	}
	if (strcmp(column.data, "id") != 0 && strcmp(column.data, "run_id") != 0)
		report_at(reader, start, psprintf("there is no column \"%s\"", column.data),
				  "A column is id, or metadata. and a key, as in metadata.loss=desc; a key with = , or \" is double-quoted.");
	appendStringInfo(sql, "r.run_id %s", direction);
	return true;
}

/* Append an ORDER BY list. */
void
detmeta_append_order(StringInfo sql, const char *sort, const char *sort_function)
{
	SortReader	reader = {sort, sort};
	bool		has_id = false;

	if (sort != NULL)
		skip_blanks(&reader);
	if (sort == NULL || *reader.at == '\0')
	{
		appendStringInfoString(sql, "r.run_id");
		return;
	}
	for (;;)
	{
		has_id |= append_item(&reader, sql, sort_function);
		if (*reader.at == '\0')
			break;
		appendStringInfoString(sql, ", ");
		reader.at++;
	}
	if (!has_id)
		appendStringInfoString(sql, ", r.run_id");
}

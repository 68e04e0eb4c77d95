/*
 * sort.c
 *		The order of a page of runs.
 *
 *		metadata.loss=desc, optimizer.lr asc nulls first, "odd key" desc, id
 *
 *		sort		[ item { "," item } ]
 *		item		column [ direction ] [ "nulls" ( "first" | "last" ) ]
 *		column		"id" | "run_id" | key
 *		direction	"=" ( "asc" | "desc" ) | "asc" | "desc"
 *
 * A key is written as in a filter (filter/lexer.c).  Words may be in any case.
 * Runs without a value come last in either direction, unless "nulls first" says
 * otherwise.
 *
 * What other interfaces read as a direction is an error and no key:  loss.desc,
 * -loss.  A key of such a name is quoted.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "explore/sort.h"
#include "filter/lexer.h"

#define HINT_SORT \
	"A sort is written as: metadata.loss=desc, or loss desc nulls first, \"odd key\" asc, id."
#define HINT_KEY \
	"A key that is a reserved word, starts with a digit or holds other characters than letters, digits, _ - . and / needs double quotes, as in: \"odd key\" desc."

/* Words that say how to sort. */
static const char *const sort_words[] = {"asc", "desc", "nullsfirst", "nullslast"};

/* Say whether a text is one of those words. */
static bool
is_sort_word(const char *text)
{
	for (int i = 0; i < (int) lengthof(sort_words); i++)
	{
		if (pg_strcasecmp(text, sort_words[i]) == 0)
			return true;
	}
	return false;
}

/* Cut words that say how to sort off the end of a key's text, with their points. */
static void
cut_sort_words(char *text)
{
	char	   *point;

	while ((point = strrchr(text, '.')) != NULL && is_sort_word(point + 1))
		*point = '\0';
}

/* Refuse a key that begins or ends with what says elsewhere how to sort. */
static void
check_sort_key(FilterReader *r, const char *start, const char *key)
{
	char	   *text = pnstrdup(start, r->at - start);
	char	   *point = strrchr(text, '.');
	const char *word = point != NULL ? point + 1 : text;
	const char *hint;

	/* Behind "metadata." such a word can only be a key. */
	if (*text != '-' && (!is_sort_word(word) || (point != NULL && strcmp(key, word) == 0)))
		return;

	if (word == text && *text != '-')
		hint = psprintf("Write a key in front, as in: loss %s; a key of that name needs double quotes: \"%s\".",
						text, key);
	else
	{
		text += (*text == '-');
		cut_sort_words(text);
		hint = psprintf("Write %s asc or %s desc; a key of that name needs double quotes: \"%s\".",
						text, text, key);
	}
	r->at = start;
	detmeta_scan_syntax_error(r, "a key and a direction behind it", hint);
}

/* Read a column and append its values; return whether it is the run. */
static bool
append_column(FilterReader *r, StringInfo sql, const char *sort_function)
{
	const char *start;
	StringInfoData key;

	if (detmeta_scan_keyword(r, "id") || detmeta_scan_keyword(r, "run_id"))
	{
		appendStringInfoString(sql, "r.run_id");
		return true;
	}
	start = r->at;
	initStringInfo(&key);
	if (!detmeta_scan_key(r, &key))
		detmeta_scan_syntax_error(r, "a key or id", HINT_KEY);
	check_sort_key(r, start, key.data);
	appendStringInfo(sql, "%s(r.metadata::pg_catalog.jsonb, %s::pg_catalog.text)",
					 sort_function, quote_literal_cstr(key.data));
	return false;
}

/* Read a direction, and return it as SQL. */
static const char *
read_direction(FilterReader *r)
{
	bool		must_follow = detmeta_scan_char(r, '=');

	if (detmeta_scan_keyword(r, "desc"))
		return "DESC";
	if (!detmeta_scan_keyword(r, "asc") && must_follow)
		detmeta_scan_syntax_error(r, "asc or desc", HINT_SORT);
	return "ASC";
}

/* Read where runs without a value come, and return it as SQL. */
static const char *
read_nulls(FilterReader *r, const char *otherwise)
{
	if (!detmeta_scan_keyword(r, "nulls"))
		return otherwise;
	if (detmeta_scan_keyword(r, "first"))
		return " NULLS FIRST";
	if (!detmeta_scan_keyword(r, "last"))
		detmeta_scan_syntax_error(r, "first or last", HINT_SORT);
	return " NULLS LAST";
}

/* Append an ORDER BY list. */
void
detmeta_append_order(StringInfo sql, const char *sort, const char *sort_function)
{
	FilterReader reader = {
		.text = sort,
		.at = sort,
		.is_sort = true
	};
	bool		has_id = false;

	if (sort != NULL)
		detmeta_scan_space(&reader);
	if (sort == NULL || *reader.at == '\0')
	{
		appendStringInfoString(sql, "r.run_id");
		return;
	}
	do
	{
		bool		is_id = append_column(&reader, sql, sort_function);

		CHECK_FOR_INTERRUPTS();
		appendStringInfo(sql, " %s", read_direction(&reader));
		appendStringInfo(sql, "%s, ", read_nulls(&reader, is_id ? "" : " NULLS LAST"));
		has_id |= is_id;
	} while (detmeta_scan_char(&reader, ','));
	if (*reader.at != '\0')
		detmeta_scan_syntax_error(&reader, "asc, desc, nulls first, nulls last, \",\" or the end",
								  HINT_SORT);
	if (has_id)
		sql->data[sql->len -= strlen(", ")] = '\0';
	else
		appendStringInfoString(sql, "r.run_id");
}

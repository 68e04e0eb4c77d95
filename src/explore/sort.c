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

#include "base/compat.h"
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

/* Read a column; NULL: the run. */
static char *
read_column(FilterReader *r)
{
	const char *start;
	StringInfoData key;

	if (detmeta_scan_keyword(r, "id") || detmeta_scan_keyword(r, "run_id"))
		return NULL;
	start = r->at;
	initStringInfo(&key);
	if (!detmeta_scan_key(r, &key))
		detmeta_scan_syntax_error(r, "a key or id", HINT_KEY);
	check_sort_key(r, start, key.data);
	return key.data;
}

/* Read a direction: is it downwards? */
static bool
read_direction(FilterReader *r)
{
	bool		must_follow = detmeta_scan_char(r, '=');

	if (detmeta_scan_keyword(r, "desc"))
		return true;
	if (!detmeta_scan_keyword(r, "asc") && must_follow)
		detmeta_scan_syntax_error(r, "asc or desc", HINT_SORT);
	return false;
}

/* Read where runs without a value come: first? */
static bool
read_nulls(FilterReader *r, bool otherwise)
{
	if (!detmeta_scan_keyword(r, "nulls"))
		return otherwise;
	if (detmeta_scan_keyword(r, "first"))
		return true;
	if (!detmeta_scan_keyword(r, "last"))
		detmeta_scan_syntax_error(r, "first or last", HINT_SORT);
	return false;
}

/* Add an item; of the run, a NULL comes where PostgreSQL has it. */
static SortItem *
add_item(List **items, char *key)
{
	SortItem   *item = palloc0_object(SortItem);

	item->key = key;
	*items = lappend(*items, item);
	return item;
}

/* Read an order, which may be NULL; the run decides at last. */
List *
detmeta_read_sort(const char *sort)
{
	FilterReader reader = {
		.text = sort,
		.at = sort,
		.is_sort = true
	};
	List	   *items = NIL;
	bool		has_id = false;

	if (sort != NULL)
		detmeta_scan_space(&reader);
	if (sort != NULL && *reader.at != '\0')
	{
		do
		{
			SortItem   *item;

			CHECK_FOR_INTERRUPTS();
			item = add_item(&items, read_column(&reader));
			item->descending = read_direction(&reader);
			item->nulls_first = read_nulls(&reader, item->key == NULL && item->descending);
			has_id |= item->key == NULL;
		} while (detmeta_scan_char(&reader, ','));
		if (*reader.at != '\0')
			detmeta_scan_syntax_error(&reader,
									  "asc, desc, nulls first, nulls last, \",\" or the end",
									  HINT_SORT);
	}
	if (!has_id)
		(void) add_item(&items, NULL);
	return items;
}

/* Turn an order round. */
void
detmeta_reverse_sort(List *items)
{
	ListCell   *lc;

	foreach(lc, items)
	{
		SortItem   *item = lfirst(lc);

		item->descending = !item->descending;
		item->nulls_first = !item->nulls_first;
	}
}

/* Append the expression that an item sorts by. */
void
detmeta_append_sort_expression(StringInfo sql, const SortItem *item, const char *sort_function)
{
	if (item->key == NULL)
		appendStringInfoString(sql, "r.run_id");
	else
		appendStringInfo(sql, "%s(r.metadata::pg_catalog.jsonb, %s::pg_catalog.text)",
						 sort_function, quote_literal_cstr(item->key));
}

/* Append an ORDER BY list. */
void
detmeta_append_order(StringInfo sql, List *items, const char *sort_function)
{
	ListCell   *lc;

	foreach(lc, items)
	{
		const SortItem *item = lfirst(lc);

		if (lc != list_head(items))
			appendStringInfoString(sql, ", ");
		detmeta_append_sort_expression(sql, item, sort_function);
		if (item->descending)
			appendStringInfoString(sql, " DESC");
		if (item->nulls_first != item->descending)
			appendStringInfo(sql, " NULLS %s", item->nulls_first ? "FIRST" : "LAST");
	}
}

/*
 * json_path.c
 *		JSON paths that are made of names, and perhaps one comparison.
 *
 *		$.a.b		$.a.b ? (@ > 5)		$.a.b > 5
 *
 * They are read from the text that core prints of them, which has one form:
 * names in quotes, and parentheses where there need be.  In lax mode, a step
 * goes into the elements of an array, and so does the comparison.  Paths in
 * strict mode may fail, and are left to core.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/jsonpath.h"

#include "dialect/json_path.h"

/* A text that is read from left to right. */
typedef struct Reading
{
	const char *next;
} Reading;

/* Read a word; false: something else comes. */
static bool
take(Reading *reading, const char *word)
{
	size_t		len = strlen(word);

	if (strncmp(reading->next, word, len) != 0)
		return false;
	reading->next += len;
	return true;
}

/* Read what is in quotes; false: it is none, or has escapes. */
static bool
take_quoted(Reading *reading, const char **bytes, int *len)
{
	const char *end;

	if (!take(reading, "\""))
		return false;
	*bytes = reading->next;
	end = strpbrk(reading->next, "\"\\");
	if (end == NULL || *end != '"')
		return false;
	*len = end - reading->next;
	reading->next = end + 1;
	return true;
}

/* Read the steps behind the $. */
static bool
take_steps(Reading *reading, DocumentPath *path)
{
	const char *name;
	int			len;

	if (!take(reading, "$"))
		return false;
	while (take(reading, "."))
	{
		if (!take_quoted(reading, &name, &len))
			return false;
		detmeta_path_note_array(path);
		*path = detmeta_path_member(path, name, len);
	}
	return true;
}

/* Read a comparison's operator. */
static bool
take_operator(Reading *reading, StrategyNumber *strategy)
{
	static const struct
	{
		const char *name;
		StrategyNumber strategy;
	}			operators[] = {
		{" == ", BTEqualStrategyNumber},
		{" <= ", BTLessEqualStrategyNumber},
		{" < ", BTLessStrategyNumber},
		{" >= ", BTGreaterEqualStrategyNumber},
		{" > ", BTGreaterStrategyNumber}
	};

	for (int i = 0; i < (int) lengthof(operators); i++)
	{
		*strategy = operators[i].strategy;
		if (take(reading, operators[i].name))
			return true;
	}
	return false;
}

/* Read the number that comes next. */
static bool
take_number(Reading *reading, JsonbValue *value)
{
	size_t		len = strspn(reading->next, "+-0123456789.eE");

	if (len == 0 || strcspn(reading->next, "0123456789") >= len)
		return false;
	value->type = jbvNumeric;
	value->val.numeric =
		DatumGetNumeric(DirectFunctionCall3(numeric_in,
											CStringGetDatum(pnstrdup(reading->next, len)),
											ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
	reading->next += len;
	return true;
}

/* Read the literal that a comparison is with. */
static bool
take_literal(Reading *reading, JsonbValue *value)
{
	const char *bytes;

	value->type = jbvBool;
	value->val.boolean = take(reading, "true");
	if (value->val.boolean || take(reading, "false"))
		return true;
	if (*reading->next != '"')
		return take_number(reading, value);
	value->type = jbvString;
	if (!take_quoted(reading, &bytes, &value->val.string.len))
		return false;
	value->val.string.val = pnstrdup(bytes, value->val.string.len);
	return true;
}

/* Read a comparison; of others than numbers, only equality is that of our values. */
static bool
take_comparison(Reading *reading, JsonPathTest *test)
{
	return take_operator(reading, &test->strategy) && take_literal(reading, &test->value) &&
		take(reading, ")") && *reading->next == '\0' &&
		(test->value.type == jbvNumeric || test->strategy == BTEqualStrategyNumber);
}

/* Read a path. */
bool
detmeta_json_path_read(Datum json_path, DocumentPath *path, JsonPathTest *test)
{
	Reading		reading = {DatumGetCString(DirectFunctionCall1(jsonpath_out, json_path))};

	if (take(&reading, "("))
	{
		test->kind = JSON_PATH_PREDICATE;
		return take_steps(&reading, path) && path->nsteps > 0 && take_comparison(&reading, test);
	}
	if (!take_steps(&reading, path) || path->nsteps == 0)
		return false;
	test->kind = JSON_PATH_PLAIN;
	if (*reading.next == '\0')
		return true;
	test->kind = JSON_PATH_FILTER;
	return take(&reading, "?(@") && take_comparison(&reading, test);
}

/*
 * json_path.c
 *		What the index tells of JSON paths.
 *
 *		$.a.b							names: a path as  ->  has them
 *		$.a ? (@ > 5 && @ < 9)			a filter
 *		$.a > 5 || exists($.b)			a predicate, as @@ takes it
 *
 * In lax mode a step goes into the elements of an array, and so do filters and
 * comparisons: what is compared is the value at a path, or, in doubt, an element
 * of the array there.  Of much else it is only known what has to be there for
 * something to be found: a path that ends sooner, one side of &&.  Then all rows
 * are in doubt.  So they are in strict mode, which finds less.
 *
 * Operators suppress the errors of strict mode and of methods, functions may not.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/jsonpath.h"

#include "base/compat.h"
#include "dialect/json_path.h"
#include "dialect/path_rows.h"

/* A JSON path that is being read. */
typedef struct Reading
{
	PathPlace	document;		/* what $ is */
	bool		is_strict;
	bool		may_raise;		/* errors are not suppressed */
	bool		is_unreadable;	/* of the whole nothing is known */
	PathRows	rows;			/* in doubt once too little is known of something */
} Reading;

static QueryNode *rows_of_steps(Reading *reading, JsonPathItem *first, PathPlace place,
								const PathComparison *comparison);
static QueryNode *rows_of_predicate(Reading *reading, JsonPathItem *item,
									const PathPlace *current);

/* Of what may raise an error, nothing is known. */
static QueryNode *
rows_unreadable(Reading *reading)
{
	reading->is_unreadable = true;
	return NULL;
}

/* ---- predicates ---- */

/* Read a literal; false: it is something else. */
static bool
read_literal(JsonPathItem *item, JsonbValue *value)
{
	int32		len;

	if (jspHasNext(item))
		return false;
	switch (item->type)
	{
		case jpiNull:
			value->type = jbvNull;
			return true;
		case jpiBool:
			value->type = jbvBool;
			value->val.boolean = jspGetBool(item);
			return true;
		case jpiNumeric:
			value->type = jbvNumeric;
			value->val.numeric = jspGetNumeric(item);
			return true;
		case jpiString:
			value->type = jbvString;
			value->val.string.val = jspGetString(item, &len);
			value->val.string.len = len;
			return true;
		default:
			return false;
	}
}

/* Return the strategy of an operator, or of the one that has its sides swapped. */
static StrategyNumber
strategy_of_operator(JsonPathItemType type, bool swapped)
{
	switch (type)
	{
		case jpiLess:
			return swapped ? BTGreaterStrategyNumber : BTLessStrategyNumber;
		case jpiLessOrEqual:
			return swapped ? BTGreaterEqualStrategyNumber : BTLessEqualStrategyNumber;
		case jpiGreater:
			return swapped ? BTLessStrategyNumber : BTGreaterStrategyNumber;
		case jpiGreaterOrEqual:
			return swapped ? BTLessEqualStrategyNumber : BTGreaterEqualStrategyNumber;
		case jpiEqual:
			return BTEqualStrategyNumber;
		default:				/* jpiNotEqual */
			return InvalidStrategy;
	}
}

/* Return the rows where the value that a predicate looks at is there at all. */
static QueryNode *
rows_looked_at(Reading *reading, JsonPathItem *item, const PathPlace *current)
{
	reading->rows.in_doubt = true;
	return rows_of_steps(reading, item, *current, NULL);
}

/* path operator literal, literal operator path, path operator path */
static QueryNode *
rows_of_operator(Reading *reading, JsonPathItem *item, const PathPlace *current)
{
	JsonPathItem left;
	JsonPathItem right;
	PathComparison comparison;
	bool		swapped;

	jspGetLeftArg(item, &left);
	jspGetRightArg(item, &right);
	swapped = read_literal(&left, &comparison.value);
	if (!swapped && !read_literal(&right, &comparison.value))
		return detmeta_path_rows_of_both(&reading->rows, rows_looked_at(reading, &left, current),
										 rows_looked_at(reading, &right, current));
	comparison.strategy = strategy_of_operator(item->type, swapped);
	/* of others than numbers, the index has another order */
	if (comparison.strategy == InvalidStrategy ||
		(comparison.strategy != BTEqualStrategyNumber && comparison.value.type != jbvNumeric))
		return rows_looked_at(reading, swapped ? &right : &left, current);
	return rows_of_steps(reading, swapped ? &right : &left, *current, &comparison);
}

/* a && b, a || b */
static QueryNode *
rows_of_path_group(Reading *reading, JsonPathItem *item, const PathPlace *current)
{
	JsonPathItem arg;
	QueryNode  *left;
	QueryNode  *right;

	jspGetLeftArg(item, &arg);
	left = rows_of_predicate(reading, &arg, current);
	jspGetRightArg(item, &arg);
	right = rows_of_predicate(reading, &arg, current);
	return item->type == jpiAnd ? detmeta_path_rows_of_both(&reading->rows, left, right) :
		detmeta_path_rows_of_any(&reading->rows, left, right);
}

/* Read a predicate only to see whether it may raise an error: all rows are in doubt. */
static QueryNode *
rows_regardless(Reading *reading, JsonPathItem *item, const PathPlace *current)
{
	int			nleaves = reading->rows.dialect->nleaves;

	(void) rows_of_predicate(reading, item, current);
	reading->rows.dialect->nleaves = nleaves;
	reading->rows.in_doubt = true;
	return NULL;
}

/* path starts with "text" */
static QueryNode *
rows_of_prefix(Reading *reading, JsonPathItem *item, const PathPlace *current)
{
	JsonPathItem arg;

	jspGetRightArg(item, &arg);
	if (arg.type != jpiString)
		return rows_unreadable(reading);
	jspGetLeftArg(item, &arg);
	return rows_looked_at(reading, &arg, current);
}

/* Return the rows where a predicate may be true, given what @ is. */
static QueryNode *
rows_of_predicate(Reading *reading, JsonPathItem *item, const PathPlace *current)
{
	JsonPathItem arg;

	check_stack_depth();
	if (jspHasNext(item))
		return rows_unreadable(reading);
	switch (item->type)
	{
		case jpiAnd:
		case jpiOr:
			return rows_of_path_group(reading, item, current);
		case jpiNot:
		case jpiIsUnknown:
			jspGetArg(item, &arg);
			return rows_regardless(reading, &arg, current);
		case jpiEqual:
		case jpiNotEqual:
		case jpiLess:
		case jpiGreater:
		case jpiLessOrEqual:
		case jpiGreaterOrEqual:
			return rows_of_operator(reading, item, current);
		case jpiExists:
			jspGetArg(item, &arg);
			return rows_of_steps(reading, &arg, *current, NULL);
		case jpiStartsWith:
			return rows_of_prefix(reading, item, current);
		case jpiLikeRegex:
			jspInitByBuffer(&arg, item->base, item->content.like_regex.expr);
			return rows_looked_at(reading, &arg, current);
		default:
			return rows_unreadable(reading);
	}
}

/* ---- steps ---- */

/* Go on to a member. */
static void
enter_member(PathPlace *place, JsonPathItem *item)
{
	int32		len;
	char	   *name = jspGetString(item, &len);

	/* the list is another path's, too */
	place->path.arrays = list_copy(place->path.arrays);
	detmeta_path_note_array(&place->path);
	place->path = detmeta_path_member(&place->path, name, len);
	place->is_unwrapped = false;
}

/* Say whether a position of an array is a number, or the last. */
static bool
is_plain_position(JsonPathItem *item)
{
	return (item->type == jpiNumeric || item->type == jpiLast) && !jspHasNext(item);
}

/* Go on to elements of an array, of which it is not known which these are. */
static void
enter_positions(Reading *reading, PathPlace *place, JsonPathItem *item)
{
	for (int i = 0; i < item->content.array.nelems; i++)
	{
		JsonPathItem from;
		JsonPathItem to;
		bool		is_range = jspGetArraySubscript(item, &from, &to, i);

		if (!is_plain_position(&from) || (is_range && !is_plain_position(&to)))
			reading->is_unreadable = true;
	}
	/* numbers that are no positions are errors */
	reading->is_unreadable |= reading->may_raise;
	reading->rows.in_doubt = true;
	place->is_unwrapped = true;
}

/* Say whether all that follows needs a value to begin with, and nothing else is known. */
static bool
is_opaque_step(const Reading *reading, JsonPathItemType type)
{
	switch (type)
	{
		case jpiAny:
		case jpiAnyKey:
			return true;
		case jpiType:
		case jpiSize:
		case jpiAbs:
		case jpiFloor:
		case jpiCeiling:
		case jpiDouble:
		case jpiKeyValue:
			return !reading->may_raise;
		default:
			return false;
	}
}

/* Read the steps behind an opaque one, only to see whether they may raise an error. */
static void
pass_opaque_steps(Reading *reading, JsonPathItem *item, const PathPlace *place)
{
	JsonPathItem next;
	JsonPathItem arg;

	reading->rows.in_doubt = true;
	while (jspGetNext(item, &next))
	{
		*item = next;
		if (item->type == jpiFilter)
		{
			jspGetArg(item, &arg);
			(void) rows_regardless(reading, &arg, place);
		}
		else if (item->type != jpiKey && item->type != jpiAnyArray &&
				 !is_opaque_step(reading, item->type))
			reading->is_unreadable = true;
	}
}

/*
 * Return the rows where steps lead to something, or to a value that passes a
 * comparison.
 */
static QueryNode *
rows_of_steps(Reading *reading, JsonPathItem *first, PathPlace place,
			  const PathComparison *comparison)
{
	QueryNode  *passed = NULL;
	JsonPathItem item = *first;
	JsonPathItem next;

	check_stack_depth();
	for (;;)
	{
		switch (item.type)
		{
			case jpiRoot:
				place = reading->document;
				break;
			case jpiCurrent:
				break;
			case jpiKey:
				enter_member(&place, &item);
				break;
			case jpiAnyArray:
				place.is_unwrapped = true;
				break;
			case jpiIndexArray:
				enter_positions(reading, &place, &item);
				break;
			case jpiFilter:
				place.is_unwrapped |= !reading->is_strict;
				jspGetArg(&item, &next);
				passed = detmeta_path_rows_of_both(&reading->rows, passed,
												   rows_of_predicate(reading, &next, &place));
				break;
			default:
				if (!is_opaque_step(reading, item.type))
					return rows_unreadable(reading);
				pass_opaque_steps(reading, &item, &place);
				return detmeta_path_rows_at(&reading->rows, &place, passed, NULL);
		}
		if (!jspGetNext(&item, &next))
			return detmeta_path_rows_at(&reading->rows, &place, passed, comparison);
		item = next;
	}
}

/* ---- whole paths ---- */

/* Say whether a path is one of names alone, and add these to a path. */
bool
detmeta_json_path_add_names(Datum json_path, DocumentPath *path)
{
	JsonPath   *whole = DatumGetJsonPathP(json_path);
	PathPlace	place = {.path = *path};
	JsonPathItem item;
	JsonPathItem next;

	jspInit(&item, whole);
	if ((whole->header & JSONPATH_LAX) == 0 || item.type != jpiRoot || !jspHasNext(&item))
		return false;
	while (jspGetNext(&item, &next))
	{
		if (next.type != jpiKey)
			return false;
		enter_member(&place, &next);
		item = next;
	}
	*path = place.path;
	return true;
}

/* Read a whole path once. */
static QueryNode *
rows_of_whole(Reading *reading, JsonPath *whole, bool is_match)
{
	PathComparison is_true = {
		.strategy = BTEqualStrategyNumber,
		.value = {.type = jbvBool,.val.boolean = true}
	};
	JsonPathItem item;

	jspInit(&item, whole);
	if (is_match && item.type != jpiRoot)
		return rows_of_predicate(reading, &item, &reading->document);
	/* what is found has to be a boolean, or that is an error */
	reading->is_unreadable |= is_match && reading->may_raise;
	return rows_of_steps(reading, &item, reading->document, is_match ? &is_true : NULL);
}

/* Return the rows where a JSON path finds something, or a predicate is true. */
QueryNode *
detmeta_json_path_rows(Dialect *dialect, const DocumentPath *path, Datum json_path, bool is_match,
					   bool may_raise, bool *in_doubt)
{
	JsonPath   *whole = DatumGetJsonPathP(json_path);
	bool		is_strict = (whole->header & JSONPATH_LAX) == 0;
	Reading		reading = {
		.document = {.path = *path},
		.is_strict = is_strict,
		.may_raise = may_raise,
		.is_unreadable = is_strict && may_raise,
		.rows = {.dialect = dialect,
		.in_doubt = is_strict}
	};
	int			nleaves = dialect->nleaves;
	QueryNode  *rows = rows_of_whole(&reading, whole, is_match);

	if (reading.rows.in_doubt && !is_strict)
	{
		/* what came first was not yet in doubt */
		dialect->nleaves = nleaves;
		reading.rows.placed = NIL;
		rows = rows_of_whole(&reading, whole, is_match);
	}
	*in_doubt = reading.rows.in_doubt;
	return reading.is_unreadable ? NULL : rows;
}

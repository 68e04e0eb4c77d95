/*
 * language.c
 *		Read the filter language.
 *
 *		loss < 0.1 and (notes contains 'warm' or not tags is empty)
 *
 * One function reads one rule of the grammar, straight from the text:
 *
 *		text		[ filter ]
 *		filter		terms { "or" terms }
 *		terms		term { "and" term }
 *		term		"not" term | "(" filter ")" | "true" | condition
 *		condition	key operator [ value ]		"*" may be in place of the key
 *					key "between" value "and" value
 *					key [ "not" ] "in" "(" [ value { "," value } ] ")"
 *		key			[ "metadata." ] piece { [ "[]" ] "." piece }
 *		piece		word | JSON string
 *		value		JSON value | 'string' | "text" string | "date" string
 *					| "number" string | "string" string
 *
 * Keys and words are those of filter/lexer.c, so  x>-5  is a comparison and  x-5
 * a key.  Words of the language may be in any case; as a key, a reserved one
 * must be quoted.  A number ends where a word would, so  20and  is an error.
 * Values have the kind they are written in;  text "20"  has none and compares
 * as  metadata->>key  would read.  With < and the like, a string that reads as
 * a date is one, unless "string" is before it.  No text is no condition.
 *
 * Not done here: the operators' spellings and what makes a filter canonical
 * (filter/build.c), and the WebUI's JSON, which is told by its first character
 * and passed on (filter/webui.c) after a check of its syntax.
 */
#include "postgres.h"

#include "common/jsonapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "filter/any_key.h"
#include "filter/language.h"
#include "filter/lexer.h"
#include "filter/operand.h"
#include "filter/webui.h"
#include "value/date.h"
#include "value/instant.h"
#include "value/number.h"

#define OP_MAX_WORDS		4	/* "does not start with" */

#define HINT_JOIN		"Conditions are joined by \"and\" and \"or\"."
#define HINT_CONDITION	"A condition is a key, an operator and a value, such as: loss < 0.1."
#define HINT_KEY		"A key that is a reserved word, starts with a digit or holds other characters than letters, digits, _ - . and / needs double quotes."
#define HINT_OPERATOR	"The operators are: is, is not, =, !=, <, <=, >, >=, between, in, not in, is empty, is not empty, and with or without \"not\" in front: contains, icontains, iis, starts with, istarts with, ends with, matches, like, ilike."
#define HINT_LIST		"A list is written as: in (1, 2, \"b\")."
#define HINT_VALUE		"Values are JSON, such as 20, \"adam\", true, null or [1, 2]; strings and dates need quotes, as in 'adam' and date \"2024-01-15\"."

static FilterNode *read_group(FilterReader *r, FilterNodeType type);

/* Read a string in quotes. */
static StringInfo
read_filter_string(FilterReader *r)
{
	StringInfo	string = makeStringInfo();

	detmeta_scan_space(r);
	if (*r->at != '"' && *r->at != '\'')
		detmeta_scan_syntax_error(r, "a string in quotes",
								  "A string stands behind text, date, number and string, such as date \"2024-01-15\".");
	detmeta_scan_string(r, string);
	return string;
}

/* Read the string of  number "..." : what JSON numbers cannot say. */
static Operand
read_number_literal(FilterReader *r, const char *at)
{
	StringInfo	string = read_filter_string(r);

	if (strcmp(string->data, "NaN") != 0 && strcmp(string->data, "Infinity") != 0 &&
		strcmp(string->data, "-Infinity") != 0 &&
		!(IsValidJsonNumber(string->data, string->len) &&
		  detmeta_number_fits(string->data)))
		detmeta_scan_value_error(r, at, ERRCODE_INVALID_TEXT_REPRESENTATION,
								 psprintf("The text \"%s\" is not a number.", string->data),
								 "Write a JSON number, \"NaN\", \"Infinity\" or \"-Infinity\".");
	return detmeta_operand_decimal(string->data);
}

/* Read the string of  date "..." . */
static Operand
read_date_literal(FilterReader *r, const char *at)
{
	StringInfo	string = read_filter_string(r);
	int64		instant = 0;

	if (!detmeta_instant_read(string->data, string->len, &instant))
		detmeta_scan_value_error(r, at, ERRCODE_INVALID_DATETIME_FORMAT,
								 psprintf("The text \"%s\" is not a date.", string->data),
								 "Write it as \"2024-01-15T10:30:00Z\", \"2024-01-15\" or \"2024-01\".");
	return detmeta_operand_instant(instant);
}

/* Read an array or object. */
static Operand
read_container(FilterReader *r)
{
	const char *start = r->at;
	Jsonb	   *jsonb;
	JsonbValue	jbv;

	detmeta_scan_json(r);

	/* This fails for what is too long for jsonb. */
	r->building = start;
	jsonb = DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
											   CStringGetDatum(pnstrdup(start, r->at - start))));
	r->building = NULL;
	JsonbToJsonbValue(jsonb, &jbv);
	return detmeta_operand_jsonb(&jbv);
}

/* Read a value. */
static Operand
read_filter_value(FilterReader *r)
{
	const char *at;
	StringInfo	string;

	detmeta_scan_space(r);
	at = r->at;
	if (*at == '"' || *at == '\'')
	{
		string = read_filter_string(r);
		return detmeta_operand_string(string->data, string->len);
	}
	if (*at == '[' || *at == '{')
		return read_container(r);
	if (*at == '-' || (*at >= '0' && *at <= '9'))
		return detmeta_operand_decimal(detmeta_scan_number(r, "a value", HINT_VALUE));
	if (detmeta_scan_keyword(r, "true"))
		return detmeta_operand_bool(true);
	if (detmeta_scan_keyword(r, "false"))
		return detmeta_operand_bool(false);
	if (detmeta_scan_keyword(r, "text"))
	{
		string = read_filter_string(r);
		return detmeta_operand_text(string->data, string->len);
	}
	if (detmeta_scan_keyword(r, "string"))
	{
		Operand		operand;

		string = read_filter_string(r);
		operand = detmeta_operand_string(string->data, string->len);
		operand.never_date = true;
		return operand;
	}
	if (detmeta_scan_keyword(r, "date"))
		return read_date_literal(r, at);
	if (detmeta_scan_keyword(r, "number"))
		return read_number_literal(r, at);
	if (!detmeta_scan_keyword(r, "null"))
		detmeta_scan_syntax_error(r, "a value", HINT_VALUE);
	return detmeta_operand_null();
}

/* Return what a value is, for a message. */
static const char *
operand_name(const Operand *operand)
{
	switch (operand->kind)
	{
		case OPERAND_NULL:
			return "null";
		case OPERAND_FALSE:
		case OPERAND_TRUE:
			return "a boolean";
		case OPERAND_NUMBER:
			return "a number";
		case OPERAND_DATE:
			return "a date";
		case OPERAND_STRING:
			return "a string";
		case OPERAND_TEXT:
			return "a text of no certain kind";
		default:
			return "an array or object";
	}
}

/* Refuse a value that is not of a kind that its operator takes. */
static void
refuse_operand(FilterReader *r, const char *at, FilterOp op, const char *needed,
			   const char *found, const char *hint)
{
	detmeta_scan_value_error(r, at, ERRCODE_DATATYPE_MISMATCH,
							 psprintf("\"%s\" needs %s, found %s.",
									  detmeta_filter_op_name(op), needed, found),
							 hint);
}

/* Read a value that fits an operator. */
static Operand
read_operand(FilterReader *r, FilterOp op)
{
	const char *at;
	Operand		operand;

	detmeta_scan_space(r);
	at = r->at;
	operand = read_filter_value(r);
	switch (op)
	{
		case FILTER_LT:
		case FILTER_LE:
		case FILTER_GT:
		case FILTER_GE:
		case FILTER_BETWEEN:
			if (operand.kind == OPERAND_NULL || operand.kind == OPERAND_CONTAINER)
				refuse_operand(r, at, op, "a number, string, date or boolean",
							   operand_name(&operand),
							   "Operators for any value are: is, is not, in, not in.");
			break;
		default:
			if (!detmeta_filter_op_searches(op))
				break;
			if (operand.kind == OPERAND_TEXT)
				operand.kind = OPERAND_STRING;
			if (operand.kind != OPERAND_STRING)
				refuse_operand(r, at, op, "a string", operand_name(&operand),
							   "Write the string in quotes.");
			break;
	}
	return operand;
}

/* Say whether two values can be the ends of one range. */
static bool
are_one_kind(const Operand *a, const Operand *b)
{
	int64		instant;

	if (a->kind == OPERAND_DATE && b->kind == OPERAND_STRING)
		return !b->never_date && detmeta_date_parse(b->bytes, b->len, &instant);
	if (a->kind == OPERAND_STRING && b->kind == OPERAND_DATE)
		return are_one_kind(b, a);
	return strcmp(operand_name(a), operand_name(b)) == 0;
}

/* Read the two ends of a range, which must be of one kind. */
static void
read_range(FilterReader *r, FilterOp op, Operand *operands)
{
	const char *at;

	operands[0] = read_operand(r, op);
	if (!detmeta_scan_keyword(r, "and"))
		detmeta_scan_syntax_error(r, "\"and\" and the upper end of the range",
								  "A range is written as: between 1 and 5.");
	detmeta_scan_space(r);
	at = r->at;
	operands[1] = read_operand(r, op);

	if (!are_one_kind(&operands[0], &operands[1]))
		refuse_operand(r, at, op, "two values of one kind",
					   psprintf("%s and %s", operand_name(&operands[0]),
								operand_name(&operands[1])),
					   "Both are numbers, strings, dates or booleans.");
}

/* Read the values of a list behind its operator; return how many. */
static int
read_list(FilterReader *r, FilterOp op, Operand **operands)
{
	int			n = 0;
	int			room = 8;

	*operands = palloc_array(Operand, room);
	if (!detmeta_scan_char(r, '('))
		detmeta_scan_syntax_error(r, "\"(\" and a list of values", HINT_LIST);
	if (detmeta_scan_char(r, ')'))
		return 0;
	do
	{
		CHECK_FOR_INTERRUPTS();
		if (n == room)
		{
			room *= 2;
			*operands = repalloc_array(*operands, Operand, room);
		}
		(*operands)[n++] = read_operand(r, op);
	} while (detmeta_scan_char(r, ','));
	if (!detmeta_scan_char(r, ')'))
		detmeta_scan_syntax_error(r, "\",\" or \")\"", HINT_LIST);
	return n;
}

/* Read an operator: a sign, or the most words that are one. */
static FilterOp
read_operator(FilterReader *r)
{
	FilterOp	op = FILTER_IS;
	StringInfoData name;
	const char *at;
	const char *end = NULL;
	int			len;

	detmeta_scan_space(r);
	len = strspn(r->at, FILTER_OP_CHARS);
	if (len > 0 && detmeta_filter_op_from_name(pnstrdup(r->at, len), &op))
	{
		r->at += len;
		return op;
	}

	initStringInfo(&name);
	at = r->at;
	for (int i = 0; i < OP_MAX_WORDS && (len = detmeta_scan_word_length(at)) > 0; i++)
	{
		if (i > 0)
			appendStringInfoChar(&name, ' ');
		appendBinaryStringInfo(&name, at, len);
		at += len;
		if (detmeta_filter_op_from_name(name.data, &op))
			end = at;
		at += strspn(at, FILTER_SPACES);
	}
	if (end == NULL)
		detmeta_scan_syntax_error(r, "an operator", HINT_OPERATOR);
	else
		r->at = end;
	return op;
}

/* Read a key. */
static StringInfo
read_filter_key(FilterReader *r)
{
	StringInfo	key = makeStringInfo();

	if (!detmeta_scan_key(r, key))
		detmeta_scan_syntax_error(r, "a condition",
								  *r->at == '\0' || *r->at == ')' ? HINT_CONDITION : HINT_KEY);
	return key;
}

/* Read a condition. */
static FilterNode *
read_condition(FilterReader *r)
{
	const char *start = r->at;
	StringInfo	key = NULL;
	FilterOp	op;
	Operand    *operands = NULL;
	int			n = 0;
	FilterNode *node;

	if (!detmeta_scan_char(r, FILTER_ANY_KEY_SIGN))
		key = read_filter_key(r);
	if (++r->nconditions > FILTER_MAX_CONDITIONS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many conditions in metadata filter at position %d",
						detmeta_scan_position(r, start)),
				 errdetail("A filter can have %d conditions.", FILTER_MAX_CONDITIONS),
				 errhint("Write conditions on many values of one key as a list: x in (1, 2, 3).")));

	op = read_operator(r);
	if (op == FILTER_IN || op == FILTER_NOT_IN)
		n = read_list(r, op, &operands);
	else if (op == FILTER_BETWEEN)
	{
		n = 2;
		operands = palloc_array(Operand, n);
		read_range(r, op, operands);
	}
	else if (op != FILTER_IS_EMPTY && op != FILTER_NOT_EMPTY)
	{
		n = 1;
		operands = palloc_object(Operand);
		*operands = read_operand(r, op);
	}

	r->building = start;
	node = key == NULL ? detmeta_filter_any_key(op, operands, n) :
		detmeta_filter_condition(key->data, key->len, op, operands, n);
	r->building = NULL;
	return node;
}

/* Go one level deeper. */
static void
enter_level(FilterReader *r)
{
	check_stack_depth();
	if (++r->depth > FILTER_MAX_DEPTH)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("metadata filter is nested too deep at position %d",
						detmeta_scan_position(r, r->at)),
				 errdetail("Parentheses and \"not\" can be %d levels deep.", FILTER_MAX_DEPTH),
				 errhint("Leave out parentheses that change nothing.")));
}

/* Read a condition, or what "not" and parentheses make of others. */
static FilterNode *
read_term(FilterReader *r)
{
	const char *start;
	FilterNode *node;

	detmeta_scan_space(r);
	start = r->at;
	if (detmeta_scan_keyword(r, "true"))
	{
		detmeta_scan_space(r);
		if (*r->at == '\0' || strchr(FILTER_OP_CHARS, *r->at) == NULL)
			return detmeta_filter_true();
		/* A key that wants quotes. */
		r->at = start;
		return read_condition(r);
	}
	if (detmeta_scan_keyword(r, "not"))
	{
		enter_level(r);
		node = detmeta_filter_not(read_term(r));
	}
	else if (detmeta_scan_char(r, '('))
	{
		enter_level(r);
		node = read_group(r, FILTER_OR);
		if (!detmeta_scan_char(r, ')'))
			detmeta_scan_syntax_error(r, "\"and\", \"or\" or \")\"", HINT_JOIN);
	}
	else
		return read_condition(r);
	r->depth--;
	return node;
}

/* Read what is joined by "or", or by "and". */
static FilterNode *
read_group(FilterReader *r, FilterNodeType type)
{
	List	   *children = NIL;

	do
	{
		CHECK_FOR_INTERRUPTS();
		children = lappend(children, type == FILTER_OR ?
						   read_group(r, FILTER_AND) : read_term(r));
	} while (detmeta_scan_keyword(r, type == FILTER_OR ? "or" : "and"));
	return detmeta_filter_group(type, children);
}

/* Read a filter from either text form. */
FilterNode *
detmeta_filter_parse(const char *text)
{
	FilterReader reader = {
		.text = text,
		.at = text
	};
	ErrorContextCallback callback;
	FilterNode *root = NULL;
	bool		is_json;

	callback.callback = detmeta_scan_add_position;
	callback.arg = &reader;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	detmeta_scan_space(&reader);
	is_json = (*reader.at == '{');
	if (is_json)
		detmeta_scan_json(&reader);
	else if (*reader.at == '\0')
		root = detmeta_filter_true();
	else
		root = read_group(&reader, FILTER_OR);
	detmeta_scan_space(&reader);
	if (*reader.at != '\0')
		detmeta_scan_syntax_error(&reader, is_json ? "the end" : "\"and\", \"or\" or the end",
								  is_json ? "Behind the object there is nothing more." : HINT_JOIN);
	error_context_stack = callback.previous;

	return is_json ? detmeta_filter_parse_webui(text) : root;
}

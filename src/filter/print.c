/*
 * print.c
 *		Print a filter in the filter language, in its one canonical spelling.
 *
 * Reading the text back gives an equal filter.  Keys are quoted only where
 * they must be, strings are JSON strings, and parentheses stand only around
 * "or" inside "and", and around either inside "not":
 *
 *		loss < 0.1 and (notes contains "warm" or not tags is empty)
 *
 * JSON has no dates, no texts of unknown kind and no infinities, so these have
 * a word in front:  date "2024-01-15T00:00:00Z",  text "20",  number "NaN".
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "filter/any_key.h"
#include "filter/lexer.h"
#include "filter/print.h"
#include "value/date.h"
#include "value/instant.h"
#include "value/number.h"

/* Append a JSON string. */
static void
print_string(const char *bytes, int len, StringInfo out)
{
	char	   *copy = pnstrdup(bytes, len);

	escape_json(out, copy);
	pfree(copy);
}

/* Append a key. */
static void
print_key(const char *key, int len, StringInfo out)
{
	if (detmeta_scan_is_bare_key(key, len))
		appendBinaryStringInfo(out, key, len);
	else
		print_string(key, len, out);
}

/* Append a number; NaN and the infinities are no JSON numbers. */
static void
print_number(const Operand *operand, StringInfo out)
{
	Numeric		number = detmeta_number_decode(operand->bytes, operand->len);
	char	   *text = DatumGetCString(DirectFunctionCall1(numeric_out,
														   NumericGetDatum(number)));

	if (numeric_is_nan(number) || numeric_is_inf(number))
		appendStringInfo(out, "number \"%s\"", text);
	else
		appendStringInfoString(out, text);
	pfree(text);
	pfree(number);
}

/* Append an array or object. */
static void
print_container(const Operand *operand, StringInfo out)
{
	/* A stored filter is not aligned. */
	char	   *copy = palloc(operand->len);

	memcpy(copy, operand->bytes, operand->len);
	JsonbToCString(out, (JsonbContainer *) copy, operand->len);
	pfree(copy);
}

/* Append a value. */
static void
print_operand(const Operand *operand, StringInfo out)
{
	switch (operand->kind)
	{
		case OPERAND_NULL:
			appendStringInfoString(out, "null");
			break;
		case OPERAND_FALSE:
			appendStringInfoString(out, "false");
			break;
		case OPERAND_TRUE:
			appendStringInfoString(out, "true");
			break;
		case OPERAND_NUMBER:
			print_number(operand, out);
			break;
		case OPERAND_DATE:
			appendStringInfoString(out, "date \"");
			detmeta_instant_print(detmeta_instant_decode(operand->bytes), out);
			appendStringInfoChar(out, '"');
			break;
		case OPERAND_STRING:
			print_string(operand->bytes, operand->len, out);
			break;
		case OPERAND_CONTAINER:
			print_container(operand, out);
			break;
		case OPERAND_TEXT:
			appendStringInfoString(out, "text ");
			print_string(operand->bytes, operand->len, out);
			break;
		default:
			elog(ERROR, "unrecognized metadata filter operand %d", (int) operand->kind);
	}
}

/* Say whether the values of a condition are strings that would be read as dates. */
static bool
read_as_dates(const FilterNode *node)
{
	int64		instant;

	if (node->op < FILTER_LT || node->op > FILTER_BETWEEN)
		return false;
	for (int i = 0; i < node->noperands; i++)
	{
		if (node->operands[i].kind != OPERAND_STRING ||
			!detmeta_date_parse(node->operands[i].bytes, node->operands[i].len, &instant))
			return false;
	}
	return true;
}

/* Append one condition. */
static void
print_condition(const FilterNode *node, StringInfo out)
{
	bool		is_list = (node->op == FILTER_IN || node->op == FILTER_NOT_IN);
	bool		never_dates = read_as_dates(node);

	if (node->any_key)
		appendStringInfoCharMacro(out, FILTER_ANY_KEY_SIGN);
	else
		print_key(node->key, node->keylen, out);
	appendStringInfo(out, " %s", detmeta_filter_op_name(node->op));
	if (is_list)
		appendStringInfoString(out, " (");

	for (int i = 0; i < node->noperands; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (is_list)
			appendStringInfoString(out, i > 0 ? ", " : "");
		else
			appendStringInfoString(out, i > 0 ? " and " : " ");
		if (never_dates)
			appendStringInfoString(out, "string ");
		print_operand(&node->operands[i], out);
	}
	if (is_list)
		appendStringInfoChar(out, ')');
}

/* Say whether a child would read differently without parentheses. */
static bool
needs_parentheses(FilterNodeType parent, FilterNodeType child)
{
	return child == FILTER_OR || (child == FILTER_AND && parent != FILTER_OR);
}

/* Append a node below another one. */
static void
print_child(FilterNodeType parent, const FilterNode *child, StringInfo out)
{
	bool		parentheses = needs_parentheses(parent, child->type);

	if (parentheses)
		appendStringInfoChar(out, '(');
	detmeta_filter_print(child, out);
	if (parentheses)
		appendStringInfoChar(out, ')');
}

/* Append a filter's canonical text. */
void
detmeta_filter_print(const FilterNode *root, StringInfo out)
{
	check_stack_depth();

	switch (root->type)
	{
		case FILTER_TRUE:
			appendStringInfoString(out, "true");
			break;
		case FILTER_NOT:
			appendStringInfoString(out, "not ");
			print_child(FILTER_NOT, root->children[0], out);
			break;
		case FILTER_AND:
		case FILTER_OR:
			for (int i = 0; i < root->nchildren; i++)
			{
				CHECK_FOR_INTERRUPTS();
				if (i > 0)
					appendStringInfoString(out, root->type == FILTER_AND ? " and " : " or ");
				print_child(root->type, root->children[i], out);
			}
			break;
		case FILTER_CONDITION:
			print_condition(root, out);
			break;
		default:
			elog(ERROR, "unrecognized metadata filter node %d", (int) root->type);
	}
}

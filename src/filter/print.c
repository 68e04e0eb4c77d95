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

#include "common/int.h"
#include "common/string.h"
#include "datatype/timestamp.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"

#include "filter/lexer.h"

/* The calendar repeats after 400 years. */
#define CYCLE_YEARS		400
#define CYCLE_USECS		(146097 * USECS_PER_DAY)
#define CYCLE_START		2000	/* where instants start, too */
#define EXPANDED_DIGITS 6

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

/* Return the whole cycles of 400 years before an amount, also a negative one. */
static int64
whole_cycles(int64 amount, int64 cycle)
{
	return amount / cycle - (amount % cycle < 0);
}

/*
 * Append a date.  A year that RFC 3339 cannot write has a sign and six digits,
 * as in JavaScript: +012024-01-15T00:00:00Z.  0000 is the year before 0001.
 */
static void
print_date(int64 instant, StringInfo out)
{
	int64		year_1 = (int64) (date2j(1, 1, 1) - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY;
	int64		year_10000 = (int64) (date2j(10000, 1, 1) - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY;
	int64		cycles = whole_cycles(instant, CYCLE_USECS);
	StringInfoData text;
	int			year;

	appendStringInfoString(out, "date \"");
	if (TIMESTAMP_NOT_FINITE(instant) || (instant >= year_1 && instant < year_10000))
		detmeta_instant_print(instant, out);
	else
	{
		initStringInfo(&text);
		detmeta_instant_print(instant - cycles * CYCLE_USECS, &text);
		year = strtoint(text.data, NULL, 10) + (int) cycles * CYCLE_YEARS;
		appendStringInfo(out, "%c%0*d%s", year < 0 ? '-' : '+', EXPANDED_DIGITS, abs(year),
						 strchr(text.data, '-'));
		pfree(text.data);
	}
	appendStringInfoChar(out, '"');
}

/* Read a date with a sign and six digits of year, as print_date writes it. */
static bool
read_expanded_date(const char *text, int len, int64 *instant)
{
	int			digits = (int) strspn(text + 1, "0123456789");
	int			year;
	int64		cycles;
	int64		distance;
	char	   *shifted;
	bool		valid;

	if (len < EXPANDED_DIGITS + 1 || digits != EXPANDED_DIGITS)
		return false;

	year = strtoint(text, NULL, 10);
	cycles = whole_cycles(year - CYCLE_START, CYCLE_YEARS);
	shifted = psprintf("%d%s", (int) (year - cycles * CYCLE_YEARS), text + 1 + EXPANDED_DIGITS);
	valid = detmeta_date_parse(shifted, strlen(shifted), instant) &&
		!pg_mul_s64_overflow(cycles, CYCLE_USECS, &distance) &&
		!pg_add_s64_overflow(*instant, distance, instant) &&
		IS_VALID_TIMESTAMP(*instant);
	pfree(shifted);
	return valid;
}

/* Read the text of a date literal: all that detmeta_date_parse reads, and more. */
bool
detmeta_filter_date_read(const char *text, int len, int64 *instant)
{
	if (strcmp(text, "infinity") == 0)
		*instant = DT_NOEND;
	else if (strcmp(text, "-infinity") == 0)
		*instant = DT_NOBEGIN;
	else if (*text == '+' || *text == '-')
		return read_expanded_date(text, len, instant);
	else
		return detmeta_date_parse(text, len, instant);
	return true;
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
			print_date(detmeta_instant_decode(operand->bytes), out);
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

/* Return whether a child would read differently without parentheses. */
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

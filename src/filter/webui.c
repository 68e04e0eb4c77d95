/*
 * webui.c
 *		Read the filter JSON of Determined's WebUI.
 *
 *		{"filterGroup": {"kind": "group", "conjunction": "and", "children": [
 *			{"kind": "field", "location": "LOCATION_TYPE_RUN_METADATA",
 *			 "columnName": "metadata.loss", "type": "COLUMN_TYPE_NUMBER",
 *			 "operator": "<", "value": 0.1}]}, "showArchived": false}
 *
 * is  loss < 0.1 .  The type of a field decides what its value is:
 *
 *		NUMBER		a number, or the text of one; it has no contains
 *		TEXT		a string, or a boolean; "true" and "false" are both; no date
 *		DATE		an instant, written in any way that reads as a date
 *		ARRAY, UNSPECIFIED, none: text that compares as metadata->>key reads
 *
 * Decided here, where the format leaves it open:
 * - Members that mean nothing here are passed over: "id", which the WebUI
 *   keeps for itself, "showArchived", which is about runs and not their
 *   metadata, and whatever a later release may add.  What a field needs must
 *   be there: a misspelled "value" is an error, not a field without one.
 * - A field whose value is null puts no condition, whatever its column: the
 *   WebUI starts a new field so.  As in the server, in a group of "or" it is
 *   one that every run satisfies.
 * - A field without a location is metadata if its columnName starts with
 *   "metadata.".
 * - A field of no certain type may have an array or object for = and !=.
 */
#include "postgres.h"

#include "common/jsonapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "filter/lexer.h"
#include "filter/operand.h"
#include "filter/webui.h"
#include "value/date.h"
#include "value/number.h"

#define FOUND_MAX_BYTES		40	/* of a string, in a message */
#define METADATA_LOCATION	"LOCATION_TYPE_RUN_METADATA"

typedef enum WebuiType
{
	COLUMN_UNSPECIFIED,
	COLUMN_TEXT,
	COLUMN_NUMBER,
	COLUMN_DATE
} WebuiType;

typedef struct WebuiName
{
	const char *name;
	int			meaning;
} WebuiName;

static const WebuiName kinds[] = {
	{"group", true},
	{"field", false},
	{NULL, 0}
};

static const WebuiName conjunctions[] = {
	{"and", FILTER_AND},
	{"or", FILTER_OR},
	{NULL, 0}
};

static const WebuiName operators[] = {
	{"=", FILTER_IS},
	{"!=", FILTER_IS_NOT},
	{"<", FILTER_LT},
	{"<=", FILTER_LE},
	{">", FILTER_GT},
	{">=", FILTER_GE},
	{"contains", FILTER_CONTAINS},
	{"notContains", FILTER_NOT_CONTAINS},
	{"isEmpty", FILTER_IS_EMPTY},
	{"notEmpty", FILTER_NOT_EMPTY},
	{NULL, 0}
};

static const WebuiName column_types[] = {
	{"COLUMN_TYPE_TEXT", COLUMN_TEXT},
	{"COLUMN_TYPE_NUMBER", COLUMN_NUMBER},
	{"COLUMN_TYPE_DATE", COLUMN_DATE},
	{"COLUMN_TYPE_ARRAY", COLUMN_UNSPECIFIED},
	{"COLUMN_TYPE_UNSPECIFIED", COLUMN_UNSPECIFIED},
	{NULL, 0}
};

typedef struct WebuiReader
{
	StringInfoData path;		/* of the group or field that is read */
	int			depth;
	int			nconditions;
} WebuiReader;

/* A condition in the making. */
typedef struct WebuiField
{
	FilterOp	op;
	WebuiType	type;
	JsonbValue	value;
	Operand    *operands;
	int			noperands;
} WebuiField;

static FilterNode *read_node(WebuiReader *r, const JsonbValue *node);

/* Raise an error about a member of the group or field that is read. */
static void
member_error(WebuiReader *r, const char *member, int sqlstate,
			 const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("invalid WebUI filter at %s%s", r->path.data, member),
			 errdetail_internal("%s", detail),
			 errhint("%s", hint)));
}

/* Return the text of a number. */
static const char *
number_text(Numeric number)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number)));
}

/* Return a text in quotes, cut to what a message can hold. */
static const char *
clip(const char *text, int len, const char *quote)
{
	int			clipped = pg_mbcliplen(text, len, FOUND_MAX_BYTES);

	return psprintf("%s%.*s%s%s", quote, clipped, text, clipped < len ? "..." : "", quote);
}

/* Return a JSON value as it may stand in a message. */
static const char *
describe(const JsonbValue *value)
{
	const char *text;

	if (value == NULL)
		return "missing";
	switch (value->type)
	{
		case jbvNull:
			return "null";
		case jbvBool:
			return value->val.boolean ? "true" : "false";
		case jbvNumeric:
			text = number_text(value->val.numeric);
			return clip(text, strlen(text), "");
		case jbvString:
			return clip(value->val.string.val, value->val.string.len, "\"");
		default:
			return JsonContainerIsArray(value->val.binary.data) ? "an array" : "an object";
	}
}

/* Return a member of an object, or NULL. */
static JsonbValue *
get_member(const JsonbValue *object, const char *name)
{
	return getKeyJsonValueFromContainer(object->val.binary.data, name, strlen(name), NULL);
}

/* Say whether a value is this string. */
static bool
is_string(const JsonbValue *value, const char *string)
{
	return value->type == jbvString &&
		value->val.string.len == (int) strlen(string) &&
		memcmp(value->val.string.val, string, value->val.string.len) == 0;
}

/* Say whether a value is an array, or whether it is an object. */
static bool
is_container(const JsonbValue *value, bool array)
{
	return value != NULL && value->type == jbvBinary &&
		JsonContainerIsArray(value->val.binary.data) == array;
}

/* Read a member whose value is one of some names. */
static int
read_name(WebuiReader *r, const JsonbValue *object, const char *member, const WebuiName *names)
{
	JsonbValue *value = get_member(object, member);
	StringInfoData known;

	for (int i = 0; value != NULL && names[i].name != NULL; i++)
	{
		if (is_string(value, names[i].name))
			return names[i].meaning;
	}

	initStringInfo(&known);
	for (int i = 0; names[i].name != NULL; i++)
		appendStringInfo(&known, "%s%s", i > 0 ? ", " : "", names[i].name);
	member_error(r, psprintf(".%s", member), ERRCODE_INVALID_TEXT_REPRESENTATION,
				 psprintf("The %s is %s.", member, describe(value)),
				 psprintf("It is one of: %s.", known.data));
	return 0;
}

/* Refuse a field of another location, and one that may be of another. */
static void
check_location(WebuiReader *r, const JsonbValue *field, bool has_prefix)
{
	JsonbValue *location = get_member(field, "location");

	if (location == NULL || location->type == jbvNull ||
		is_string(location, "LOCATION_TYPE_UNSPECIFIED"))
	{
		if (!has_prefix)
			member_error(r, ".location", ERRCODE_INVALID_TEXT_REPRESENTATION,
						 "A field without a location is metadata only if its columnName starts with \"" METADATA_PREFIX "\".",
						 "Add \"location\": \"" METADATA_LOCATION "\".");
	}
	else if (!is_string(location, METADATA_LOCATION))
		member_error(r, ".location", ERRCODE_INVALID_TEXT_REPRESENTATION,
					 psprintf("The location is %s, which is not metadata.", describe(location)),
					 "Only fields of " METADATA_LOCATION " can be filtered here; apply the others to the runs themselves.");
}

/* Read a field's key: its column name without "metadata." in front. */
static const char *
read_webui_key(WebuiReader *r, const JsonbValue *field, int *len)
{
	JsonbValue *column = get_member(field, "columnName");
	int			prefix = strlen(METADATA_PREFIX);
	bool		has_prefix;
	const char *key;

	if (column == NULL || column->type != jbvString)
	{
		member_error(r, ".columnName", ERRCODE_INVALID_TEXT_REPRESENTATION,
					 psprintf("The columnName is %s.", describe(column)),
					 "It is a string such as \"metadata.loss\".");
		return NULL;
	}

	key = column->val.string.val;
	*len = column->val.string.len;
	has_prefix = (*len >= prefix && memcmp(key, METADATA_PREFIX, prefix) == 0);
	check_location(r, field, has_prefix);
	if (has_prefix)
	{
		key += prefix;
		*len -= prefix;
	}
	if (*len == 0)
		member_error(r, ".columnName", ERRCODE_INVALID_TEXT_REPRESENTATION,
					 psprintf("The columnName %s names no key.", describe(column)),
					 "It is a string such as \"metadata.loss\".");
	return key;
}

/* Raise an error about a value that does not fit its field. */
static void
wrong_value(WebuiReader *r, const WebuiField *field, const char *needed, const char *hint)
{
	/* A string that does not read as what is needed is of the right kind. */
	bool		unreadable = (field->type != COLUMN_UNSPECIFIED &&
							  field->value.type == jbvString);

	member_error(r, ".value",
				 unreadable ? ERRCODE_INVALID_TEXT_REPRESENTATION : ERRCODE_DATATYPE_MISMATCH,
				 psprintf("The value must be %s, but is %s.", needed, describe(&field->value)),
				 hint);
}

/* Add an operand to a field. */
static void
add_operand(WebuiField *field, Operand operand)
{
	field->operands[field->noperands++] = operand;
}

/* Add the operand of contains and notContains. */
static void
add_substring(WebuiReader *r, WebuiField *field)
{
	if (field->type == COLUMN_NUMBER)
		member_error(r, ".operator", ERRCODE_DATATYPE_MISMATCH,
					 "The operators contains and notContains search strings, not numbers.",
					 "Use another operator, or the type COLUMN_TYPE_TEXT.");
	if (field->value.type != jbvString)
		member_error(r, ".value", ERRCODE_DATATYPE_MISMATCH,
					 psprintf("The value of contains must be a string, but is %s.",
							  describe(&field->value)),
					 "Write the value in quotes.");
	add_operand(field, detmeta_operand_string(field->value.val.string.val,
											  field->value.val.string.len));
}

/* Add the operand of a number column. */
static void
add_number(WebuiReader *r, WebuiField *field)
{
	JsonbValue *value = &field->value;
	char	   *text;

	if (value->type == jbvNumeric)
	{
		add_operand(field, detmeta_operand_jsonb(value));
		return;
	}

	text = value->type == jbvString ?
		pnstrdup(value->val.string.val, value->val.string.len) : "";
	if (!IsValidJsonNumber(text, strlen(text)) || !detmeta_number_fits(text))
		wrong_value(r, field, "a number or the text of one",
					"Numbers are written as in JSON, such as 20, -0.5 or 1.5e3.");
	add_operand(field, detmeta_operand_decimal(text));
}

/* Add the operand of a date column. */
static void
add_date(WebuiReader *r, WebuiField *field)
{
	JsonbValue *value = &field->value;
	int64		instant = 0;

	if (value->type != jbvString ||
		!detmeta_date_parse(value->val.string.val, value->val.string.len, &instant))
		wrong_value(r, field, "a date",
					"Write it as \"2024-01-15T10:30:00Z\", \"2024-01-15\" or \"2024-01\".");
	add_operand(field, detmeta_operand_instant(instant));
}

/*
 * Add the operands of a text column.  The WebUI shows booleans as text, so
 * = "true" asks for the string and for the boolean.
 */
static void
add_text(WebuiReader *r, WebuiField *field)
{
	bool		is_true = is_string(&field->value, "true");

	if (field->value.type != jbvString && field->value.type != jbvBool)
		wrong_value(r, field, "a string or boolean",
					"Write the value in quotes, or use another type, such as COLUMN_TYPE_NUMBER.");
	add_operand(field, detmeta_operand_jsonb(&field->value));
	field->operands[0].never_date = true;
	if ((field->op == FILTER_IS || field->op == FILTER_IS_NOT) &&
		(is_true || is_string(&field->value, "false")))
	{
		add_operand(field, detmeta_operand_bool(is_true));
		field->op = (field->op == FILTER_IS) ? FILTER_IN : FILTER_NOT_IN;
	}
}

/* Add the operand of a column of no certain type: the value's text. */
static void
add_untyped(WebuiReader *r, WebuiField *field)
{
	JsonbValue *value = &field->value;
	const char *text;

	if (value->type == jbvBinary)
	{
		if (field->op != FILTER_IS && field->op != FILTER_IS_NOT)
			wrong_value(r, field, "a string, number or boolean",
						"Arrays and objects have only the operators = and !=.");
		add_operand(field, detmeta_operand_jsonb(value));
	}
	else if (value->type == jbvString)
		add_operand(field, detmeta_operand_text(value->val.string.val, value->val.string.len));
	else
	{
		text = value->type == jbvNumeric ? number_text(value->val.numeric) : describe(value);
		add_operand(field, detmeta_operand_text(text, strlen(text)));
	}
}

/* Add a field's operands, out of its value. */
static void
add_operands(WebuiReader *r, WebuiField *field)
{
	field->operands = palloc_array(Operand, 2);
	if (field->op == FILTER_CONTAINS || field->op == FILTER_NOT_CONTAINS)
		add_substring(r, field);
	else if (field->type == COLUMN_NUMBER)
		add_number(r, field);
	else if (field->type == COLUMN_DATE)
		add_date(r, field);
	else if (field->type == COLUMN_TEXT)
		add_text(r, field);
	else
		add_untyped(r, field);
}

/* Read a field. */
static FilterNode *
read_field(WebuiReader *r, const JsonbValue *node)
{
	WebuiField	field = {.op = read_name(r, node, "operator", operators)};
	bool		needs_value = (field.op != FILTER_IS_EMPTY && field.op != FILTER_NOT_EMPTY);
	JsonbValue *value = get_member(node, "value");
	JsonbValue *type = get_member(node, "type");
	const char *key;
	int			keylen = 0;

	if (needs_value && value == NULL)
	{
		member_error(r, ".value", ERRCODE_INVALID_TEXT_REPRESENTATION,
					 "The field has no value.",
					 "Without a condition the value is null; isEmpty and notEmpty need none.");
		return NULL;
	}
	if (needs_value && value->type == jbvNull)
		return detmeta_filter_true();

	key = read_webui_key(r, node, &keylen);
	if (type != NULL && type->type != jbvNull)
		field.type = read_name(r, node, "type", column_types);
	if (needs_value)
	{
		field.value = *value;
		add_operands(r, &field);
	}

	if (++r->nconditions > FILTER_MAX_CONDITIONS)
		member_error(r, "", ERRCODE_PROGRAM_LIMIT_EXCEEDED,
					 psprintf("A filter can have %d conditions.", FILTER_MAX_CONDITIONS),
					 "Filter for fewer values, or write a list in the filter language: x in (1, 2, 3).");
	return detmeta_filter_condition(key, keylen, field.op, field.operands, field.noperands);
}

/* Read a group. */
static FilterNode *
read_filter_group(WebuiReader *r, const JsonbValue *node)
{
	FilterNodeType conjunction = read_name(r, node, "conjunction", conjunctions);
	JsonbValue *children = get_member(node, "children");
	List	   *conditions = NIL;
	int			start = r->path.len;

	if (!is_container(children, true))
	{
		member_error(r, ".children", ERRCODE_INVALID_TEXT_REPRESENTATION,
					 psprintf("The list of children is %s.", describe(children)),
					 "It is an array of groups and fields.");
		return NULL;
	}
	if (++r->depth > FILTER_MAX_DEPTH)
		member_error(r, "", ERRCODE_PROGRAM_LIMIT_EXCEEDED,
					 psprintf("Groups can be %d levels deep.", FILTER_MAX_DEPTH),
					 "Move the children of groups that change nothing into the group above.");

	for (uint32 i = 0; i < JsonContainerSize(children->val.binary.data); i++)
	{
		CHECK_FOR_INTERRUPTS();
		appendStringInfo(&r->path, ".children[%u]", i);
		conditions = lappend(conditions,
							 read_node(r, getIthJsonbValueFromContainer(children->val.binary.data,
																		i)));
		r->path.len = start;
		r->path.data[start] = '\0';
	}
	r->depth--;
	return detmeta_filter_group(conjunction, conditions);
}

/* Read a group or field. */
static FilterNode *
read_node(WebuiReader *r, const JsonbValue *node)
{
	check_stack_depth();

	if (!is_container(node, false))
	{
		member_error(r, "", ERRCODE_INVALID_TEXT_REPRESENTATION,
					 psprintf("The group or field is %s.", describe(node)),
					 "It is an object with the member \"kind\".");
		return NULL;
	}
	if (read_name(r, node, "kind", kinds))
		return read_filter_group(r, node);
	return read_field(r, node);
}

/* Read a filter from the WebUI's JSON. */
FilterNode *
detmeta_filter_parse_webui(const char *text)
{
	Jsonb	   *jsonb = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text)));
	WebuiReader reader = {0};
	JsonbValue	root;

	JsonbToJsonbValue(jsonb, &root);
	initStringInfo(&reader.path);
	appendStringInfoString(&reader.path, "filterGroup");

	if (!JB_ROOT_IS_OBJECT(jsonb) || get_member(&root, "filterGroup") == NULL)
		member_error(&reader, "", ERRCODE_INVALID_TEXT_REPRESENTATION,
					 "The filter has no filterGroup.",
					 "Write {\"filterGroup\": {\"kind\": \"group\", \"conjunction\": \"and\", \"children\": [...]}}, or a filter in words, such as: loss < 0.1.");
	return read_node(&reader, get_member(&root, "filterGroup"));
}

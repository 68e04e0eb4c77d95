/*
 * operand.c
 *		Make the operands of conditions from texts, JSON values and arguments.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "filter/operand.h"
#include "value/container.h"
#include "value/date.h"
#include "value/number.h"
#include "value/value.h"

/* Make an operand of bytes. */
static Operand
make_operand(OperandKind kind, const char *bytes, int len)
{
	Operand		operand = {kind, bytes, len, false};

	return operand;
}

/* Make an operand that compares as metadata->>key would read. */
Operand
detmeta_operand_text(const char *text, int len)
{
	return make_operand(OPERAND_TEXT, text, len);
}

/* Make a string, and nothing but a string. */
Operand
detmeta_operand_string(const char *text, int len)
{
	return make_operand(OPERAND_STRING, text, len);
}

/* Make a number.  Lists have many: they should take no more than their bytes. */
static Operand
operand_from_number(Numeric number)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	detmeta_number_encode(number, &bytes);
	return make_operand(OPERAND_NUMBER, detmeta_take_bytes(&bytes), bytes.len);
}

/* Make a number of decimal text that is known to be valid. */
Operand
detmeta_operand_decimal(const char *text)
{
	return operand_from_number(detmeta_number_read(text));
}

/* Make a date: microseconds since 2000-01-01 UTC. */
Operand
detmeta_operand_instant(int64 instant)
{
	char	   *bytes = palloc(DETMETA_INSTANT_BYTES);

	detmeta_instant_encode(instant, bytes);
	return make_operand(OPERAND_DATE, bytes, DETMETA_INSTANT_BYTES);
}

/* Make a boolean. */
Operand
detmeta_operand_bool(bool value)
{
	return make_operand(value ? OPERAND_TRUE : OPERAND_FALSE, "", 0);
}

/* Make JSON null. */
Operand
detmeta_operand_null(void)
{
	return make_operand(OPERAND_NULL, "", 0);
}

/* Make an operand of a JSON value's own kind. */
Operand
detmeta_operand_jsonb(const JsonbValue *jbv)
{
	Jsonb	   *copy;

	switch (jbv->type)
	{
		case jbvNull:
			return detmeta_operand_null();
		case jbvBool:
			return detmeta_operand_bool(jbv->val.boolean);
		case jbvNumeric:
			return operand_from_number(jbv->val.numeric);
		case jbvString:
			return detmeta_operand_string(jbv->val.string.val, jbv->val.string.len);
		case jbvBinary:
			copy = detmeta_container_normalize(jbv->val.binary.data);
			return make_operand(OPERAND_CONTAINER, VARDATA(copy), VARSIZE(copy) - VARHDRSZ);
		default:
			elog(ERROR, "unexpected jsonb value type %d", (int) jbv->type);
			return detmeta_operand_null();
	}
}

/* Make an operand of a jsonb argument. */
static Operand
operand_from_jsonb(Jsonb *jsonb)
{
	JsonbValue	jbv;

	if (!JsonbExtractScalar(&jsonb->root, &jbv))
		JsonbToJsonbValue(jsonb, &jbv);
	return detmeta_operand_jsonb(&jbv);
}

/*
 * Make a number of a float argument: its shortest round-trip decimal, whatever
 * extra_float_digits says.
 */
static Operand
operand_from_float(Datum value, Oid type)
{
	char		text[DOUBLE_SHORTEST_DECIMAL_LEN];

	if (type == FLOAT4OID)
		float_to_shortest_decimal_buf(DatumGetFloat4(value), text);
	else
		double_to_shortest_decimal_buf(DatumGetFloat8(value), text);
	return detmeta_operand_decimal(text);
}

/*
 * Make a date of a date argument: midnight UTC.  A day that is too far away for
 * a timestamp is infinity: no date in a document comes near.
 */
static Operand
operand_from_date(DateADT date)
{
	return detmeta_operand_instant(date_to_timestamp(date));
}

/* Make an operand of a string type's argument: text that ->> would print. */
static Operand
operand_from_string(Datum value, Oid type)
{
	char	   *str;

	if (type == NAMEOID)
		str = pstrdup(NameStr(*DatumGetName(value)));
	else if (type == CSTRINGOID || type == UNKNOWNOID)
		str = DatumGetCString(value);
	else
		str = TextDatumGetCString(value);
	if (type == BPCHAROID)
		str[bpchartruelen(str, strlen(str))] = '\0';
	return detmeta_operand_text(str, strlen(str));
}

/* Make an operand of a type's output. */
static Operand
operand_from_output(Datum value, Oid type, OperandKind kind)
{
	Oid			output;
	bool		is_varlena;
	char	   *text;

	getTypeOutputInfo(type, &output, &is_varlena);
	text = OidOutputFunctionCall(output, value);
	return make_operand(kind, text, strlen(text));
}

/*
 * Say whether the parser would make text of a single argument of this type:
 * "char", and such types of other extensions as citext.  Elements of arrays
 * come as they are.
 */
static bool
becomes_text(Oid type)
{
	Oid			function;

	return find_coercion_pathway(TEXTOID, type, COERCION_IMPLICIT,
								 &function) != COERCION_PATH_NONE;
}

/*
 * Make an operand of an SQL argument.  Numbers, booleans, dates and jsonb
 * compare as their kind; uuid and enums as strings; string types as text.
 */
Operand
detmeta_operand_datum(Datum value, Oid type)
{
	type = getBaseType(type);
	switch (type)
	{
		case INT2OID:
			return operand_from_number(int64_to_numeric(DatumGetInt16(value)));
		case INT4OID:
			return operand_from_number(int64_to_numeric(DatumGetInt32(value)));
		case INT8OID:
			return operand_from_number(int64_to_numeric(DatumGetInt64(value)));
		case NUMERICOID:
			return operand_from_number(DatumGetNumeric(value));
		case FLOAT4OID:
		case FLOAT8OID:
			return operand_from_float(value, type);
		case BOOLOID:
			return detmeta_operand_bool(DatumGetBool(value));
		case DATEOID:
			return operand_from_date(DatumGetDateADT(value));
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return detmeta_operand_instant(DatumGetTimestampTz(value));
		case JSONBOID:
			return operand_from_jsonb(DatumGetJsonbP(value));
		case JSONOID:
			value = DirectFunctionCall1(jsonb_in, CStringGetDatum(TextDatumGetCString(value)));
			return operand_from_jsonb(DatumGetJsonbP(value));
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
		case NAMEOID:
		case CSTRINGOID:
		case UNKNOWNOID:
			return operand_from_string(value, type);
		default:
			break;
	}

	if (type == UUIDOID || type_is_enum(type))
		return operand_from_output(value, type, OPERAND_STRING);
	if (becomes_text(type))
		return operand_from_output(value, type, OPERAND_TEXT);

	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("metadata cannot be compared with a value of type %s",
					format_type_be(type)),
			 OidIsValid(get_element_type(type)) ?
			 errhint("Use metadata_in() for any of the elements, or to_jsonb(value) for the array as a whole.") :
			 errhint("Cast the value to numeric, text, boolean, timestamptz or jsonb.")));
}

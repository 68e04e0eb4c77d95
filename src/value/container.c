/*
 * container.c
 *		Arrays and objects as whole values.
 *
 * `is [1, 2]` compares containers as jsonb does: numbers by value, objects
 * without regard to the order of members.  The canonical form turns that into
 * equality of bytes.  jsonb already sorts and deduplicates members, so the
 * form is a walk that writes each token with its length:
 *
 *		[20, "x"]		[ n:2:<C1 15> s:1:x ]
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "value/container.h"
#include "value/number.h"

/* Append a token's type and its bytes behind their length. */
static void
append_token(char type, const char *bytes, int len, StringInfo out)
{
	appendStringInfoCharMacro(out, type);
	appendBinaryStringInfo(out, (const char *) &len, sizeof(len));
	appendBinaryStringInfo(out, bytes, len);
}

/* Append a scalar inside a container. */
static void
append_scalar(const JsonbValue *jbv, StringInfo out)
{
	StringInfoData number;

	switch (jbv->type)
	{
		case jbvNull:
			appendStringInfoCharMacro(out, '0');
			break;
		case jbvBool:
			appendStringInfoCharMacro(out, jbv->val.boolean ? 't' : 'f');
			break;
		case jbvString:
			append_token('s', jbv->val.string.val, jbv->val.string.len, out);
			break;
		case jbvNumeric:
			initStringInfo(&number);
			detmeta_number_encode(jbv->val.numeric, &number);
			append_token('n', number.data, number.len, out);
			pfree(number.data);
			break;
		default:
			elog(ERROR, "unexpected jsonb value type %d", (int) jbv->type);
	}
}

/* Append the canonical form of a container. */
void
detmeta_container_encode(JsonbContainer *container, StringInfo out)
{
	JsonbIterator *it = JsonbIteratorInit(container);
	JsonbIteratorToken token;
	JsonbValue	jbv;

	while ((token = JsonbIteratorNext(&it, &jbv, false)) != WJB_DONE)
	{
		CHECK_FOR_INTERRUPTS();
		switch (token)
		{
			case WJB_BEGIN_ARRAY:
				appendStringInfoCharMacro(out, '[');
				break;
			case WJB_END_ARRAY:
				appendStringInfoCharMacro(out, ']');
				break;
			case WJB_BEGIN_OBJECT:
				appendStringInfoCharMacro(out, '{');
				break;
			case WJB_END_OBJECT:
				appendStringInfoCharMacro(out, '}');
				break;
			default:
				append_scalar(&jbv, out);
		}
	}
}

/*
 * Return a copy whose numbers have no trailing zeros, so that containers that
 * are equal as jsonb are equal bytes in a filter.
 */
Jsonb *
detmeta_container_normalize(JsonbContainer *container)
{
	JsonbIterator *it = JsonbIteratorInit(container);
	JsonbBuilder builder = {0};
	JsonbIteratorToken token;
	JsonbValue	jbv;

	while ((token = JsonbIteratorNext(&it, &jbv, false)) != WJB_DONE)
	{
		bool		has_value = (token == WJB_KEY || token == WJB_VALUE || token == WJB_ELEM);

		CHECK_FOR_INTERRUPTS();
		if (has_value && jbv.type == jbvNumeric)
		{
			Datum		number = NumericGetDatum(jbv.val.numeric);

			jbv.val.numeric = DatumGetNumeric(DirectFunctionCall1(numeric_trim_scale, number));
		}
		push_jsonb(&builder, token, has_value ? &jbv : NULL);
	}
	return JsonbValueToJsonb(builder.result);
}

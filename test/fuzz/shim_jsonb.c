/*
 * shim_jsonb.c
 *		The type jsonb, for the fuzzers: have JSON parsed, build and walk the
 *		binary form that utils/jsonb.h defines.
 *
 * PostgreSQL ships the parser as a library, the binary form only in the server.
 *
 * Strings and numbers are handed out as copies of their exact length, where
 * the server hands out pointers into the document: a read past their end is
 * seen.
 */
#include "shim.h"

#include "common/jsonapi.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"

/* ---- building ---- */

/* Order member names as jsonb does, then by the order in which they came. */
static int
compare_pairs(const void *a, const void *b)
{
	const JsonbPair *x = a;
	const JsonbPair *y = b;
	int			cmp = 0;

	if (x->key.val.string.len != y->key.val.string.len)
		return x->key.val.string.len < y->key.val.string.len ? -1 : 1;
	if (x->key.val.string.len > 0)
		cmp = memcmp(x->key.val.string.val, y->key.val.string.val, x->key.val.string.len);
	return cmp != 0 ? cmp : (x->order > y->order) - (x->order < y->order);
}

/* Sort an object's members; of those with one name the last stays. */
static void
sort_members(JsonbValue *object)
{
	JsonbPair  *pairs = object->val.object.pairs;
	int			kept = 0;

	pg_qsort(pairs, object->val.object.nPairs, sizeof(JsonbPair), compare_pairs);
	for (int i = 0; i < object->val.object.nPairs; i++)
	{
		pairs[kept] = pairs[i];
		if (i + 1 == object->val.object.nPairs ||
			pairs[i].key.val.string.len != pairs[i + 1].key.val.string.len ||
			memcmp(pairs[i].key.val.string.val, pairs[i + 1].key.val.string.val,
				   pairs[i].key.val.string.len) != 0)
			kept++;
	}
	object->val.object.nPairs = kept;
}

/* Make room for one more element, in an array that is kept at its exact size. */
static void *
grow(void *elements, int n, size_t size)
{
	return n == 0 ? palloc(size) : repalloc(elements, (n + 1) * size);
}

/* Add an element, a member's name or its value to the open container. */
static void
add(JsonbValue *container, JsonbIteratorToken token, const JsonbValue *value)
{
	int			n;

	if (container->type == jbvArray)
	{
		n = container->val.array.nElems++;
		container->val.array.elems = grow(container->val.array.elems, n, sizeof(JsonbValue));
		container->val.array.elems[n] = *value;
		return;
	}
	REQUIRE(container->type == jbvObject);
	if (token == WJB_KEY)
	{
		REQUIRE(value->type == jbvString);
		n = container->val.object.nPairs++;
		container->val.object.pairs = grow(container->val.object.pairs, n, sizeof(JsonbPair));
		container->val.object.pairs[n].key = *value;
		container->val.object.pairs[n].order = n;
		container->val.object.pairs[n].value.type = jbvDatetime;
	}
	else
	{
		n = container->val.object.nPairs - 1;
		REQUIRE(n >= 0 && container->val.object.pairs[n].value.type == jbvDatetime);
		container->val.object.pairs[n].value = *value;
	}
}

/* Open a container. */
static void
open_container(JsonbParseState **state, JsonbIteratorToken token, const JsonbValue *value)
{
	JsonbParseState *new = palloc0(sizeof(JsonbParseState));

	new->contVal.type = token == WJB_BEGIN_ARRAY ? jbvArray : jbvObject;
	if (token == WJB_BEGIN_ARRAY)
		new->contVal.val.array.rawScalar = value != NULL && value->val.array.rawScalar;
	new->next = *state;
	*state = new;
}

/* Close a container and add it to the one outside. */
static JsonbValue *
close_container(JsonbParseState **state)
{
	JsonbValue *closed = &(*state)->contVal;

	if (closed->type == jbvObject)
		sort_members(closed);
	*state = (*state)->next;
	if (*state != NULL)
		add(&(*state)->contVal, WJB_VALUE, closed);
	return closed;
}

/* Append what a token stands for; return the container that it opens or closes. */
static JsonbValue *
push(JsonbParseState **pstate, JsonbIteratorToken seq, JsonbValue *jbval)
{
	if (jbval != NULL && jbval->type == jbvBinary && (seq == WJB_ELEM || seq == WJB_VALUE))
	{
		JsonbIterator *it = JsonbIteratorInit(jbval->val.binary.data);
		JsonbIteratorToken token;
		JsonbValue	part;
		JsonbValue *result = NULL;

		while ((token = JsonbIteratorNext(&it, &part, false)) != WJB_DONE)
			result = push(pstate, token, token < WJB_BEGIN_ARRAY ? &part : NULL);
		return result;
	}

	switch (seq)
	{
		case WJB_BEGIN_ARRAY:
		case WJB_BEGIN_OBJECT:
			open_container(pstate, seq, jbval);
			return &(*pstate)->contVal;
		case WJB_END_ARRAY:
		case WJB_END_OBJECT:
			return close_container(pstate);
		default:
			REQUIRE(*pstate != NULL && jbval != NULL);
			add(&(*pstate)->contVal, seq, jbval);
			return NULL;
	}
}

#if PG_VERSION_NUM >= 190000
void
pushJsonbValue(JsonbInState *pstate, JsonbIteratorToken seq, JsonbValue *jbval)
{
	JsonbValue *container = push(&pstate->parseState, seq, jbval);

	if (pstate->parseState == NULL)
		pstate->result = container;
}
#else
JsonbValue *
pushJsonbValue(JsonbParseState **pstate, JsonbIteratorToken seq, JsonbValue *jbval)
{
	return push(pstate, seq, jbval);
}
#endif

static void append_container(StringInfo out, const JsonbValue *container);

/* Align to four bytes, which count as the next value's. */
static void
align(StringInfo out)
{
	while (out->len % sizeof(int32) != 0)
		appendStringInfoChar(out, '\0');
}

/* Append a value's bytes; return its type. */
static JEntry
append_value(StringInfo out, const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvNull:
			return JENTRY_ISNULL;
		case jbvBool:
			return value->val.boolean ? JENTRY_ISBOOL_TRUE : JENTRY_ISBOOL_FALSE;
		case jbvString:
			appendBinaryStringInfo(out, value->val.string.val, value->val.string.len);
			return JENTRY_ISSTRING;
		case jbvNumeric:
			align(out);
			appendBinaryStringInfo(out, (char *) value->val.numeric, VARSIZE(value->val.numeric));
			return JENTRY_ISNUMERIC;
		case jbvArray:
		case jbvObject:
			align(out);
			append_container(out, value);
			return JENTRY_ISCONTAINER;
		default:
			REQUIRE(!"a value of a known type");
			return 0;
	}
}

/* Append a container: header, an entry for each child, then their bytes. */
static void
append_container(StringInfo out, const JsonbValue *container)
{
	bool		is_array = container->type == jbvArray;
	int			n = is_array ? container->val.array.nElems : container->val.object.nPairs;
	int			nchildren = is_array ? n : 2 * n;
	uint32		header = n | (is_array ? JB_FARRAY : JB_FOBJECT);
	int			entries;
	int			data;

	if (is_array && container->val.array.rawScalar)
		header |= JB_FSCALAR;
	appendBinaryStringInfo(out, (char *) &header, sizeof(header));
	entries = out->len;
	appendStringInfoSpaces(out, nchildren * sizeof(JEntry));
	data = out->len;

	for (int i = 0; i < nchildren; i++)
	{
		const JsonbValue *child = is_array ? &container->val.array.elems[i] :
			i < n ? &container->val.object.pairs[i].key : &container->val.object.pairs[i - n].value;
		int			start = out->len;
		JEntry		entry = append_value(out, child);

		if (i % JB_OFFSET_STRIDE == 0)
			entry |= JENTRY_HAS_OFF | (out->len - data);
		else
			entry |= out->len - start;
		memcpy(out->data + entries + i * sizeof(JEntry), &entry, sizeof(entry));
	}
}

Jsonb *
JsonbValueToJsonb(JsonbValue *val)
{
	StringInfoData out;
	Jsonb	   *exact;

	REQUIRE(val->type == jbvArray || val->type == jbvObject);
	initStringInfo(&out);
	appendStringInfoSpaces(&out, VARHDRSZ);
	append_container(&out, val);
	exact = palloc(out.len);
	memcpy(exact, out.data, out.len);
	SET_VARSIZE(exact, out.len);
	pfree(out.data);
	return exact;
}

/* ---- walking ---- */

/* Return where a child's bytes end, from the start of the container's data. */
static uint32
end_of(const JsonbContainer *container, int index)
{
	uint32		end = 0;

	for (int i = index; i >= 0; i--)
	{
		end += JBE_OFFLENFLD(container->children[i]);
		if (JBE_HAS_OFF(container->children[i]))
			break;
	}
	return end;
}

/* Hand out a child. */
static void
get_child(const JsonbContainer *container, int index, JsonbValue *value)
{
	int			nchildren = JsonContainerSize(container) *
		(JsonContainerIsObject(container) ? 2 : 1);
	uint32		start = index == 0 ? 0 : end_of(container, index - 1);
	uint32		len = end_of(container, index) - start;
	const char *bytes = (const char *) &container->children[nchildren] + start;
	const char *aligned = (const char *) TYPEALIGN(sizeof(int32), bytes);
	JEntry		entry = container->children[index];

	if (JBE_ISNULL(entry))
		value->type = jbvNull;
	else if (JBE_ISBOOL(entry))
	{
		value->type = jbvBool;
		value->val.boolean = JBE_ISBOOL_TRUE(entry);
	}
	else if (JBE_ISSTRING(entry))
	{
		value->type = jbvString;
		value->val.string.len = len;
		value->val.string.val = memcpy(palloc(len), bytes, len);
	}
	else if (JBE_ISNUMERIC(entry))
	{
		value->type = jbvNumeric;
		value->val.numeric = memcpy(palloc(VARSIZE(aligned)), aligned, VARSIZE(aligned));
	}
	else
	{
		value->type = jbvBinary;
		value->val.binary.data = (JsonbContainer *) aligned;
		value->val.binary.len = bytes + len - aligned;
	}
}

JsonbIterator *
JsonbIteratorInit(JsonbContainer *container)
{
	JsonbIterator *it = palloc0(sizeof(JsonbIterator));

	it->container = container;
	it->nElems = JsonContainerSize(container);
	it->isScalar = JsonContainerIsScalar(container);
	it->state = JsonContainerIsArray(container) ? JBI_ARRAY_START : JBI_OBJECT_START;
	return it;
}

/* Leave a container. */
static JsonbIteratorToken
leave(JsonbIterator **it, JsonbIteratorToken token)
{
	JsonbIterator *parent = (*it)->parent;

	pfree(*it);
	*it = parent;
	return token;
}

/* Go into the container that was just handed out, unless nested ones are skipped. */
static bool
descend(JsonbIterator **it, JsonbValue *val, bool skipNested)
{
	JsonbIterator *child;

	if (val->type != jbvBinary || skipNested)
		return false;
	child = JsonbIteratorInit(val->val.binary.data);
	child->parent = *it;
	*it = child;
	return true;
}

JsonbIteratorToken
JsonbIteratorNext(JsonbIterator **it, JsonbValue *val, bool skipNested)
{
	JsonbIterator *i = *it;

	if (i == NULL)
		return WJB_DONE;
	switch (i->state)
	{
		case JBI_ARRAY_START:
			i->state = JBI_ARRAY_ELEM;
			val->type = jbvArray;
			val->val.array.nElems = i->nElems;
			val->val.array.rawScalar = i->isScalar;
			return WJB_BEGIN_ARRAY;
		case JBI_OBJECT_START:
			i->state = JBI_OBJECT_KEY;
			val->type = jbvObject;
			val->val.object.nPairs = i->nElems;
			return WJB_BEGIN_OBJECT;
		case JBI_ARRAY_ELEM:
			if (i->curIndex >= (int) i->nElems)
				return leave(it, WJB_END_ARRAY);
			get_child(i->container, i->curIndex++, val);
			return descend(it, val, skipNested) ? JsonbIteratorNext(it, val, false) : WJB_ELEM;
		case JBI_OBJECT_KEY:
			if (i->curIndex >= (int) i->nElems)
				return leave(it, WJB_END_OBJECT);
			i->state = JBI_OBJECT_VALUE;
			get_child(i->container, i->curIndex, val);
			return WJB_KEY;
		case JBI_OBJECT_VALUE:
			i->state = JBI_OBJECT_KEY;
			get_child(i->container, i->nElems + i->curIndex++, val);
			return descend(it, val, skipNested) ? JsonbIteratorNext(it, val, false) : WJB_VALUE;
	}
	return WJB_DONE;
}

JsonbValue *
getKeyJsonValueFromContainer(JsonbContainer *container, const char *keyVal, int keyLen,
							 JsonbValue *res)
{
	int			n = JsonContainerSize(container);
	JsonbValue	key;

	REQUIRE(JsonContainerIsObject(container));
	for (int i = 0; i < n; i++)
	{
		get_child(container, i, &key);
		if (key.val.string.len != keyLen || memcmp(key.val.string.val, keyVal, keyLen) != 0)
			continue;
		if (res == NULL)
			res = palloc(sizeof(JsonbValue));
		get_child(container, n + i, res);
		return res;
	}
	return NULL;
}

JsonbValue *
getIthJsonbValueFromContainer(JsonbContainer *container, uint32 i)
{
	JsonbValue *value = palloc(sizeof(JsonbValue));

	REQUIRE(JsonContainerIsArray(container));
	if (i >= JsonContainerSize(container))
		return NULL;
	get_child(container, i, value);
	return value;
}

bool
JsonbExtractScalar(JsonbContainer *jbc, JsonbValue *res)
{
	if (!JsonContainerIsScalar(jbc))
		return false;
	get_child(jbc, 0, res);
	return true;
}

void
JsonbToJsonbValue(Jsonb *jsonb, JsonbValue *val)
{
	val->type = jbvBinary;
	val->val.binary.data = &jsonb->root;
	val->val.binary.len = VARSIZE(jsonb) - VARHDRSZ;
}

const char *
JsonbTypeName(JsonbValue *jb)
{
	static const char *const names[] = {"null", "string", "number", "boolean"};

	return jb->type <= jbvBool ? names[jb->type] : "container";
}

/* Append a value as JSON text. */
static void
print(StringInfo out, const JsonbValue *value)
{
	Datum		number;

	if (value->type == jbvNull)
		appendStringInfoString(out, "null");
	else if (value->type == jbvBool)
		appendStringInfoString(out, value->val.boolean ? "true" : "false");
	else if (value->type == jbvNumeric)
	{
		number = NumericGetDatum(value->val.numeric);
		appendStringInfoString(out, DatumGetCString(DirectFunctionCall1(numeric_out, number)));
	}
	else if (value->type == jbvString)
		escape_json(out, pnstrdup(value->val.string.val, value->val.string.len));
	else
		JsonbToCString(out, value->val.binary.data, 0);
}

char *
JsonbToCString(StringInfo out, JsonbContainer *in, int estimated_len)
{
	bool		is_array = JsonContainerIsArray(in);
	int			n = JsonContainerSize(in);
	JsonbValue	value;

	if (out == NULL)
		out = makeStringInfo();
	if (JsonContainerIsScalar(in))
	{
		get_child(in, 0, &value);
		print(out, &value);
		return out->data;
	}
	appendStringInfoString(out, is_array ? "[" : "{");
	for (int i = 0; i < n; i++)
	{
		if (i > 0)
			appendStringInfoString(out, ", ");
		get_child(in, i, &value);
		print(out, &value);
		if (is_array)
			continue;
		appendStringInfoString(out, ": ");
		get_child(in, n + i, &value);
		print(out, &value);
	}
	appendStringInfoString(out, is_array ? "]" : "}");
	return out->data;
}

/* ---- reading ---- */

typedef struct Reader
{
	JsonbParseState *state;
	JsonbValue *result;
} Reader;

/* What the parser's actions return. */
#if PG_VERSION_NUM < 160000
#define ACTION		void
#define ACTION_DONE() return
#else
#define ACTION		JsonParseErrorType
#define ACTION_DONE() return JSON_SUCCESS
#endif

static void
read_token(Reader *r, JsonbIteratorToken token, JsonbValue *value)
{
	JsonbValue *result = push(&r->state, token, value);

	if (result != NULL)
		r->result = result;
}

/* The library's parser leaves the depth to its caller. */
static ACTION
begin_object(void *reader)
{
	check_stack_depth();
	read_token(reader, WJB_BEGIN_OBJECT, NULL);
	ACTION_DONE();
}

static ACTION
end_object(void *reader)
{
	read_token(reader, WJB_END_OBJECT, NULL);
	ACTION_DONE();
}

static ACTION
begin_array(void *reader)
{
	check_stack_depth();
	read_token(reader, WJB_BEGIN_ARRAY, NULL);
	ACTION_DONE();
}

static ACTION
end_array(void *reader)
{
	read_token(reader, WJB_END_ARRAY, NULL);
	ACTION_DONE();
}

static void
set_string(JsonbValue *value, char *text)
{
	value->type = jbvString;
	value->val.string.val = text;
	value->val.string.len = strlen(text);
}

static ACTION
begin_member(void *reader, char *name, bool isnull)
{
	JsonbValue	value;

	set_string(&value, name);
	read_token(reader, WJB_KEY, &value);
	ACTION_DONE();
}

static void
set_scalar(JsonbValue *value, char *token, JsonTokenType type)
{
	switch (type)
	{
		case JSON_TOKEN_STRING:
			set_string(value, token);
			break;
		case JSON_TOKEN_NUMBER:
			value->type = jbvNumeric;
			value->val.numeric = DatumGetNumeric(DirectFunctionCall3(numeric_in,
																	 CStringGetDatum(token),
																	 ObjectIdGetDatum(InvalidOid),
																	 Int32GetDatum(-1)));
			break;
		case JSON_TOKEN_TRUE:
		case JSON_TOKEN_FALSE:
			value->type = jbvBool;
			value->val.boolean = type == JSON_TOKEN_TRUE;
			break;
		default:
			REQUIRE(type == JSON_TOKEN_NULL);
			value->type = jbvNull;
	}
}

static ACTION
add_scalar(void *reader, char *token, JsonTokenType type)
{
	Reader	   *r = reader;
	JsonbValue	array = {
		.type = jbvArray,
		.val.array.rawScalar = true
	};
	JsonbValue	value;

	set_scalar(&value, token, type);
	if (r->state != NULL)
		read_token(r, r->state->contVal.type == jbvObject ? WJB_VALUE : WJB_ELEM, &value);
	else
	{
		read_token(r, WJB_BEGIN_ARRAY, &array);
		read_token(r, WJB_ELEM, &value);
		read_token(r, WJB_END_ARRAY, NULL);
	}
	ACTION_DONE();
}

Datum
jsonb_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	Reader		reader = {.state = NULL};
	JsonSemAction actions = {
		.semstate = &reader,
		.object_start = begin_object,
		.object_end = end_object,
		.array_start = begin_array,
		.array_end = end_array,
		.object_field_start = begin_member,
		.scalar = add_scalar,
	};
	JsonLexContext *lexer;
	JsonParseErrorType error;

#if PG_VERSION_NUM < 170000
	lexer = makeJsonLexContextCstringLen(text, strlen(text), PG_UTF8, true);
#else
	lexer = makeJsonLexContextCstringLen(NULL, text, strlen(text), PG_UTF8, true);
#endif
	error = pg_parse_json(lexer, &actions);
	if (error != JSON_SUCCESS)
		ereport(ERROR,
				(errcode(error == JSON_UNICODE_CODE_POINT_ZERO ? ERRCODE_UNTRANSLATABLE_CHARACTER :
						 ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type json")));
	PG_RETURN_POINTER(JsonbValueToJsonb(reader.result));
}

Jsonb *
shim_jsonb(const char *text)
{
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text)));
}

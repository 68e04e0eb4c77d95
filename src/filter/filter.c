/*
 * filter.c
 *		The stored form of a metadata_filter, and the type's SQL functions.
 *
 * Stored is the tree in prefix order, unaligned:
 *
 *		TRUE		type
 *		AND, OR		type, number of children (4 bytes), the children
 *		NOT			type, the child
 *		CONDITION	type, operator (1), key, number of operands (4), operands
 *		CONDITION on any key	the same of a type of its own, without the key
 *
 * where a key is its length (4) and bytes, and an operand its kind (1), length
 * (4) and bytes.  The nodes are canonical when they are built, so equality and
 * hashing look at bytes only.
 *
 * The binary wire format is a version byte and the canonical text, as jsonb
 * does it: hostile bytes meet the parser, not this format.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "filter/filter.h"
#include "filter/language.h"
#include "filter/print.h"
#include "value/value.h"

#define FILTER_WIRE_VERSION 1

/* The stored type of a condition on any key. */
#define STORED_ANY_KEY	(FILTER_CONDITION + 1)

/* Append a 4-byte integer. */
static void
put_int(StringInfo out, int value)
{
	appendBinaryStringInfo(out, (const char *) &value, sizeof(value));
}

/* Append bytes behind their length. */
static void
put_bytes(StringInfo out, const char *bytes, int len)
{
	put_int(out, len);
	appendBinaryStringInfo(out, bytes, len);
}

/* Append a node and what is below it. */
static void
put_node(StringInfo out, const FilterNode *node)
{
	check_stack_depth();

	appendStringInfoCharMacro(out, (char) (node->any_key ? STORED_ANY_KEY : (int) node->type));
	if (node->type == FILTER_AND || node->type == FILTER_OR)
		put_int(out, node->nchildren);
	for (int i = 0; i < node->nchildren; i++)
		put_node(out, node->children[i]);

	if (node->type != FILTER_CONDITION)
		return;
	appendStringInfoCharMacro(out, (char) node->op);
	if (!node->any_key)
		put_bytes(out, node->key, node->keylen);
	put_int(out, node->noperands);
	for (int i = 0; i < node->noperands; i++)
	{
		appendStringInfoCharMacro(out, (char) node->operands[i].kind);
		put_bytes(out, node->operands[i].bytes, node->operands[i].len);
	}
}

/* Return the stored form of a tree. */
MetadataFilter *
detmeta_filter_store(const FilterNode *root)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoSpaces(&out, VARHDRSZ);
	put_node(&out, root);
	SET_VARSIZE(out.data, out.len);
	return (MetadataFilter *) out.data;
}

/* Read a 4-byte integer. */
static int
get_int(const char **p)
{
	int			value;

	memcpy(&value, *p, sizeof(value));
	*p += sizeof(value);
	return value;
}

/* Read bytes behind their length; they stay where they are. */
static const char *
get_bytes(const char **p, int *len)
{
	const char *bytes;

	*len = get_int(p);
	bytes = *p;
	*p += *len;
	return bytes;
}

/* Read a condition behind its type. */
static void
get_condition(const char **p, FilterNode *node)
{
	node->op = (FilterOp) *(*p)++;
	node->key = node->any_key ? "" : get_bytes(p, &node->keylen);
	node->noperands = get_int(p);
	node->operands = palloc_array(Operand, node->noperands);
	for (int i = 0; i < node->noperands; i++)
	{
		node->operands[i].kind = (OperandKind) *(*p)++;
		node->operands[i].bytes = get_bytes(p, &node->operands[i].len);
	}
}

/* Read a node and what is below it. */
static FilterNode *
get_node(const char **p)
{
	FilterNode *node = palloc0_object(FilterNode);
	int			type = (unsigned char) *(*p)++;

	check_stack_depth();

	node->any_key = (type == STORED_ANY_KEY);
	node->type = node->any_key ? FILTER_CONDITION : (FilterNodeType) type;
	switch (node->type)
	{
		case FILTER_TRUE:
			break;
		case FILTER_CONDITION:
			get_condition(p, node);
			break;
		case FILTER_NOT:
			node->nchildren = 1;
			break;
		case FILTER_AND:
		case FILTER_OR:
			node->nchildren = get_int(p);
			break;
		default:
			elog(ERROR, "unrecognized metadata filter node type %d", (int) node->type);
	}

	if (node->nchildren > 0)
		node->children = palloc_array(FilterNode *, node->nchildren);
	for (int i = 0; i < node->nchildren; i++)
		node->children[i] = get_node(p);
	return node;
}

/* Return the tree of a stored filter, which must outlive it. */
FilterNode *
detmeta_filter_read(const MetadataFilter *filter)
{
	const char *p = VARDATA(filter);

	return get_node(&p);
}

/* Compare two filters as bytes. */
static int
compare_filters(FunctionCallInfo fcinfo)
{
	MetadataFilter *a = PG_GETARG_METADATA_FILTER_P(0);
	MetadataFilter *b = PG_GETARG_METADATA_FILTER_P(1);
	int			result = detmeta_bytes_compare(VARDATA(a), VARSIZE(a) - VARHDRSZ,
											   VARDATA(b), VARSIZE(b) - VARHDRSZ);

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

PG_FUNCTION_INFO_V1(detmeta_filter_in);
/* Read a filter from either text form. */
Datum
detmeta_filter_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(detmeta_filter_store(detmeta_filter_parse(PG_GETARG_CSTRING(0))));
}

PG_FUNCTION_INFO_V1(detmeta_filter_out);
/* Print a filter's canonical text. */
Datum
detmeta_filter_out(PG_FUNCTION_ARGS)
{
	StringInfoData out;

	initStringInfo(&out);
	detmeta_filter_print(detmeta_filter_read(PG_GETARG_METADATA_FILTER_P(0)), &out);
	PG_RETURN_CSTRING(out.data);
}

PG_FUNCTION_INFO_V1(detmeta_filter_send);
/* Write a filter's binary form: version, canonical text. */
Datum
detmeta_filter_send(PG_FUNCTION_ARGS)
{
	StringInfoData out;
	StringInfoData text;

	initStringInfo(&text);
	detmeta_filter_print(detmeta_filter_read(PG_GETARG_METADATA_FILTER_P(0)), &text);

	pq_begintypsend(&out);
	pq_sendint8(&out, FILTER_WIRE_VERSION);
	pq_sendtext(&out, text.data, text.len);
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

PG_FUNCTION_INFO_V1(detmeta_filter_recv);
/* Read a filter's binary form. */
Datum
detmeta_filter_recv(PG_FUNCTION_ARGS)
{
	StringInfo	in = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgint(in, 1);
	char	   *text;
	int			len;

	if (version != FILTER_WIRE_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported metadata_filter version number %d", version),
				 errdetail("This server reads version %d.", FILTER_WIRE_VERSION)));
	text = pq_getmsgtext(in, in->len - in->cursor, &len);
	PG_RETURN_POINTER(detmeta_filter_store(detmeta_filter_parse(text)));
}

PG_FUNCTION_INFO_V1(detmeta_filter_eq);
Datum
detmeta_filter_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_filters(fcinfo) == 0);
}

PG_FUNCTION_INFO_V1(detmeta_filter_ne);
Datum
detmeta_filter_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_filters(fcinfo) != 0);
}

PG_FUNCTION_INFO_V1(detmeta_filter_lt);
Datum
detmeta_filter_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_filters(fcinfo) < 0);
}

PG_FUNCTION_INFO_V1(detmeta_filter_le);
Datum
detmeta_filter_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_filters(fcinfo) <= 0);
}

PG_FUNCTION_INFO_V1(detmeta_filter_gt);
Datum
detmeta_filter_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_filters(fcinfo) > 0);
}

PG_FUNCTION_INFO_V1(detmeta_filter_ge);
Datum
detmeta_filter_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_filters(fcinfo) >= 0);
}

PG_FUNCTION_INFO_V1(detmeta_filter_cmp);
/* Order filters; the order itself means nothing. */
Datum
detmeta_filter_cmp(PG_FUNCTION_ARGS)
{
	int			cmp = compare_filters(fcinfo);

	PG_RETURN_INT32((cmp > 0) - (cmp < 0));
}

PG_FUNCTION_INFO_V1(detmeta_filter_hash);
Datum
detmeta_filter_hash(PG_FUNCTION_ARGS)
{
	MetadataFilter *filter = PG_GETARG_METADATA_FILTER_P(0);

	PG_RETURN_DATUM(hash_any((unsigned char *) VARDATA(filter),
							 VARSIZE(filter) - VARHDRSZ));
}

PG_FUNCTION_INFO_V1(detmeta_filter_hash_extended);
Datum
detmeta_filter_hash_extended(PG_FUNCTION_ARGS)
{
	MetadataFilter *filter = PG_GETARG_METADATA_FILTER_P(0);

	PG_RETURN_DATUM(hash_any_extended((unsigned char *) VARDATA(filter),
									  VARSIZE(filter) - VARHDRSZ,
									  PG_GETARG_INT64(1)));
}

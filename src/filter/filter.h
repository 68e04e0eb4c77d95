/*
 * filter.h
 *		The type metadata_filter: its stored form and its tree in memory.
 *
 * A stored filter is canonical: equal filters are equal bytes.
 */
#ifndef DETMETA_FILTER_H
#define DETMETA_FILTER_H

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "nodes/pg_list.h"
#include "utils/jsonb.h"

#include "base/compat.h"

#define FILTER_MAX_CONDITIONS	1000
#define FILTER_MAX_DEPTH		100

typedef enum FilterOp
{
	FILTER_IS,
	FILTER_IS_NOT,
	FILTER_IN,
	FILTER_NOT_IN,
	FILTER_LT,
	FILTER_LE,
	FILTER_GT,
	FILTER_GE,
	FILTER_BETWEEN,
	FILTER_CONTAINS,
	FILTER_NOT_CONTAINS,
	FILTER_ICONTAINS,
	FILTER_STARTS_WITH,
	FILTER_IS_EMPTY,
	FILTER_NOT_EMPTY
} FilterOp;

typedef enum OperandKind
{
	OPERAND_NULL,
	OPERAND_FALSE,
	OPERAND_TRUE,
	OPERAND_NUMBER,				/* bytes: value/number.c's encoding */
	OPERAND_DATE,				/* bytes: value/date.c's 8-byte instant */
	OPERAND_STRING,				/* bytes: the string */
	OPERAND_CONTAINER,			/* bytes: body of a normalized jsonb */
	OPERAND_TEXT				/* bytes: text to read as ->> prints it */
} OperandKind;

typedef struct Operand
{
	OperandKind kind;
	const char *bytes;
	int			len;
	bool		never_date;		/* a string, also if it reads as a date; not stored */
} Operand;

typedef enum FilterNodeType
{
	FILTER_TRUE,				/* no condition */
	FILTER_AND,
	FILTER_OR,
	FILTER_NOT,
	FILTER_CONDITION
} FilterNodeType;

typedef struct FilterNode
{
	FilterNodeType type;
	int			nchildren;		/* AND, OR: two or more; NOT: one */
	struct FilterNode **children;
	FilterOp	op;				/* the rest is for FILTER_CONDITION */
	const char *key;
	int			keylen;
	int			noperands;
	Operand    *operands;
} FilterNode;

typedef struct varlena MetadataFilter;

#define DatumGetMetadataFilterP(d)	((MetadataFilter *) PG_DETOAST_DATUM(d))
#define PG_GETARG_METADATA_FILTER_P(n) DatumGetMetadataFilterP(PG_GETARG_DATUM(n))

/* filter/filter.c: between stored form and tree */
extern MetadataFilter *detmeta_filter_store(const FilterNode *root);
extern FilterNode *detmeta_filter_read(const MetadataFilter *filter);

/*
 * filter/build.c: make nodes.  These validate, and raise errors that name
 * the condition; positions are added by the caller's error context.
 */
extern FilterNode *detmeta_filter_true(void);
extern FilterNode *detmeta_filter_group(FilterNodeType type, List *children);
extern FilterNode *detmeta_filter_not(FilterNode *child);
extern FilterNode *detmeta_filter_condition(const char *key, int keylen, FilterOp op,
											Operand *operands, int noperands);
extern bool detmeta_filter_op_from_name(const char *name, FilterOp *op);
extern const char *detmeta_filter_op_name(FilterOp op);

extern Operand detmeta_operand_text(const char *text, int len);
extern Operand detmeta_operand_string(const char *text, int len);
extern Operand detmeta_operand_decimal(const char *text);
extern Operand detmeta_operand_instant(int64 instant);
extern Operand detmeta_operand_bool(bool value);
extern Operand detmeta_operand_null(void);
extern Operand detmeta_operand_jsonb(const JsonbValue *jbv);
extern Operand detmeta_operand_datum(Datum value, Oid type);

/* filter/language.c, filter/webui.c: read text */
extern FilterNode *detmeta_filter_parse(const char *text);
extern FilterNode *detmeta_filter_parse_webui(const char *text);

/* filter/print.c: canonical text */
extern void detmeta_filter_print(const FilterNode *root, StringInfo out);

#endif							/* DETMETA_FILTER_H */

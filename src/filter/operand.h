/*
 * operand.h
 *		What the conditions of a filter compare with.
 */
#ifndef DETMETA_FILTER_OPERAND_H
#define DETMETA_FILTER_OPERAND_H

#include "utils/jsonb.h"

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

extern Operand detmeta_operand_text(const char *text, int len);
extern Operand detmeta_operand_string(const char *text, int len);
extern Operand detmeta_operand_decimal(const char *text);
extern Operand detmeta_operand_instant(int64 instant);
extern Operand detmeta_operand_bool(bool value);
extern Operand detmeta_operand_null(void);
extern Operand detmeta_operand_jsonb(const JsonbValue *jbv);
extern Operand detmeta_operand_datum(Datum value, Oid type);

#endif							/* DETMETA_FILTER_OPERAND_H */

/*
 * value.h
 *		Typed values of metadata keys: what a JSON value means to detmeta.
 *
 * A value is a kind and bytes.  Bytes of one kind compare with memcmp (and
 * then by length) in the order of the values, so that the heap check, the
 * index and the sort key share one comparison.
 */
#ifndef DETMETA_VALUE_H
#define DETMETA_VALUE_H

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

/* Kinds in sort order.  The first three are "empty". */
typedef enum MetaKind
{
	META_NULL,
	META_EMPTY_ARRAY,
	META_EMPTY_OBJECT,
	META_FALSE,
	META_TRUE,
	META_NUMBER,				/* bytes: order-preserving decimal */
	META_DATE,					/* a date-like string; bytes: its text */
	META_STRING,				/* bytes: the string */
	META_ARRAY,					/* bytes: canonical form, see value/container.c */
	META_OBJECT					/* bytes: canonical form, see value/container.c */
} MetaKind;

#define META_KIND_BIT(kind)		(1 << (kind))
#define META_ALL_KINDS			((1 << (META_OBJECT + 1)) - 1)
#define META_STRING_KINDS		(META_KIND_BIT(META_STRING) | META_KIND_BIT(META_DATE))
#define META_IS_EMPTY(kind)		((kind) <= META_EMPTY_OBJECT)

typedef struct MetaValue
{
	MetaKind	kind;
	const char *bytes;
	int			len;
	int64		instant;		/* META_DATE: microseconds since 2000-01-01 UTC */
} MetaValue;

extern MetaKind detmeta_value_kind(const JsonbValue *jbv, int64 *instant);
extern void detmeta_value_read(const JsonbValue *jbv, MetaValue *value);
extern int	detmeta_bytes_compare(const char *a, int alen, const char *b, int blen);

/* Return the bytes of a buffer, which is freed, in as much memory as they need. */
extern char *detmeta_take_bytes(StringInfo buffer);

#endif							/* DETMETA_VALUE_H */

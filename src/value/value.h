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
#include "utils/numeric.h"

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

/* value/value.c */
extern MetaKind detmeta_value_kind(const JsonbValue *jbv, int64 *instant);
extern void detmeta_value_read(const JsonbValue *jbv, MetaValue *value);
extern int	detmeta_bytes_compare(const char *a, int alen, const char *b, int blen);

/* Return the bytes of a buffer, which is freed, in as much memory as they need. */
extern char *detmeta_take_bytes(StringInfo buffer);

/* value/number.c */
extern void detmeta_number_encode(Numeric number, StringInfo out);
extern bool detmeta_number_encode_text(const char *text, int len, StringInfo out);
extern Numeric detmeta_number_read(const char *text);
extern bool detmeta_number_fits(const char *text);
extern int	detmeta_number_exponent(Numeric number);
extern Numeric detmeta_number_decode(const char *bytes, int len);

/* value/date.c */
#define DETMETA_INSTANT_BYTES	8	/* of an instant in a filter or sort key */
#define DETMETA_DATE_HEADER		9	/* at most, before a date's verbatim text */
extern bool detmeta_date_parse(const char *text, int len, int64 *instant);
extern bool detmeta_date_parse_argument(const char *text, int len, int64 *instant);
extern void detmeta_date_encode(const char *text, int len, int64 instant, StringInfo out);
extern void detmeta_date_append_instant(int64 instant, StringInfo out);
extern int	detmeta_date_read_instant(const char *bytes, int64 *instant);
extern void detmeta_date_text(const char *bytes, int len, StringInfo out);
extern void detmeta_instant_encode(int64 instant, char *bytes);
extern int64 detmeta_instant_decode(const char *bytes);
extern void detmeta_date_print(int64 instant, StringInfo out);

/* value/instant.c */
extern void detmeta_instant_print(int64 instant, StringInfo out);
extern bool detmeta_instant_read(const char *text, int len, int64 *instant);

/* value/container.c */
extern void detmeta_container_encode(JsonbContainer *container, StringInfo out);
extern Jsonb *detmeta_container_normalize(JsonbContainer *container);

/* value/casefold.c */
extern void detmeta_casefold(const char *text, int len, StringInfo out);

#endif							/* DETMETA_VALUE_H */

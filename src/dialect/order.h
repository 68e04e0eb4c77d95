/*
 * order.h
 *		Orders by a value in the metadata.
 */
#ifndef DETMETA_DIALECT_ORDER_H
#define DETMETA_DIALECT_ORDER_H

#include "dialect/path.h"

/* What an expression makes of the value at a key, and so in what order kinds come. */
typedef enum OrderKind
{
	ORDER_METADATA,				/* metadata_sort(metadata, key) */
	ORDER_NUMBERS,				/* (metadata ->> key)::numeric, and ::float8 */
	ORDER_JSONB					/* metadata -> key */
} OrderKind;

typedef struct KeyOrderShape
{
	OrderKind	kind;
	const char *key;
	int			keylen;
	MetaKind	held;			/* the expression is NULL where no value of this kind or later is */
	FilterQuery *apart;			/* rows, in doubt, that the index cannot put in order; or NULL */
} KeyOrderShape;

/* false: the index does not know the order of an expression. */
extern bool detmeta_order_read(Dialect *dialect, Node *expression, KeyOrderShape *shape);

#endif							/* DETMETA_DIALECT_ORDER_H */

/*
 * key_start.h
 *		Where the walk over a key's values begins, if not with the first.
 */
#ifndef DETMETA_KEY_START_H
#define DETMETA_KEY_START_H

#include "lib/stringinfo.h"

#include "dialect/order.h"
#include "gin/entries.h"
#include "scan/key_reader.h"

/* Rows that come before a value in the order of a key, and are not wanted. */
typedef struct KeyStart
{
	bool		is_null;		/* no value is wanted */
	bool		with_nulls;		/* rows without one are */
	int			place;			/* of the value's kind, in the order of kinds */
	MetaKind	kind;			/* whose entries are walked from these bytes on, */
	const char *bytes;			/* as metadata_sort() has them, behind the kind */
	int			len;			/* 0: from the first on */
} KeyStart;

/* Read a value of an order's type; it must stay.  false: it is none to start with. */
extern bool detmeta_key_start_read(Datum value, Oid type, OrderKind order, bool descending,
								   KeyStart *start);

/* Say whether all values of some kinds come before the start. */
extern bool detmeta_key_start_is_behind(const KeyStart *start, OrderKind order, MetaKind first,
										MetaKind last, bool descending);

/* Limit the range of the value entries of a kind. */
extern void detmeta_key_start_limit(const KeyStart *start, const KeyReader *key, MetaKind kind,
									bool descending, GinKeyRange *range);

#endif							/* DETMETA_KEY_START_H */

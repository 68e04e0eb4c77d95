/*
 * pending.h
 *		Read the pending list of a GIN index (fastupdate).
 *
 * It has to be read before any entry: what is moved from the list into the
 * tree meanwhile is then found twice, and the other way round it could be
 * missed.  A TID can be both here and in the tree.
 */
#ifndef DETMETA_GIN_PENDING_H
#define DETMETA_GIN_PENDING_H

#include "gin/reader.h"

typedef struct GinPendingKey
{
	const char *data;
	int			len;
} GinPendingKey;

/* a row of the heap, with its entries in the reader's column in their order */
typedef struct GinPendingRow
{
	ItemPointerData tid;
	bool		proven;
	bool		is_null;		/* the column is NULL */
	int			nkeys;
	GinPendingKey *keys;
} GinPendingRow;

/* Called for each row, while no page is locked. */
typedef void (*GinPendingCallback) (const GinPendingRow *row, void *arg);

/* Returns the number of rows. */
extern int64 detmeta_gin_pending_read(GinReader *reader,
									  GinPendingCallback callback, void *arg);

#endif							/* DETMETA_GIN_PENDING_H */

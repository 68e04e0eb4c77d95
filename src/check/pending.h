/*
 * pending.h
 *		Visit the pending list of a GIN index.
 */
#ifndef DETMETA_CHECK_PENDING_H
#define DETMETA_CHECK_PENDING_H

#include "check/report.h"

/* Some TIDs of an entry, packed, from one page. */
typedef struct CheckBatch
{
	const CheckKey *key;
	uint64		hash;			/* of the key, in columns of metadata_ops */
	const uint64 *tids;
	int			ntids;
	BlockNumber block;			/* the page */
	Page		page;			/* a copy of it, */
	bool		pending;		/* or it is of the pending list, and still locked */
} CheckBatch;

typedef void (*CheckVisitor) (IndexCheck *check, const CheckBatch *batch, void *arg);

extern bool detmeta_check_walk_pending(IndexCheck *check, uint64 from, uint64 end,
									   CheckVisitor visitor, void *arg);

#endif							/* DETMETA_CHECK_PENDING_H */

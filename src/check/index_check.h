/*
 * index_check.h
 *		Check an index against its table: metadata_index_check().
 *
 * The check reads the index with code of its own, which takes no byte of a
 * page for granted: it must neither crash on a page that the scans would
 * stumble over, nor share their mistakes.
 */
#ifndef DETMETA_INDEX_CHECK_H
#define DETMETA_INDEX_CHECK_H

#include "access/gin_private.h"
#include "funcapi.h"
#include "storage/bufmgr.h"
#include "utils/rel.h"
#include "utils/snapshot.h"

#include "base/compat.h"
#include "index/trigram.h"

/* So many problems are reported; there is no point in more. */
#define CHECK_MAX_PROBLEMS	1000

/* the check of one index */
typedef struct IndexCheck
{
	Relation	heap;
	Relation	index;
	Snapshot	snapshot;
	BufferAccessStrategy strategy;
	BlockNumber nblocks;		/* of the index, as last seen */
	GinState	gin;
	bool		multicolumn;
	bool		ours[INDEX_MAX_KEYS + 1];	/* is column n of metadata_ops? */
	const TrigramKeys *trigram_keys[INDEX_MAX_KEYS + 1];
	ReturnSetInfo *rsinfo;
	int64		nproblems;
	bool		damaged;		/* a page was unreadable: the walk is incomplete */
} IndexCheck;

/* An entry's key, within the page or the row that it was read from. */
typedef struct CheckKey
{
	AttrNumber	attnum;
	GinNullCategory category;
	Datum		datum;
	const char *data;			/* in columns of metadata_ops: the entry's bytes */
	int			len;
	bool		from_row;		/* made from a document, so its bytes are good */
} CheckKey;

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

/* check/index_check.c */
extern void detmeta_check_report(IndexCheck *check, uint64 tid, const CheckKey *key,
								 const char *problem);
extern bool detmeta_check_page_problem(IndexCheck *check, BlockNumber block,
									   const char *format,...) pg_attribute_printf(3, 4);
extern bool detmeta_check_is_full(IndexCheck *check);

/* check/page.c */
extern Buffer detmeta_check_lock(IndexCheck *check, BlockNumber from, BlockNumber block);
extern bool detmeta_check_copy(IndexCheck *check, BlockNumber from, BlockNumber block,
							   Page page);
extern bool detmeta_check_tuple_page(IndexCheck *check, BlockNumber block, Page page,
									 int allowed_flags);
extern bool detmeta_check_posting_page(IndexCheck *check, BlockNumber block, Page page);
extern bool detmeta_check_read_key(IndexCheck *check, BlockNumber block, Page page,
								   OffsetNumber offset, CheckKey *key);
extern int	detmeta_check_read_list(IndexCheck *check, BlockNumber block, IndexTuple itup,
									uint64 *tids);
extern int	detmeta_check_read_leaf(IndexCheck *check, BlockNumber block, Page page,
									uint64 *tids);
extern int	detmeta_check_compare(IndexCheck *check, const CheckKey *a, const CheckKey *b);
extern uint64 detmeta_check_hash(const CheckKey *key);

/* check/pending.c */
extern bool detmeta_check_walk_pending(IndexCheck *check, uint64 from, uint64 end,
									   CheckVisitor visitor, void *arg);

/* check/walk.c */
extern bool detmeta_check_walk(IndexCheck *check, uint64 from, uint64 end,
							   CheckVisitor visitor, void *arg);

/* check/rows.c */
extern void detmeta_check_rows(IndexCheck *check);

#endif							/* DETMETA_INDEX_CHECK_H */

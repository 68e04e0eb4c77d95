/*
 * report.h
 *		The check of an index: what it is about, and the problems that it finds.
 *
 * The check reads the index with code of its own, which takes no byte of a
 * page for granted: it must neither crash on a page that the scans would
 * stumble over, nor share their mistakes.
 */
#ifndef DETMETA_CHECK_REPORT_H
#define DETMETA_CHECK_REPORT_H

#include "access/gin_private.h"
#include "funcapi.h"
#include "storage/bufmgr.h"
#include "utils/rel.h"
#include "utils/snapshot.h"

#include "index/options.h"

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
	const EntryOptions *options[INDEX_MAX_KEYS + 1];
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

extern void detmeta_check_report(IndexCheck *check, uint64 tid, const CheckKey *key,
								 const char *problem);
extern bool detmeta_check_page_problem(IndexCheck *check, BlockNumber block,
									   const char *format,...) __attribute__((format(printf,
																					 3, 4)));
extern bool detmeta_check_is_full(IndexCheck *check);

#endif							/* DETMETA_CHECK_REPORT_H */

/*
 * index.h
 *		Count the visible rows of index entries, and read single rows.
 */
#ifndef DETMETA_EXPLORE_INDEX_H
#define DETMETA_EXPLORE_INDEX_H

#include "explore/rows.h"
#include "gin/entries.h"
#include "scan/heap_fetch.h"
#include "utils/jsonb.h"

/* A metadata_ops column of an index, opened to be read under a snapshot. */
typedef struct ExploreIndex
{
	Relation	heap;
	AttrNumber	attnum;			/* the column of the table */
	Relation	index;
	GinReader  *reader;
	HeapFetcher fetcher;
	TidSet	   *checked;		/* TIDs that were looked up; "proven": are visible */
	RowList		pending;		/* rows of the pending list, sorted */
	MemoryContext row_context;
} ExploreIndex;

/* Called with a visible row's metadata, or NULL. */
typedef void (*DocumentVisitor) (Jsonb *metadata, void *arg);

extern ExploreIndex *detmeta_explore_index_open(Relation heap, AttrNumber attnum, Oid index,
												AttrNumber column, Snapshot snapshot);
extern void detmeta_explore_index_close(ExploreIndex *ix);

/* Count an entry's visible rows that are not among those set apart. */
extern int64 detmeta_explore_count(ExploreIndex *ix, const GinPostings *postings,
								   const RowList *apart);
extern int64 detmeta_explore_count_entry(ExploreIndex *ix, const char *entry, int len,
										 const RowList *apart);

extern void detmeta_explore_add_entry(ExploreIndex *ix, const char *entry, int len, RowList *rows);
extern void detmeta_explore_visit_rows(ExploreIndex *ix, const RowList *rows,
									   DocumentVisitor visitor, void *arg);

#endif							/* DETMETA_EXPLORE_INDEX_H */

/*
 * index.h
 *		Count the visible rows of index entries, and read single rows.
 */
#ifndef DETMETA_EXPLORE_INDEX_H
#define DETMETA_EXPLORE_INDEX_H

#include "utils/jsonb.h"

#include "explore/selection.h"
#include "gin/postings.h"
#include "scan/heap_fetch.h"

/*
 * How much longer it takes to read a row, or to walk over an entry, than to decode a TID
 * and look if it is selected.
 */
#define TIDS_OF_A_ROW		256
#define TIDS_OF_AN_ENTRY	16

/* A metadata_ops column of an index, opened to be read under a snapshot. */
typedef struct ExploreIndex
{
	Relation	heap;
	AttrNumber	attnum;			/* the column of the table */
	const AttrNumber *columns;	/* others that the source was asked for */
	Relation	index;
	GinReader  *reader;
	bool		array_members;	/* it has entries of members of objects in arrays */
	HeapFetcher fetcher;
	TidSet	   *checked;		/* TIDs that were looked up; "proven": are visible */
	TidSet	   *pending;		/* rows of the pending list */
	const Selection *selection; /* or NULL: all rows */
	const AttrNumber *scope;	/* the table's columns of the selection's scope */
	TidSet	   *selected;		/* visible rows of the tree, all proven; NULL: all are */
	MemoryContext row_context;
} ExploreIndex;

/* A visible row. */
typedef struct ExploreRow
{
	Jsonb	   *metadata;		/* or NULL */
	TupleTableSlot *slot;
	const AttrNumber *columns;	/* in the slot: those that the source was asked for */
} ExploreRow;

typedef void (*DocumentVisitor) (const ExploreRow *row, void *arg);

extern ExploreIndex *detmeta_explore_index_open(Relation heap, AttrNumber attnum, Oid index,
												AttrNumber column, Snapshot snapshot);
extern void detmeta_explore_index_close(ExploreIndex *ix);

/*
 * Limit all that follows to a selection.  Of the columns of its scope, the numbers
 * in the table are given, those in the index (0: it has none), and whether the index
 * has no other rows.
 */
extern void detmeta_explore_select(ExploreIndex *ix, const Selection *selection,
								   const AttrNumber *scope, const AttrNumber *index_columns,
								   const bool *implied);

extern void detmeta_explore_visit_selected(ExploreIndex *ix, DocumentVisitor visitor, void *arg);

/* Rows that are proven visible need no more be told from others. */
extern void detmeta_explore_end_proof(ExploreIndex *ix);

/* Count an entry's visible rows that are not among those set apart, which may be NULL. */
extern int64 detmeta_explore_count(ExploreIndex *ix, const GinPostings *postings,
								   TidSet *apart);

/* Return the visible rows that are selected, but for those of the pending list. */
extern TidSet *detmeta_explore_rows(ExploreIndex *ix);
extern void detmeta_explore_visit_rows(ExploreIndex *ix, TidSet *rows,
									   DocumentVisitor visitor, void *arg);

#endif							/* DETMETA_EXPLORE_INDEX_H */

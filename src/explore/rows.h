/*
 * rows.h
 *		Lists of TIDs: rows that have to be read.
 */
#ifndef DETMETA_EXPLORE_ROWS_H
#define DETMETA_EXPLORE_ROWS_H

#include "gin/postings.h"

/* TIDs, packed (gin/tree.h); in order and distinct once sorted. */
typedef struct RowList
{
	int64		n;
	int64		allocated;
	uint64	   *tids;
} RowList;

extern void detmeta_row_list_add(RowList *rows, uint64 tid);
extern void detmeta_row_list_add_list(RowList *rows, const RowList *other);
extern void detmeta_row_list_add_postings(RowList *rows, GinReader *reader,
										  const GinPostings *postings);
extern void detmeta_row_list_sort(RowList *rows);

/* Of sorted lists: is any TID from first to last, both included, a member? */
extern bool detmeta_row_list_any(const RowList *rows, uint64 first, uint64 last);
extern void detmeta_row_list_subtract(RowList *rows, const RowList *other);

#endif							/* DETMETA_EXPLORE_ROWS_H */

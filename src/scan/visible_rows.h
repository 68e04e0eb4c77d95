/*
 * visible_rows.h
 *		Count rows that are visible, fetching those only that are not proven to be.
 */
#ifndef DETMETA_VISIBLE_ROWS_H
#define DETMETA_VISIBLE_ROWS_H

#include "gin/postings.h"
#include "scan/heap_fetch.h"

extern double detmeta_count_visible(HeapFetcher *fetcher, TidSet *set);
extern double detmeta_count_visible_postings(HeapFetcher *fetcher, GinReader *reader,
											 const GinPostings *postings);

#endif							/* DETMETA_VISIBLE_ROWS_H */

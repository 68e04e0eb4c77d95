/*
 * posting_tree.h
 *		Read the leaves of a GIN index's posting trees without trusting them.
 */
#ifndef DETMETA_CHECK_POSTING_TREE_H
#define DETMETA_CHECK_POSTING_TREE_H

#include "check/report.h"

/* a posting tree that is read, and what is remembered of those read before */
typedef struct CheckPostings
{
	IndexCheck *check;
	uint8	   *leaves;			/* a bit for each page: was it read as a leaf? NULL: not kept */
	Size		nleaves;		/* bytes of it */

	BlockNumber leads;			/* the page that leads to the root */
	BlockNumber root;
	int			depth;			/* of the leaves, as far as it is known */
	uint64		next;			/* the leaf that is to hold this TID is read next */
	bool		at_end;			/* there is none */
	BlockNumber before;			/* the leaf that was read before it, if one was, */
	BlockNumber right;			/* and where its right link leads */

	/* the leaf that was read last */
	BlockNumber block;
	uint64		from;			/* TIDs before this were to be on leaves before it */
	uint64	   *tids;
	int			ntids;
	PGAlignedBlock page;
} CheckPostings;

extern CheckPostings *detmeta_check_begin_postings(IndexCheck *check, uint64 *tids);
extern void detmeta_check_end_postings(CheckPostings *postings);
extern void detmeta_check_open_tree(CheckPostings *postings, BlockNumber leads,
									BlockNumber root, uint64 from);
extern bool detmeta_check_next_leaf(CheckPostings *postings);

#endif							/* DETMETA_CHECK_POSTING_TREE_H */

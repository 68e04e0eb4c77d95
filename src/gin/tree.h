/*
 * tree.h
 *		Leaves of a GIN index's posting trees.
 *
 * For the files that read GIN pages; others include gin/entries.h, gin/walk.h,
 * gin/postings.h and gin/pending.h.
 */
#ifndef DETMETA_GIN_TREE_H
#define DETMETA_GIN_TREE_H

#include "gin/reader.h"

/* a share-locked leaf of a posting tree */
typedef struct GinLeaf
{
	Buffer		buffer;
	const GinPostingList *segment;	/* from here on are the TIDs that are wanted */
	const char *end;			/* of all segments */
	uint64		next;			/* first TID of the leaf to the right */
	bool		last;			/* no leaf to the right */
} GinLeaf;

extern void detmeta_gin_open_leaf(GinReader *reader, BlockNumber root,
								  uint64 from, GinLeaf *leaf);
extern void detmeta_gin_next_leaf(GinReader *reader, GinLeaf *leaf);
extern void detmeta_gin_close_leaf(GinLeaf *leaf);
extern double detmeta_gin_tree_estimate(GinReader *reader, BlockNumber root,
										int nprobes);

#endif							/* DETMETA_GIN_TREE_H */

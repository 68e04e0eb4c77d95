/*
 * tree_insert.h
 *		Insert a TID into a posting tree.
 */
#ifndef DETMETA_BUILD_TREE_INSERT_H
#define DETMETA_BUILD_TREE_INSERT_H

#include "access/ginxlog.h"

#include "build/descent.h"
#include "build/list_insert.h"

/* No segment of a leaf is longer, as core has them (gindatapage.c). */
#define SEGMENT_MAX_BYTES	384

/* What is logged of one change to a leaf begins so; behind it comes a TID or a segment. */
#define SEGMENT_LOG_HEAD	(sizeof(ginxlogRecompressDataLeaf) + 2)

/* A segment of a leaf that gets a TID, or is added with it. */
typedef struct SegmentChange
{
	int			place;			/* of the segment, from the first one's beginning */
	int			old_bytes;		/* 0: it is added */
	int			new_bytes;
	uint16		segment[(SEGMENT_MAX_BYTES + LIST_MAX_GROWTH) / sizeof(uint16)];
	int			nlogged;
	char		logged[SEGMENT_LOG_HEAD + sizeof(uint16) + sizeof(ItemPointerData)];
} SegmentChange;

/* An insertion. */
typedef struct TreeInsertion
{
	GinBtreeData btree;			/* comes first: callbacks get its address */
	GinBtreeDataLeafInsertData data;
	GinBtreeStack *path;		/* to the leaf, or to a page above it */
	bool		own;			/* the change is ours, not that of core's callbacks */
	SegmentChange change;
} TreeInsertion;

extern void detmeta_tree_insert_begin(TreeInsertion *in, Relation index, BlockNumber root,
									  ItemPointer tid);
extern void detmeta_tree_insert_end(TreeInsertion *in);

#endif							/* DETMETA_BUILD_TREE_INSERT_H */

/*
 * tid_set_chunk.h
 *		Sets of heap TIDs as two bit planes: present, and proven visible.
 *
 * A chunk holds 64 consecutive heap blocks.  For each block it has one or more
 * 32-bit words, as many as the largest offset met in the chunk needs; first all
 * words of the plane "present", then those of the plane "proven".  As long as
 * all members are proven, which is the rule, the second plane is left out.  A
 * table with 17 rows on a page then costs 4 bytes for each page: 235 kB for
 * 1,000,000 rows.
 *
 * Chunks hang below nodes of 1,024 chunks, nodes below one array that covers
 * the slice, so that a member is found in three steps, the order of the chunks
 * is the order of TIDs, and a sparse set of a huge table stays small.
 *
 * Invariant: what is proven is present.
 *
 * For gin/tid_set.c and gin/tid_set_read.c; others include their headers.
 */
#ifndef DETMETA_TID_SET_CHUNK_H
#define DETMETA_TID_SET_CHUNK_H

#include "storage/block.h"

#define CHUNK_BLOCKS	64
#define NODE_CHUNKS		1024
#define NODE_BLOCKS		(CHUNK_BLOCKS * NODE_CHUNKS)

typedef struct SetChunk
{
	int			words;			/* for each block and plane; 0: no chunk */
	bool		all_proven;		/* no second plane */
	uint32	   *bits;
} SetChunk;

typedef struct SetNode
{
	SetChunk	chunks[NODE_CHUNKS];
} SetNode;

struct TidSet
{
	MemoryContext context;		/* that of other sets, too, which reuse freed chunks */
	BlockNumber first;			/* the slice */
	BlockNumber end;
	uint32		latest;			/* number of the chunk that was added to last */
	SetChunk   *latest_chunk;	/* or NULL */
	uint32		nnodes;			/* length of nodes */
	SetNode   **nodes;			/* by heap block / NODE_BLOCKS; may be NULL */
};

#define PLANE_WORDS(words)		((words) * CHUNK_BLOCKS)
#define PRESENT(chunk)			((chunk)->bits)
/* to be read; what is written to must have a plane of its own */
#define PROVEN(chunk) \
	((chunk)->bits + ((chunk)->all_proven ? 0 : PLANE_WORDS((chunk)->words)))
#define WORD_BITS				32
#define OFFSET_WORD(offset)		(((offset) - 1) / WORD_BITS)
#define OFFSET_BIT(offset)		((uint32) 1 << (((offset) - 1) % WORD_BITS))

/* Find the chunk of a heap block, or NULL. */
static inline SetChunk *
find_chunk(const struct TidSet *set, BlockNumber block)
{
	uint32		number = block / NODE_BLOCKS;

	if (number >= set->nnodes || set->nodes[number] == NULL)
		return NULL;
	return &set->nodes[number]->chunks[block / CHUNK_BLOCKS % NODE_CHUNKS];
}

#endif							/* DETMETA_TID_SET_CHUNK_H */

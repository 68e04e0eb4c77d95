/*
 * tid_set.c
 *		Sets of heap TIDs as two bit planes: present, and proven visible.
 *
 * A chunk holds 64 consecutive heap blocks.  For each block it has one or more
 * 64-bit words, as many as the largest offset met in the chunk needs; first all
 * words of the plane "present", then those of the plane "proven".  A table with
 * 17 rows on a page costs 16 bytes for each page: 940 kB for 1,000,000 rows.
 * Chunks hang below nodes of 1,024 chunks, nodes below one array that covers
 * the slice, so that a member is found in three steps, the order of the chunks
 * is the order of TIDs, and a sparse set of a huge table stays small.
 *
 * Invariant: what is proven is present.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

#include "tid_set.h"

#define CHUNK_BLOCKS	64
#define NODE_CHUNKS		1024
#define NODE_BLOCKS		(CHUNK_BLOCKS * NODE_CHUNKS)

typedef struct SetChunk
{
	int			words;			/* for each block and plane; 0: no chunk */
	uint64	   *bits;
} SetChunk;

typedef struct SetNode
{
	SetChunk		chunks[NODE_CHUNKS];
} SetNode;

struct TidSet
{
	MemoryContext context;
	BlockNumber first;			/* the slice */
	BlockNumber end;
	uint32		nnodes;			/* length of nodes */
	SetNode	  **nodes;			/* by heap block / NODE_BLOCKS; may be NULL */
};

typedef enum TidSetOperation
{
	SET_AND,
	SET_OR,
	SET_AND_NOT
} TidSetOperation;

#define PLANE_WORDS(words)		((words) * CHUNK_BLOCKS)
#define PRESENT(chunk)			((chunk)->bits)
#define PROVEN(chunk)			((chunk)->bits + PLANE_WORDS((chunk)->words))
#define OFFSET_WORD(offset)		(((offset) - 1) / 64)
#define OFFSET_BIT(offset)		(UINT64CONST(1) << (((offset) - 1) % 64))

/* Create an empty set for heap blocks from first to before end. */
TidSet *
detmeta_tid_set_create(MemoryContext parent, BlockNumber first, BlockNumber end)
{
	MemoryContext context = AllocSetContextCreate(parent, "detmeta TID set",
												  ALLOCSET_DEFAULT_SIZES);
	TidSet	   *set = MemoryContextAllocZero(context, sizeof(TidSet));

	set->context = context;
	set->first = first;
	set->end = end;
	return set;
}

/* Free a set with all it holds. */
void
detmeta_tid_set_free(TidSet *set)
{
	MemoryContextDelete(set->context);
}

/* Tell the slice of heap blocks that a set is limited to. */
void
detmeta_tid_set_slice(const TidSet *set, BlockNumber *first, BlockNumber *end)
{
	*first = set->first;
	*end = set->end;
}

/* Round a number of words up to one that wastes little in palloc. */
static int
round_words(int words)
{
	return words <= 2 ? words : words <= 4 ? 4 : words;
}

/* Find the chunk of a heap block, or NULL. */
static inline SetChunk *
find_chunk(const TidSet *set, BlockNumber block)
{
	uint32		number = block / NODE_BLOCKS;

	if (number >= set->nnodes || set->nodes[number] == NULL)
		return NULL;
	return &set->nodes[number]->chunks[block / CHUNK_BLOCKS % NODE_CHUNKS];
}

/* Find the chunk of a heap block, making the node above it. */
static SetChunk *
make_chunk(TidSet *set, BlockNumber block)
{
	uint32		number = block / NODE_BLOCKS;

	if (number >= set->nnodes)
	{
		uint32		nnodes = pg_nextpower2_32(number + 1);
		SetNode	  **nodes = MemoryContextAllocZero(set->context,
												   nnodes * sizeof(SetNode *));

		if (set->nodes)
		{
			memcpy(nodes, set->nodes, set->nnodes * sizeof(SetNode *));
			pfree(set->nodes);
		}
		set->nodes = nodes;
		set->nnodes = nnodes;
	}
	if (set->nodes[number] == NULL)
		set->nodes[number] = MemoryContextAllocZero(set->context, sizeof(SetNode));
	return &set->nodes[number]->chunks[block / CHUNK_BLOCKS % NODE_CHUNKS];
}

/* Give a chunk at least so many words for each block. */
static void
widen_chunk(TidSet *set, SetChunk *chunk, int words)
{
	SetChunk		wide;
	int			plane_block;

	if (chunk->words >= words)
		return;
	wide.words = round_words(words);
	wide.bits = MemoryContextAllocZero(set->context,
									   2 * PLANE_WORDS(wide.words) * sizeof(uint64));
	for (plane_block = 0; chunk->words > 0 && plane_block < 2 * CHUNK_BLOCKS; plane_block++)
		memcpy(wide.bits + plane_block * wide.words,
			   chunk->bits + plane_block * chunk->words,
			   chunk->words * sizeof(uint64));
	if (chunk->words > 0)
		pfree(chunk->bits);
	*chunk = wide;
}

/* Take a chunk out of its set. */
static void
drop_chunk(SetChunk *chunk)
{
	pfree(chunk->bits);
	chunk->bits = NULL;
	chunk->words = 0;
}

/* Add members of one heap block, given as a bitmap: bit 0 is offset 1. */
void
detmeta_tid_set_add_block(TidSet *set, BlockNumber block, const uint64 *bits,
						  int nwords, bool proven)
{
	SetChunk	   *chunk;
	uint64	   *words;
	int			i;

	if (block < set->first || block >= set->end)
		return;
	chunk = make_chunk(set, block);
	widen_chunk(set, chunk, nwords);
	words = PRESENT(chunk) + block % CHUNK_BLOCKS * chunk->words;
	for (i = 0; i < nwords; i++)
		words[i] |= bits[i];
	if (!proven)
		return;
	words += PLANE_WORDS(chunk->words);
	for (i = 0; i < nwords; i++)
		words[i] |= bits[i];
}

/* Add one member. */
void
detmeta_tid_set_add(TidSet *set, ItemPointer tid, bool proven)
{
	detmeta_tid_set_add_sorted(set, tid, &proven, 1);
}

/* Add members that are in TID order; proven may be NULL for none. */
void
detmeta_tid_set_add_sorted(TidSet *set, const ItemPointerData *tids,
						   const bool *proven, int ntids)
{
	BlockNumber block = InvalidBlockNumber;
	SetChunk	   *chunk = NULL;
	int			i;

	for (i = 0; i < ntids; i++)
	{
		OffsetNumber offset = ItemPointerGetOffsetNumberNoCheck(&tids[i]);
		int			word = OFFSET_WORD(offset);
		uint64	   *words;

		if (unlikely(offset < 1 || offset > MaxHeapTuplesPerPage))
			elog(ERROR, "heap offset %u is out of range", offset);
		if (ItemPointerGetBlockNumberNoCheck(&tids[i]) != block)
		{
			block = ItemPointerGetBlockNumberNoCheck(&tids[i]);
			chunk = block < set->first || block >= set->end ? NULL :
				make_chunk(set, block);
		}
		if (chunk == NULL)
			continue;
		widen_chunk(set, chunk, word + 1);
		words = PRESENT(chunk) + block % CHUNK_BLOCKS * chunk->words;
		words[word] |= OFFSET_BIT(offset);
		if (proven && proven[i])
			words[PLANE_WORDS(chunk->words) + word] |= OFFSET_BIT(offset);
	}
}

/* Combine two chunks of the same width. */
static void
combine_chunks(SetChunk *target, const SetChunk *other, TidSetOperation op)
{
	int			n = PLANE_WORDS(target->words);
	uint64	   *present = PRESENT(target);
	uint64	   *proven = PROVEN(target);
	const uint64 *other_present = PRESENT(other);
	const uint64 *other_proven = PROVEN(other);
	int			i;

	switch (op)
	{
		case SET_AND:
			for (i = 0; i < n; i++)
				present[i] &= other_present[i];
			for (i = 0; i < n; i++)
				proven[i] = (proven[i] | other_proven[i]) & present[i];
			break;
		case SET_OR:
			for (i = 0; i < 2 * n; i++)
				present[i] |= other_present[i];
			break;
		case SET_AND_NOT:
			for (i = 0; i < n; i++)
				present[i] &= ~other_present[i];
			for (i = 0; i < n; i++)
				proven[i] &= present[i];
			break;
	}
}

/* Apply an operation to the chunks below the target's or the other's nodes. */
static void
combine(TidSet *target, TidSet *other, TidSetOperation op)
{
	TidSet	   *guide = op == SET_OR ? other : target;
	uint32		n;
	int			i;

	for (n = 0; n < guide->nnodes; n++)
	{
		CHECK_FOR_INTERRUPTS();
		for (i = 0; guide->nodes[n] && i < NODE_CHUNKS; i++)
		{
			BlockNumber block = n * NODE_BLOCKS + i * CHUNK_BLOCKS;
			SetChunk	   *left;
			SetChunk	   *right;

			if (guide->nodes[n]->chunks[i].words == 0)
				continue;
			left = op == SET_OR ? make_chunk(target, block) : find_chunk(target, block);
			right = find_chunk(other, block);
			if (right == NULL || right->words == 0)
			{
				if (op == SET_AND)
					drop_chunk(left);
				continue;
			}
			widen_chunk(target, left, right->words);
			widen_chunk(other, right, left->words);
			combine_chunks(left, right, op);
		}
	}
}

/* Keep the members that the other set has too. */
void
detmeta_tid_set_and(TidSet *target, TidSet *other)
{
	combine(target, other, SET_AND);
}

/* Add the members of the other set; both sets must have the same slice. */
void
detmeta_tid_set_or(TidSet *target, TidSet *other)
{
	Assert(target->first == other->first && target->end == other->end);
	combine(target, other, SET_OR);
}

/* Remove the members of the other set. */
void
detmeta_tid_set_and_not(TidSet *target, TidSet *other)
{
	combine(target, other, SET_AND_NOT);
}

/* Tell whether a TID is a member, and whether it is proven (may be NULL). */
bool
detmeta_tid_set_contains(const TidSet *set, ItemPointer tid, bool *proven)
{
	BlockNumber block = ItemPointerGetBlockNumberNoCheck(tid);
	OffsetNumber offset = ItemPointerGetOffsetNumberNoCheck(tid);
	const SetChunk *chunk = find_chunk(set, block);
	const uint64 *word;

	if (proven)
		*proven = false;
	if (chunk == NULL || offset < 1 || OFFSET_WORD(offset) >= chunk->words)
		return false;
	word = PRESENT(chunk) + block % CHUNK_BLOCKS * chunk->words + OFFSET_WORD(offset);
	if (proven)
		*proven = (word[PLANE_WORDS(chunk->words)] & OFFSET_BIT(offset)) != 0;
	return (*word & OFFSET_BIT(offset)) != 0;
}

/* Tell whether a set has no member. */
bool
detmeta_tid_set_is_empty(const TidSet *set)
{
	uint32		n;
	int			i;
	int			word;

	for (n = 0; n < set->nnodes; n++)
	{
		CHECK_FOR_INTERRUPTS();
		for (i = 0; set->nodes[n] && i < NODE_CHUNKS; i++)
		{
			const SetChunk *chunk = &set->nodes[n]->chunks[i];

			for (word = 0; word < PLANE_WORDS(chunk->words); word++)
				if (chunk->bits[word] != 0)
					return false;
		}
	}
	return true;
}

/* Count the members, and those that are proven (may be NULL). */
int64
detmeta_tid_set_count(const TidSet *set, int64 *nproven)
{
	int64		present = 0;
	int64		proven = 0;
	uint32		n;
	int			i;

	for (n = 0; n < set->nnodes; n++)
	{
		CHECK_FOR_INTERRUPTS();
		for (i = 0; set->nodes[n] && i < NODE_CHUNKS; i++)
		{
			const SetChunk *chunk = &set->nodes[n]->chunks[i];
			int			bytes = PLANE_WORDS(chunk->words) * sizeof(uint64);

			if (bytes == 0)
				continue;
			present += pg_popcount((const char *) PRESENT(chunk), bytes);
			if (nproven)
				proven += pg_popcount((const char *) PROVEN(chunk), bytes);
		}
	}
	if (nproven)
		*nproven = proven;
	return present;
}

/* Start to read a set in TID order at a heap block. */
void
detmeta_tid_set_iterate(TidSetIterator *iterator, TidSet *set, BlockNumber from)
{
	iterator->set = set;
	iterator->next = from;
}

/* Spell out the members of one block of a chunk. */
static void
read_block(const SetChunk *chunk, BlockNumber number, TidSetBlock *block)
{
	const uint64 *words = PRESENT(chunk) + number % CHUNK_BLOCKS * chunk->words;
	int			i;

	block->block = number;
	block->count = block->nproven = 0;
	for (i = 0; i < chunk->words; i++)
	{
		uint64		present = words[i];
		uint64		proven = words[PLANE_WORDS(chunk->words) + i];

		while (present != 0)
		{
			int			bit = pg_rightmost_one_pos64(present);
			bool		is_proven = (proven >> bit & 1) != 0;

			block->offsets[block->count] = i * 64 + bit + 1;
			block->proven[block->count++] = is_proven;
			block->nproven += is_proven;
			present &= present - 1;
		}
	}
}

/* Read the next heap block that has members. */
bool
detmeta_tid_set_next(TidSetIterator *iterator, TidSetBlock *block)
{
	const TidSet *set = iterator->set;
	uint64		end = (uint64) set->nnodes * NODE_BLOCKS;

	while (iterator->next < end)
	{
		BlockNumber number = iterator->next;
		const SetChunk *chunk = find_chunk(set, number);
		uint64		any = 0;
		int			i;

		if (chunk == NULL)
		{
			iterator->next = (iterator->next / NODE_BLOCKS + 1) * NODE_BLOCKS;
			continue;
		}
		if (iterator->next % CHUNK_BLOCKS == 0)
			CHECK_FOR_INTERRUPTS();
		if (chunk->words == 0)
		{
			iterator->next = (iterator->next / CHUNK_BLOCKS + 1) * CHUNK_BLOCKS;
			continue;
		}
		iterator->next++;
		for (i = 0; i < chunk->words; i++)
			any |= PRESENT(chunk)[number % CHUNK_BLOCKS * chunk->words + i];
		if (any == 0)
			continue;
		read_block(chunk, number, block);
		return true;
	}
	return false;
}

/* Return the bytes that a set takes. */
Size
detmeta_tid_set_memory(const TidSet *set)
{
	return MemoryContextMemAllocated(set->context, true);
}

/* Return about the bytes that a full set of so many heap blocks takes. */
Size
detmeta_tid_set_size(BlockNumber nblocks, double tuples_per_block)
{
	double		words = ceil(Min(tuples_per_block, MaxHeapTuplesPerPage) / 64);
	double		chunks = ceil((double) nblocks / CHUNK_BLOCKS);
	double		nodes = ceil((double) nblocks / NODE_BLOCKS);

	return (Size) (chunks * 2 * PLANE_WORDS(round_words(Max(words, 1))) * sizeof(uint64) +
				   nodes * sizeof(SetNode));
}

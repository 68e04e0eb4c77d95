/*
 * tid_set.c
 *		Make, fill and combine sets of heap TIDs.
 *
 * gin/tid_set_chunk.h tells what they look like.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"

#include "gin/packed_tid.h"
#include "gin/tid_set.h"
#include "gin/tid_set_chunk.h"

typedef enum TidSetOperation
{
	SET_AND,
	SET_OR,
	SET_AND_NOT
} TidSetOperation;

/* Create an empty set for heap blocks from first to before end. */
TidSet *
detmeta_tid_set_create(MemoryContext context, BlockNumber first, BlockNumber end)
{
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
	for (uint32 n = 0; n < set->nnodes; n++)
	{
		if (set->nodes[n] == NULL)
			continue;
		for (int i = 0; i < NODE_CHUNKS; i++)
		{
			if (set->nodes[n]->chunks[i].words > 0)
				pfree(set->nodes[n]->chunks[i].bits);
		}
		pfree(set->nodes[n]);
	}
	if (set->nodes != NULL)
		pfree(set->nodes);
	pfree(set);
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

/* Make the node above a heap block. */
static void
make_node(TidSet *set, uint32 number)
{
	if (number >= set->nnodes)
	{
		uint32		nnodes = pg_nextpower2_32(number + 1);
		SetNode   **nodes = MemoryContextAllocZero(set->context,
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
}

/* Find the chunk of a heap block, making the node above it. */
static inline SetChunk *
make_chunk(TidSet *set, BlockNumber block)
{
	uint32		number = block / CHUNK_BLOCKS;

	if (number != set->latest || set->latest_chunk == NULL)
	{
		make_node(set, number / NODE_CHUNKS);
		set->latest = number;
		set->latest_chunk = &set->nodes[number / NODE_CHUNKS]->chunks[number % NODE_CHUNKS];
	}
	return set->latest_chunk;
}

/* Give a chunk more words for each block, a second plane, or, if it is empty, its first. */
static pg_noinline void
remake_chunk(TidSet *set, SetChunk *chunk, int words, bool all_proven)
{
	SetChunk	other;
	int			nplanes = all_proven ? 1 : 2;

	other.words = round_words(Max(words, chunk->words));
	other.all_proven = all_proven;
	other.bits = MemoryContextAllocZero(set->context,
										nplanes * PLANE_WORDS(other.words) * sizeof(uint32));
	if (chunk->words > 0)
	{
		for (int i = 0; i < CHUNK_BLOCKS; i++)
		{
			memcpy(PRESENT(&other) + i * other.words, PRESENT(chunk) + i * chunk->words,
				   chunk->words * sizeof(uint32));
			memcpy(PROVEN(&other) + i * other.words, PROVEN(chunk) + i * chunk->words,
				   chunk->words * sizeof(uint32));
		}
		pfree(chunk->bits);
	}
	*chunk = other;
}

/* Make a chunk fit for members that have words of so many, proven or not. */
static inline void
prepare_chunk(TidSet *set, SetChunk *chunk, int words, bool proven)
{
	bool		all_proven = proven && (chunk->words == 0 || chunk->all_proven);

	if (chunk->words < words || all_proven != chunk->all_proven)
		remake_chunk(set, chunk, words, all_proven);
}

/* Take a chunk out of its set. */
static void
drop_chunk(SetChunk *chunk)
{
	pfree(chunk->bits);
	chunk->bits = NULL;
	chunk->words = 0;
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
	SetChunk   *chunk = NULL;
	int			i;

	for (i = 0; i < ntids; i++)
	{
		OffsetNumber offset = ItemPointerGetOffsetNumberNoCheck(&tids[i]);
		int			word = OFFSET_WORD(offset);
		bool		is_proven;
		uint32	   *words;

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
		is_proven = proven != NULL && proven[i];
		prepare_chunk(set, chunk, word + 1, is_proven);
		words = PRESENT(chunk) + block % CHUNK_BLOCKS * chunk->words;
		words[word] |= OFFSET_BIT(offset);
		if (is_proven && !chunk->all_proven)
			words[PLANE_WORDS(chunk->words) + word] |= OFFSET_BIT(offset);
	}
}

/*
 * Add packed members to a chunk that is prepared for them, up to those behind
 * it; returns the first that is not added, also for want of words for it.
 */
static inline const uint64 *
fill_chunk(SetChunk *chunk, const uint64 *tids, const uint64 *end, uint64 behind, bool proven)
{
	uint32	   *present = PRESENT(chunk);
	uint32	   *second = proven && !chunk->all_proven ? PROVEN(chunk) : NULL;
	uint32		words = chunk->words;

	/* most tables have no more rows on a page */
	for (; words == 1 && second == NULL && tids < end && *tids < behind; tids++)
	{
		uint32		bit = GIN_PACKED_OFFSET(*tids) - 1;

		if (unlikely(bit >= WORD_BITS))
			return tids;
		present[GIN_PACKED_BLOCK(*tids) % CHUNK_BLOCKS] |= (uint32) 1 << bit;
	}
	for (; tids < end && *tids < behind; tids++)
	{
		uint32		offset = GIN_PACKED_OFFSET(*tids);
		uint32		word = OFFSET_WORD(offset);
		uint32		place = GIN_PACKED_BLOCK(*tids) % CHUNK_BLOCKS * words + word;

		if (unlikely(word >= words))
			break;
		present[place] |= OFFSET_BIT(offset);
		if (second != NULL)
			second[place] |= OFFSET_BIT(offset);
	}
	return tids;
}

/*
 * Add packed members to the chunk of the first of them; returns the first that
 * is not added, or NULL if one cannot be a TID.
 */
static const uint64 *
add_to_chunk(TidSet *set, const uint64 *tids, const uint64 *end, bool proven)
{
	BlockNumber block = GIN_PACKED_BLOCK(*tids);
	SetChunk   *chunk = make_chunk(set, block);
	uint64		behind = GIN_PACK((uint64) block - block % CHUNK_BLOCKS + CHUNK_BLOCKS, 0);

	do
	{
		OffsetNumber offset = GIN_PACKED_OFFSET(*tids);

		if (offset < 1 || offset > MaxHeapTuplesPerPage)
			return NULL;
		prepare_chunk(set, chunk, OFFSET_WORD(offset) + 1, proven);
		tids = fill_chunk(chunk, tids, end, behind, proven);
	} while (tids < end && *tids < behind);
	return tids;
}

/*
 * Apply an operation to two chunks of the same width, two words at a time.  The
 * target has a second plane where it needs one.
 */
static void
combine_chunks(SetChunk *target, const SetChunk *other, TidSetOperation op)
{
	int			n = PLANE_WORDS(target->words) / 2;
	uint64	   *present = (uint64 *) PRESENT(target);
	uint64	   *proven = (uint64 *) PROVEN(target);
	const uint64 *other_present = (const uint64 *) PRESENT(other);
	const uint64 *other_proven = (const uint64 *) PROVEN(other);

	switch (op)
	{
		case SET_AND:
			for (int i = 0; i < n; i++)
				present[i] &= other_present[i];
			target->all_proven |= other->all_proven;
			break;
		case SET_OR:
			for (int i = 0; i < n; i++)
				present[i] |= other_present[i];
			break;
		case SET_AND_NOT:
			for (int i = 0; i < n; i++)
				present[i] &= ~other_present[i];
			break;
	}
	if (target->all_proven)
		return;
	for (int i = 0; i < n && op != SET_AND_NOT; i++)
		proven[i] |= other_proven[i];
	for (int i = 0; i < n; i++)
		proven[i] &= present[i];
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
			SetChunk   *left;
			SetChunk   *right;

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
			prepare_chunk(target, left, right->words, op != SET_OR || right->all_proven);
			prepare_chunk(other, right, left->words, true);
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

/*
 * Add members that are in TID order, packed, and either all proven or none;
 * false if one cannot be a TID.  With a segment of an index at a time, this is
 * where sets are filled.
 */
bool
detmeta_tid_set_add_packed(TidSet *set, const uint64 *tids, int ntids, bool proven)
{
	const uint64 *end = tids + ntids;

	while (tids < end && GIN_PACKED_BLOCK(*tids) < set->first)
		tids++;
	while (tids < end && GIN_PACKED_BLOCK(end[-1]) >= set->end)
		end--;
	while (tids != NULL && tids < end)
		tids = add_to_chunk(set, tids, end, proven);
	return tids != NULL;
}

/* Return about the bytes that a full set of so many heap blocks takes, with both planes. */
Size
detmeta_tid_set_size(BlockNumber nblocks, double tuples_per_block)
{
	double		words = ceil(Min(tuples_per_block, MaxHeapTuplesPerPage) / WORD_BITS);
	double		chunks = ceil((double) nblocks / CHUNK_BLOCKS);
	double		nodes = ceil((double) nblocks / NODE_BLOCKS);

	return (Size) (chunks * 2 * PLANE_WORDS(round_words(Max(words, 1))) * sizeof(uint32) +
				   nodes * sizeof(SetNode));
}

/*
 * tid_set_read.c
 *		Ask for members of sets of heap TIDs, count them, and read them in order.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "port/pg_bitutils.h"

#include "gin/packed_tid.h"
#include "gin/tid_set.h"
#include "gin/tid_set_chunk.h"
#include "gin/tid_set_read.h"

/* Say whether a TID is a member, and whether it is proven (may be NULL). */
bool
detmeta_tid_set_contains(const TidSet *set, ItemPointer tid, bool *proven)
{
	BlockNumber block = ItemPointerGetBlockNumberNoCheck(tid);
	OffsetNumber offset = ItemPointerGetOffsetNumberNoCheck(tid);
	const SetChunk *chunk = find_chunk(set, block);
	const uint32 *word;

	if (proven)
		*proven = false;
	if (chunk == NULL || offset < 1 || OFFSET_WORD(offset) >= chunk->words)
		return false;
	word = PRESENT(chunk) + block % CHUNK_BLOCKS * chunk->words + OFFSET_WORD(offset);
	if (proven)
		*proven = (word[PROVEN(chunk) - PRESENT(chunk)] & OFFSET_BIT(offset)) != 0;
	return (*word & OFFSET_BIT(offset)) != 0;
}

/* Say whether a set has no member. */
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
			int			bytes = PLANE_WORDS(chunk->words) * sizeof(uint32);
			uint64		members;

			if (bytes == 0)
				continue;
			members = pg_popcount((const char *) PRESENT(chunk), bytes);
			present += members;
			proven += chunk->all_proven || nproven == NULL ? members :
				pg_popcount((const char *) PROVEN(chunk), bytes);
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
	const uint32 *words = PRESENT(chunk) + number % CHUNK_BLOCKS * chunk->words;
	int			i;

	block->block = number;
	block->count = 0;
	for (i = 0; i < chunk->words; i++)
	{
		uint32		present = words[i];
		uint32		proven = words[PROVEN(chunk) - PRESENT(chunk) + i];

		while (present != 0)
		{
			int			bit = pg_rightmost_one_pos32(present);

			block->offsets[block->count] = i * WORD_BITS + bit + 1;
			block->proven[block->count++] = (proven >> bit & 1) != 0;
			present &= present - 1;
		}
	}
}

/* Find the first block of a chunk, from one on, that has members; or CHUNK_BLOCKS. */
static inline int
find_set_block(const SetChunk *chunk, int from)
{
	const uint32 *present = PRESENT(chunk);
	int			n = PLANE_WORDS(chunk->words);
	int			i = from * chunk->words;

	while (i < n && present[i] == 0)
		i++;
	return i / chunk->words;
}

/* Go to the next heap block that has members; return its chunk, or NULL. */
static const SetChunk *
next_block(TidSetIterator *iterator, BlockNumber *number)
{
	const TidSet *set = iterator->set;
	uint64		end = (uint64) set->nnodes * NODE_BLOCKS;

	while (iterator->next < end)
	{
		const SetChunk *chunk = find_chunk(set, iterator->next);
		uint64		found = CHUNK_BLOCKS;

		if (chunk == NULL)
		{
			iterator->next = (iterator->next / NODE_BLOCKS + 1) * NODE_BLOCKS;
			continue;
		}
		if (iterator->next % CHUNK_BLOCKS == 0)
			CHECK_FOR_INTERRUPTS();
		if (chunk->words > 0)
			found = find_set_block(chunk, iterator->next % CHUNK_BLOCKS);
		iterator->next = iterator->next / CHUNK_BLOCKS * CHUNK_BLOCKS + found;
		if (found < CHUNK_BLOCKS)
		{
			*number = iterator->next++;
			return chunk;
		}
	}
	return NULL;
}

/* Read the next heap block that has members. */
bool
detmeta_tid_set_next(TidSetIterator *iterator, TidSetBlock *block)
{
	BlockNumber number;
	const SetChunk *chunk = next_block(iterator, &number);

	if (chunk == NULL)
		return false;
	read_block(chunk, number, block);
	return true;
}

/* Begin to read members one by one, from a heap block on. */
void
detmeta_tid_set_cursor(TidSetCursor *cursor, TidSet *set, BlockNumber from)
{
	detmeta_tid_set_iterate(&cursor->iterator, set, from);
	cursor->block.count = 0;
	cursor->next = 0;
}

/* Read the next member, and whether it is proven. */
bool
detmeta_tid_set_next_member(TidSetCursor *cursor, ItemPointer tid, bool *proven)
{
	if (cursor->next >= cursor->block.count)
	{
		/* a block that is read has members */
		if (!detmeta_tid_set_next(&cursor->iterator, &cursor->block))
			return false;
		cursor->next = 0;
	}
	*proven = cursor->block.proven[cursor->next];
	ItemPointerSet(tid, cursor->block.block, cursor->block.offsets[cursor->next++]);
	return true;
}

/* Read the next member. */
bool
detmeta_tid_set_next_tid(TidSetCursor *cursor, ItemPointer tid)
{
	bool		proven;

	return detmeta_tid_set_next_member(cursor, tid, &proven);
}

/* Return the first heap block from one on that has members, or InvalidBlockNumber. */
BlockNumber
detmeta_tid_set_next_block(const TidSet *set, BlockNumber from)
{
	TidSetIterator iterator = {set, from};
	BlockNumber number;

	return next_block(&iterator, &number) != NULL ? number : InvalidBlockNumber;
}

/*
 * Count those of some TIDs, packed and in order, that are members.  Most of them share
 * a chunk with the one before; whether they share a block cannot be foreseen.
 */
int
detmeta_tid_set_count_packed(const TidSet *set, const uint64 *tids, int n)
{
	BlockNumber number = InvalidBlockNumber;	/* of the chunk */
	const SetChunk *chunk = NULL;
	uint32		noffsets = 0;
	int			count = 0;

	for (int i = 0; i < n; i++)
	{
		BlockNumber block = GIN_PACKED_BLOCK(tids[i]);
		uint32		bit = GIN_PACKED_OFFSET(tids[i]) - 1U;

		if (unlikely(block / CHUNK_BLOCKS != number))
		{
			number = block / CHUNK_BLOCKS;
			chunk = find_chunk(set, block);
			noffsets = chunk == NULL ? 0 : chunk->words * WORD_BITS;
		}
		if (likely(bit < noffsets))
			count += PRESENT(chunk)[block % CHUNK_BLOCKS * chunk->words + bit / WORD_BITS] >>
				bit % WORD_BITS & 1;
	}
	return count;
}

/* Say whether a block of a chunk has a member from one offset to another. */
static bool
block_has_any(const SetChunk *chunk, BlockNumber number, OffsetNumber from, OffsetNumber to)
{
	const uint32 *words = PRESENT(chunk) + number % CHUNK_BLOCKS * chunk->words;

	for (int i = OFFSET_WORD(Max(from, 1)); i < chunk->words && i <= (int) OFFSET_WORD(to); i++)
	{
		uint32		bits = words[i];

		if (i == (int) OFFSET_WORD(Max(from, 1)))
			bits &= ~(OFFSET_BIT(Max(from, 1)) - 1);
		if (i == (int) OFFSET_WORD(to))
			bits &= OFFSET_BIT(to) | (OFFSET_BIT(to) - 1);
		if (bits != 0)
			return true;
	}
	return false;
}

/* Say whether a set has a member from one TID to another. */
bool
detmeta_tid_set_any(const TidSet *set, uint64 first, uint64 last)
{
	TidSetIterator iterator = {set, GIN_PACKED_BLOCK(first)};
	const SetChunk *chunk;
	BlockNumber number;

	while ((chunk = next_block(&iterator, &number)) != NULL && number <= GIN_PACKED_BLOCK(last))
	{
		if (block_has_any(chunk, number,
						  number == GIN_PACKED_BLOCK(first) ? GIN_PACKED_OFFSET(first) : 1,
						  number == GIN_PACKED_BLOCK(last) ? GIN_PACKED_OFFSET(last) :
						  MaxOffsetNumber))
			return true;
	}
	return false;
}

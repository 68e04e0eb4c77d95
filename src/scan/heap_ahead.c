/*
 * heap_ahead.c
 *		Read heap blocks ahead of the scan that fetches rows from them.
 *
 * As a bitmap heap scan does, up to effective_io_concurrency blocks; the distance
 * grows while the scan goes on, so that of a few rows not much is read in vain.
 */
#include "postgres.h"

#include "storage/bufmgr.h"
#include "utils/spccache.h"

#include "gin/tid_set_read.h"
#include "scan/heap_ahead.h"

/* Get ready for the blocks of a set that are not before one. */
void
detmeta_heap_ahead_begin(HeapAhead *ahead, Relation heap, const TidSet *set, BlockNumber from)
{
	ahead->heap = heap;
	ahead->set = set;
	ahead->current = InvalidBlockNumber;
	ahead->next = from;
	ahead->distance = 0;
	ahead->wanted = 0;
	ahead->limit = get_tablespace_io_concurrency(heap->rd_rel->reltablespace);
}

/* Note that the scan is about to fetch from a block of the set. */
void
detmeta_heap_ahead_move(HeapAhead *ahead, BlockNumber block)
{
	if (block == ahead->current)
		return;
	ahead->current = block;
	ahead->wanted = Min(ahead->wanted + 1, ahead->limit);
	ahead->distance = Max(0, ahead->distance - 1);
	if (ahead->next != InvalidBlockNumber)
		ahead->next = Max(ahead->next, block + 1);
	while (ahead->distance < ahead->wanted && ahead->next != InvalidBlockNumber)
	{
		BlockNumber found = detmeta_tid_set_next_block(ahead->set, ahead->next);

		ahead->next = InvalidBlockNumber;
		if (found == InvalidBlockNumber)
			return;
		(void) PrefetchBuffer(ahead->heap, MAIN_FORKNUM, found);
		ahead->next = found + 1;
		ahead->distance++;
	}
}

/*
 * tree.c
 *		Leaves of a GIN index's posting trees.
 *
 * Between two pages nothing is kept of a posting tree but a TID: the next page
 * is found from the root again, by the first TID not read.  It is on that page
 * or to the right of it, as pages split to the right, and VACUUM deletes only
 * pages that are empty.  A descent takes less than a microsecond, a page holds
 * thousands of TIDs, and no page is pinned or locked while the caller works.
 *
 * A descent lets go of the parent before it locks the child, as inserters lock
 * the other way round.  VACUUM may delete the child meanwhile.  On a primary it
 * cannot be reused before our snapshot is gone, and its right link leads on.  A
 * standby has no such guard.  So the parent stays pinned, and when its LSN has
 * changed once the child is locked, we start from the root again: while the
 * parent is as we saw it, the child is its child.
 *
 * Pages of the format before 9.4 are refused: no index of ours is that old.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "gin/packed_tid.h"
#include "gin/segment.h"
#include "gin/tree.h"

/* a descent to a sample leaf */
typedef struct Probe
{
	double		fraction;		/* where on each inner page, below 1 */
	double		nleaves;		/* of the tree, as the pages on the way tell */
} Probe;

/* Choose the child of an inner page that is to hold a TID. */
static BlockNumber
choose_tree_child(Page page, uint64 target)
{
	OffsetNumber low = FirstOffsetNumber;
	OffsetNumber high = GinPageGetOpaque(page)->maxoff; /* no right bound */

	while (low < high)
	{
		OffsetNumber mid = low + (high - low) / 2;

		if (GIN_PACK_TID(&GinDataPageGetPostingItem(page, mid)->key) < target)
			low = mid + 1;
		else
			high = mid;
	}
	return PostingItemGetBlockNumber(GinDataPageGetPostingItem(page, low));
}

/* Choose the child at a fraction of an inner page, and note the fan-out. */
static BlockNumber
sample_child(Page page, Probe *probe)
{
	int			nchildren = GinPageGetOpaque(page)->maxoff;
	int			child = (int) (nchildren * probe->fraction);

	probe->nleaves *= nchildren;
	return PostingItemGetBlockNumber(GinDataPageGetPostingItem(page, child + 1));
}

/* Go right as long as the page cannot hold the TID. */
static Buffer
move_right_in_tree(GinReader *reader, Buffer buffer, uint64 target)
{
	for (;;)
	{
		Page		page = BufferGetPage(buffer);

		if (!GinPageIsData(page) ||
			(!GinPageIsLeaf(page) && !GinPageIsDeleted(page) &&
			 GinPageGetOpaque(page)->maxoff < FirstOffsetNumber))
			detmeta_gin_report_corruption(reader, "an unexpected page in a posting tree");
		if (GinPageRightMost(page) ||
			(!GinPageIsDeleted(page) &&
			 GIN_PACK_TID(GinDataPageGetRightBound(page)) >= target))
			return buffer;
		buffer = gin_step_right(reader, buffer);
	}
}

/*
 * Lock a child whose parent is pinned and no longer locked.  If the parent has
 * changed meanwhile, return InvalidBuffer.
 */
static Buffer
lock_child(GinReader *reader, Buffer parent, XLogRecPtr parent_lsn, BlockNumber child)
{
	Buffer		buffer = ReadBuffer(reader->index, child);

	gin_lock_page(reader, buffer);
	if (BufferGetLSNAtomic(parent) != parent_lsn)
	{
		UnlockReleaseBuffer(buffer);
		buffer = InvalidBuffer;
	}
	ReleaseBuffer(parent);
	return buffer;
}

/*
 * Find and share-lock the leaf of a posting tree that is to hold a TID, or,
 * with a probe, the leaf at a fraction of the tree.
 */
static Buffer
find_leaf(GinReader *reader, BlockNumber root, uint64 target, Probe *probe)
{
	Buffer		buffer = InvalidBuffer;

	for (;;)
	{
		Page		page;
		BlockNumber child;
		XLogRecPtr	lsn;

		if (!BufferIsValid(buffer))
		{
			CHECK_FOR_INTERRUPTS();
			if (probe)
				probe->nleaves = 1;
			buffer = ReadBuffer(reader->index, root);
			gin_lock_page(reader, buffer);
		}
		buffer = move_right_in_tree(reader, buffer, target);
		page = BufferGetPage(buffer);
		if (GinPageIsLeaf(page))
			return buffer;
		child = probe ? sample_child(page, probe) : choose_tree_child(page, target);
		lsn = BufferGetLSNAtomic(buffer);
		LockBuffer(buffer, GIN_UNLOCK);
		buffer = lock_child(reader, buffer, lsn, child);
	}
}

/* Find the segment of a leaf that is to hold a TID. */
static void
find_segment(GinLeaf *leaf, uint64 target)
{
	const GinPostingList *next = leaf->segment;

	while ((const char *) next < leaf->end && GIN_PACK_TID(&next->first) <= target)
	{
		leaf->segment = next;
		next = GinNextPostingListSegment(next);
	}
}

/* Note what lies to the right of a leaf. */
static void
note_right(GinLeaf *leaf)
{
	Page		page = BufferGetPage(leaf->buffer);

	leaf->last = GinPageRightMost(page);
	leaf->next = leaf->last ? PG_UINT64_MAX :
		GIN_PACK_TID(GinDataPageGetRightBound(page)) + 1;
}

/* Open the leaf that is to hold a TID, at the segment that is to hold it. */
void
detmeta_gin_open_leaf(GinReader *reader, BlockNumber root, uint64 from, GinLeaf *leaf)
{
	Page		page;

	leaf->buffer = find_leaf(reader, root, from, NULL);
	page = BufferGetPage(leaf->buffer);
	if (!GinPageIsCompressed(page))
		detmeta_gin_report_corruption(reader, "a posting tree of an old format");
	leaf->segment = GinDataLeafPageGetPostingList(page);
	leaf->end = (const char *) leaf->segment + GinDataLeafPageGetPostingListSize(page);
	find_segment(leaf, from);
	note_right(leaf);
}

/* Go to the leaf on the right, as core's scans do; where its segments are is not told. */
void
detmeta_gin_next_leaf(GinReader *reader, GinLeaf *leaf)
{
	Page		page;

	do
	{
		leaf->buffer = gin_step_right(reader, leaf->buffer);
		page = BufferGetPage(leaf->buffer);
	} while (GinPageIsDeleted(page));
	if (!GinPageIsData(page) || !GinPageIsLeaf(page) || !GinPageIsCompressed(page))
		detmeta_gin_report_corruption(reader, "an unexpected page in a posting tree");
	note_right(leaf);
}

/* Unlock a leaf. */
void
detmeta_gin_close_leaf(GinLeaf *leaf)
{
	UnlockReleaseBuffer(leaf->buffer);
}

/* Count the TIDs on a leaf of a posting tree. */
static int
count_tree_leaf(Page page)
{
	const GinPostingList *segment = GinDataLeafPageGetPostingList(page);

	return detmeta_gin_count_segments(segment, (const char *) segment +
									  GinDataLeafPageGetPostingListSize(page));
}

/* Count the TIDs of the leaf at a fraction of a posting tree, and estimate its leaves. */
static int
probe_leaf(GinReader *reader, BlockNumber root, double fraction, double *nleaves)
{
	Probe		probe = {fraction, 1};
	Buffer		buffer = find_leaf(reader, root, 0, &probe);
	int			count = count_tree_leaf(BufferGetPage(buffer));

	UnlockReleaseBuffer(buffer);
	*nleaves = probe.nleaves;
	return count;
}

/*
 * Estimate the TIDs of a posting tree from a few of its leaves.  A tree that
 * has no more is counted: its last leaf is often nearly empty.
 */
double
detmeta_gin_tree_estimate(GinReader *reader, BlockNumber root, int nprobes)
{
	double		nleaves;
	double		total = probe_leaf(reader, root, 0.5 / nprobes, &nleaves);
	double		ignored;
	int			i;

	if (nleaves <= nprobes)
	{
		for (i = 1; i < nleaves; i++)
			total += probe_leaf(reader, root, (i + 0.5) / nleaves, &ignored);
		return total;
	}
	total *= nleaves;
	for (i = 1; i < nprobes; i++)
	{
		int			count = probe_leaf(reader, root, (i + 0.5) / nprobes, &nleaves);

		total += count * nleaves;
	}
	return total / nprobes;
}

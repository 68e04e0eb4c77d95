/*
 * descent.c
 *		Descend a tree of a GIN index, to insert into it.
 *
 * As ginFindLeafPage() does, but from any page whose path is known.  One page is locked
 * at a time, or two where core steps right; a parent is unlocked before its child is
 * locked, and what a split moved meanwhile is found to the right.  VACUUM deletes pages of
 * posting trees only, with nobody but itself having a pin on the root: the path has one.
 *
 * Where a split is incomplete, core descends from the root, and finishes it.
 */
#include "postgres.h"

#include "pgstat.h"
#include "storage/bufmgr.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "build/descent.h"

/* Blocks whose buffers are remembered; 16 kB for a backend. */
#define RECENT_BUFFERS	4096

/* Begin a path with the root. */
GinBtreeStack *
detmeta_path_begin(GinBtree btree)
{
	return detmeta_path_push(NULL, btree->index, btree->rootBlkno);
}

/*
 * Pin a block.  A post comes to the same upper pages again and again: looking up where
 * they are is a tenth of it, a look whether they still are there is less.
 */
static Buffer
pin_block(Relation index, BlockNumber block)
{
	static Buffer recent[RECENT_BUFFERS];	/* where blocks were last, by their numbers */
	Buffer	   *place = &recent[block % RECENT_BUFFERS];

	if (RelationUsesLocalBuffers(index))
		return ReadBuffer(index, block);
	if (BufferIsValid(*place) && READ_RECENT_BUFFER(index, block, *place))
	{
		pgstat_count_buffer_read(index);
		pgstat_count_buffer_hit(index);
	}
	else
		*place = ReadBuffer(index, block);
	return *place;
}

/* Add a page below a path. */
GinBtreeStack *
detmeta_path_push(GinBtreeStack *path, Relation index, BlockNumber block)
{
	GinBtreeStack *page = palloc_object(GinBtreeStack);

	page->blkno = block;
	page->buffer = pin_block(index, block);
	page->off = InvalidOffsetNumber;
	page->predictNumber = 1;
	page->parent = path;
	return page;
}

/* Take the lowest page off a path. */
GinBtreeStack *
detmeta_path_pop(GinBtreeStack *path)
{
	GinBtreeStack *parent = path->parent;

	ReleaseBuffer(path->buffer);
	pfree(path);
	return parent;
}

/* Copy a path, with pins of its own. */
GinBtreeStack *
detmeta_path_copy(const GinBtreeStack *path)
{
	GinBtreeStack *copy = NULL;
	GinBtreeStack **place = &copy;

	for (; path != NULL; path = path->parent)
	{
		*place = palloc_object(GinBtreeStack);
		**place = *path;
		IncrBufferRefCount(path->buffer);
		place = &(*place)->parent;
	}
	return copy;
}

/* Say whether what is looked for is to the right of the lowest page of a path. */
static inline bool
is_right_of(GinBtree btree, const GinBtreeStack *path)
{
	return path->blkno != btree->rootBlkno &&
		btree->isMoveRight(btree, BufferGetPage(path->buffer));
}

/* Drop a path whose lowest page is locked, and let core descend from the root. */
static GinBtreeStack *
find_leaf_by_core(GinBtree btree, GinBtreeStack *path)
{
	LockBuffer(path->buffer, GIN_UNLOCK);
	freeGinBtreeStack(path);
	return GIN_FIND_INSERT_LEAF(btree);
}

/* Find a leaf, from the lowest page of a path on. */
GinBtreeStack *
detmeta_find_leaf(GinBtree btree, GinBtreeStack *path)
{
	for (;;)
	{
		int			mode = ginTraverseLock(path->buffer, false);
		BlockNumber child;

		while (!GinPageIsIncompleteSplit(BufferGetPage(path->buffer)) && is_right_of(btree, path))
		{
			path->blkno = GinPageGetOpaque(BufferGetPage(path->buffer))->rightlink;
			path->buffer = ginStepRight(path->buffer, btree->index, mode);
		}
		if (GinPageIsIncompleteSplit(BufferGetPage(path->buffer)))
			return find_leaf_by_core(btree, path);
		if (GinPageIsLeaf(BufferGetPage(path->buffer)))
			return path;
		child = btree->findChildPage(btree, path);
		LockBuffer(path->buffer, GIN_UNLOCK);
		path = detmeta_path_push(path, btree->index, child);
	}
}

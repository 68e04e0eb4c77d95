/*
 * path.c
 *		Ways down the entry tree of a GIN index, and leaves between two of them.
 *
 * Nothing tells how many leaves are between two.  But the ways down to them,
 * read as numbers whose digits are the children taken, say where each is on
 * the page where the ways part; so leaves at even fractions between the two
 * are spread over what is between them.
 */
#include "postgres.h"

#include "gin/path.h"

/* Note the child taken on an inner page. */
void
detmeta_gin_path_note(GinPath *path, Buffer buffer, OffsetNumber child)
{
	if (path->depth == GIN_MAX_DEPTH)
		return;
	path->block[path->depth] = BufferGetBlockNumber(buffer);
	path->child[path->depth] = child;
	path->nchildren[path->depth++] = PageGetMaxOffsetNumber(BufferGetPage(buffer));
}

/*
 * Return where a way to the middle of a leaf goes on a level's page, with the
 * levels below as a fraction.
 */
static double
position_on(const GinPath *path, int level)
{
	double		below = 0.5;

	for (int i = path->depth - 1; i > level; i--)
		below = (path->child[i] - 1 + below) / path->nchildren[i];
	return path->child[level] + below;
}

/*
 * Find and share-lock the leaf at a fraction of the way from one leaf to
 * another, below the root; also note the way to it.
 */
Buffer
detmeta_gin_find_leaf_between(GinReader *reader, const GinPath *from, const GinPath *to,
							  double fraction, GinPath *way)
{
	int			level = 0;
	double		position;
	Buffer		buffer;
	Page		page;

	/* down to where the ways part */
	while (level < Min(from->depth, to->depth) - 1 && from->child[level] == to->child[level])
		level++;
	position = position_on(from, level) +
		fraction * (position_on(to, level) - position_on(from, level));

	*way = *from;
	way->depth = level;
	buffer = ReadBuffer(reader->index, from->block[level]);
	page = gin_lock_page(reader, buffer);
	while (!GinPageIsLeaf(page))
	{
		int			child = Max(1, Min((int) position, (int) PageGetMaxOffsetNumber(page)));
		IndexTuple	itup = (IndexTuple) PageGetItem(page, PageGetItemId(page, child));
		BlockNumber block = GinGetDownlink(itup);

		detmeta_gin_path_note(way, buffer, child);
		position -= child;
		LockBuffer(buffer, GIN_UNLOCK);
		buffer = ReleaseAndReadBuffer(buffer, reader->index, block);
		page = gin_lock_page(reader, buffer);
		position = 1 + Max(0.0, Min(0.999, position)) * PageGetMaxOffsetNumber(page);
	}
	return buffer;
}

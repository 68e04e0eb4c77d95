/*
 * page_writer.c
 *		The entry tree of an index that is built, written from left to right.
 *
 * Of each level one page is being filled.  When it is full it is written, with a link
 * to the next, and gets a downlink on the level above, which has the last tuple's key:
 * what is greater belongs further right.  The one page that is left on the uppermost
 * level becomes the root, whose place is fixed.
 *
 * GIN's own build splits pages in the middle also where entries come in order, which
 * leaves half of each page empty.  Here some room is left for what is inserted later:
 * a full page would be split by its first new entry.
 *
 * Nobody reads the index yet, so pages are written without locks against readers, and
 * all of them go to the log at the end (build/build.c).
 */
#include "postgres.h"

#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "build/page_writer.h"

/* A page that is being filled. */
typedef struct TreeLevel
{
	PGAlignedBlock page;
	BlockNumber block;			/* where it will be; InvalidBlockNumber: it may be the root */
	IndexTuple	last;			/* tuple on it */
	struct TreeLevel *above;	/* or NULL */
} TreeLevel;

struct PageWriter
{
	Relation	index;
	Size		kept_free;		/* on each page */
	TreeLevel  *leaves;
	BlockNumber npages;
};

static void add_tuple(PageWriter *writer, TreeLevel *level, IndexTuple tuple);

/* Say whether a level is that of the leaves. */
static inline bool
is_leaf_level(const PageWriter *writer, const TreeLevel *level)
{
	return level == writer->leaves;
}

/* Begin a page of a level. */
static void
begin_tree_page(const PageWriter *writer, TreeLevel *level)
{
	GinInitPage((Page) level->page.data, is_leaf_level(writer, level) ? GIN_LEAF : 0, BLCKSZ);
}

/* Begin to write. */
PageWriter *
detmeta_page_writer_create(Relation index, int fillfactor)
{
	PageWriter *writer = palloc0_object(PageWriter);

	writer->index = index;
	writer->kept_free = BLCKSZ * (100 - fillfactor) / 100;
	writer->leaves = palloc0_object(TreeLevel);
	writer->leaves->block = InvalidBlockNumber;
	begin_tree_page(writer, writer->leaves);
	return writer;
}

/* Take a block for a page to come. */
static BlockNumber
take_block(const PageWriter *writer)
{
	Buffer		buffer;
	BlockNumber block;

	CHECK_FOR_INTERRUPTS();
	buffer = GinNewBuffer(writer->index);
	block = BufferGetBlockNumber(buffer);
	GinInitBuffer(buffer, GIN_DELETED);
	MarkBufferDirty(buffer);
	UnlockReleaseBuffer(buffer);
	return block;
}

/* Write a page to its place. */
static void
write_tree_page(PageWriter *writer, TreeLevel *level, BlockNumber block, BlockNumber right)
{
	Buffer		buffer = ReadBuffer(writer->index, block);

	GinPageGetOpaque((Page) level->page.data)->rightlink = right;
	LockBuffer(buffer, GIN_EXCLUSIVE);
	memcpy(BufferGetPage(buffer), level->page.data, BLCKSZ);
	MarkBufferDirty(buffer);
	UnlockReleaseBuffer(buffer);
	writer->npages++;
}

/* Make the downlink to a page: its last tuple, without the posting list that a leaf's has. */
static IndexTuple
make_downlink(const PageWriter *writer, const TreeLevel *level)
{
	bool		has_list = is_leaf_level(writer, level) && !GinIsPostingTree(level->last);
	Size		size = has_list ? GinGetPostingOffset(level->last) : IndexTupleSize(level->last);
	IndexTuple	downlink = palloc0(MAXALIGN(size));

	memcpy(downlink, level->last, size);
	downlink->t_info = (downlink->t_info & ~INDEX_SIZE_MASK) | MAXALIGN(size);
	GinSetDownlink(downlink, level->block);
	return downlink;
}

/* Write a full page, tell the level above of it, and begin the next. */
static void
end_tree_page(PageWriter *writer, TreeLevel *level)
{
	BlockNumber next;
	IndexTuple	downlink;

	if (level->block == InvalidBlockNumber)
		level->block = take_block(writer);
	next = take_block(writer);
	write_tree_page(writer, level, level->block, next);
	if (level->above == NULL)
	{
		level->above = palloc0_object(TreeLevel);
		level->above->block = InvalidBlockNumber;
		begin_tree_page(writer, level->above);
	}
	downlink = make_downlink(writer, level);
	add_tuple(writer, level->above, downlink);
	pfree(downlink);
	level->block = next;
	begin_tree_page(writer, level);
}

/* Say whether a page is full without a tuple. */
static bool
is_full(const PageWriter *writer, const TreeLevel *level, IndexTuple tuple)
{
	Page		page = (Page) unconstify(TreeLevel *, level)->page.data;
	Size		size = IndexTupleSize(tuple) + sizeof(ItemIdData);
	Size		kept_free = PageGetMaxOffsetNumber(page) < 2 ? 0 : writer->kept_free;

	return PageGetExactFreeSpace(page) < size + kept_free;
}

/* Add a tuple to a level. */
static void
add_tuple(PageWriter *writer, TreeLevel *level, IndexTuple tuple)
{
	Page		page = (Page) level->page.data;

	check_stack_depth();
	if (is_full(writer, level, tuple))
		end_tree_page(writer, level);
	if (PageAddItem(page, (Pointer) tuple, IndexTupleSize(tuple), InvalidOffsetNumber, false,
					false) == InvalidOffsetNumber)
		elog(ERROR, "no room for an entry of index \"%s\"",
			 RelationGetRelationName(writer->index));
	if (level->last != NULL)
		pfree(level->last);
	level->last = palloc(IndexTupleSize(tuple));
	memcpy(level->last, tuple, IndexTupleSize(tuple));
}

/* Add an entry. */
void
detmeta_page_writer_put(PageWriter *writer, IndexTuple tuple)
{
	add_tuple(writer, writer->leaves, tuple);
}

/* Write what is left of a level, and link to it from above. */
static void
end_tree_level(PageWriter *writer, TreeLevel *level)
{
	IndexTuple	downlink;

	write_tree_page(writer, level, level->block, InvalidBlockNumber);
	downlink = make_downlink(writer, level);
	add_tuple(writer, level->above, downlink);
	pfree(downlink);
}

/* Write the last pages, the root at last. */
BlockNumber
detmeta_page_writer_end(PageWriter *writer)
{
	TreeLevel  *level = writer->leaves;

	for (; level->above != NULL; level = level->above)
		end_tree_level(writer, level);
	write_tree_page(writer, level, GIN_ROOT_BLKNO, InvalidBlockNumber);
	return writer->npages;
}

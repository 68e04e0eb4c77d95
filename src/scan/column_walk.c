/*
 * column_walk.c
 *		Walk the rows of a table in the order of a column, from its btree index.
 */
#include "postgres.h"

#include "access/genam.h"
#include "miscadmin.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "scan/column_walk.h"

struct ColumnWalk
{
	Relation	index;
	IndexScanDesc scan;
	ScanDirection direction;
};

/*
 * Begin a walk, forward or backward: the index may have been made the other way
 * round.  The planner holds a lock on it, as on all indexes of the table.
 */
ColumnWalk *
detmeta_column_walk_begin(Relation heap, Oid index, Snapshot snapshot, ScanDirection direction)
{
	ColumnWalk *walk = palloc_object(ColumnWalk);

	walk->index = index_open(index, AccessShareLock);
	walk->scan = INDEX_BEGINSCAN(heap, walk->index, snapshot, 0, 0);
	walk->direction = direction;
	index_rescan(walk->scan, NULL, 0, NULL, 0);
	return walk;
}

/* Return the next TID; its row may be invisible. */
bool
detmeta_column_walk_next(ColumnWalk *walk, ItemPointer tid)
{
	ItemPointer next;

	CHECK_FOR_INTERRUPTS();
	next = index_getnext_tid(walk->scan, walk->direction);
	if (next != NULL)
		*tid = *next;
	return next != NULL;
}

/* End a walk, wherever it is. */
void
detmeta_column_walk_end(ColumnWalk *walk)
{
	index_endscan(walk->scan);
	index_close(walk->index, NoLock);
	pfree(walk);
}

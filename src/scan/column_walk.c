/*
 * column_walk.c
 *		Walk the rows of a table in the order of a column, from its btree index.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/stratnum.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "scan/column_walk.h"

struct ColumnWalk
{
	Relation	index;
	IndexScanDesc scan;
	ScanDirection direction;
};

/* Make the scan key of a bound; false: the index cannot compare with its type. */
static bool
make_scan_key(Relation index, const ColumnBound *bound, ScanKey key)
{
	StrategyNumber strategy = bound->is_upper ? BTLessEqualStrategyNumber :
		BTGreaterEqualStrategyNumber;
	Oid			operator = get_opfamily_member(index->rd_opfamily[0], index->rd_opcintype[0],
											   bound->type, strategy);

	if (!OidIsValid(operator))
		return false;
	ScanKeyEntryInitialize(key, 0, 1, strategy, bound->type, index->rd_indcollation[0],
						   get_opcode(operator), bound->value);
	return true;
}

/*
 * Begin a walk, forward or backward: the index may have been made the other way
 * round.  The planner holds a lock on it, as on all indexes of the table.
 */
ColumnWalk *
detmeta_column_walk_begin(Relation heap, Oid index, Snapshot snapshot, ScanDirection direction,
						  const ColumnBound *bound)
{
	ColumnWalk *walk = palloc_object(ColumnWalk);
	ScanKeyData key;
	int			nkeys;

	walk->index = index_open(index, AccessShareLock);
	nkeys = bound != NULL && make_scan_key(walk->index, bound, &key) ? 1 : 0;
	walk->scan = INDEX_BEGINSCAN(heap, walk->index, snapshot, nkeys, 0);
	walk->direction = direction;
	index_rescan(walk->scan, &key, nkeys, NULL, 0);
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

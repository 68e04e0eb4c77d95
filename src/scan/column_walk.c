/*
 * column_walk.c
 *		Walk the rows of a table in the order of a column, from its btree index.
 *
 * The column may be one of a joined table: that table is walked then, and each row
 * of it that is visible leads to those that it is the partner of (scan/partner.h).
 *
 * NULLs are at one end of the index.  Where they are wanted at the other one, there
 * are two walks, one of them for the NULLs.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/stratnum.h"
#include "access/tableam.h"
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
	Partner    *partner;		/* whose table is walked; NULL: the scan's own */
	bool		has_rows;		/* rows of a partner are being read */
	ColumnNulls nulls;
	ScanKeyData bound;
	bool		has_bound;
	bool		is_second;		/* of two walks */
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

/* Begin a walk of the index; of two, the one for NULLs, or for all others. */
static void
start_walk(ColumnWalk *walk)
{
	ScanKeyData keys[2];
	int			nkeys = 0;
	bool		of_nulls = (walk->nulls == COLUMN_NULLS_FIRST) != walk->is_second;

	if (walk->nulls != COLUMN_NULLS_OF_INDEX)
		ScanKeyEntryInitialize(&keys[nkeys++],
							   SK_ISNULL | (of_nulls ? SK_SEARCHNULL : SK_SEARCHNOTNULL), 1,
							   InvalidStrategy, InvalidOid, InvalidOid, InvalidOid, (Datum) 0);
	if (walk->has_bound)
		keys[nkeys++] = walk->bound;
	index_rescan(walk->scan, keys, nkeys, NULL, 0);
}

/*
 * Begin a walk, forward or backward: the index may have been made the other way
 * round.  The planner holds a lock on it, as on all indexes of the table.
 */
ColumnWalk *
detmeta_column_walk_begin(Relation heap, Oid index, Snapshot snapshot, ScanDirection direction,
						  ColumnNulls nulls, const ColumnBound *bound, Partner *partner)
{
	ColumnWalk *walk = palloc_object(ColumnWalk);

	walk->index = index_open(index, AccessShareLock);
	walk->has_bound = bound != NULL && make_scan_key(walk->index, bound, &walk->bound);
	walk->nulls = nulls;
	walk->is_second = false;
	walk->direction = direction;
	walk->partner = partner;
	walk->has_rows = false;
	walk->scan = INDEX_BEGINSCAN(partner != NULL ? detmeta_partner_table(partner) : heap,
								 walk->index, snapshot,
								 (walk->has_bound ? 1 : 0) +
								 (nulls != COLUMN_NULLS_OF_INDEX ? 1 : 0),
								 0);
	start_walk(walk);
	return walk;
}

/* Go to the second of two walks; false: this is the last. */
static bool
go_on(ColumnWalk *walk)
{
	if (walk->nulls == COLUMN_NULLS_OF_INDEX || walk->is_second)
		return false;
	walk->is_second = true;
	start_walk(walk);
	return true;
}

/* Return the next TID of the index; false: there are no more. */
static bool
next_of_index(ColumnWalk *walk, ItemPointer tid)
{
	ItemPointer next;

	do
	{
		next = index_getnext_tid(walk->scan, walk->direction);
	} while (next == NULL && go_on(walk));
	if (next != NULL)
		*tid = *next;
	return next != NULL;
}

/* Go to the next visible row of the partner's table; false: there are no more. */
static bool
next_partner(ColumnWalk *walk)
{
	bool		found;

	do
	{
		found = detmeta_partner_fetch(walk->partner, walk->scan, walk->direction);
	} while (!found && go_on(walk));
	walk->has_rows = found && detmeta_partner_find_rows(walk->partner);
	return found;
}

/* Return the next TID; its row may be invisible. */
bool
detmeta_column_walk_next(ColumnWalk *walk, ItemPointer tid)
{
	CHECK_FOR_INTERRUPTS();
	if (walk->partner == NULL)
		return next_of_index(walk, tid);
	while (!walk->has_rows || !detmeta_partner_next_row(walk->partner, tid))
	{
		CHECK_FOR_INTERRUPTS();
		if (!next_partner(walk))
			return false;
	}
	return true;
}

/* End a walk, wherever it is. */
void
detmeta_column_walk_end(ColumnWalk *walk)
{
	index_endscan(walk->scan);
	index_close(walk->index, NoLock);
	pfree(walk);
}

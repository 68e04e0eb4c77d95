/*
 * partner.c
 *		Rows of a joined table: the partners of the rows of a scan.
 *
 * A row finds its partner, and a partner its rows, by btree indexes on the columns
 * that the tables are joined by, as a nested loop would.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "executor/executor.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "scan/partner.h"

/* Looks for the rows of a table that have a value. */
typedef struct ColumnLookup
{
	Oid			indexid;
	Oid			operator;
	Relation	index;			/* NULL: not opened yet */
	IndexScanDesc scan;
	ScanKeyData key;
} ColumnLookup;

struct Partner
{
	MemoryContext context;		/* for what is opened later */
	Relation	table;
	Relation	heap;			/* of the scan */
	Snapshot	snapshot;
	TupleTableSlot *slot;
	AttrNumber	column;
	AttrNumber	join_column;
	ExprState  *join;
	ColumnLookup partners;
	ColumnLookup rows;
};

/* Open the joined table, in the current memory context. */
Partner *
detmeta_partner_open(List *oids, List *columns, ExprState *join, Relation heap,
					 Snapshot snapshot)
{
	Partner    *partner = palloc0_object(Partner);

	partner->context = CurrentMemoryContext;
	partner->table = table_open(list_nth_oid(oids, PARTNER_TABLE), AccessShareLock);
	partner->heap = heap;
	partner->snapshot = snapshot;
	partner->slot = table_slot_create(partner->table, NULL);
	partner->column = list_nth_int(columns, PARTNER_COLUMN);
	partner->join_column = list_nth_int(columns, PARTNER_JOIN_COLUMN);
	partner->join = join;
	partner->partners.indexid = list_nth_oid(oids, PARTNER_INDEX);
	partner->partners.operator = list_nth_oid(oids, PARTNER_OPERATOR);
	partner->rows.indexid = list_nth_oid(oids, PARTNER_OWN_INDEX);
	partner->rows.operator = list_nth_oid(oids, PARTNER_OWN_OPERATOR);
	return partner;
}

/* Open an index and prepare to search it. */
static void
open_lookup(ColumnLookup *lookup, Relation table, Snapshot snapshot)
{
	Oid			type;
	Oid			value_type;

	op_input_types(lookup->operator, &type, &value_type);
	lookup->index = index_open(lookup->indexid, AccessShareLock);
	lookup->scan = INDEX_BEGINSCAN(table, lookup->index, snapshot, 1, 0);
	ScanKeyEntryInitialize(&lookup->key, 0, 1, BTEqualStrategyNumber, value_type,
						   lookup->index->rd_indcollation[0], get_opcode(lookup->operator),
						   (Datum) 0);
}

/* Begin to search a table for a value, which must stay. */
static void
start_lookup(const Partner *partner, ColumnLookup *lookup, Relation table, Datum value)
{
	MemoryContext old = MemoryContextSwitchTo(partner->context);

	if (lookup->index == NULL)
		open_lookup(lookup, table, partner->snapshot);
	lookup->key.sk_argument = value;
	index_rescan(lookup->scan, &lookup->key, 1, NULL, 0);
	MemoryContextSwitchTo(old);
}

/* Close an index, if it was opened. */
static void
close_lookup(ColumnLookup *lookup)
{
	if (lookup->index == NULL)
		return;
	index_endscan(lookup->scan);
	index_close(lookup->index, NoLock);
}

/* Close the joined table. */
void
detmeta_partner_close(Partner *partner)
{
	close_lookup(&partner->partners);
	close_lookup(&partner->rows);
	ExecDropSingleTupleTableSlot(partner->slot);
	table_close(partner->table, NoLock);
}

/* Return the joined table. */
Relation
detmeta_partner_table(const Partner *partner)
{
	return partner->table;
}

/*
 * Read the next visible row of the joined table that an index scan has; false: there
 * are no more.  The scan may allocate what has to live as long as itself.
 */
bool
detmeta_partner_fetch(Partner *partner, IndexScanDesc scan, ScanDirection direction)
{
	MemoryContext old = MemoryContextSwitchTo(partner->context);
	bool		result = index_getnext_slot(scan, direction, partner->slot);

	MemoryContextSwitchTo(old);
	return result;
}

/* Return the column of a row's partner. */
Datum
detmeta_partner_value(Partner *partner, ExprContext *econtext, bool *isnull)
{
	Datum		value = ExecEvalExprSwitchContext(partner->join, econtext, isnull);

	if (*isnull)
		return (Datum) 0;
	start_lookup(partner, &partner->partners, partner->table, value);
	if (!detmeta_partner_fetch(partner, partner->partners.scan, ForwardScanDirection))
	{
		*isnull = true;
		return (Datum) 0;
	}
	return slot_getattr(partner->slot, partner->column, isnull);
}

/* Begin to read the rows that the row in the slot is the partner of; false: there are none. */
bool
detmeta_partner_find_rows(Partner *partner)
{
	bool		isnull;
	Datum		value = slot_getattr(partner->slot, partner->join_column, &isnull);

	if (!isnull)
		start_lookup(partner, &partner->rows, partner->heap, value);
	return !isnull;
}

/* Read the next of them; false: there are no more. */
bool
detmeta_partner_next_row(Partner *partner, ItemPointer tid)
{
	ItemPointer next = index_getnext_tid(partner->rows.scan, ForwardScanDirection);

	if (next != NULL)
		*tid = *next;
	return next != NULL;
}

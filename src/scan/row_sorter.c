/*
 * row_sorter.c
 *		Sort TIDs by values: a thin layer over core's tuplesort.
 */
#include "postgres.h"

#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/tuplesort.h"

#include "base/compat.h"
#include "scan/row_sorter.h"

struct RowSorter
{
	Tuplesortstate *sort;
	TupleDesc	tupdesc;
	TupleTableSlot *in;
	TupleTableSlot *out;
};

/* Begin to sort. */
RowSorter *
detmeta_row_sorter_begin(const SortOrder *order)
{
	RowSorter  *sorter = palloc_object(RowSorter);
	AttrNumber	column = 1;
	Oid			operator = order->operator;
	Oid			collation = order->collation;
	bool		nulls_first = false;

	sorter->tupdesc = CreateTemplateTupleDesc(2);
	TupleDescInitEntry(sorter->tupdesc, 1, "key", order->type, -1, 0);
	TupleDescInitEntry(sorter->tupdesc, 2, "tid", TIDOID, -1, 0);
	sorter->in = MakeSingleTupleTableSlot(sorter->tupdesc, &TTSOpsVirtual);
	sorter->out = MakeSingleTupleTableSlot(sorter->tupdesc, &TTSOpsMinimalTuple);
	sorter->sort = tuplesort_begin_heap(sorter->tupdesc, 1, &column, &operator, &collation,
										&nulls_first, work_mem, NULL, TUPLESORT_NONE);
	return sorter;
}

/* Add a TID. */
void
detmeta_row_sorter_put(RowSorter *sorter, Datum key, ItemPointer tid)
{
	ExecClearTuple(sorter->in);
	sorter->in->tts_values[0] = key;
	sorter->in->tts_values[1] = PointerGetDatum(tid);
	sorter->in->tts_isnull[0] = sorter->in->tts_isnull[1] = false;
	ExecStoreVirtualTuple(sorter->in);
	tuplesort_puttupleslot(sorter->sort, sorter->in);
}

/* Sort what was added. */
void
detmeta_row_sorter_perform(RowSorter *sorter)
{
	tuplesort_performsort(sorter->sort);
}

/* Go to the next TID; false at the end. */
bool
detmeta_row_sorter_next(RowSorter *sorter)
{
	return tuplesort_gettupleslot(sorter->sort, true, true, sorter->out, NULL);
}

/* Return the current TID and its value, valid until the next one. */
Datum
detmeta_row_sorter_row(RowSorter *sorter, ItemPointer tid)
{
	bool		isnull;

	*tid = *(ItemPointer) DatumGetPointer(slot_getattr(sorter->out, 2, &isnull));
	return slot_getattr(sorter->out, 1, &isnull);
}

/* End. */
void
detmeta_row_sorter_end(RowSorter *sorter)
{
	tuplesort_end(sorter->sort);
	ExecDropSingleTupleTableSlot(sorter->in);
	ExecDropSingleTupleTableSlot(sorter->out);
	FreeTupleDesc(sorter->tupdesc);
	pfree(sorter);
}

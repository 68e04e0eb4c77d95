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
	TupleDesc	tupdesc;		/* the TID, then the values */
	TupleTableSlot *in;
	TupleTableSlot *out;
};

/* Begin to sort. */
RowSorter *
detmeta_row_sorter_begin(const SortOrder *orders, int n)
{
	RowSorter  *sorter = palloc_object(RowSorter);
	AttrNumber *columns = palloc_array(AttrNumber, n);
	Oid		   *operators = palloc_array(Oid, n);
	Oid		   *collations = palloc_array(Oid, n);
	bool	   *nulls_first = palloc_array(bool, n);

	sorter->tupdesc = CreateTemplateTupleDesc(n + 1);
	TupleDescInitEntry(sorter->tupdesc, 1, "tid", TIDOID, -1, 0);
	for (int i = 0; i < n; i++)
	{
		columns[i] = (AttrNumber) (i + 2);
		TupleDescInitEntry(sorter->tupdesc, columns[i], "value", orders[i].type, -1, 0);
		operators[i] = orders[i].operator;
		collations[i] = orders[i].collation;
		nulls_first[i] = orders[i].nulls_first;
	}
	TupleDescFinalize(sorter->tupdesc);
	sorter->in = MakeSingleTupleTableSlot(sorter->tupdesc, &TTSOpsVirtual);
	sorter->out = MakeSingleTupleTableSlot(sorter->tupdesc, &TTSOpsMinimalTuple);
	sorter->sort = tuplesort_begin_heap(sorter->tupdesc, n, columns, operators, collations,
										nulls_first, work_mem, NULL, TUPLESORT_NONE);
	return sorter;
}

/* Add a TID. */
void
detmeta_row_sorter_put(RowSorter *sorter, const Datum *values, const bool *isnull, ItemPointer tid)
{
	int			n = sorter->tupdesc->natts - 1;

	ExecClearTuple(sorter->in);
	sorter->in->tts_values[0] = PointerGetDatum(tid);
	sorter->in->tts_isnull[0] = false;
	memcpy(sorter->in->tts_values + 1, values, sizeof(Datum) * n);
	memcpy(sorter->in->tts_isnull + 1, isnull, sizeof(bool) * n);
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

/* Return the current TID and the first of its values. */
Datum
detmeta_row_sorter_row(RowSorter *sorter, ItemPointer tid)
{
	bool		isnull;

	*tid = *(ItemPointer) DatumGetPointer(slot_getattr(sorter->out, 1, &isnull));
	return slot_getattr(sorter->out, 2, &isnull);
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

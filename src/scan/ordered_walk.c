/*
 * ordered_walk.c
 *		Walk the rows of a table in the order of a key, from the index.
 *
 * Two sources are merged by their sort keys:
 *	- groups of rows with one value (scan/key_groups.h), which come in the order
 *	  of the key.  Within a group whose values are cut in the index, the order
 *	  is known from the rows only; these are sorted by the expression itself.
 *	- rows apart, which the index cannot put in a group: where the key has
 *	  several places, those of the pending list, and of an order of core's
 *	  those whose value is of a kind that it does not know.  They are sorted in
 *	  the same way before the walk begins; those without a value are left to the
 *	  group of such rows.
 */
#include "postgres.h"

#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/sortsupport.h"

#include "base/compat.h"
#include "gin/tid_set_read.h"
#include "scan/key_groups.h"
#include "scan/key_reader.h"
#include "scan/ordered_walk.h"
#include "scan/row_sorter.h"

/* The row that comes next from a source. */
typedef struct SourceRow
{
	bool		valid;			/* is there one? */
	ItemPointerData tid;
	Datum		value;			/* by which it is sorted, where it was sorted */
} SourceRow;

struct OrderedWalk
{
	SetScan    *scan;
	MemoryContext context;
	MemoryContext row_context;	/* for the value of one row */
	KeyOrder	order;
	const RowValues *values;
	SortSupportData comparison; /* of values */

	TidSet	   *apart;			/* rows apart; NULL: none */
	TidSet	   *empty;			/* those of them without a value */
	RowSorter  *sorted_apart;	/* the others; NULL: there are no more */
	SourceRow	next_apart;

	KeyGroups  *groups;
	const KeyGroup *group;		/* its rows are being read; or NULL */
	MemoryContext group_context;	/* for its value */
	bool		group_is_valued;	/* is it known? */
	Datum		group_value;
	GroupRows	rows;			/* of it, */
	RowSorter  *sorted_rows;	/* or, where its values are cut, these */
	SourceRow	next_of_groups;
};

/* Sort a row by its own value; one that is not wanted drops out. */
static void
sort_row(OrderedWalk *walk, RowSorter *sorter, ItemPointer tid)
{
	const RowValues *values = walk->values;
	MemoryContext old;
	Datum		value;
	bool		isnull;

	if (!detmeta_heap_fetch(&walk->scan->fetcher, tid) || !values->is_wanted(values->arg))
		return;
	old = MemoryContextSwitchTo(walk->row_context);
	value = ExecEvalExpr(values->expression, values->econtext, &isnull);
	if (isnull)
		detmeta_tid_set_add(walk->empty, tid, false);
	else
		detmeta_row_sorter_put(sorter, value, tid);
	MemoryContextSwitchTo(old);
	MemoryContextReset(walk->row_context);
}

/* Sort all rows of a set by their own values. */
static RowSorter *
sort_set(OrderedWalk *walk, TidSet *set)
{
	RowSorter  *sorter = detmeta_row_sorter_begin(&walk->values->order);
	TidSetCursor *cursor = palloc_object(TidSetCursor);
	ItemPointerData tid;

	detmeta_tid_set_cursor(cursor, set, 0);
	while (detmeta_tid_set_next_tid(cursor, &tid))
		sort_row(walk, sorter, &tid);
	detmeta_row_sorter_perform(sorter);
	pfree(cursor);
	return sorter;
}

/* Read the next row of a sorter; false: it has no more, and is gone. */
static bool
read_sorted(RowSorter **sorter, SourceRow *row)
{
	row->valid = *sorter != NULL && detmeta_row_sorter_next(*sorter);
	if (row->valid)
		row->value = detmeta_row_sorter_row(*sorter, &row->tid);
	else if (*sorter != NULL)
	{
		detmeta_row_sorter_end(*sorter);
		*sorter = NULL;
	}
	return row->valid;
}

/* Return the rows that the index cannot put in a group. */
static TidSet *
find_rows_apart(OrderedWalk *walk, TidSet *only)
{
	KeyReader	key = {walk->scan->reader, walk->order.shape.key, walk->order.shape.keylen};
	TidSet	   *apart = detmeta_tid_set_create(walk->context, 0, InvalidBlockNumber);

	detmeta_key_add_rows_apart(&key, only, apart);
	detmeta_pending_key_rows(walk->scan->pending, apart);
	if (walk->order.apart != NULL)
	{
		SetSource	source = detmeta_set_scan_whole(walk->scan);
		SetCondition condition = {.iq = walk->order.apart};
		FilterSet	set = detmeta_filter_set(&source, &condition);

		detmeta_tid_set_or(apart, set.possible != NULL ? set.possible : set.sure);
		detmeta_filter_set_free(&set);
	}
	if (only != NULL)
		detmeta_tid_set_and(apart, only);
	return apart;
}

/* Sort the rows that the index cannot put in a group. */
static void
sort_rows_apart(OrderedWalk *walk, TidSet *only)
{
	TidSet	   *apart = find_rows_apart(walk, only);

	if (detmeta_tid_set_is_empty(apart))
	{
		detmeta_tid_set_free(apart);
		return;
	}
	walk->apart = apart;
	walk->sorted_apart = sort_set(walk, apart);
	read_sorted(&walk->sorted_apart, &walk->next_apart);
}

/* Begin a walk over all rows of a table; rows outside the set may be left out; it may be NULL. */
OrderedWalk *
detmeta_ordered_walk_begin(SetScan *scan, const KeyOrder *order, const RowValues *values,
						   TidSet *only)
{
	OrderedWalk *walk = palloc0_object(OrderedWalk);
	SetSource	source = detmeta_set_scan_whole(scan);

	walk->scan = scan;
	walk->context = scan->context;
	walk->order = *order;
	walk->values = values;
	walk->comparison.ssup_cxt = scan->context;
	walk->comparison.ssup_collation = values->order.collation;
	PrepareSortSupportFromOrderingOp(values->order.operator, &walk->comparison);
	walk->row_context = AllocSetContextCreate(walk->context, "metadata row",
											  ALLOCSET_DEFAULT_SIZES);
	walk->group_context = AllocSetContextCreate(walk->context, "metadata group",
												ALLOCSET_DEFAULT_SIZES);
	walk->empty = detmeta_tid_set_create(walk->context, 0, InvalidBlockNumber);
	sort_rows_apart(walk, only);
	source.within = only;
	walk->groups = detmeta_key_groups_begin(&source, order, walk->apart, walk->empty);
	return walk;
}

/* Leave out rows outside a set from now on, where that saves something. */
void
detmeta_ordered_walk_restrict(OrderedWalk *walk, TidSet *only)
{
	detmeta_key_groups_restrict(walk->groups, only);
}

/* Begin with the rows of the next group; false: there are no more. */
static bool
begin_group(OrderedWalk *walk)
{
	walk->group = detmeta_key_groups_next(walk->groups);
	walk->group_is_valued = false;
	if (walk->group == NULL)
		return false;
	if (walk->group->is_cut)
		walk->sorted_rows = sort_set(walk, walk->group->rows);
	else
		detmeta_group_rows_begin(&walk->rows, walk->scan->reader, walk->group);
	return true;
}

/* End the current group, if there is one. */
static void
end_group(OrderedWalk *walk)
{
	if (walk->sorted_rows != NULL)
		detmeta_row_sorter_end(walk->sorted_rows);
	else if (walk->group != NULL && !walk->group->is_cut)
		detmeta_group_rows_end(&walk->rows);
	walk->sorted_rows = NULL;
	walk->group = NULL;
}

/* Say whether a row of the current group is one that comes from the rows apart. */
static inline bool
is_apart(const OrderedWalk *walk, ItemPointer tid)
{
	return walk->apart != NULL && walk->group->has_value &&
		detmeta_tid_set_contains(walk->apart, tid, NULL);
}

/* Read the next row of the current group; false: it has no more. */
static bool
read_group_row(OrderedWalk *walk, SourceRow *row)
{
	if (walk->group->is_cut)
		return read_sorted(&walk->sorted_rows, row);
	do
	{
		row->valid = detmeta_group_rows_next(&walk->rows, &row->tid);
	} while (row->valid && is_apart(walk, &row->tid));
	return row->valid;
}

/* Read the next row of the groups. */
static void
read_groups(OrderedWalk *walk)
{
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		if (walk->group == NULL && !begin_group(walk))
			return;
		if (read_group_row(walk, &walk->next_of_groups))
			return;
		end_group(walk);
	}
}

/* Return the value of the next row of the groups. */
static Datum
value_of_groups(OrderedWalk *walk)
{
	MemoryContext old;

	if (walk->group->is_cut)
		return walk->next_of_groups.value;
	if (!walk->group_is_valued)
	{
		MemoryContextReset(walk->group_context);
		old = MemoryContextSwitchTo(walk->group_context);
		walk->group_value = detmeta_group_value(walk->group, walk->order.shape.kind,
												walk->values->order.type);
		walk->group_is_valued = true;
		MemoryContextSwitchTo(old);
	}
	return walk->group_value;
}

/* Say whether the next of the rows apart comes before that of the groups. */
static bool
apart_is_first(OrderedWalk *walk)
{
	if (!walk->next_apart.valid || !walk->next_of_groups.valid)
		return walk->next_apart.valid;
	if (!walk->group->has_value)
		return !walk->order.nulls_first;
	return ApplySortComparator(walk->next_apart.value, false, value_of_groups(walk), false,
							   &walk->comparison) <= 0;
}

/* Return the next TID; its row may be invisible. */
bool
detmeta_ordered_walk_next(OrderedWalk *walk, ItemPointer tid)
{
	MemoryContext old = MemoryContextSwitchTo(walk->context);
	bool		result = true;

	if (!walk->next_of_groups.valid)
		read_groups(walk);
	if (apart_is_first(walk))
	{
		*tid = walk->next_apart.tid;
		read_sorted(&walk->sorted_apart, &walk->next_apart);
	}
	else if (walk->next_of_groups.valid)
	{
		*tid = walk->next_of_groups.tid;
		walk->next_of_groups.valid = false;
	}
	else
		result = false;
	MemoryContextSwitchTo(old);
	return result;
}

/* End a walk, wherever it is. */
void
detmeta_ordered_walk_end(OrderedWalk *walk)
{
	end_group(walk);
	detmeta_key_groups_end(walk->groups);
	if (walk->sorted_apart != NULL)
		detmeta_row_sorter_end(walk->sorted_apart);
}

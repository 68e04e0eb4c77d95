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
 *
 * Where an order goes on behind the key, what is asked for is ties: all rows of
 * one value.  Mostly these are a group, which nothing has been read of yet.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/sortsupport.h"

#include "base/compat.h"
#include "gin/tid_set_read.h"
#include "scan/key_groups.h"
#include "scan/key_reader.h"
#include "scan/ordered_walk.h"
#include "scan/row_order.h"
#include "scan/row_sorter.h"
#include "scan/value_rows.h"
#include "scan/visible_rows.h"

struct OrderedWalk
{
	const RowOrder *order;
	const RowKey *key;
	SetSource	source;
	SortSupportData comparison; /* of values */
	int16		typlen;			/* of them */
	bool		typbyval;

	TidSet	   *apart;			/* rows apart; NULL: none */
	TidSet	   *empty;			/* those of them without a value */
	RowSorter  *sorted_apart;	/* the others; NULL: there are no more */
	ValueRow	next_apart;

	KeyGroups  *groups;
	const KeyGroup *group;		/* the current one, or NULL */
	bool		group_is_open;	/* are its rows being read? */
	MemoryContext group_context;	/* for its value */
	bool		group_is_valued;	/* is it known? */
	Datum		group_value;
	GroupRows	rows;			/* of it, */
	RowSorter  *sorted_rows;	/* or, where its values are cut, these */
	ValueRow	next_of_groups;

	bool		by_ties;		/* are ties asked for? */
	MemoryContext ties_context; /* for the current ones */
	Ties		ties;
	Datum		ties_value;		/* where they are no group */
	bool		others_are_open;
	TidSetCursor others;		/* those that are no group's, being read */
};

/* Return the rows that the index cannot put in a group. */
static TidSet *
find_rows_apart(OrderedWalk *walk, TidSet *only)
{
	const KeyOrderShape *shape = &walk->key->shape;
	KeyReader	key = {walk->source.reader, shape->key, shape->keylen};
	TidSet	   *apart = detmeta_empty_set(&walk->source);

	detmeta_key_add_rows_apart(&key, only, apart);
	detmeta_pending_key_rows(walk->source.pending, apart);
	if (walk->key->apart != NULL)
	{
		SetCondition condition = {.iq = walk->key->apart};
		FilterSet	set = detmeta_filter_set(&walk->source, &condition);

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
	walk->sorted_apart = detmeta_value_rows_sort(walk->order, walk->key, apart, walk->empty);
	detmeta_value_rows_next(&walk->sorted_apart, &walk->next_apart);
}

/* Begin to read the groups of the key. */
static void
begin_groups(OrderedWalk *walk, TidSet *only, bool at_start)
{
	SetSource	source = walk->source;
	KeyOrder	order = {
		.shape = walk->key->shape,
		.descending = walk->key->descending,
		.nulls_first = walk->key->sort.nulls_first,
		.condition = walk->order->condition,
		.start = at_start && walk->key->has_start ? &walk->key->key_start : NULL
	};

	source.within = only;
	walk->groups = detmeta_key_groups_begin(&source, &order, walk->apart, walk->empty);
}

/*
 * Begin a walk over all rows of a table, in the current memory context; rows
 * outside the set may be left out; it may be NULL.
 */
OrderedWalk *
detmeta_ordered_walk_begin(const RowOrder *order, const RowKey *key, TidSet *only,
						   bool at_start)
{
	OrderedWalk *walk = palloc0_object(OrderedWalk);

	walk->order = order;
	walk->key = key;
	walk->source = detmeta_set_scan_whole(order->scan);
	walk->source.context = CurrentMemoryContext;
	walk->comparison.ssup_cxt = CurrentMemoryContext;
	walk->comparison.ssup_collation = key->sort.collation;
	PrepareSortSupportFromOrderingOp(key->sort.operator, &walk->comparison);
	get_typlenbyval(key->sort.type, &walk->typlen, &walk->typbyval);
	walk->group_context = AllocSetContextCreate(CurrentMemoryContext, "metadata group",
												ALLOCSET_SMALL_SIZES);
	walk->ties_context = AllocSetContextCreate(CurrentMemoryContext, "metadata ties",
											   ALLOCSET_SMALL_SIZES);
	walk->empty = detmeta_empty_set(&walk->source);
	sort_rows_apart(walk, only);
	begin_groups(walk, only, at_start);
	return walk;
}

/* Leave out rows outside a set from now on, where that saves something. */
void
detmeta_ordered_walk_restrict(OrderedWalk *walk, TidSet *only)
{
	detmeta_key_groups_restrict(walk->groups, only);
}

/* Go to the next group; false: there are no more. */
static bool
enter_group(OrderedWalk *walk)
{
	walk->group = detmeta_key_groups_next(walk->groups);
	walk->group_is_valued = false;
	walk->group_is_open = false;
	return walk->group != NULL;
}

/* Begin to read the rows of the current group. */
static void
open_group(OrderedWalk *walk)
{
	if (walk->group->is_cut)
		walk->sorted_rows = detmeta_value_rows_sort(walk->order, walk->key, walk->group->rows,
													walk->empty);
	else
		detmeta_group_rows_begin(&walk->rows, walk->groups);
	walk->group_is_open = true;
}

/* End the current group, if there is one. */
static void
end_group(OrderedWalk *walk)
{
	if (walk->sorted_rows != NULL)
		detmeta_row_sorter_end(walk->sorted_rows);
	else if (walk->group != NULL && walk->group_is_open && !walk->group->is_cut)
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
read_group_row(OrderedWalk *walk, ValueRow *row)
{
	if (walk->group->is_cut)
		return detmeta_value_rows_next(&walk->sorted_rows, row);
	do
	{
		CHECK_FOR_INTERRUPTS();
		row->valid = detmeta_group_rows_next(&walk->rows, &row->tid, &row->proven);
	} while (row->valid && is_apart(walk, &row->tid));
	return row->valid;
}

/*
 * Read the next row of the groups.  Where ties are asked for, the group of rows
 * without a value is one of them, and is not opened.
 */
static void
read_groups(OrderedWalk *walk)
{
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		if (walk->group == NULL && !enter_group(walk))
			return;
		if (walk->by_ties && !walk->group->has_value)
			return;
		if (!walk->group_is_open)
			open_group(walk);
		if (read_group_row(walk, &walk->next_of_groups))
			return;
		end_group(walk);
	}
}

/* Return the value of the current group. */
static Datum
value_of_group(OrderedWalk *walk)
{
	MemoryContext old;

	if (!walk->group_is_valued)
	{
		MemoryContextReset(walk->group_context);
		old = MemoryContextSwitchTo(walk->group_context);
		walk->group_value = detmeta_group_value(walk->group, walk->key->shape.kind,
												walk->key->sort.type);
		walk->group_is_valued = true;
		MemoryContextSwitchTo(old);
	}
	return walk->group_value;
}

/* Return the value of the next row of the groups. */
static Datum
value_of_groups(OrderedWalk *walk)
{
	return walk->group->is_cut ? walk->next_of_groups.value : value_of_group(walk);
}

/* Say whether the next of the rows apart comes before that of the groups. */
static bool
apart_is_first(OrderedWalk *walk)
{
	if (!walk->next_apart.valid || !walk->next_of_groups.valid)
		return walk->next_apart.valid;
	if (!walk->group->has_value)
		return !walk->key->sort.nulls_first;
	return ApplySortComparator(walk->next_apart.value, false, value_of_groups(walk), false,
							   &walk->comparison) <= 0;
}

/* Take the row that comes first of those read. */
static void
take_row(OrderedWalk *walk, OrderedRow *row)
{
	bool		apart = apart_is_first(walk);
	const ValueRow *next = apart ? &walk->next_apart : &walk->next_of_groups;

	row->tid = next->tid;
	row->proven = next->proven;
	row->fetched = false;
	if (apart)
		detmeta_value_rows_next(&walk->sorted_apart, &walk->next_apart);
	else
		walk->next_of_groups.valid = false;
}

/* Go to the next row. */
bool
detmeta_ordered_walk_next(OrderedWalk *walk, OrderedRow *row)
{
	MemoryContext old = MemoryContextSwitchTo(walk->source.context);
	bool		result;

	if (!walk->next_of_groups.valid)
		read_groups(walk);
	result = walk->next_of_groups.valid || walk->next_apart.valid;
	if (result)
		take_row(walk, row);
	MemoryContextSwitchTo(old);
	return result;
}

/*
 * Say whether the group behind the current one may have the same value: instants
 * are written in several ways, and numbers lose digits as float8.
 */
static bool
may_go_on(const OrderedWalk *walk)
{
	return walk->group->kind == META_DATE || walk->key->sort.type == FLOAT8OID;
}

/*
 * Say whether the next ties are the current group, to which only rows apart can
 * be added.
 */
static bool
is_ties(OrderedWalk *walk)
{
	if (walk->group == NULL || walk->group_is_open)
		return false;
	if (!walk->group->has_value)
		return walk->key->sort.nulls_first || !walk->next_apart.valid;
	return !walk->group->is_cut && !may_go_on(walk) &&
		(!walk->next_apart.valid ||
		 ApplySortComparator(walk->next_apart.value, false, value_of_group(walk), false,
							 &walk->comparison) >= 0);
}

/* Say whether a value is that of the current ties. */
static bool
is_value_of_ties(OrderedWalk *walk, Datum value)
{
	Datum		theirs = walk->ties.is_group ? value_of_group(walk) : walk->ties_value;

	return ApplySortComparator(value, false, theirs, false, &walk->comparison) == 0;
}

/* Keep the value of ties that are no group. */
static void
keep_ties_value(OrderedWalk *walk, Datum value)
{
	MemoryContext old = MemoryContextSwitchTo(walk->ties_context);

	walk->ties_value = datumCopy(value, walk->typbyval, walk->typlen);
	MemoryContextSwitchTo(old);
}

/* Add a row to the current ties. */
static void
add_tie(OrderedWalk *walk, ItemPointer tid, bool proven)
{
	if (walk->ties.others == NULL)
		walk->ties.others = detmeta_tid_set_create(walk->ties_context, 0, InvalidBlockNumber);
	detmeta_tid_set_add(walk->ties.others, tid, proven);
	walk->ties.size++;
}

/* Let the current group be ties, with the rows apart that have its value. */
static void
take_group(OrderedWalk *walk)
{
	walk->ties.is_group = true;
	walk->ties.is_null = !walk->group->has_value;
	walk->ties.size = detmeta_key_groups_size(walk->groups);
	while (!walk->ties.is_null && walk->next_apart.valid &&
		   is_value_of_ties(walk, walk->next_apart.value))
	{
		CHECK_FOR_INTERRUPTS();
		add_tie(walk, &walk->next_apart.tid, false);
		detmeta_value_rows_next(&walk->sorted_apart, &walk->next_apart);
	}
}

/* Collect the next rows apart that have one value, which no group has. */
static void
collect_apart(OrderedWalk *walk)
{
	keep_ties_value(walk, walk->next_apart.value);
	do
	{
		CHECK_FOR_INTERRUPTS();
		add_tie(walk, &walk->next_apart.tid, false);
	} while (detmeta_value_rows_next(&walk->sorted_apart, &walk->next_apart) &&
			 is_value_of_ties(walk, walk->next_apart.value));
}

/* Say whether rows apart come before the current group, which is not open. */
static bool
apart_is_alone(OrderedWalk *walk)
{
	if (!walk->next_apart.valid || walk->group == NULL || walk->group_is_open)
		return false;
	/* only a row of the group tells that its number is one as float8 */
	return !walk->group->has_value ||
		(!walk->group->is_cut && !may_go_on(walk) &&
		 ApplySortComparator(walk->next_apart.value, false, value_of_group(walk), false,
							 &walk->comparison) < 0);
}

/* Read the next row of all, but do not take it. */
static bool
find_next_row(OrderedWalk *walk, Datum *value)
{
	if (!walk->next_of_groups.valid)
		read_groups(walk);
	if (!walk->next_of_groups.valid && !walk->next_apart.valid)
		return false;
	*value = apart_is_first(walk) ? walk->next_apart.value : value_of_groups(walk);
	return true;
}

/* Collect the rows that have the value of the next row; false: there is none. */
static bool
collect_ties(OrderedWalk *walk)
{
	OrderedRow	row;
	Datum		value;

	if (!find_next_row(walk, &value))
		return false;
	keep_ties_value(walk, value);
	do
	{
		CHECK_FOR_INTERRUPTS();
		take_row(walk, &row);
		add_tie(walk, &row.tid, row.proven);
	} while (find_next_row(walk, &value) && is_value_of_ties(walk, value));
	return true;
}

/* Leave the current ties. */
static void
leave_ties(OrderedWalk *walk)
{
	walk->others_are_open = false;
	if (walk->ties.is_group)
		end_group(walk);
	if (walk->ties.others != NULL)
		MemoryContextReset(walk->ties_context);
	memset(&walk->ties, 0, sizeof(walk->ties));
}

/* Find the next ties; false: there are no more. */
static bool
find_ties(OrderedWalk *walk)
{
	if (walk->group == NULL)
		(void) enter_group(walk);
	if (!is_ties(walk))
	{
		if (apart_is_alone(walk))
		{
			collect_apart(walk);
			return true;
		}
		if (collect_ties(walk))
			return true;
		/* none of the rows with a value was there, or wanted: those without may be next */
		if (!is_ties(walk))
			return false;
	}
	take_group(walk);
	return true;
}

/* Go to the next ties; NULL: there are no more. */
const Ties *
detmeta_ordered_walk_next_ties(OrderedWalk *walk)
{
	MemoryContext old = MemoryContextSwitchTo(walk->source.context);
	bool		found;

	walk->by_ties = true;
	leave_ties(walk);
	found = find_ties(walk);
	MemoryContextSwitchTo(old);
	return found ? &walk->ties : NULL;
}

/* Make a set of the current ties, in the current memory context. */
TidSet *
detmeta_ties_set(OrderedWalk *walk, const TidSet *within)
{
	TidSet	   *set = detmeta_tid_set_create(CurrentMemoryContext, 0, InvalidBlockNumber);

	if (walk->ties.is_group)
	{
		TidSet	   *group = detmeta_key_groups_set(walk->groups, within);

		detmeta_tid_set_or(set, group);
		detmeta_tid_set_free(group);
		if (walk->apart != NULL && !walk->ties.is_null)
			detmeta_tid_set_and_not(set, walk->apart);
	}
	if (walk->ties.others != NULL)
		detmeta_tid_set_or(set, walk->ties.others);
	return set;
}

/* Say whether the current ties are all rows of one posting tree. */
bool
detmeta_ties_are_tree(const OrderedWalk *walk)
{
	return walk->ties.is_group && walk->ties.others == NULL && walk->apart == NULL &&
		walk->group->is_entry && walk->group->postings.tree != InvalidBlockNumber;
}

/* Begin to ask which rows are current ties; NULL: they are not to be had so. */
GinPostingLookup *
detmeta_ties_lookup(OrderedWalk *walk)
{
	GinPostingLookup *lookup;

	if (!detmeta_ties_are_tree(walk))
		return NULL;
	lookup = palloc_object(GinPostingLookup);
	detmeta_posting_lookup_begin(lookup, walk->source.reader, walk->group->postings.tree);
	return lookup;
}

/* Count the current ties that are visible. */
double
detmeta_ties_count(OrderedWalk *walk)
{
	HeapFetcher *fetcher = &walk->order->scan->fetcher;
	TidSet	   *set;
	double		n;

	if (walk->ties.is_group && walk->ties.others == NULL && walk->apart == NULL &&
		walk->group->is_entry)
		return detmeta_count_visible_postings(fetcher, walk->source.reader,
											  &walk->group->postings);
	set = detmeta_ties_set(walk, NULL);
	n = detmeta_count_visible(fetcher, set);
	detmeta_tid_set_free(set);
	return n;
}

/* Begin to read the current ties. */
void
detmeta_ties_read(OrderedWalk *walk)
{
	MemoryContext old = MemoryContextSwitchTo(walk->source.context);

	if (walk->ties.is_group)
		open_group(walk);
	walk->others_are_open = walk->ties.others != NULL;
	if (walk->others_are_open)
		detmeta_tid_set_cursor(&walk->others, walk->ties.others, 0);
	MemoryContextSwitchTo(old);
}

/* Read the next of the current ties, in no order. */
bool
detmeta_ties_next(OrderedWalk *walk, OrderedRow *row)
{
	ValueRow	next;

	CHECK_FOR_INTERRUPTS();
	row->fetched = false;
	if (walk->ties.is_group && read_group_row(walk, &next))
	{
		row->tid = next.tid;
		row->proven = next.proven;
		return true;
	}
	return walk->others_are_open &&
		detmeta_tid_set_next_member(&walk->others, &row->tid, &row->proven);
}

/* Say whether a value of the key's expression is that of the current ties. */
bool
detmeta_ties_have(OrderedWalk *walk, Datum value, bool isnull)
{
	if (isnull || walk->ties.is_null)
		return isnull == walk->ties.is_null;
	return is_value_of_ties(walk, value);
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

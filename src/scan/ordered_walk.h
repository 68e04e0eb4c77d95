/*
 * ordered_walk.h
 *		The rows of a table in the order of a key.
 */
#ifndef DETMETA_ORDERED_WALK_H
#define DETMETA_ORDERED_WALK_H

#include "scan/filter_set.h"
#include "scan/key_groups.h"
#include "scan/row_sorter.h"
#include "scan/set_scan.h"

/* How rows that the index cannot put in order are sorted: by the expression of the order. */
typedef struct RowValues
{
	ExprState  *expression;
	ExprContext *econtext;		/* with the row that was fetched last */
	SortOrder	order;
	bool		(*is_wanted) (void *arg);	/* says so of that row, before it is evaluated */
	void	   *arg;
} RowValues;

typedef struct OrderedWalk OrderedWalk;

extern OrderedWalk *detmeta_ordered_walk_begin(SetScan *scan, const KeyOrder *order,
											   const RowValues *values, TidSet *only);
extern void detmeta_ordered_walk_restrict(OrderedWalk *walk, TidSet *only);
extern bool detmeta_ordered_walk_next(OrderedWalk *walk, ItemPointer tid);
extern void detmeta_ordered_walk_end(OrderedWalk *walk);

#endif							/* DETMETA_ORDERED_WALK_H */

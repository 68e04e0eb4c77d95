/*
 * ordered_walk.h
 *		The rows of a table in the order of a key.
 */
#ifndef DETMETA_ORDERED_WALK_H
#define DETMETA_ORDERED_WALK_H

#include "gin/posting_lookup.h"
#include "scan/key_groups.h"
#include "scan/row_order.h"

typedef struct OrderedWalk OrderedWalk;

/* Rows that are equal in the order of the key; valid until the next ones. */
typedef struct Ties
{
	bool		is_null;		/* the key's expression, of all of them */
	bool		is_group;		/* they are a group of the index, some apart left out, */
	TidSet	   *others;			/* and these; or NULL */
	double		size;			/* about so many */
} Ties;

/* With "at_start", rows before the key's start may be left out. */
extern OrderedWalk *detmeta_ordered_walk_begin(const RowOrder *order, const RowKey *key,
											   TidSet *only, bool at_start);
extern void detmeta_ordered_walk_restrict(OrderedWalk *walk, TidSet *only);

/* Row by row, or ties by ties; not both in one walk. */
extern bool detmeta_ordered_walk_next(OrderedWalk *walk, OrderedRow *row);
extern const Ties *detmeta_ordered_walk_next_ties(OrderedWalk *walk);

/*
 * Of the current ties: the rows as a set; whether they are all those of a posting
 * tree, and a way to ask that for them, or NULL; how many are visible; the rows
 * one by one; if a value is theirs.
 */
extern TidSet *detmeta_ties_set(OrderedWalk *walk, const TidSet *within);
extern bool detmeta_ties_are_tree(const OrderedWalk *walk);
extern GinPostingLookup *detmeta_ties_lookup(OrderedWalk *walk);
extern double detmeta_ties_count(OrderedWalk *walk);
extern void detmeta_ties_read(OrderedWalk *walk);
extern bool detmeta_ties_next(OrderedWalk *walk, OrderedRow *row);
extern bool detmeta_ties_have(OrderedWalk *walk, Datum value, bool isnull);
extern void detmeta_ordered_walk_end(OrderedWalk *walk);

#endif							/* DETMETA_ORDERED_WALK_H */

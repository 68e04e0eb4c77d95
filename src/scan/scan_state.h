/*
 * scan_state.h
 *		The state of a Metadata Scan.
 */
#ifndef DETMETA_SCAN_STATE_H
#define DETMETA_SCAN_STATE_H

#include "nodes/execnodes.h"

#include "gin/tid_set_read.h"
#include "scan/condition_state.h"
#include "scan/filter_set.h"
#include "scan/heap_ahead.h"
#include "scan/ordered_rows.h"
#include "scan/row_order.h"
#include "scan/scan_order.h"
#include "scan/set_scan.h"

typedef struct MetadataScanState
{
	CustomScanState css;
	SetScan		scan;
	Oid			index;
	AttrNumber	attnum;
	bool		guarded;
	int			tries;			/* rows that can be checked before the set is computed, */
	bool		try_always;		/* and are even if the walk has no bounds */
	List	   *clauses;
	ConditionState *condition;	/* NULL: all rows */
	ExprState  *recheck;		/* of a row in doubt */
	ScanOrder  *order;			/* or NULL */
	int			wanted;			/* rows of it that are probably taken; 0: not known */
	bool		is_total;		/* no two rows are equal in it */
	ExprState  *offset;			/* rows to skip; NULL: none */
	ExprState  *limit;			/* and how many are wanted then; NULL: all */

	/* while running */
	bool		started;
	bool		done;
	FilterSet	set;			/* of the current slice */
	BlockNumber next_slice;
	TidSetCursor members;
	HeapAhead	ahead;			/* blocks of the members */
	RowOrder	row_order;
	OrderedRows *ordered;		/* rows in the order; or NULL */
	int			tries_left;		/* while it is not 0, there is no set */
	bool		recheck_all;	/* the set did not fit */
	ItemPointerData *page;		/* not NULL: these rows are left, the last of them first */
	int			npage;
} MetadataScanState;

/* Say whether a scan has a set at hand. */
static inline bool
has_set(const MetadataScanState *state)
{
	return state->set.sure != NULL;
}

/* Return the rows that may satisfy a condition; NULL: no set was computed. */
static inline TidSet *
members_of(const FilterSet *set)
{
	return set->possible != NULL ? set->possible : set->sure;
}

#endif							/* DETMETA_SCAN_STATE_H */

/*
 * row_order.h
 *		The order of a scan's rows: by one or more expressions.
 */
#ifndef DETMETA_ROW_ORDER_H
#define DETMETA_ROW_ORDER_H

#include "nodes/execnodes.h"

#include "dialect/order.h"
#include "scan/filter_set.h"
#include "scan/key_start.h"
#include "scan/partner.h"
#include "scan/row_sorter.h"
#include "scan/set_scan.h"

/* One of the expressions; where their values are equal, the next one decides. */
typedef struct RowKey
{
	ExprState  *expression;		/* with a partner: what finds that */
	SortOrder	sort;			/* of its values */
	bool		descending;
	Oid			btree;			/* an index that begins with it, */
	bool		backward;		/* and is read so; or none, as it is the value */
	bool		nulls_apart;	/* NULLs are at its other end */
	Partner    *partner;		/* it is a column of this one's table; NULL: of the scan's */
	KeyOrderShape shape;		/* at this key, whose bytes must stay */
	const IndexQuery *apart;	/* rows that only the shape's kind sets apart; or NULL */

	/*
	 * of rows that are equal to the starts of the keys before, those before its own may be left
	 * out
	 */
	bool		has_start;
	Datum		start;
	KeyStart	key_start;		/* of a key: the same; not NULL of a btree */
	Oid			start_type;
} RowKey;

/* A row that an order has come to; it may be invisible. */
typedef struct OrderedRow
{
	ItemPointerData tid;
	bool		proven;			/* it is visible (gin/postings.h) */
	bool		fetched;		/* so it is, and it was fetched last */
} OrderedRow;

/* An order, and what reading rows in it takes. */
typedef struct RowOrder
{
	SetScan    *scan;
	int			nkeys;
	RowKey	   *keys;			/* only the last may be of a btree index */
	const SetCondition *condition;	/* rows that do not satisfy it may be left out; or NULL */
	TidSet	   *members;		/* rows outside it may be left out; NULL: it is not known */
	bool		is_exact;		/* all rows are wanted, or just those of the set */
	bool		sets_fit;		/* into work_mem */
	double		wanted;			/* rows that the query will probably take; 0: not known */
	double		taken;			/* and has taken */

	/* says of the row that was fetched last if it is wanted, before it is evaluated */
	bool		(*is_wanted) (void *arg);
	void	   *arg;
	ExprContext *econtext;
} RowOrder;

/* The rows of a table while they are read in an order: scan/ordered_rows.h. */
typedef struct OrderedRows OrderedRows;

#endif							/* DETMETA_ROW_ORDER_H */

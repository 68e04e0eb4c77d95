/*
 * scan_order.h
 *		The order of a Metadata Scan's rows, as its plan has it.
 */
#ifndef DETMETA_SCAN_ORDER_H
#define DETMETA_SCAN_ORDER_H

#include "nodes/execnodes.h"

#include "scan/row_order.h"

/* What is told of an expression of the order. */
typedef enum ScanSort
{
	SCAN_SORT_OIDS,				/* OIDs, see ScanSortOid */
	SCAN_SORT_FLAGS				/* integers, see ScanSortFlag */
} ScanSort;

/* The columns by which a table is joined that an order ends with a column of. */
typedef enum TieJoin
{
	JOIN_OWN,					/* of the scan's table */
	JOIN_PARTNER
} TieJoin;

typedef enum ScanSortOid
{
	SORT_OID_TYPE,
	SORT_OID_OPERATOR,
	SORT_OID_REVERSE,			/* the operator of the opposite order */
	SORT_OID_COLLATION,
	SORT_OID_BTREE				/* the index that it is read from; or none */
} ScanSortOid;

typedef enum ScanSortFlag
{
	SORT_FLAG_DESCENDING,
	SORT_FLAG_NULLS_FIRST,
	SORT_FLAG_BACKWARD,			/* the btree index is read backward */
	SORT_FLAG_NULLS_APART,		/* NULLs are at its other end */
	SORT_FLAG_START_WITH_NULLS	/* rows without a value are wanted, though there is a start */
} ScanSortFlag;

/* An expression of the order. */
typedef struct OrderExpression
{
	Expr	   *expression;
	RowKey		row_key;		/* its key is found when the scan starts */
	Oid			reverse;		/* the sort operator of the opposite order */
	Expr	   *start;			/* what its rows start with, or NULL */
	ExprState  *start_state;
	ExprState  *sort_key;		/* that of metadata_sort(); NULL: another expression */
} OrderExpression;

typedef struct ScanOrder
{
	int			n;
	OrderExpression *expressions;
	bool		may_fail;		/* evaluating them */

	/* where the last one is a column of a joined table */
	List	   *join;			/* by what it is joined, see TieJoin; or NIL */
	List	   *partner;		/* see PartnerOid and PartnerColumn */
} ScanOrder;

/* What a plan has of an order. */
typedef struct ScanOrderPlan
{
	List	   *expressions;
	List	   *sorts;			/* of each, see ScanSort */
	List	   *starts;			/* values that the rows of the first of them start with */
	List	   *join;			/* as in a ScanOrder */
	List	   *partner;
} ScanOrderPlan;

extern ScanOrder *detmeta_scan_order_init(const ScanOrderPlan *plan, PlanState *parent);
extern void detmeta_scan_order_prepare(const ScanOrder *order, AttrNumber attnum,
									   PlanState *parent, RowOrder *rows);
extern void detmeta_scan_order_reverse(const ScanOrder *order, AttrNumber attnum,
									   PlanState *parent, RowOrder *rows);
extern void detmeta_scan_order_finish(RowOrder *rows);
extern char *detmeta_scan_order_shown(const ScanOrder *order, List *context, bool prefix);

/* Return the values that the rows start with as text; NULL: with the first. */
extern char *detmeta_scan_order_start_shown(const ScanOrder *order, List *context, bool prefix);

/* Return how the table that the order ends with is joined as text; NULL: there is none. */
extern char *detmeta_scan_order_join_shown(const ScanOrder *order, List *context);

/* Return the btree index that the rows of ties are read from; or none. */
extern Oid	detmeta_scan_order_btree(const ScanOrder *order);

#endif							/* DETMETA_SCAN_ORDER_H */

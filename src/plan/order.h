/*
 * order.h
 *		Orders of a query that a scan has its rows in.
 */
#ifndef DETMETA_PLAN_ORDER_H
#define DETMETA_PLAN_ORDER_H

#include "plan/partner.h"
#include "plan/scan_target.h"

typedef struct PlannedOrder
{
	List	   *pathkeys;		/* of the query: all, or the first of them */
	List	   *expressions;	/* that the rows are in the order of */
	List	   *sorts;			/* of each: see ScanSort */
	bool		is_total;		/* no two rows are equal */
	List	   *starts;			/* of the first: the values that the rows start with */
	/* of each: FilterQuery of rows evaluated before the first; or NULL */
	List	   *apart;
	PlannedPartner partner;		/* what the last one is a column of; or nothing */
} PlannedOrder;

/* false: there is none */
extern bool detmeta_find_order(const ScanTarget *target, PlannedOrder *order);

#endif							/* DETMETA_PLAN_ORDER_H */

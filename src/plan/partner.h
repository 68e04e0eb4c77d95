/*
 * partner.h
 *		Joined tables whose rows a scan can bring its ties in the order of.
 */
#ifndef DETMETA_PLAN_PARTNER_H
#define DETMETA_PLAN_PARTNER_H

#include "plan/column_index.h"
#include "plan/scan_target.h"

typedef struct PlannedPartner
{
	Expr	   *column;			/* of the joined table, that decides between ties */
	ColumnIndex index;			/* which has its rows in that order */
	/* the columns of both by which the tables are joined, the scan's first */
	List	   *join;
	List	   *oids;			/* see PartnerOid, */
	List	   *columns;		/* and PartnerColumn */
} PlannedPartner;

/* Find the table that a path key sorts by; false: no scan can. */
extern bool detmeta_find_partner(const ScanTarget *target, PathKey *pathkey,
								 PlannedPartner *partner);

#endif							/* DETMETA_PLAN_PARTNER_H */

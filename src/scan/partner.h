/*
 * partner.h
 *		Rows of a joined table: the partners of the rows of a scan.
 */
#ifndef DETMETA_PARTNER_H
#define DETMETA_PARTNER_H

#include "access/genam.h"
#include "nodes/execnodes.h"

/* What a plan tells of the joined table. */
typedef enum PartnerOid
{
	PARTNER_TABLE,
	PARTNER_INDEX,				/* unique: finds the partner of a row, */
	PARTNER_OPERATOR,			/* by this operator */
	PARTNER_OWN_INDEX,			/* of the scan's table: finds the rows of a partner, */
	PARTNER_OWN_OPERATOR		/* by this one */
} PartnerOid;

typedef enum PartnerColumn
{
	PARTNER_COLUMN,				/* that decides between ties */
	PARTNER_JOIN_COLUMN			/* by which rows of the scan's table are found */
} PartnerColumn;

typedef struct Partner Partner;

/* "join" is the column of the scan's table by which the partner of a row is found. */
extern Partner *detmeta_partner_open(List *oids, List *columns, ExprState *join, Relation heap,
									 Snapshot snapshot);
extern void detmeta_partner_close(Partner *partner);

/* The joined table, and its next visible row of an index scan; false: there are no more. */
extern Relation detmeta_partner_table(const Partner *partner);
extern bool detmeta_partner_fetch(Partner *partner, IndexScanDesc scan, ScanDirection direction);

/*
 * Return the column of the partner of the row that is in an expression context;
 * NULL without a partner.  It is valid until the next row is looked for.
 */
extern Datum detmeta_partner_value(Partner *partner, ExprContext *econtext, bool *isnull);

/* Find the rows that the row fetched last is the partner of, which may be invisible. */
extern bool detmeta_partner_find_rows(Partner *partner);
extern bool detmeta_partner_next_row(Partner *partner, ItemPointer tid);

#endif							/* DETMETA_PARTNER_H */

/*
 * metadata_scan.h
 *		Metadata Scan: what planner and executor share.
 */
#ifndef DETMETA_METADATA_SCAN_H
#define DETMETA_METADATA_SCAN_H

#include "nodes/extensible.h"

/* custom_exprs of a Metadata Scan: a list of these, each a list itself. */
typedef enum ScanExprs
{
	SCAN_CONDITIONS,			/* for the index */
	SCAN_CHECKS,				/* for rows that it leaves in doubt */
	SCAN_ORDER,					/* what the rows are in the order of */
	SCAN_STARTS,				/* the values that the rows of its first expressions start with */
	SCAN_LIMIT,					/* OFFSET and, if there is one, LIMIT, where rows are skipped */
	/* of a joined table that the order ends with: see scan/scan_order.h */
	SCAN_JOIN
} ScanExprs;

/* custom_private: alike. */
typedef enum ScanPrivate
{
	SCAN_INDEX,					/* OIDs: index */
	SCAN_FLAGS,					/* integers, see ScanFlag */
	SCAN_SORT,					/* of each expression of the order: a list, see scan/scan_order.h */
	SCAN_PARTNER,				/* then: OIDs and integers, see scan/partner.h */
	SCAN_PRIVATE_COUNT
} ScanPrivate;

typedef enum ScanFlag
{
	SCAN_FLAG_ATTNUM,			/* column of the index, from 1 */
	SCAN_FLAG_GUARDED,			/* the table may have rows that the user may not see */
	SCAN_FLAG_TRIES,			/* rows that can be checked before the set is computed, */
	SCAN_FLAG_TRY,				/* and are if the order is not that of a condition's key, too */
	SCAN_FLAG_WANTED,			/* rows of the order that are probably taken; 0: not known */
	SCAN_FLAG_WHOLE,			/* for the planner: no row that it has is left out later */
	SCAN_FLAG_TOTAL,			/* no two rows are equal in the order */
	SCAN_FLAG_COUNT
} ScanFlag;

extern const CustomScanMethods detmeta_scan_methods;

#endif							/* DETMETA_METADATA_SCAN_H */

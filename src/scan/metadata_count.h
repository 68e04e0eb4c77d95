/*
 * metadata_count.h
 *		Metadata Count: what planner and executor share.
 */
#ifndef DETMETA_METADATA_COUNT_H
#define DETMETA_METADATA_COUNT_H

#include "nodes/extensible.h"

/* custom_private of a path */
typedef enum CountPathPrivate
{
	COUNT_PATH_TARGETS,			/* custom_private of the plan */
	COUNT_PATH_OPERANDS,		/* custom_exprs of the plan */
	COUNT_PATH_AGGREGATES		/* Aggrefs */
} CountPathPrivate;

/*
 * custom_private of a plan: the OID of the table that the query names, and one
 * list of these for it or for each of its partitions
 */
typedef enum CountPrivate
{
	COUNT_OIDS,					/* OIDs: table, index */
	COUNT_ATTNUM,				/* integer: column of the index, from 1 */
	COUNT_CONDITIONS,			/* conditions of all aggregates */
	COUNT_FILTERS				/* of each aggregate: a list of conditions */
} CountPrivate;

extern const CustomScanMethods detmeta_count_methods;

#endif							/* DETMETA_METADATA_COUNT_H */

/*
 * column_walk.h
 *		The rows of a table in the order of a column, from its btree index.
 */
#ifndef DETMETA_COLUMN_WALK_H
#define DETMETA_COLUMN_WALK_H

#include "access/sdir.h"
#include "storage/itemptr.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

#include "scan/partner.h"

typedef struct ColumnWalk ColumnWalk;

/* Rows with values before it, or behind, may be left out. */
typedef struct ColumnBound
{
	Datum		value;
	Oid			type;			/* of the value, perhaps not the column's */
	bool		is_upper;
} ColumnBound;

/* Where rows come that a NULL is in. */
typedef enum ColumnNulls
{
	COLUMN_NULLS_OF_INDEX,		/* as the index has them, read so; or there are none */
	COLUMN_NULLS_FIRST,
	COLUMN_NULLS_LAST
} ColumnNulls;

/*
 * The bound may be NULL; so may the partner, whose table is walked in place
 * of the heap; only one walk of a partner's may be read at a time.
 */
extern ColumnWalk *detmeta_column_walk_begin(Relation heap, Oid index, Snapshot snapshot,
											 ScanDirection direction, ColumnNulls nulls,
											 const ColumnBound *bound, Partner *partner);
extern bool detmeta_column_walk_next(ColumnWalk *walk, ItemPointer tid);
extern void detmeta_column_walk_end(ColumnWalk *walk);

#endif							/* DETMETA_COLUMN_WALK_H */

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

typedef struct ColumnWalk ColumnWalk;

/* Rows with values before it, or behind, may be left out. */
typedef struct ColumnBound
{
	Datum		value;
	Oid			type;			/* of the value, perhaps not the column's */
	bool		is_upper;
} ColumnBound;

/*
 * The index gives the rows that a NULL is in at the end that its own definition
 * says.  The bound may be NULL.
 */
extern ColumnWalk *detmeta_column_walk_begin(Relation heap, Oid index, Snapshot snapshot,
											 ScanDirection direction, const ColumnBound *bound);
extern bool detmeta_column_walk_next(ColumnWalk *walk, ItemPointer tid);
extern void detmeta_column_walk_end(ColumnWalk *walk);

#endif							/* DETMETA_COLUMN_WALK_H */

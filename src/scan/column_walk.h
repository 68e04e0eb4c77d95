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

/* The index gives the rows that a NULL is in at the end that its own definition says. */
extern ColumnWalk *detmeta_column_walk_begin(Relation heap, Oid index, Snapshot snapshot,
											 ScanDirection direction);
extern bool detmeta_column_walk_next(ColumnWalk *walk, ItemPointer tid);
extern void detmeta_column_walk_end(ColumnWalk *walk);

#endif							/* DETMETA_COLUMN_WALK_H */

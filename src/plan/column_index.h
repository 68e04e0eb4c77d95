/*
 * column_index.h
 *		Btree indexes that have the rows of a table in the order of a column.
 */
#ifndef DETMETA_COLUMN_INDEX_H
#define DETMETA_COLUMN_INDEX_H

#include "nodes/pathnodes.h"

typedef struct ColumnIndex
{
	Oid			index;
	bool		backward;		/* it is read so */
	bool		nulls_apart;	/* NULLs are at the other end of it than the order wants them */
	bool		is_total;		/* no two rows are equal */
} ColumnIndex;

/* Find one for a path key's expression, which leaves no rows equal if possible; false: none. */
extern bool detmeta_find_column_index(PlannerInfo *root, RelOptInfo *rel, Expr *expr,
									  PathKey *pathkey, ColumnIndex *result);

#endif							/* DETMETA_COLUMN_INDEX_H */

/*
 * path_rows.h
 *		Rows of what a JSON path leads to.
 */
#ifndef DETMETA_DIALECT_PATH_ROWS_H
#define DETMETA_DIALECT_PATH_ROWS_H

#include "access/stratnum.h"

#include "dialect/node.h"
#include "dialect/path.h"

/* value operator constant */
typedef struct PathComparison
{
	StrategyNumber strategy;	/* of btree */
	JsonbValue	value;			/* a number, and with = also another scalar */
} PathComparison;

/* What a step, or @, stands for. */
typedef struct PathPlace
{
	DocumentPath path;
	bool		is_unwrapped;	/* an array's elements, not itself */
} PathPlace;

/* A path's nodes in the making. */
typedef struct PathRows
{
	Dialect    *dialect;
	bool		in_doubt;		/* so are all rows, from here on */
	List	   *placed;			/* of PlacedNode */
} PathRows;

/* A node that is NULL stands for all rows, here and in what these return. */
extern QueryNode *detmeta_path_rows_of_both(PathRows *rows, QueryNode *a, QueryNode *b);
extern QueryNode *detmeta_path_rows_of_any(PathRows *rows, QueryNode *a, QueryNode *b);
extern QueryNode *detmeta_path_rows_at(PathRows *rows, const PathPlace *place, QueryNode *passed,
									   const PathComparison *comparison);

#endif							/* DETMETA_DIALECT_PATH_ROWS_H */

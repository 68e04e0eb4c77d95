/*
 * tie_rows.h
 *		Rows in the order of several keys, while they are read.
 */
#ifndef DETMETA_TIE_ROWS_H
#define DETMETA_TIE_ROWS_H

#include "gin/tid_set.h"
#include "scan/column_walk.h"
#include "scan/ordered_walk.h"
#include "scan/row_order.h"
#include "scan/tie_sorter.h"

/* The rows of some ties, in the order of the further keys. */
typedef struct TieRows
{
	OrderedRows *rows;			/* whose current ties they are */
	TidSet	   *members;		/* all of them; NULL: not computed, */
	GinPostingLookup *lookup;	/* but asked for here; or NULL: rows are fetched, */
	double		tries;			/* so many as yet */
	TieSorter  *sorted;			/* they are sorted, */
	OrderedRows *walked;		/* or walked, */
	double		limit;			/* until that has cost as much as this, */
	double		spent;			/* where so much was spent before */
	TidSet	   *given;			/* by the walk; NULL: none, or it has no limit */
	double		size;			/* about so many */
	int64		ntids;			/* what the reader had read before they were walked */
} TieRows;

struct OrderedRows
{
	const RowOrder *order;
	const RowKey *key;
	TieRows    *within;			/* the ties of the key before that the rows are of; or NULL */
	OrderedWalk *walk;			/* in the order of the key, */
	ColumnWalk *column;			/* or of a column */
	bool		at_start;		/* rows before the start of the key may be left out */
	TieRows    *ties;			/* the current ones, or NULL */
	double		spent;			/* on walks in search of its ties, see TIE_STEP_COST */

	/* of rows within no ties, where it was asked for */
	double		nrows;			/* about so many are in the table; 0: not known */
	const TidSet *counted;		/* the order's members, */
	double		nmembers;		/* and how many they are */

	/* of rows within no ties: their walk is given up like that of ties */
	MemoryContext context;
	double		limit;			/* when it has cost as much as this */
	double		passed;			/* what it has cost */
	bool		is_given_up;
	TidSet	   *given;			/* rows that it has brought; NULL: none, or it has no limit, */
	double		skipped;		/* but for the first of all, which were so many */
	TieSorter  *rest;			/* not NULL: it was given up, and these are left */

	MemoryContext ties_context;
};

#endif							/* DETMETA_TIE_ROWS_H */

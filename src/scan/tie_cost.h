/*
 * tie_cost.h
 *		What ways to bring ties in order cost.
 */
#ifndef DETMETA_TIE_COST_H
#define DETMETA_TIE_COST_H

/*
 * What it takes to pass a row of a walk, and to add a posting to a set, where a
 * row that is fetched and evaluated is 1: some 0.1 and 0.005 of a microsecond.
 */
#define TIE_STEP_COST		0.1
#define TIE_POSTING_COST	0.005

/*
 * What it takes to find the partner of a row, for rows in TID order, which often is
 * that of their partners; and to pass a partner in an order of its own and to find
 * its rows: some 2 and 4 microseconds (200,000 runs in memory).
 */
#define TIE_PARTNER_COST	2.0
#define TIE_JOINED_STEP_COST	4.0

/* Numbers of rows, about. */
typedef struct TieNumbers
{
	double		all;			/* in the table */
	double		satisfying;		/* of them, the conditions */
	double		ties;
	double		share;			/* of all rows that are ties, and of what these are of */
	double		wanted;			/* that the query will take; 0: not known */
	bool		is_joined;		/* the order ends with a column of a joined table, */
	bool		walks_joined;	/* which is what follows */
	bool		are_looked_up;	/* a walk asks the posting tree of the ties, row by row */
} TieNumbers;

typedef struct TieCosts
{
	double		sorting;
	double		walking;		/* with a set, or as told by a posting tree */
	double		trying;			/* with fetches */
} TieCosts;

extern TieCosts detmeta_tie_costs(const TieNumbers *numbers);

#endif							/* DETMETA_TIE_COST_H */

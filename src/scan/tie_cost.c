/*
 * tie_cost.c
 *		What ways to bring ties in order cost (scan/ordered_rows.c).
 *
 * Ties that are sorted are all fetched.  A walk in the order of what follows meets
 * ties as often as these are among all rows, and ends when as many were met as the
 * query wants; with a set, its postings are read before, and without, each row that
 * satisfies the conditions is fetched.  Where such a row is looked up in a posting
 * tree, a segment of it is read: seldom more, and much less if rows that follow each
 * other in the walk do so in the heap.
 */
#include "postgres.h"

#include "gin/posting_lookup.h"
#include "scan/tie_cost.h"

/* Where it is not known how many rows are wanted: a page. */
#define WANTED_ROWS		100.0

/* Return the costs. */
TieCosts
detmeta_tie_costs(const TieNumbers *numbers)
{
	TieCosts	costs;
	double		satisfying = numbers->satisfying / numbers->all;
	double		share = numbers->share * satisfying;
	double		wanted = numbers->wanted > 0 ? numbers->wanted : WANTED_ROWS;
	double		steps = Min(numbers->all, wanted / Max(share, 1 / numbers->all));
	double		step = numbers->walks_joined ? TIE_JOINED_STEP_COST : TIE_STEP_COST;
	double		read = !numbers->are_looked_up ? numbers->ties :
		Min(numbers->ties, steps * satisfying * GIN_LOOKUP_TIDS);
	double		fetch = 1 + (numbers->is_joined ? TIE_PARTNER_COST : 0);

	costs.sorting = numbers->ties * TIE_POSTING_COST + fetch * Max(1.0, share * numbers->all);
	costs.walking = read * TIE_POSTING_COST + steps * step;
	costs.trying = steps * step + steps * satisfying;
	return costs;
}

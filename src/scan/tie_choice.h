/*
 * tie_choice.h
 *		What ways to bring the current ties in order cost.
 */
#ifndef DETMETA_TIE_CHOICE_H
#define DETMETA_TIE_CHOICE_H

#include "scan/tie_cost.h"
#include "scan/tie_rows.h"

extern TieCosts detmeta_tie_rows_costs(TieRows *ties);

/*
 * Of rows within no ties: which share are members of their order, and what it
 * takes to sort these.
 */
extern double detmeta_share_of_members(OrderedRows *rows);
extern double detmeta_members_cost(OrderedRows *rows);

/* What it takes at least to walk them, as far as rows are wanted. */
extern double detmeta_steps_cost(OrderedRows *rows);

#endif							/* DETMETA_TIE_CHOICE_H */

/*
 * tie_choice.h
 *		What ways to bring the current ties in order cost.
 */
#ifndef DETMETA_TIE_CHOICE_H
#define DETMETA_TIE_CHOICE_H

#include "scan/tie_cost.h"
#include "scan/tie_rows.h"

extern TieCosts detmeta_tie_rows_costs(TieRows *ties);

#endif							/* DETMETA_TIE_CHOICE_H */

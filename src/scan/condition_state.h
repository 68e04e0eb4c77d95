/*
 * condition_state.h
 *		Conditions of a scan at run time.
 */
#ifndef DETMETA_CONDITION_STATE_H
#define DETMETA_CONDITION_STATE_H

#include "nodes/execnodes.h"

#include "scan/filter_set.h"

typedef struct ConditionState
{
	SetCondition set;			/* what scan/filter_set.c computes */
	struct ConditionState **children;
	ExprState  *operand;		/* of a condition without children: a filter, */
	bool		negated;
	AttrNumber	attnum;			/* index column of the metadata */
	AttrNumber	scope_attnum;	/* or of another column, if not 0, a value */
	StrategyNumber scope_strategy;
	Oid			scope_array;	/* or an array of this type */
	struct DerivedClause *derived;	/* or of a clause of core's operators */
} ConditionState;

extern ConditionState *detmeta_condition_init(List *clauses, Relation index, AttrNumber attnum,
											  PlanState *parent);
extern void detmeta_condition_prepare(ConditionState *condition, const SetSource *source,
									  Relation index, ExprContext *econtext);

extern Node *detmeta_condition_shown(Node *node, void *context);

#endif							/* DETMETA_CONDITION_STATE_H */

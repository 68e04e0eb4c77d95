/*
 * scan_condition.h
 *		Conditions of a scan: recognized by the planner, prepared by the executor.
 */
#ifndef DETMETA_SCAN_CONDITION_H
#define DETMETA_SCAN_CONDITION_H

#include "nodes/execnodes.h"
#include "nodes/pathnodes.h"

#include "filter_set.h"

/* What a scan needs of an index column; for planning. */
typedef struct ScanTarget
{
	PlannerInfo *root;
	RelOptInfo *rel;
	IndexOptInfo *index;
	int			column;			/* of the index, from 0 */
	bool		not_null;		/* the column cannot be NULL */
} ScanTarget;

/* planning */
extern List *detmeta_find_targets(PlannerInfo *root, RelOptInfo *rel);
extern Expr *detmeta_scan_condition(const ScanTarget *target, Expr *clause);
extern bool detmeta_expr_is_target(const ScanTarget *target, Node *node);
extern bool detmeta_is_scan_constant(const ScanTarget *target, Node *node);
extern List *detmeta_condition_filters(Node *condition);
extern List *detmeta_condition_operands(Node *condition);

/* execution */
typedef struct ConditionState
{
	SetCondition set;			/* what filter_set.c computes */
	struct ConditionState **children;
	ExprState  *operand;		/* of a condition without children: a filter, */
	bool		negated;
	AttrNumber	attnum;			/* index column of the metadata */
	AttrNumber	scope_attnum;	/* or of another column, if not 0, a value */
	StrategyNumber scope_strategy;
	Oid			scope_array;	/* or an array of this type */
} ConditionState;

extern ConditionState *detmeta_condition_init(List *clauses, Relation index, AttrNumber attnum,
											  PlanState *parent);
extern void detmeta_condition_prepare(ConditionState *condition, Relation index,
									  ExprContext *econtext);

#endif							/* DETMETA_SCAN_CONDITION_H */

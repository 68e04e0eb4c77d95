/*
 * plan_memo.h
 *		What was found out while a query is planned, for the rest of it.
 */
#ifndef DETMETA_PLAN_MEMO_H
#define DETMETA_PLAN_MEMO_H

#include "nodes/pathnodes.h"

/* In the memory context of the planning, as all that it leads to has to be. */
typedef struct PlanMemo
{
	const PlannerGlobal *glob;
	MemoryContextCallback callback;
	List	   *estimates;		/* of filters: plan/estimate.c */
	List	   *derivations;	/* of clauses: plan/core_clause.c */
} PlanMemo;

extern PlanMemo *detmeta_plan_memo(PlannerInfo *root);

#endif							/* DETMETA_PLAN_MEMO_H */

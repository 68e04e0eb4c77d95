/*
 * plan_memo.c
 *		What was found out while a query is planned, for the rest of it.
 *
 * Selectivities, costs and paths ask the same of a clause, each where core calls
 * for it, and core gives them no place in common.
 */
#include "postgres.h"

#include "plan/plan_memo.h"

static PlanMemo *current_memo = NULL;

/* Forget a memo whose memory goes away. */
static void
forget_memo(void *arg)
{
	if (current_memo == arg)
		current_memo = NULL;
}

/*
 * Return the memo of a planning; of another one, as of a function that is
 * called by it, there is a new one.
 */
PlanMemo *
detmeta_plan_memo(PlannerInfo *root)
{
	PlanMemo   *memo;

	if (current_memo != NULL && current_memo->glob == root->glob)
		return current_memo;
	memo = MemoryContextAllocZero(root->planner_cxt, sizeof(PlanMemo));
	memo->glob = root->glob;
	memo->callback.func = forget_memo;
	memo->callback.arg = memo;
	MemoryContextRegisterResetCallback(root->planner_cxt, &memo->callback);
	current_memo = memo;
	return memo;
}

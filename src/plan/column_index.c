/*
 * column_index.c
 *		Btree indexes that have the rows of a table in the order of a column.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_am_d.h"
#include "optimizer/optimizer.h"
#include "optimizer/paths.h"
#include "parser/parsetree.h"

#include "base/compat.h"
#include "base/relation.h"
#include "plan/column_index.h"

/* Say whether a column of a plain table cannot be NULL. */
static bool
column_is_never_null(PlannerInfo *root, const RelOptInfo *rel, const Var *column)
{
	RangeTblEntry *rte = planner_rt_fetch(rel->relid, root);

	return detmeta_attribute_is_not_null(rte->relid, column->varattno, rte->inh);
}

/* Say whether an index has the rows of its table in the order of a column. */
static bool
index_has_order(PlannerInfo *root, IndexOptInfo *index, Expr *expr, PathKey *pathkey,
				ColumnIndex *result)
{
	bool		not_null = column_is_never_null(root, index->rel, (Var *) expr);
	bool		backward;

	if (index->relam != BTREE_AM_OID || index->hypothetical || index->indpred != NIL ||
		!match_index_to_operand((Node *) expr, 0, index) ||
		index->sortopfamily[0] != pathkey->pk_opfamily ||
		index->indexcollations[0] != pathkey->pk_eclass->ec_collation)
		return false;
	backward = index->reverse_sort[0] != PATHKEY_IS_DESCENDING(pathkey);
	result->index = index->indexoid;
	result->backward = backward;
	result->nulls_apart = !not_null &&
		pathkey->pk_nulls_first != (index->nulls_first[0] != backward);
	result->is_total = not_null && index->unique && index->immediate && index->nkeycolumns == 1;
	return true;
}

/*
 * Find an index that has the rows of a table in the order of an expression; one
 * that leaves none equal, if possible.
 */
bool
detmeta_find_column_index(PlannerInfo *root, RelOptInfo *rel, Expr *expr, PathKey *pathkey,
						  ColumnIndex *result)
{
	bool		found = false;
	ListCell   *lc;

	if (!IsA(expr, Var) || ((Var *) expr)->varattno <= 0)
		return false;
	foreach(lc, rel->indexlist)
	{
		ColumnIndex index;

		if (!index_has_order(root, lfirst(lc), expr, pathkey, &index) ||
			(found && !index.is_total))
			continue;
		*result = index;
		found = true;
	}
	return found;
}

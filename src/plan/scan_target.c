/*
 * scan_target.c
 *		Index columns that a scan can read.
 */
#include "postgres.h"

#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "optimizer/paths.h"

#include "base/compat.h"
#include "base/gin_index.h"
#include "index/opclass.h"
#include "plan/scan_target.h"
#include "plan/support.h"

/* Say whether an index can be read now, for the rows that a query wants. */
static bool
index_is_usable(const IndexOptInfo *index)
{
	return detmeta_index_info_is_gin(index) && !index->hypothetical &&
		(index->indpred == NIL || index->predOK);
}

/* Return the metadata_ops columns of a table's indexes as ScanTargets. */
List *
detmeta_find_targets(PlannerInfo *root, RelOptInfo *rel)
{
	List	   *targets = NIL;
	ListCell   *lc;

	foreach(lc, rel->indexlist)
	{
		IndexOptInfo *index = lfirst(lc);

		if (!index_is_usable(index))
			continue;
		for (int i = 0; i < index->nkeycolumns; i++)
		{
			ScanTarget *target;

			if (!detmeta_is_metadata_opfamily(index->opfamily[i], index->opcintype[i]))
				continue;
			target = palloc_object(ScanTarget);
			target->root = root;
			target->rel = rel;
			target->index = index;
			target->column = i;
			target->not_null = detmeta_column_is_not_null(root, index, i);
			targets = lappend(targets, target);
		}
	}
	return targets;
}

/* Say whether an expression is the index's column. */
bool
detmeta_expr_is_target(const ScanTarget *target, Node *node)
{
	return match_index_to_operand(node, target->column, target->index);
}

/* Say whether an operand can be evaluated once for a whole scan. */
bool
detmeta_is_scan_constant(const ScanTarget *target, Node *node)
{
	return bms_is_empty(pull_varnos(target->root, node)) &&
		!contain_volatile_functions(node) &&
		!contain_subplans(node);
}

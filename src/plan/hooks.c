/*
 * hooks.c
 *		Put the scans into the planner's hooks.
 *
 * The library is loaded by the first operator estimate or support function of
 * a query, which comes before the hooks are looked at.
 */
#include "postgres.h"

#include "optimizer/paths.h"
#include "optimizer/planner.h"

#include "plan/bitmap_cost.h"
#include "plan/count_path.h"
#include "plan/hooks.h"
#include "plan/limit_path.h"
#include "plan/row_estimate.h"
#include "plan/scan_path.h"
#include "scan/metadata_count.h"
#include "scan/metadata_scan.h"

static set_rel_pathlist_hook_type previous_pathlist_hook = NULL;
static create_upper_paths_hook_type previous_upper_paths_hook = NULL;

/* Offer scans of a table. */
static void
rel_pathlist(PlannerInfo *root, RelOptInfo *rel, Index rti, RangeTblEntry *rte)
{
	if (previous_pathlist_hook != NULL)
		previous_pathlist_hook(root, rel, rti, rte);
	detmeta_correct_rows(root, rel, rte);
	detmeta_correct_bitmap_costs(root, rel);
	detmeta_scan_pathlist(root, rel, rti, rte);
}

/* Offer counts, and pages that skip rows. */
static void
upper_paths(PlannerInfo *root, UpperRelationKind stage, RelOptInfo *input_rel,
			RelOptInfo *output_rel, void *extra)
{
	if (previous_upper_paths_hook != NULL)
		previous_upper_paths_hook(root, stage, input_rel, output_rel, extra);
	if (stage == UPPERREL_GROUP_AGG)
		detmeta_count_path(root, input_rel, output_rel);
	else if (stage == UPPERREL_FINAL)
		detmeta_limit_path(root, input_rel, output_rel,
						   ((FinalPathExtraData *) extra)->count_est);
}

/* Install the hooks and register the nodes. */
void
detmeta_install_hooks(void)
{
	RegisterCustomScanMethods(&detmeta_scan_methods);
	RegisterCustomScanMethods(&detmeta_count_methods);
	previous_pathlist_hook = set_rel_pathlist_hook;
	set_rel_pathlist_hook = rel_pathlist;
	previous_upper_paths_hook = create_upper_paths_hook;
	create_upper_paths_hook = upper_paths;
}

/*
 * hooks.c
 *		Put the scans into the planner's hooks.
 *
 * The library is loaded by the first operator estimate or support function of
 * a query, which comes before the hooks are looked at.
 *
 * A library that is loaded later may set the hook of scans without calling the one
 * that was there, as Citus does, which wants to be the first that is preloaded.
 * So it is looked at again, and if it is not ours any more, put in front: when all
 * libraries are preloaded, and whenever a query has been planned.  Should the other
 * library call us after all, we are called within ourselves, and do nothing but
 * what comes behind us.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "optimizer/paths.h"
#include "optimizer/planner.h"

#include "plan/bitmap_cost.h"
#include "plan/count_path.h"
#include "plan/foreign_count.h"
#include "plan/hooks.h"
#include "plan/limit_path.h"
#include "plan/row_estimate.h"
#include "plan/scan_path.h"
#include "scan/metadata_count.h"
#include "scan/metadata_scan.h"

static set_rel_pathlist_hook_type previous_pathlist_hook = NULL;
static create_upper_paths_hook_type previous_upper_paths_hook = NULL;
static shmem_request_hook_type previous_shmem_request_hook = NULL;

/* That of a library that came later; NULL: none did. */
static set_rel_pathlist_hook_type later_pathlist_hook = NULL;
static RelOptInfo *later_rel = NULL;	/* that it is called for */

/* Call the hook of a library that came later, which may call us or not. */
static pg_noinline void
call_later_pathlist_hook(PlannerInfo *root, RelOptInfo *rel, Index rti, RangeTblEntry *rte)
{
	RelOptInfo *outer_rel = later_rel;

	later_rel = rel;
	PG_TRY();
	{
		later_pathlist_hook(root, rel, rti, rte);
	}
	PG_FINALLY();
	{
		later_rel = outer_rel;
	}
	PG_END_TRY();
}

/* Offer scans of a table. */
static void
rel_pathlist(PlannerInfo *root, RelOptInfo *rel, Index rti, RangeTblEntry *rte)
{
	bool		from_later = rel == later_rel;

	if (later_pathlist_hook != NULL && !from_later)
		call_later_pathlist_hook(root, rel, rti, rte);
	else if (previous_pathlist_hook != NULL)
		previous_pathlist_hook(root, rel, rti, rte);
	if (from_later)
		return;
	detmeta_correct_rows(root, rel, rte);
	detmeta_correct_bitmap_costs(root, rel);
	detmeta_scan_pathlist(root, rel, rti, rte);
}

/* Put our hook in front, if another library has replaced it. */
static void
keep_pathlist_hook(void)
{
	if (likely(set_rel_pathlist_hook == rel_pathlist))
		return;
	later_pathlist_hook = set_rel_pathlist_hook;
	set_rel_pathlist_hook = rel_pathlist;
}

/* All libraries are preloaded. */
static void
shmem_request(void)
{
	if (previous_shmem_request_hook != NULL)
		previous_shmem_request_hook();
	keep_pathlist_hook();
}

/* Offer counts, and pages that skip rows. */
static void
upper_paths(PlannerInfo *root, UpperRelationKind stage, RelOptInfo *input_rel,
			RelOptInfo *output_rel, void *extra)
{
	if (previous_upper_paths_hook != NULL)
		previous_upper_paths_hook(root, stage, input_rel, output_rel, extra);
	keep_pathlist_hook();
	if (stage == UPPERREL_GROUP_AGG)
	{
		detmeta_count_path(root, input_rel, output_rel);
		detmeta_foreign_count_path(root, input_rel, output_rel, extra);
	}
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
	previous_shmem_request_hook = shmem_request_hook;
	shmem_request_hook = shmem_request;
}

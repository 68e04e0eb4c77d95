/*
 * limit_path.c
 *		Offer scans that skip the rows before OFFSET themselves.
 *
 * A Limit node fetches and throws away what OFFSET skips.  A Metadata Scan in the
 * order of the query need not fetch rows that it knows to be visible, nor go to
 * each of many that are equal, and it can begin at the other end.  So it is given
 * OFFSET, and the Limit above it has none:
 *
 *		Limit (OFFSET 500000 LIMIT 20)			Limit (LIMIT 20)
 *		  Metadata Scan			becomes			  Metadata Scan, skips 500000
 *
 * That is right where the scan has all rows of the query in its order and nothing
 * between it and the Limit adds or removes rows, or may see those that are skipped.
 */
#include "postgres.h"

#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"

#include "base/compat.h"
#include "plan/limit_path.h"
#include "plan/scan_path.h"

/* Return the scan of a path, and the projection above it, if there is one; NULL: another plan. */
static CustomPath *
find_scan(Path *whole, ProjectionPath **projection)
{
	Path	   *path = whole;

	*projection = NULL;
	if (IsA(path, ProjectionPath))
	{
		*projection = (ProjectionPath *) path;
		path = (*projection)->subpath;
	}
	return detmeta_can_skip(path) &&
		!contain_volatile_functions((Node *) path->pathtarget->exprs) &&
		!contain_volatile_functions((Node *) whole->pathtarget->exprs) ?
		(CustomPath *) path : NULL;
}

/* Return a copy of a projection with a scan below that has fewer rows. */
static Path *
copy_projection(const ProjectionPath *projection, const Path *scan, Path *below)
{
	ProjectionPath *copy = makeNode(ProjectionPath);
	Cost		startup = projection->path.startup_cost - scan->startup_cost;
	Cost		run = projection->path.total_cost - scan->total_cost - startup;

	memcpy(copy, projection, sizeof(*copy));
	copy->subpath = below;
	copy->path.rows = below->rows;
	copy->path.startup_cost = below->startup_cost + startup;
	copy->path.total_cost = below->total_cost + startup +
		run * below->rows / Max(1.0, scan->rows);
	return &copy->path;
}

/* Return the path of a Limit whose scan skips rows. */
static Path *
path_that_skips(PlannerInfo *root, RelOptInfo *final_rel, const CustomPath *scan,
				const ProjectionPath *projection, int64 count)
{
	const Query *parse = root->parse;
	Path	   *below = (Path *) detmeta_path_that_skips(root, scan, parse->limitOffset,
														 parse->limitCount);

	if (projection != NULL)
		below = copy_projection(projection, &scan->path, below);
	return (Path *) create_limit_path(root, final_rel, below, NULL, parse->limitCount,
									  parse->limitOption, 0, count);
}

/*
 * Offer pages whose scans skip what is before them.  What they are made of are the
 * paths below the Limit: one that would come to the end of its rows only to throw
 * them away does not outlast a sort.
 */
void
detmeta_limit_path(PlannerInfo *root, RelOptInfo *input_rel, RelOptInfo *final_rel, int64 count)
{
	Query	   *parse = root->parse;
	ListCell   *lc;

	if (parse->limitOffset == NULL || parse->commandType != CMD_SELECT ||
		parse->rowMarks != NIL || parse->hasTargetSRFs ||
		parse->limitOption != LIMIT_OPTION_COUNT)
		return;
	foreach(lc, input_rel->pathlist)
	{
		Path	   *path = lfirst(lc);
		ProjectionPath *projection;
		CustomPath *scan = find_scan(path, &projection);

		if (scan != NULL && pathkeys_contained_in(root->sort_pathkeys, path->pathkeys))
			add_path(final_rel, path_that_skips(root, final_rel, scan, projection, count));
	}
}

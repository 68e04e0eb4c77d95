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

/*
 * Return the scan below a Limit, and the projection between them, if there is
 * one; NULL: another plan.
 */
static CustomPath *
find_scan(const LimitPath *limit, ProjectionPath **projection)
{
	Path	   *path = limit->subpath;

	*projection = NULL;
	if (IsA(path, ProjectionPath))
	{
		*projection = (ProjectionPath *) path;
		path = (*projection)->subpath;
	}
	return detmeta_can_skip(path) &&
		!contain_volatile_functions((Node *) path->pathtarget->exprs) &&
		!contain_volatile_functions((Node *) limit->subpath->pathtarget->exprs) ?
		(CustomPath *) path : NULL;
}

/* Return a copy of a projection with another scan below. */
static Path *
copy_projection(const ProjectionPath *projection, Path *scan, Cost saved)
{
	ProjectionPath *copy = makeNode(ProjectionPath);

	memcpy(copy, projection, sizeof(*copy));
	copy->subpath = scan;
	copy->path.rows = scan->rows;
	copy->path.total_cost = Max(scan->total_cost, copy->path.total_cost - saved);
	return &copy->path;
}

/* Return the path of a Limit whose scan skips rows. */
static Path *
path_that_skips(PlannerInfo *root, const LimitPath *limit, CustomPath *scan,
				const ProjectionPath *projection)
{
	Path	   *below = (Path *) detmeta_path_that_skips(root, scan, limit->limitOffset,
														 limit->limitCount);
	LimitPath  *path = makeNode(LimitPath);

	if (projection != NULL)
		below = copy_projection(projection, below, scan->path.total_cost - below->total_cost);
	memcpy(path, limit, sizeof(*path));
	path->subpath = below;
	path->limitOffset = NULL;
	path->path.startup_cost = below->startup_cost;
	path->path.total_cost = below->startup_cost +
		(below->total_cost - below->startup_cost) * Min(1.0, path->path.rows /
														Max(1.0, below->rows));
	return &path->path;
}

/* Offer a page whose scan skips what is before it. */
void
detmeta_limit_path(PlannerInfo *root, RelOptInfo *final_rel)
{
	Query	   *parse = root->parse;
	List	   *found = NIL;
	ListCell   *lc;

	if (parse->limitOffset == NULL || parse->commandType != CMD_SELECT ||
		parse->rowMarks != NIL || parse->hasTargetSRFs ||
		parse->limitOption != LIMIT_OPTION_COUNT)
		return;
	foreach(lc, final_rel->pathlist)
	{
		LimitPath  *limit = lfirst(lc);
		ProjectionPath *projection;
		CustomPath *scan;

		if (!IsA(limit, LimitPath) || limit->limitOffset == NULL)
			continue;
		scan = find_scan(limit, &projection);
		if (scan != NULL)
			found = lappend(found, path_that_skips(root, limit, scan, projection));
	}
	foreach(lc, found)
		add_path(final_rel, lfirst(lc));
}

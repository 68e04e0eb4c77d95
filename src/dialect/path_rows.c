/*
 * path_rows.c
 *		Rows of what a JSON path leads to.
 *
 * What is compared is the value at a path or, in doubt, an element of the array
 * there: two tests on both, of which those on the value are joined to one where
 * a predicate has more of a value.
 */
#include "postgres.h"

#include "base/compat.h"
#include "dialect/compare.h"
#include "dialect/intersect.h"
#include "dialect/path_rows.h"

/* A node that accepts values at a path only; if it is one comparison, another may be joined. */
typedef struct PlacedNode
{
	QueryNode  *node;
	DocumentPath path;
	bool		is_comparison;
	Leaf		value;			/* of the comparison */
	QueryNode  *elements;
} PlacedNode;

/* Remember that a node accepts values at a path only. */
static PlacedNode *
note_placed(PathRows *rows, const DocumentPath *path, QueryNode *node)
{
	PlacedNode *placed = palloc0_object(PlacedNode);

	placed->node = node;
	placed->path = *path;
	rows->placed = lappend(rows->placed, placed);
	return placed;
}

/* Return what is remembered of a node; NULL: nothing. */
static const PlacedNode *
find_placed(const PathRows *rows, const QueryNode *node)
{
	ListCell   *lc;

	foreach(lc, rows->placed)
	{
		const PlacedNode *placed = lfirst(lc);

		if (placed->node == node)
			return placed;
	}
	return NULL;
}

static bool
is_same_path(const DocumentPath *a, const DocumentPath *b)
{
	return a->nsteps == b->nsteps && strcmp(a->key.data, b->key.data) == 0;
}

/* Return the node of a comparison, of which the value's leaf and the elements' node are given. */
static QueryNode *
compared_rows(PathRows *rows, const DocumentPath *path, const Leaf *value, QueryNode *elements)
{
	QueryNode  *either = detmeta_node_group(FILTER_OR, detmeta_node_leaf(rows->dialect, value),
											elements);
	QueryNode  *node = detmeta_node_with_arrays(rows->dialect, path, either);
	PlacedNode *placed = note_placed(rows, path, node);

	placed->is_comparison = true;
	placed->value = *value;
	placed->elements = elements;
	return node;
}

/* Return rows with a value at a path that passes a comparison, or an element that may. */
static QueryNode *
rows_of_comparison(PathRows *rows, const DocumentPath *path, const PathComparison *comparison)
{
	Leaf		leaves[2];

	for (int i = 0; i < 2; i++)
	{
		bool		unsure = i == 1 || rows->in_doubt;

		detmeta_leaf_begin(&leaves[i], path);
		leaves[i].places = i == 0 ? PLACES_VALUE : PLACES_ELEMENTS;
		if (comparison->strategy == BTEqualStrategyNumber)
			detmeta_leaf_add_scalar(&leaves[i], &comparison->value, unsure);
		else
			detmeta_leaf_add_numbers(&leaves[i], comparison->strategy,
									 comparison->value.val.numeric, unsure);
	}
	return compared_rows(rows, path, &leaves[0],
						 detmeta_node_leaf(rows->dialect, &leaves[1]));
}

/* Return rows with anything at a place. */
static QueryNode *
rows_where_held(PathRows *rows, const PathPlace *place)
{
	int			arrays = META_KIND_BIT(META_ARRAY) | META_KIND_BIT(META_EMPTY_ARRAY);
	Leaf		leaf;

	detmeta_leaf_begin(&leaf, &place->path);
	detmeta_leaf_add_kinds(&leaf, META_ALL_KINDS & ~arrays, rows->in_doubt);
	if (!place->is_unwrapped)
		detmeta_leaf_add_kinds(&leaf, arrays, rows->in_doubt);
	else						/* the elements may be arrays, and empty */
		detmeta_leaf_add_kinds(&leaf, META_KIND_BIT(META_ARRAY), true);
	return detmeta_node_with_arrays(rows->dialect, &place->path,
									detmeta_node_leaf(rows->dialect, &leaf));
}

/*
 * Return the rows of two nodes.  Two comparisons of one path are one range of its
 * value; elements of an array need not be the same ones.
 */
QueryNode *
detmeta_path_rows_of_both(PathRows *rows, QueryNode *a, QueryNode *b)
{
	const PlacedNode *left;
	const PlacedNode *right;
	QueryNode  *node;
	Leaf		both;

	if (a == NULL || b == NULL)
		return a != NULL ? a : b;
	left = find_placed(rows, a);
	right = find_placed(rows, b);
	if (left != NULL && right != NULL && left->is_comparison && right->is_comparison &&
		is_same_path(&left->path, &right->path) &&
		detmeta_leaf_intersect(&left->value, &right->value, &both))
		return compared_rows(rows, &left->path, &both,
							 detmeta_node_group(FILTER_AND, left->elements, right->elements));
	node = detmeta_node_group(FILTER_AND, a, b);
	if (left != NULL || right != NULL)
		note_placed(rows, left != NULL ? &left->path : &right->path, node);
	return node;
}

/* Return the rows of either of two nodes. */
QueryNode *
detmeta_path_rows_of_any(PathRows *rows, QueryNode *a, QueryNode *b)
{
	const PlacedNode *left;
	const PlacedNode *right;
	QueryNode  *node;

	if (a == NULL || b == NULL)
		return NULL;
	left = find_placed(rows, a);
	right = find_placed(rows, b);
	node = detmeta_node_group(FILTER_OR, a, b);
	if (left != NULL && right != NULL && is_same_path(&left->path, &right->path))
		note_placed(rows, &left->path, node);
	return node;
}

/* Return the rows where steps have led to a place, and to a value that passes a comparison. */
QueryNode *
detmeta_path_rows_at(PathRows *rows, const PathPlace *place, QueryNode *passed,
					 const PathComparison *comparison)
{
	const PlacedNode *placed = find_placed(rows, passed);

	if (place->path.nsteps == 0)
	{
		/* the index does not tell of documents that are scalars */
		rows->in_doubt |= comparison != NULL;
		return passed;
	}
	if (comparison != NULL)
		return detmeta_path_rows_of_both(rows, passed,
										 rows_of_comparison(rows, &place->path, comparison));
	if (placed != NULL && is_same_path(&placed->path, &place->path))
		return passed;
	return detmeta_path_rows_of_both(rows, passed, rows_where_held(rows, place));
}

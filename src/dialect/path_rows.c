/*
 * path_rows.c
 *		Rows of what a JSON path leads to.
 *
 * What is compared is the value at a path or, in doubt, an element of the array
 * there: two tests on both, of which those on the value are joined to one where
 * a predicate has more of a value.  Where arrays may lead the path on, it may be
 * the value of a member of an object in one, too, which is always in doubt.
 */
#include "postgres.h"

#include "base/compat.h"
#include "dialect/compare.h"
#include "dialect/intersect.h"
#include "dialect/path_rows.h"
#include "value/key_path.h"

/* A node that accepts values at a path only; if it is one comparison, another may be joined. */
typedef struct PlacedNode
{
	QueryNode  *node;
	DocumentPath path;
	bool		is_comparison;
	Leaf		value;			/* of the comparison */
	QueryNode  *elements;
	QueryNode  *members;		/* or NULL */
} PlacedNode;

/* Arrays on the way to a value that are told apart; each may be there or not. */
#define MAX_ARRAYS	3

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

/*
 * Note where arrays may lead a path on; return how many, or 0 if they are too
 * many to tell apart.
 */
static int
arrays_on_way(const DocumentPath *path, int *ends)
{
	int			n = 0;
	ListCell   *lc;

	foreach(lc, path->arrays)
	{
		if (lfirst_int(lc) < 0)
			continue;			/* the document */
		if (n == MAX_ARRAYS || path->is_element)
			return 0;
		ends[n++] = lfirst_int(lc);
	}
	return n;
}

/*
 * Return rows where members of objects in arrays may have a value at a path that
 * passes the tests of a leaf; NULL: there are no arrays, or they are not told apart.
 */
static QueryNode *
rows_of_members(PathRows *rows, const DocumentPath *path, const Leaf *tests)
{
	int			ends[MAX_ARRAYS];
	int			n = arrays_on_way(path, ends);
	QueryNode  *result = NULL;

	for (int mask = 1; mask < 1 << n; mask++)
	{
		StringInfoData key;
		Leaf		leaf;
		int			at = 0;

		initStringInfo(&key);
		for (int i = 0; i < n; i++)
		{
			if ((mask & (1 << i)) == 0)
				continue;
			appendBinaryStringInfo(&key, path->key.data + at, ends[i] - at);
			appendStringInfoString(&key, KEY_PATH_ARRAY);
			at = ends[i];
		}
		appendBinaryStringInfo(&key, path->key.data + at, path->key.len - at);
		detmeta_leaf_begin_array_member(&leaf, &key);
		leaf.ntests = leaf.allocated = tests->ntests;
		leaf.tests = tests->tests;
		leaf.kinds = tests->kinds;
		result = detmeta_node_group(FILTER_OR, result, detmeta_node_leaf(rows->dialect, &leaf));
	}
	return result;
}

/* Return a path that no array leads on, but for the document itself. */
static DocumentPath
without_arrays(const DocumentPath *path)
{
	DocumentPath result = *path;
	ListCell   *lc;

	result.arrays = NIL;
	foreach(lc, path->arrays)
	{
		if (lfirst_int(lc) < 0)
			result.arrays = lappend_int(result.arrays, lfirst_int(lc));
	}
	return result;
}

/*
 * Return the node of a comparison, of which the value's leaf is given, and the
 * nodes of elements and of members of objects in arrays, which may be NULL.
 */
static QueryNode *
compared_rows(PathRows *rows, const DocumentPath *path, const Leaf *value, QueryNode *elements,
			  QueryNode *members)
{
	DocumentPath way = members != NULL ? without_arrays(path) : *path;
	QueryNode  *either = detmeta_node_group(FILTER_OR, detmeta_node_leaf(rows->dialect, value),
											elements);
	QueryNode  *node = detmeta_node_doubt(detmeta_node_with_arrays(rows->dialect, &way, either),
										  members);
	PlacedNode *placed = note_placed(rows, path, node);

	placed->is_comparison = true;
	placed->value = *value;
	placed->elements = elements;
	placed->members = members;
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
	return compared_rows(rows, path, &leaves[0], detmeta_node_leaf(rows->dialect, &leaves[1]),
						 rows_of_members(rows, path, &leaves[1]));
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
							 detmeta_node_group(FILTER_AND, left->elements, right->elements),
							 detmeta_node_group(FILTER_AND, left->members, right->members));
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

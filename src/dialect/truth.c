/*
 * truth.c
 *		Where a clause is true and where it is false, in terms of the index.
 *
 * SQL has three truth values, and an index knows rows only.  So of each part of
 * a clause both the rows where it is true and those where it is false are kept;
 * it is NULL for the rest:
 *
 *		metadata ->> 'k' = 'v'			true: value k "v"
 *										false: held k, but not value k "v"
 *		a AND b							true: both are; false: any is
 *		NOT a							the other way round
 *		a IS NOT TRUE					all rows but those where it is true
 *
 * Rows where the index cannot tell are in doubt, and the clause itself is
 * evaluated there.  So are those where its evaluation may fail, as a cast does.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/compat.h"
#include "dialect/intersect.h"
#include "dialect/truth.h"

/* Return what is true or false of no row. */
Truth
detmeta_truth_never(void)
{
	return detmeta_truth_of_rows(detmeta_node_none(), detmeta_node_none());
}

/* Return what is true, or false, of all rows, also where the metadata itself is NULL. */
Truth
detmeta_truth_always(bool value)
{
	Truth		truth = detmeta_truth_of_rows(detmeta_node_new(FILTER_TRUE, 0),
											  detmeta_node_none());

	truth.true_of_null = true;
	return value ? truth : detmeta_truth_not(truth);
}

/* Stand in for what is known when rows are read. */
Truth
detmeta_truth_unknown(void)
{
	return detmeta_truth_never();
}

/* Return the truth of a leaf of tests on the value at a path; it is NULL where the path is. */
Truth
detmeta_truth_of_leaf(Dialect *dialect, const DocumentPath *path, Leaf *leaf)
{
	Leaf		other;
	Leaf		failing;
	Truth		truth = {0};

	if (path->is_unknown)
		return detmeta_truth_unknown();
	detmeta_leaf_drop_idle_tests(dialect, path, leaf);
	other = *leaf;
	other.type = LEAF_NONE;
	truth.is_true = detmeta_node_with_arrays(dialect, path, detmeta_node_leaf(dialect, leaf));
	truth.is_false = detmeta_node_with_arrays(dialect, path, detmeta_node_leaf(dialect, &other));

	detmeta_leaf_begin(&failing, path);
	for (int i = 0; i < leaf->ntests; i++)
	{
		if (leaf->tests[i].may_fail)
			*detmeta_leaf_add_test(&failing, leaf->tests[i].type, leaf->tests[i].kind) =
				leaf->tests[i];
	}
	/* where it fails it is hardly true */
	truth.may_fail = failing.ntests == 0 || dialect->likely_only ? NULL :
		detmeta_node_with_arrays(dialect, path, detmeta_node_leaf(dialect, &failing));
	return truth;
}

/* Return the truth of "the value at a path is of one of these kinds". */
Truth
detmeta_truth_of_kinds(Dialect *dialect, const DocumentPath *path, int kinds)
{
	Leaf		leaf;

	detmeta_leaf_begin(&leaf, path);
	detmeta_leaf_add_kinds(&leaf, kinds, false);
	return detmeta_truth_of_leaf(dialect, path, &leaf);
}

/*
 * Return the truth of a clause of which nothing is known but that it is NULL where
 * a path is.  For an estimate, it is true in no more rows than have the path; of
 * where it is not true, that tells nothing.
 */
static Truth
truth_in_doubt(Dialect *dialect, const DocumentPath *path)
{
	Leaf		leaf;
	QueryNode  *rows;
	Truth		truth;

	detmeta_leaf_begin(&leaf, path);
	for (MetaKind kind = leaf.held; kind <= META_OBJECT; kind++)
		detmeta_leaf_add_test(&leaf, TEST_KIND, kind)->unsure = true;
	detmeta_leaf_drop_idle_tests(dialect, path, &leaf);
	rows = detmeta_node_with_arrays(dialect, path, detmeta_node_leaf(dialect, &leaf));
	truth = detmeta_truth_of_rows(rows, rows);
	truth.is_guess = dialect->likely_only;
	return truth;
}

/* Return the truth of a clause that is NULL where a path is, and of which nothing else is known. */
Truth
detmeta_truth_where_held(Dialect *dialect, const DocumentPath *path)
{
	Truth		truth;

	if (path->nsteps == 0)
		return detmeta_truth_nothing();
	dialect->may_fail = true;
	if (path->is_unknown)
		return detmeta_truth_unknown();
	truth = truth_in_doubt(dialect, path);
	truth.may_fail = dialect->likely_only ? NULL : truth.is_true;
	return truth;
}

/*
 * Return the truth of "an expression is not NULL" which is NULL where a path is,
 * and whose evaluation may fail where the value there passes tests.
 */
Truth
detmeta_truth_of_held(Dialect *dialect, const DocumentPath *path, Leaf *failing)
{
	Leaf		leaf;
	Truth		truth = detmeta_truth_unknown();

	dialect->may_fail = true;
	truth.false_of_null = true;
	if (path->is_unknown)
		return truth;
	detmeta_leaf_drop_idle_tests(dialect, path, failing);
	if (failing->ntests > 0 && !dialect->likely_only)
		truth.may_fail = detmeta_node_of_path(dialect, path, detmeta_node_leaf(dialect, failing));
	detmeta_leaf_begin(&leaf, path);
	leaf.type = LEAF_HOLDS;
	truth.is_true = detmeta_node_doubt(detmeta_node_of_path(dialect, path,
															detmeta_node_leaf(dialect, &leaf)),
									   truth.may_fail);
	truth.is_false = detmeta_node_doubt(detmeta_node_without(dialect, path), truth.may_fail);
	return truth;
}

/*
 * Stand in for a clause that is NULL where a path is, and of which more is known
 * when rows are read: then an operand has its value.
 */
Truth
detmeta_truth_of_unknown(Dialect *dialect, const DocumentPath *path)
{
	if (path->nsteps > 0 && !path->is_unknown)
		return truth_in_doubt(dialect, path);
	dialect->is_untold = true;
	return detmeta_truth_unknown();
}

/* Return the truth of a clause that is NULL where a path is, and true for some rows. */
Truth
detmeta_truth_within(Dialect *dialect, const DocumentPath *path, QueryNode *is_true)
{
	QueryNode  *rest = detmeta_node_not(is_true);
	Leaf		leaf;

	if (path->is_unknown)
		return detmeta_truth_unknown();
	if (path->nsteps > 0)
	{
		detmeta_leaf_begin(&leaf, path);
		leaf.type = LEAF_HOLDS;
		rest = detmeta_node_group(FILTER_AND, detmeta_node_leaf(dialect, &leaf), rest);
	}
	return detmeta_truth_of_rows(detmeta_node_with_arrays(dialect, path, is_true),
								 detmeta_node_with_arrays(dialect, path, rest));
}

/*
 * Return the truth of a search that finds something in some rows; in others it
 * is false, or may be NULL, as it is where a path is.
 */
Truth
detmeta_truth_of_search(Dialect *dialect, const DocumentPath *path, QueryNode *found,
						bool may_be_null)
{
	QueryNode  *is_false = detmeta_node_not(found);
	Leaf		leaf;

	if (may_be_null)
		is_false = detmeta_node_group(FILTER_AND, is_false,
									  detmeta_node_document(dialect, DOCUMENT_IS_ANY, true));
	if (path->nsteps > 0)
	{
		detmeta_leaf_begin(&leaf, path);
		leaf.type = LEAF_HOLDS;
		is_false = detmeta_node_group(FILTER_AND, is_false,
									  detmeta_node_with_arrays(dialect, path,
															   detmeta_node_leaf(dialect, &leaf)));
	}
	return detmeta_truth_of_rows(found, is_false);
}

/* ---- logic ---- */

/* NOT a */
Truth
detmeta_truth_not(Truth a)
{
	Truth		result = a;

	result.is_true = a.is_false;
	result.is_false = a.is_true;
	result.true_of_null = a.false_of_null;
	result.false_of_null = a.true_of_null;
	return result;
}

/* a IS TRUE, a IS FALSE */
Truth
detmeta_truth_is(Truth a, bool value)
{
	if (!value)
		a = detmeta_truth_not(a);
	a.is_false = detmeta_node_not(a.is_guess ? detmeta_node_none() : a.is_true);
	a.false_of_null = true;
	return a;
}

/* a IS NOT TRUE, a IS NOT FALSE */
Truth
detmeta_truth_is_not(Truth a, bool value)
{
	return detmeta_truth_not(detmeta_truth_is(a, value));
}

/* Return the leaf of a node that is nothing else; NULL: it is more. */
static const Leaf *
leaf_of_node(const Dialect *dialect, const QueryNode *node)
{
	return node->type == FILTER_CONDITION ? &dialect->leaves[node->leaf] : NULL;
}

/*
 * Return the rows of two nodes, where a leaf of the first is on the value that
 * the second is on; NULL: there is none.  The first node is another's as well,
 * and stays.
 */
static QueryNode *
narrow(Dialect *dialect, QueryNode *a, QueryNode *b)
{
	const Leaf *left = leaf_of_node(dialect, a);
	const Leaf *right = leaf_of_node(dialect, b);
	Leaf		both;

	check_stack_depth();
	if (right == NULL)
		return NULL;
	if (left != NULL)
		return detmeta_leaf_intersect(left, right, &both) ?
			detmeta_node_leaf(dialect, &both) : NULL;
	for (int i = 0; a->type == FILTER_AND && i < 2; i++)
	{
		QueryNode  *narrowed = narrow(dialect, a->children[i], b);

		if (narrowed != NULL)
			return detmeta_node_group(FILTER_AND, narrowed, a->children[1 - i]);
	}
	return NULL;
}

/* Return the rows of two nodes; of two leaves on one value, those of one leaf. */
QueryNode *
detmeta_node_of_both(Dialect *dialect, QueryNode *a, QueryNode *b)
{
	QueryNode  *narrowed = narrow(dialect, a, b);

	return narrowed != NULL ? narrowed : detmeta_node_group(FILTER_AND, a, b);
}

/* Return the rows of either of two nodes; of two leaves on one value, those of one leaf. */
static QueryNode *
rows_of_either(Dialect *dialect, QueryNode *a, QueryNode *b)
{
	const Leaf *left = leaf_of_node(dialect, a);
	const Leaf *right = leaf_of_node(dialect, b);
	Leaf		either;
	bool		negated;
	QueryNode  *node;

	if (left == NULL || right == NULL || !detmeta_leaf_unite(left, right, &either, &negated))
		return detmeta_node_group(FILTER_OR, a, b);
	node = detmeta_node_leaf(dialect, &either);
	return negated ? detmeta_node_not(node) : node;
}

/* a AND b ..., a OR b ... */
Truth
detmeta_truth_group(Dialect *dialect, BoolExprType type, const Truth *truths, int n)
{
	FilterNodeType either = type == AND_EXPR ? FILTER_OR : FILTER_AND;
	Truth		result = truths[0];

	for (int i = 1; i < n; i++)
	{
		result.is_true = type == AND_EXPR ?
			detmeta_node_of_both(dialect, result.is_true, truths[i].is_true) :
			rows_of_either(dialect, result.is_true, truths[i].is_true);
		result.is_false = detmeta_node_group(either, result.is_false, truths[i].is_false);
		result.may_fail = detmeta_node_group(FILTER_OR, result.may_fail, truths[i].may_fail);
		result.is_guess |= truths[i].is_guess;
		result.true_of_null |= truths[i].true_of_null;
		result.false_of_null |= truths[i].false_of_null;
	}
	result.is_group = true;
	return result;
}

/*
 * Return the truth of a clause that is NULL where a path is, and of another where
 * the path is NULL.
 */
Truth
detmeta_truth_or_else(Dialect *dialect, const DocumentPath *path, Truth truth, Truth rest)
{
	QueryNode  *without = detmeta_node_without(dialect, path);

	truth.is_true = rows_of_either(dialect, truth.is_true,
								   detmeta_node_group(FILTER_AND, without, rest.is_true));
	truth.is_false = rows_of_either(dialect, truth.is_false,
									detmeta_node_group(FILTER_AND, without, rest.is_false));
	truth.may_fail = detmeta_node_group(FILTER_OR, truth.may_fail,
										detmeta_node_group(FILTER_AND, without, rest.may_fail));
	truth.is_guess |= rest.is_guess;
	truth.true_of_null |= rest.true_of_null;
	truth.false_of_null |= rest.false_of_null;
	return truth;
}

/*
 * Return the rows where a clause is true.  A part that may fail does so also
 * where another part would decide, if that comes later: there the clause is
 * evaluated.
 */
QueryNode *
detmeta_truth_rows(const Truth *truth)
{
	return truth->is_group ? detmeta_node_doubt(truth->is_true, truth->may_fail) : truth->is_true;
}

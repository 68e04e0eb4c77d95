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

/* ---- nodes ---- */

/* Make a node with room for children. */
static QueryNode *
new_query_node(FilterNodeType type, int nchildren)
{
	QueryNode  *node = palloc0_object(QueryNode);

	node->type = type;
	node->nchildren = nchildren;
	node->children = palloc0_array(QueryNode *, Max(1, nchildren));
	return node;
}

/* Say whether a node is that of no row. */
static bool
is_none(const QueryNode *node)
{
	return node->type == FILTER_NOT && node->children[0]->type == FILTER_TRUE;
}

/* Combine two nodes; NULL stands for no rows. */
QueryNode *
detmeta_node_group(FilterNodeType type, QueryNode *a, QueryNode *b)
{
	QueryNode  *node;

	if (a == NULL || b == NULL)
		return type == FILTER_AND ? NULL : a != NULL ? a : b;
	if (b->type == FILTER_TRUE || is_none(b))
		return (type == FILTER_AND) == is_none(b) ? b : a;
	node = new_query_node(type, 2);
	node->children[0] = a;
	node->children[1] = b;
	return node;
}

/* Negate a node. */
QueryNode *
detmeta_node_not(QueryNode *a)
{
	QueryNode  *node;

	if (a->type == FILTER_NOT)
		return a->children[0];
	node = new_query_node(FILTER_NOT, 1);
	node->children[0] = a;
	return node;
}

/* Make a node that no row satisfies. */
QueryNode *
detmeta_node_none(void)
{
	return detmeta_node_not(new_query_node(FILTER_TRUE, 0));
}

/* Leave out tests that put all values of a kind in doubt, unless there are no others. */
static void
keep_likely_tests(Dialect *dialect, Leaf *leaf)
{
	ValueTest  *tests = leaf->tests;
	int			n = leaf->ntests;
	int			kept = 0;

	if (n == 0)
		return;
	leaf->tests = palloc_array(ValueTest, n);
	for (int i = 0; i < n; i++)
	{
		if (!tests[i].unsure ||
			(tests[i].type != TEST_KIND && tests[i].type != TEST_ODD))
			leaf->tests[kept++] = tests[i];
	}
	leaf->ntests = leaf->allocated = kept;
	if (kept > 0)
		return;
	dialect->is_guess = true;
	leaf->tests = tests;
	leaf->ntests = leaf->allocated = n;
}

/* Leave out tests that put no row in doubt: such rows are rare, and often there are none. */
static void
drop_idle_tests(const Dialect *dialect, const DocumentPath *path, Leaf *leaf)
{
	int			kept = 0;

	/* of what an array leads to, the leaf's key does not tell */
	if (dialect->finds_any == NULL || leaf->places != PLACES_VALUE || path->arrays != NIL)
		return;
	for (int i = 0; i < leaf->ntests; i++)
	{
		const ValueTest *test = &leaf->tests[i];

		if (!test->unsure || !(test->type == TEST_KIND || test->may_fail) ||
			dialect->finds_any(leaf, test, dialect->arg))
			leaf->tests[kept++] = *test;
	}
	leaf->ntests = kept;
}

/*
 * Say whether a leaf's key may have values of some rare sort.  While a query is
 * planned it is taken to have none.
 */
bool
detmeta_may_have(const Dialect *dialect, const Leaf *leaf, TestType type, MetaKind kind)
{
	ValueTest	test = {
		.type = type,
		.kind = kind
	};

	if (dialect->evaluate == NULL)
		return false;
	return dialect->finds_any == NULL || dialect->finds_any(leaf, &test, dialect->arg);
}

/* Make the node of a leaf. */
QueryNode *
detmeta_node_leaf(Dialect *dialect, const Leaf *leaf)
{
	QueryNode  *node = new_query_node(FILTER_CONDITION, 0);

	if (dialect->nleaves == dialect->allocated)
	{
		dialect->allocated = Max(8, 2 * dialect->allocated);
		dialect->leaves = dialect->leaves == NULL ?
			palloc_array(Leaf, dialect->allocated) :
			repalloc_array(dialect->leaves, Leaf, dialect->allocated);
	}
	node->leaf = dialect->nleaves;
	dialect->leaves[dialect->nleaves] = *leaf;
	if (dialect->likely_only)
		keep_likely_tests(dialect, &dialect->leaves[dialect->nleaves]);
	dialect->nleaves++;
	return node;
}

/* Begin a leaf on the value at a path. */
void
detmeta_leaf_begin(Leaf *leaf, const DocumentPath *path)
{
	memset(leaf, 0, sizeof(*leaf));
	leaf->type = LEAF_ANY;
	leaf->places = PLACES_VALUE;
	leaf->held = detmeta_path_held(path);
	leaf->key = path->key.data;
	leaf->keylen = path->key.len;
}

/* Let a leaf accept all values of some kinds (META_KIND_BITs). */
void
detmeta_leaf_add_kinds(Leaf *leaf, int kinds, bool unsure)
{
	for (MetaKind kind = META_NULL; kind <= META_OBJECT; kind++)
	{
		if ((kinds & META_KIND_BIT(kind)) != 0)
			detmeta_leaf_add_test(leaf, TEST_KIND, kind)->unsure = unsure;
	}
}

/* Make the node of rows with values of some kinds at a path. */
QueryNode *
detmeta_node_kinds(Dialect *dialect, const DocumentPath *path, int kinds, bool unsure)
{
	Leaf		leaf;

	detmeta_leaf_begin(&leaf, path);
	detmeta_leaf_add_kinds(&leaf, kinds, unsure);
	return detmeta_node_leaf(dialect, &leaf);
}

/* Make the node of rows whose documents have a peculiarity. */
QueryNode *
detmeta_node_document(Dialect *dialect, DocumentFlag flag, bool unsure)
{
	Leaf		leaf = {.type = LEAF_ANY,.places = PLACES_VALUE,.key = ""};
	ValueTest  *test = detmeta_leaf_add_test(&leaf, TEST_DOCUMENT, META_NULL);

	test->flag = flag;
	test->unsure = unsure;
	return detmeta_node_leaf(dialect, &leaf);
}

/* Put those rows of a node, and others, in doubt that another one has, which has none for sure. */
static QueryNode *
doubt(QueryNode *a, QueryNode *doubtful)
{
	if (doubtful == NULL)
		return a;
	return detmeta_node_group(FILTER_OR,
							  detmeta_node_group(FILTER_AND, a, detmeta_node_not(doubtful)),
							  doubtful);
}

/*
 * Put rows in doubt whose key may not be that of the path.  A name with a dot
 * leads nowhere in documents without any, though nested ones may have the key.
 */
QueryNode *
detmeta_node_of_path(Dialect *dialect, const DocumentPath *path, QueryNode *a)
{
	if (path->is_dotted)
		return detmeta_node_document(dialect, DOCUMENT_HAS_DOTTED_NAME, true);
	if (!path->is_ambiguous || !dialect->has_dotted_names)
		return a;
	return doubt(a, detmeta_node_document(dialect, DOCUMENT_HAS_DOTTED_NAME, true));
}

/* Make the node of rows where a path is NULL, which leads through no array. */
QueryNode *
detmeta_node_without(Dialect *dialect, const DocumentPath *path)
{
	Leaf		leaf;
	QueryNode  *node;

	detmeta_leaf_begin(&leaf, path);
	leaf.type = path->is_dotted ? LEAF_HOLDS : LEAF_EMPTY;
	node = detmeta_node_of_path(dialect, path, detmeta_node_leaf(dialect, &leaf));
	return path->is_dotted ? detmeta_node_not(node) : node;
}

/* ---- truth of parts ---- */

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
	Truth		truth = detmeta_truth_of_rows(new_query_node(FILTER_TRUE, 0), detmeta_node_none());

	truth.true_of_null = true;
	return value ? truth : detmeta_truth_not(truth);
}

/* Stand in for what is known when rows are read. */
Truth
detmeta_truth_unknown(void)
{
	return detmeta_truth_never();
}

/* Make the node of rows where an array may lead a path on: in doubt. */
static QueryNode *
rows_of_arrays(Dialect *dialect, const DocumentPath *path)
{
	int			kinds = path->is_element ? META_ALL_KINDS : META_KIND_BIT(META_ARRAY);
	QueryNode  *result = NULL;
	ListCell   *lc;

	foreach(lc, path->arrays)
	{
		int			len = lfirst_int(lc);
		DocumentPath before = *path;
		QueryNode  *rows;

		if (len < 0 && !dialect->has_no_objects)
			continue;
		before.key.data = pnstrdup(path->key.data, Max(0, len));
		before.key.len = Max(0, len);
		rows = len < 0 ? detmeta_node_document(dialect, DOCUMENT_IS_NO_OBJECT, true) :
			detmeta_node_kinds(dialect, &before, kinds, true);
		result = detmeta_node_group(FILTER_OR, result, rows);
	}
	return result;
}

/* Return the rows of a node, and those in doubt where arrays may lead the path on. */
static QueryNode *
with_positions(Dialect *dialect, const DocumentPath *path, QueryNode *a)
{
	QueryNode  *by_array = rows_of_arrays(dialect, path);

	if (path->is_element)
		return by_array != NULL ? by_array : detmeta_node_none();
	return doubt(detmeta_node_of_path(dialect, path, a), by_array);
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
	drop_idle_tests(dialect, path, leaf);
	other = *leaf;
	other.type = LEAF_NONE;
	truth.is_true = with_positions(dialect, path, detmeta_node_leaf(dialect, leaf));
	truth.is_false = with_positions(dialect, path, detmeta_node_leaf(dialect, &other));

	detmeta_leaf_begin(&failing, path);
	for (int i = 0; i < leaf->ntests; i++)
	{
		if (leaf->tests[i].may_fail)
			*detmeta_leaf_add_test(&failing, leaf->tests[i].type, leaf->tests[i].kind) =
				leaf->tests[i];
	}
	/* where it fails it is hardly true */
	truth.may_fail = failing.ntests == 0 || dialect->likely_only ? NULL :
		with_positions(dialect, path, detmeta_node_leaf(dialect, &failing));
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
	drop_idle_tests(dialect, path, &leaf);
	rows = with_positions(dialect, path, detmeta_node_leaf(dialect, &leaf));
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
	drop_idle_tests(dialect, path, failing);
	if (failing->ntests > 0 && !dialect->likely_only)
		truth.may_fail = detmeta_node_of_path(dialect, path, detmeta_node_leaf(dialect, failing));
	detmeta_leaf_begin(&leaf, path);
	leaf.type = LEAF_HOLDS;
	truth.is_true = doubt(detmeta_node_of_path(dialect, path, detmeta_node_leaf(dialect, &leaf)),
						  truth.may_fail);
	truth.is_false = doubt(detmeta_node_without(dialect, path), truth.may_fail);
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
	return detmeta_truth_of_rows(with_positions(dialect, path, is_true),
								 with_positions(dialect, path, rest));
}

/*
 * Return the truth of a search that finds something in some rows; in others it
 * is false, or may be NULL.
 */
Truth
detmeta_truth_of_search(Dialect *dialect, const DocumentPath *path, QueryNode *found,
						bool may_be_null)
{
	QueryNode  *is_true = with_positions(dialect, path, found);
	QueryNode  *is_false = detmeta_node_not(is_true);

	if (may_be_null)
		is_false = detmeta_node_group(FILTER_AND, is_false,
									  detmeta_node_document(dialect, DOCUMENT_IS_ANY, true));
	return detmeta_truth_of_rows(is_true, is_false);
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
	return truth->is_group ? doubt(truth->is_true, truth->may_fail) : truth->is_true;
}

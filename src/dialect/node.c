/*
 * node.c
 *		Nodes of a query, and the leaves below them, as clauses of core's operators need them.
 */
#include "postgres.h"

#include "base/compat.h"
#include "dialect/node.h"

/* Make a node with room for children. */
QueryNode *
detmeta_node_new(FilterNodeType type, int nchildren)
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
	node = detmeta_node_new(type, 2);
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
	node = detmeta_node_new(FILTER_NOT, 1);
	node->children[0] = a;
	return node;
}

/* Make a node that no row satisfies. */
QueryNode *
detmeta_node_none(void)
{
	return detmeta_node_not(detmeta_node_new(FILTER_TRUE, 0));
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
void
detmeta_leaf_drop_idle_tests(const Dialect *dialect, const DocumentPath *path, Leaf *leaf)
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
	QueryNode  *node = detmeta_node_new(FILTER_CONDITION, 0);

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

/*
 * Begin a leaf on members of objects in arrays; the index knows no more of
 * them than filters ask.
 */
void
detmeta_leaf_begin_array_member(Leaf *leaf, const StringInfoData *key)
{
	memset(leaf, 0, sizeof(*leaf));
	leaf->type = LEAF_ANY;
	leaf->places = PLACES_ELEMENTS;
	leaf->in_arrays = true;
	leaf->key = key->data;
	leaf->keylen = key->len;
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
QueryNode *
detmeta_node_doubt(QueryNode *a, QueryNode *doubtful)
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
	return detmeta_node_doubt(a, detmeta_node_document(dialect, DOCUMENT_HAS_DOTTED_NAME, true));
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
QueryNode *
detmeta_node_with_arrays(Dialect *dialect, const DocumentPath *path, QueryNode *a)
{
	QueryNode  *by_array = rows_of_arrays(dialect, path);

	if (path->is_element)
		return by_array != NULL ? by_array : detmeta_node_none();
	return detmeta_node_doubt(detmeta_node_of_path(dialect, path, a), by_array);
}

/*
 * query.c
 *		Compile a filter into conditions on keys, and evaluate its logic.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/compat.h"
#include "filter/like.h"
#include "filter/query.h"
#include "filter/regex.h"
#include "value/key_path.h"

/* Return how a leaf combines its tests. */
static LeafType
leaf_type(FilterOp op)
{
	if (op == FILTER_IS_EMPTY)
		return LEAF_EMPTY;
	if (op == FILTER_NOT_EMPTY)
		return LEAF_HOLDS;
	return detmeta_filter_op_positive(op) == op ? LEAF_ANY : LEAF_NONE;
}

/* Compile one condition. */
static void
compile_leaf(const FilterNode *node, Leaf *leaf)
{
	Operand    *operands = node->operands;

	leaf->type = leaf_type(node->op);
	leaf->held = META_FALSE;
	leaf->any_key = node->any_key;
	leaf->key = node->key;
	leaf->keylen = node->keylen;
	leaf->in_arrays = detmeta_key_has_array(node->key, node->keylen);

	switch (detmeta_filter_op_positive(node->op))
	{
		case FILTER_IS:
		case FILTER_IN:
			for (int i = 0; i < node->noperands; i++)
			{
				CHECK_FOR_INTERRUPTS();
				detmeta_leaf_add_equality(leaf, &operands[i]);
			}
			break;
		case FILTER_LT:
		case FILTER_LE:
			detmeta_leaf_add_ordered(leaf, NULL, &operands[0], node->op == FILTER_LE);
			break;
		case FILTER_GT:
		case FILTER_GE:
			detmeta_leaf_add_ordered(leaf, &operands[0], NULL, node->op == FILTER_GE);
			break;
		case FILTER_BETWEEN:
			detmeta_leaf_add_ordered(leaf, &operands[0], &operands[1], true);
			break;
		case FILTER_CONTAINS:
			detmeta_leaf_add_pattern(leaf, TEST_CONTAINS, operands[0].bytes, operands[0].len);
			break;
		case FILTER_ICONTAINS:
			detmeta_leaf_add_pattern(leaf, TEST_ICONTAINS, operands[0].bytes, operands[0].len);
			break;
		case FILTER_STARTS_WITH:
			detmeta_leaf_add_pattern(leaf, TEST_STARTS_WITH, operands[0].bytes, operands[0].len);
			break;
		case FILTER_IIS:
			detmeta_leaf_add_pattern(leaf, TEST_IEQUAL, operands[0].bytes, operands[0].len);
			break;
		case FILTER_ISTARTS_WITH:
			detmeta_leaf_add_pattern(leaf, TEST_ISTARTS_WITH, operands[0].bytes, operands[0].len);
			break;
		case FILTER_ENDS_WITH:
			detmeta_leaf_add_pattern(leaf, TEST_ENDS_WITH, operands[0].bytes, operands[0].len);
			break;
		case FILTER_MATCHES:
			detmeta_leaf_add_regex(leaf, operands[0].bytes, operands[0].len);
			break;
		case FILTER_LIKE:
			detmeta_leaf_add_like(leaf, operands[0].bytes, operands[0].len);
			break;
		case FILTER_ILIKE:
			detmeta_leaf_add_ilike(leaf, operands[0].bytes, operands[0].len);
			break;
		default:
			break;				/* IS_EMPTY and NOT_EMPTY test no value */
	}
}

/* Count the conditions of a filter. */
static int
count_filter_leaves(const FilterNode *node)
{
	int			n = node->type == FILTER_CONDITION ? 1 : 0;

	check_stack_depth();
	for (int i = 0; i < node->nchildren; i++)
		n += count_filter_leaves(node->children[i]);
	return n;
}

/* Compile a node and what is below it. */
static QueryNode *
compile_node(FilterQuery *query, const FilterNode *node)
{
	QueryNode  *result = palloc0_object(QueryNode);

	check_stack_depth();

	result->type = node->type;
	if (node->type == FILTER_CONDITION)
	{
		result->leaf = query->nleaves++;
		compile_leaf(node, &query->leaves[result->leaf]);
		return result;
	}

	result->nchildren = node->nchildren;
	result->children = palloc_array(QueryNode *, Max(1, node->nchildren));
	for (int i = 0; i < node->nchildren; i++)
		result->children[i] = compile_node(query, node->children[i]);
	return result;
}

/* Compile a filter, which must outlive the query. */
FilterQuery *
detmeta_query_compile(const MetadataFilter *filter)
{
	FilterNode *root = detmeta_filter_read(filter);
	FilterQuery *query = palloc0_object(FilterQuery);

	query->leaves = palloc0_array(Leaf, Max(1, count_filter_leaves(root)));
	query->root = compile_node(query, root);
	return query;
}

static GinTernaryValue evaluate_node(const FilterQuery *query, const QueryNode *node,
									 LeafEvaluator evaluator, void *arg);

/* Evaluate a group: AND ends at the first false, OR at the first true. */
static GinTernaryValue
evaluate_group(const FilterQuery *query, const QueryNode *node,
			   LeafEvaluator evaluator, void *arg)
{
	GinTernaryValue decisive = node->type == FILTER_AND ? GIN_FALSE : GIN_TRUE;
	GinTernaryValue result = node->type == FILTER_AND ? GIN_TRUE : GIN_FALSE;

	for (int i = 0; i < node->nchildren; i++)
	{
		GinTernaryValue child = evaluate_node(query, node->children[i], evaluator, arg);

		if (child == decisive)
			return decisive;
		if (child == GIN_MAYBE)
			result = GIN_MAYBE;
	}
	return result;
}

/* Evaluate a node in three-valued logic. */
static GinTernaryValue
evaluate_node(const FilterQuery *query, const QueryNode *node,
			  LeafEvaluator evaluator, void *arg)
{
	GinTernaryValue child;

	check_stack_depth();
	switch (node->type)
	{
		case FILTER_TRUE:
			return GIN_TRUE;
		case FILTER_CONDITION:
			return evaluator(query, node->leaf, arg);
		case FILTER_NOT:
			child = evaluate_node(query, node->children[0], evaluator, arg);
			if (child == GIN_MAYBE)
				return GIN_MAYBE;
			return child == GIN_TRUE ? GIN_FALSE : GIN_TRUE;
		default:
			return evaluate_group(query, node, evaluator, arg);
	}
}

/* Evaluate a query, with "evaluator" saying what its leaves are. */
GinTernaryValue
detmeta_query_evaluate(const FilterQuery *query, LeafEvaluator evaluator, void *arg)
{
	return evaluate_node(query, query->root, evaluator, arg);
}

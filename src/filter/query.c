/*
 * query.c
 *		Compile a filter into tests on values, and evaluate its logic.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/compat.h"
#include "filter/operand.h"
#include "filter/query.h"
#include "value/casefold.h"
#include "value/date.h"
#include "value/number.h"
#include "value/substring.h"
#include "value/value.h"

/* Add a test to a leaf, which has room for it. */
static ValueTest *
add_test(Leaf *leaf, TestType type, MetaKind kind)
{
	ValueTest  *test = &leaf->tests[leaf->ntests++];

	memset(test, 0, sizeof(*test));
	test->type = type;
	test->kind = kind;
	leaf->kinds |= kind == META_STRING ? META_STRING_KINDS : META_KIND_BIT(kind);
	return test;
}

/* Add a test for bytes. */
static void
add_bytes_test(Leaf *leaf, TestType type, MetaKind kind, const char *bytes, int len)
{
	ValueTest  *test = add_test(leaf, type, kind);

	test->bytes = bytes;
	test->len = len;
}

/* Read a text operand as a number; return false where it is none. */
static bool
read_number(const Operand *operand, Operand *number)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	if (!detmeta_number_encode_text(operand->bytes, operand->len, &bytes))
	{
		pfree(bytes.data);
		return false;
	}
	number->kind = OPERAND_NUMBER;
	number->bytes = detmeta_take_bytes(&bytes);
	number->len = bytes.len;
	return true;
}

/* Read a text operand as a date; return false where it is none. */
static bool
read_date(const Operand *operand, Operand *date)
{
	int64		instant;

	if (!detmeta_date_parse_argument(operand->bytes, operand->len, &instant))
		return false;
	*date = detmeta_operand_instant(instant);
	return true;
}

/* Add a test for an array or object as a whole. */
static void
add_container_test(Leaf *leaf, const Operand *operand)
{
	Jsonb	   *jsonb = palloc(VARHDRSZ + operand->len);
	JsonbValue	jbv;
	MetaValue	value;

	memcpy(VARDATA(jsonb), operand->bytes, operand->len);
	SET_VARSIZE(jsonb, VARHDRSZ + operand->len);
	JsonbToJsonbValue(jsonb, &jbv);

	detmeta_value_read(&jbv, &value);
	if (META_IS_EMPTY(value.kind))
		add_test(leaf, TEST_KIND, value.kind);
	else
	{
		add_bytes_test(leaf, TEST_EQUAL, value.kind, value.bytes, value.len);
		leaf->tests[leaf->ntests - 1].container = &jsonb->root;
	}
}

/* Add the tests of `is text`: what metadata->>key may print so. */
static void
add_text_equality(Leaf *leaf, const Operand *operand)
{
	Operand		number;

	add_bytes_test(leaf, TEST_EQUAL, META_STRING, operand->bytes, operand->len);
	if (read_number(operand, &number))
		add_bytes_test(leaf, TEST_EQUAL, META_NUMBER, number.bytes, number.len);
	else if (operand->len == 4 && memcmp(operand->bytes, "true", 4) == 0)
		add_test(leaf, TEST_KIND, META_TRUE);
	else if (operand->len == 5 && memcmp(operand->bytes, "false", 5) == 0)
		add_test(leaf, TEST_KIND, META_FALSE);
}

/* Add a range test whose ends are the same kind. */
static ValueTest *
add_range(Leaf *leaf, MetaKind kind, const Operand *low, const Operand *high, bool inclusive)
{
	ValueTest  *test = add_test(leaf, TEST_RANGE, kind);

	if (low != NULL)
		test->low = (Bound) {low->bytes, low->len, inclusive};
	if (high != NULL)
		test->high = (Bound) {high->bytes, high->len, inclusive};
	return test;
}

/* Add the tests of `is operand`. */
static void
add_equality(Leaf *leaf, const Operand *operand)
{
	switch (operand->kind)
	{
		case OPERAND_NULL:
			add_test(leaf, TEST_KIND, META_NULL);
			break;
		case OPERAND_FALSE:
			add_test(leaf, TEST_KIND, META_FALSE);
			break;
		case OPERAND_TRUE:
			add_test(leaf, TEST_KIND, META_TRUE);
			break;
		case OPERAND_NUMBER:
			add_bytes_test(leaf, TEST_EQUAL, META_NUMBER, operand->bytes, operand->len);
			break;
		case OPERAND_DATE:
			/* One instant has many texts. */
			add_range(leaf, META_DATE, operand, operand, true);
			break;
		case OPERAND_STRING:
			add_bytes_test(leaf, TEST_EQUAL, META_STRING, operand->bytes, operand->len);
			break;
		case OPERAND_CONTAINER:
			add_container_test(leaf, operand);
			break;
		case OPERAND_TEXT:
			add_text_equality(leaf, operand);
			break;
	}
}

/* Add the tests of a range of booleans: the booleans in it. */
static void
add_boolean_range(Leaf *leaf, const Operand *low, const Operand *high, bool inclusive)
{
	for (int value = 0; value <= 1; value++)
	{
		int			lo = low == NULL ? -1 : low->kind == OPERAND_TRUE;
		int			hi = high == NULL ? 2 : high->kind == OPERAND_TRUE;

		if (inclusive ? (value >= lo && value <= hi) : (value > lo && value < hi))
			add_test(leaf, TEST_KIND, value ? META_TRUE : META_FALSE);
	}
}

/* Add the tests of a range whose ends are in text form. */
static void
add_text_range(Leaf *leaf, const Operand *low, const Operand *high, bool inclusive)
{
	Operand		lo;
	Operand		hi;
	ValueTest  *strings;
	bool		dates;

	if ((low == NULL || read_number(low, &lo)) && (high == NULL || read_number(high, &hi)))
		add_range(leaf, META_NUMBER, low ? &lo : NULL, high ? &hi : NULL, inclusive);

	dates = (low == NULL || read_date(low, &lo)) && (high == NULL || read_date(high, &hi));
	if (dates)
		add_range(leaf, META_DATE, low ? &lo : NULL, high ? &hi : NULL, inclusive);

	strings = add_range(leaf, META_STRING, low, high, inclusive);
	strings->skip_dates = dates;
}

/* Add the tests of a range; either end may be missing. */
static void
add_ordered(Leaf *leaf, const Operand *low, const Operand *high, bool inclusive)
{
	const Operand *end = low != NULL ? low : high;
	MetaKind	kind;

	Assert(end != NULL);
	switch (end->kind)
	{
		case OPERAND_FALSE:
		case OPERAND_TRUE:
			add_boolean_range(leaf, low, high, inclusive);
			return;
		case OPERAND_TEXT:
			add_text_range(leaf, low, high, inclusive);
			return;
		case OPERAND_NUMBER:
			kind = META_NUMBER;
			break;
		case OPERAND_DATE:
			kind = META_DATE;
			break;
		case OPERAND_STRING:
			kind = META_STRING;
			break;
		default:
			elog(ERROR, "unexpected operand kind %d of a range", (int) end->kind);
			return;
	}
	add_range(leaf, kind, low, high, inclusive);
}

/* Add the test of a pattern. */
static void
add_pattern(Leaf *leaf, TestType type, const Operand *operand)
{
	const char *bytes = operand->bytes;
	int			len = operand->len;
	StringInfoData folded;

	if (type == TEST_ICONTAINS)
	{
		initStringInfo(&folded);
		detmeta_casefold(bytes, len, &folded);
		bytes = folded.data;
		len = folded.len;
	}
	add_bytes_test(leaf, type, META_STRING, bytes, len);
	if (type != TEST_STARTS_WITH)
		leaf->tests[leaf->ntests - 1].substring = detmeta_substring(bytes, len);
}

/* Return how a leaf combines its tests. */
static LeafType
leaf_type(FilterOp op)
{
	switch (op)
	{
		case FILTER_IS_NOT:
		case FILTER_NOT_IN:
		case FILTER_NOT_CONTAINS:
			return LEAF_NONE;
		case FILTER_IS_EMPTY:
			return LEAF_EMPTY;
		case FILTER_NOT_EMPTY:
			return LEAF_HOLDS;
		default:
			return LEAF_ANY;
	}
}

/* Compile one condition. */
static void
compile_leaf(const FilterNode *node, Leaf *leaf)
{
	Operand    *operands = node->operands;

	leaf->type = leaf_type(node->op);
	leaf->key = node->key;
	leaf->keylen = node->keylen;
	/* An operand becomes at most three tests: number, date, string. */
	leaf->tests = palloc_array(ValueTest, Max(3, 3 * node->noperands));

	switch (node->op)
	{
		case FILTER_IS:
		case FILTER_IS_NOT:
		case FILTER_IN:
		case FILTER_NOT_IN:
			for (int i = 0; i < node->noperands; i++)
			{
				CHECK_FOR_INTERRUPTS();
				add_equality(leaf, &operands[i]);
			}
			break;
		case FILTER_LT:
		case FILTER_LE:
			add_ordered(leaf, NULL, &operands[0], node->op == FILTER_LE);
			break;
		case FILTER_GT:
		case FILTER_GE:
			add_ordered(leaf, &operands[0], NULL, node->op == FILTER_GE);
			break;
		case FILTER_BETWEEN:
			add_ordered(leaf, &operands[0], &operands[1], true);
			break;
		case FILTER_CONTAINS:
		case FILTER_NOT_CONTAINS:
			add_pattern(leaf, TEST_CONTAINS, &operands[0]);
			break;
		case FILTER_ICONTAINS:
			add_pattern(leaf, TEST_ICONTAINS, &operands[0]);
			break;
		case FILTER_STARTS_WITH:
			add_pattern(leaf, TEST_STARTS_WITH, &operands[0]);
			break;
		case FILTER_IS_EMPTY:
		case FILTER_NOT_EMPTY:
			break;
	}
}

/* Count the conditions of a filter. */
static int
count_leaves(const FilterNode *node)
{
	int			n = node->type == FILTER_CONDITION ? 1 : 0;

	check_stack_depth();
	for (int i = 0; i < node->nchildren; i++)
		n += count_leaves(node->children[i]);
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
	FilterQuery	   *query = palloc0_object(FilterQuery);

	query->leaves = palloc0_array(Leaf, Max(1, count_leaves(root)));
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

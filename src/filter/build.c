/*
 * build.c
 *		Make filter nodes: validation and canonical form in one place.
 *
 * Both parsers and the constructors come through here, so whatever is equal
 * ends as equal bytes: groups are flat, a list of values is sorted and
 * distinct, numbers and containers are normalized.
 */
#include "postgres.h"

#include "base/compat.h"
#include "filter/build.h"
#include "filter/like.h"
#include "filter/regex.h"
#include "value/date.h"
#include "value/value.h"

typedef struct OpEntry
{
	FilterOp	op;
	const char *name;			/* canonical spelling */
} OpEntry;

static const OpEntry op_names[] = {
	{FILTER_IS, "is"},
	{FILTER_IS_NOT, "is not"},
	{FILTER_IN, "in"},
	{FILTER_NOT_IN, "not in"},
	{FILTER_LT, "<"},
	{FILTER_LE, "<="},
	{FILTER_GT, ">"},
	{FILTER_GE, ">="},
	{FILTER_BETWEEN, "between"},
	{FILTER_CONTAINS, "contains"},
	{FILTER_NOT_CONTAINS, "does not contain"},
	{FILTER_ICONTAINS, "icontains"},
	{FILTER_STARTS_WITH, "starts with"},
	{FILTER_IS_EMPTY, "is empty"},
	{FILTER_NOT_EMPTY, "is not empty"},
	{FILTER_NOT_ICONTAINS, "does not icontain"},
	{FILTER_NOT_STARTS_WITH, "does not start with"},
	{FILTER_IIS, "iis"},
	{FILTER_NOT_IIS, "iis not"},
	{FILTER_ISTARTS_WITH, "istarts with"},
	{FILTER_NOT_ISTARTS_WITH, "does not istart with"},
	{FILTER_ENDS_WITH, "ends with"},
	{FILTER_NOT_ENDS_WITH, "does not end with"},
	{FILTER_MATCHES, "matches"},
	{FILTER_NOT_MATCHES, "does not match"},
	{FILTER_LIKE, "like"},
	{FILTER_NOT_LIKE, "not like"},
	{FILTER_ILIKE, "ilike"},
	{FILTER_NOT_ILIKE, "not ilike"},
	/* other spellings */
	{FILTER_IS, "="},
	{FILTER_IS_NOT, "!="},
	{FILTER_IS_NOT, "<>"},
	{FILTER_NOT_CONTAINS, "not contains"},
	{FILTER_NOT_ICONTAINS, "not icontains"},
	{FILTER_NOT_STARTS_WITH, "not starts with"},
	{FILTER_NOT_IIS, "not iis"},
	{FILTER_NOT_ISTARTS_WITH, "not istarts with"},
	{FILTER_NOT_ENDS_WITH, "not ends with"},
	{FILTER_NOT_MATCHES, "not matches"},
};

/* Operators that are negations, and of what. */
static const FilterOp op_negations[][2] = {
	{FILTER_IS_NOT, FILTER_IS},
	{FILTER_NOT_IN, FILTER_IN},
	{FILTER_NOT_CONTAINS, FILTER_CONTAINS},
	{FILTER_NOT_ICONTAINS, FILTER_ICONTAINS},
	{FILTER_NOT_STARTS_WITH, FILTER_STARTS_WITH},
	{FILTER_NOT_IIS, FILTER_IIS},
	{FILTER_NOT_ISTARTS_WITH, FILTER_ISTARTS_WITH},
	{FILTER_NOT_ENDS_WITH, FILTER_ENDS_WITH},
	{FILTER_NOT_MATCHES, FILTER_MATCHES},
	{FILTER_NOT_LIKE, FILTER_LIKE},
	{FILTER_NOT_ILIKE, FILTER_ILIKE},
};

/* Find an operator by one of its spellings. */
bool
detmeta_filter_op_from_name(const char *name, FilterOp *op)
{
	for (size_t i = 0; i < lengthof(op_names); i++)
	{
		if (pg_strcasecmp(op_names[i].name, name) == 0)
		{
			*op = op_names[i].op;
			return true;
		}
	}
	return false;
}

/* Return an operator's canonical spelling. */
const char *
detmeta_filter_op_name(FilterOp op)
{
	for (size_t i = 0; i < lengthof(op_names); i++)
	{
		if (op_names[i].op == op)
			return op_names[i].name;
	}
	elog(ERROR, "unrecognized metadata filter operator %d", (int) op);
	return NULL;
}

/* Return what an operator negates, or itself if it is no negation. */
FilterOp
detmeta_filter_op_positive(FilterOp op)
{
	for (size_t i = 0; i < lengthof(op_negations); i++)
	{
		if (op_negations[i][0] == op)
			return op_negations[i][1];
	}
	return op;
}

/* Say whether an operator looks for a text or a pattern in strings. */
bool
detmeta_filter_op_searches(FilterOp op)
{
	switch (detmeta_filter_op_positive(op))
	{
		case FILTER_CONTAINS:
		case FILTER_ICONTAINS:
		case FILTER_STARTS_WITH:
		case FILTER_IIS:
		case FILTER_ISTARTS_WITH:
		case FILTER_ENDS_WITH:
		case FILTER_MATCHES:
		case FILTER_LIKE:
		case FILTER_ILIKE:
			return true;
		default:
			return false;
	}
}

/* Make the filter that every document satisfies. */
FilterNode *
detmeta_filter_true(void)
{
	FilterNode *node = palloc0_object(FilterNode);

	node->type = FILTER_TRUE;
	return node;
}

/* Add a child to a list, in place of a group of the same type its members. */
static List *
add_flat(List *list, FilterNodeType type, FilterNode *child)
{
	if (child->type != type)
		return lappend(list, child);
	for (int i = 0; i < child->nchildren; i++)
		list = lappend(list, child->children[i]);
	return list;
}

/*
 * Make an and- or or-group.  No children is no condition, one child is that
 * child; "no condition" leaves an and-group and decides an or-group.
 */
FilterNode *
detmeta_filter_group(FilterNodeType type, List *children)
{
	FilterNode *node;
	List	   *flat = NIL;
	ListCell   *lc;
	int			i = 0;

	foreach(lc, children)
	{
		FilterNode *child = lfirst(lc);

		if (child->type == FILTER_TRUE && type == FILTER_OR)
			return child;
		if (child->type != FILTER_TRUE)
			flat = add_flat(flat, type, child);
	}

	if (flat == NIL)
		return detmeta_filter_true();
	if (list_length(flat) == 1)
		return linitial(flat);

	node = palloc0_object(FilterNode);
	node->type = type;
	node->nchildren = list_length(flat);
	node->children = palloc_array(FilterNode *, node->nchildren);
	foreach(lc, flat)
		node->children[i++] = lfirst(lc);
	return node;
}

/* Make the negation of a filter. */
FilterNode *
detmeta_filter_not(FilterNode *child)
{
	FilterNode *node = palloc0_object(FilterNode);

	node->type = FILTER_NOT;
	node->nchildren = 1;
	node->children = palloc_object(FilterNode *);
	node->children[0] = child;
	return node;
}

/* Order operands, for a list of values. */
static int
compare_operands(const void *a, const void *b, void *arg)
{
	const Operand *x = a;
	const Operand *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return detmeta_bytes_compare(x->bytes, x->len, y->bytes, y->len);
}

/* Sort a list of values and drop what stands in it twice. */
static int
sort_operands(Operand *operands, int n)
{
	int			kept = 0;

	if (n < 2)
		return n;
	qsort_interruptible(operands, n, sizeof(Operand), compare_operands, NULL);
	for (int i = 1; i < n; i++)
	{
		if (compare_operands(&operands[kept], &operands[i], NULL) != 0)
			operands[++kept] = operands[i];
	}
	return kept + 1;
}

/* Return how many operands an operator takes, or -1 for a list. */
static int
operand_count(FilterOp op)
{
	switch (op)
	{
		case FILTER_IN:
		case FILTER_NOT_IN:
			return -1;
		case FILTER_BETWEEN:
			return 2;
		case FILTER_IS_EMPTY:
		case FILTER_NOT_EMPTY:
			return 0;
		default:
			return 1;
	}
}

/* Refuse an operand that has no order, such as null or an array. */
static void
check_ordered(FilterOp op, const Operand *operand)
{
	if (operand->kind == OPERAND_NULL || operand->kind == OPERAND_CONTAINER)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("\"%s\" cannot compare with %s", detmeta_filter_op_name(op),
						operand->kind == OPERAND_NULL ? "null" : "an array or object"),
				 errhint("Use a number, string, date or boolean, or one of: is, is not, in, not in, is empty, is not empty.")));
}

/* Refuse an operand that is not a string, or a pattern that cannot be read. */
static void
check_string_operand(FilterOp op, const Operand *operand)
{
	FilterOp	positive = detmeta_filter_op_positive(op);

	if (operand->kind != OPERAND_STRING)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("\"%s\" needs a string", detmeta_filter_op_name(op)),
				 errhint("Write the value in quotes.")));
	if (positive == FILTER_MATCHES)
		detmeta_regex_validate(operand->bytes, operand->len);
	else if (positive == FILTER_LIKE || positive == FILTER_ILIKE)
		detmeta_like_validate(operand->bytes, operand->len);
}

/*
 * In an ordered comparison a string that reads as a date is that date, so
 * that it compares with dates written in other forms, unless a string is meant.
 */
static Operand
ordered_operand(Operand operand)
{
	int64		instant;

	if (operand.kind == OPERAND_STRING && !operand.never_date &&
		detmeta_date_parse(operand.bytes, operand.len, &instant))
		return detmeta_operand_instant(instant);
	return operand;
}

/* Return the kind that two ends of a range must share. */
static OperandKind
range_kind(const Operand *operand)
{
	return operand->kind == OPERAND_TRUE ? OPERAND_FALSE : operand->kind;
}

/* Check and normalize the operands of a condition. */
static void
check_operands(FilterOp op, Operand *operands)
{
	switch (op)
	{
		case FILTER_LT:
		case FILTER_LE:
		case FILTER_GT:
		case FILTER_GE:
			check_ordered(op, &operands[0]);
			operands[0] = ordered_operand(operands[0]);
			break;
		case FILTER_BETWEEN:
			check_ordered(op, &operands[0]);
			check_ordered(op, &operands[1]);

			/*
			 * "2024" is no date and "2024-06" is one; as ends of one range both are strings.
			 */
			if (ordered_operand(operands[0]).kind == ordered_operand(operands[1]).kind)
			{
				operands[0] = ordered_operand(operands[0]);
				operands[1] = ordered_operand(operands[1]);
			}
			if (range_kind(&operands[0]) != range_kind(&operands[1]))
				ereport(ERROR,
						(errcode(ERRCODE_DATATYPE_MISMATCH),
						 errmsg("the ends of \"between\" are of different kinds"),
						 errdetail("A value lies between two numbers, two strings, two dates or two booleans."),
						 errhint("Cast both ends to one type.")));
			break;
		default:
			if (detmeta_filter_op_searches(op))
				check_string_operand(op, &operands[0]);
			break;
	}
}

/*
 * Make one condition.  The operands are checked against the operator and may
 * be changed in place.
 */
FilterNode *
detmeta_filter_condition(const char *key, int keylen, FilterOp op,
						 Operand *operands, int noperands)
{
	FilterNode *node = palloc0_object(FilterNode);
	int			expected = operand_count(op);

	if (expected >= 0 && noperands != expected)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 expected == 0 ?
				 errmsg("\"%s\" takes no value", detmeta_filter_op_name(op)) :
				 errmsg_plural("\"%s\" takes %d value, not %d", "\"%s\" takes %d values, not %d",
							   expected, detmeta_filter_op_name(op), expected, noperands),
				 errhint("The values follow the operator: metadata_filter(key, operator [, value [, value]]).")));
	check_operands(op, operands);
	if (expected < 0)
		noperands = sort_operands(operands, noperands);

	node->type = FILTER_CONDITION;
	node->op = op;
	node->key = key;
	node->keylen = keylen;
	node->noperands = noperands;
	node->operands = operands;
	return node;
}

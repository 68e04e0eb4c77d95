/*
 * keyset.c
 *		Where an order begins, by clauses that compare its expressions with values.
 *
 * A page behind a row that the client has seen last is asked for in one of these
 * ways, where ">" is "<" for a descending expression:
 *
 *		(a, b) > ($1, $2)
 *		a > $1 OR (a = $1 AND b > $2)
 *		a > $1 OR (a = $1 AND b > $2) OR a IS NULL
 *		a IS NULL AND b > $2
 *
 * So rows with a before $1 need not be looked at, nor of those with $1 the ones
 * with b before $2.  The clause is checked on each row all the same.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/restrictinfo.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "plan/keyset.h"

typedef struct Search
{
	const ScanTarget *target;
	const KeysetOrder *order;
} Search;

static bool start_of_clause(const Search *search, int level, Node *clause, KeysetStart *start);
static bool start_of_and(const Search *search, int level, List *clauses, KeysetStart *start);

/* Say whether an operator is one of the opfamily that orders an expression, and which. */
static int
strategy_of(const Search *search, int level, Oid operator)
{
	return get_op_opfamily_strategy(operator, search->order->pathkeys[level]->pk_opfamily);
}

/* Say whether an operator finds what comes behind a value in the order. */
static bool
is_behind(const Search *search, int level, Oid operator)
{
	int			strategy = strategy_of(search, level, operator);

	if (PATHKEY_IS_DESCENDING(search->order->pathkeys[level]))
		return strategy == BTLessStrategyNumber || strategy == BTLessEqualStrategyNumber;
	return strategy == BTGreaterStrategyNumber || strategy == BTGreaterEqualStrategyNumber;
}

/* Say whether an expression equals that of a path key in all rows that outlast the joins. */
static bool
is_equal_to_key(PlannerInfo *root, const PathKey *pathkey, Node *node)
{
	ListCell   *lc;

	if (root->join_info_list != NIL)
		return false;
	foreach(lc, pathkey->pk_eclass->ec_members)
	{
		EquivalenceMember *member = lfirst(lc);

		if (!member->em_is_child && equal(node, member->em_expr))
			return true;
	}
	return false;
}

/* Say whether an operand is an expression of the order, or, of a joined table, the same. */
static bool
is_expression(const Search *search, int level, Node *node)
{
	const KeysetOrder *order = search->order;

	return level < order->n &&
		(equal(node, order->expressions[level]) ||
		 is_equal_to_key(search->target->root, order->pathkeys[level], node));
}

/*
 * Say whether an operand is a value that the rows of an expression may start with.
 * What a btree does not have the order of is compared as values of its own type.
 */
static bool
is_start_value(const Search *search, int level, Node *node)
{
	Expr	   *expression = search->order->expressions[level];

	return detmeta_is_scan_constant(search->target, node) &&
		(IsA(expression, Var) || exprType(node) == exprType((Node *) expression));
}

/* Say whether a comparison has the collation of the order. */
static bool
has_collation(const Search *search, int level, Oid collation)
{
	return !OidIsValid(collation) ||
		collation == exprCollation((Node *) search->order->expressions[level]);
}

/* a IS NULL */
static bool
is_null_test(const Search *search, int level, Node *clause)
{
	NullTest   *test = (NullTest *) clause;

	return IsA(clause, NullTest) && test->nulltesttype == IS_NULL && !test->argisrow &&
		is_expression(search, level, (Node *) test->arg);
}

/*
 * Read a comparison of an expression of the order with a value: the value, and
 * the operator with the expression on its left; NULL: it is none.
 */
static Node *
read_comparison(const Search *search, int level, Node *clause, Oid *operator)
{
	OpExpr	   *op = (OpExpr *) clause;
	Node	   *left;
	Node	   *right;

	if (!IsA(clause, OpExpr) || list_length(op->args) != 2 ||
		!has_collation(search, level, op->inputcollid))
		return NULL;
	left = linitial(op->args);
	right = lsecond(op->args);
	*operator = op->opno;
	if (!is_expression(search, level, left))
	{
		Node	   *swap = left;

		left = right;
		right = swap;
		*operator = get_commutator(op->opno);
	}
	return OidIsValid(*operator) && is_expression(search, level, left) &&
		is_start_value(search, level, right) ? right : NULL;
}

/* Add the value that the rows of an expression start with. */
static void
add_start_value(KeysetStart *start, Node *value, bool with_nulls)
{
	start->values = lappend(start->values, value);
	start->with_nulls = lappend_int(start->with_nulls, with_nulls);
}

/* a > $1 */
static bool
start_of_comparison(const Search *search, int level, Node *clause, KeysetStart *start)
{
	Oid			operator;
	Node	   *value = read_comparison(search, level, clause, &operator);

	if (value == NULL || !is_behind(search, level, operator))
		return false;
	add_start_value(start, value, false);
	return true;
}

/* (a, b) > ($1, $2) */
static bool
start_of_rows(const Search *search, int level, RowCompareExpr *rows, KeysetStart *start)
{
	for (int i = 0; i < list_length(rows->largs); i++)
	{
		Node	   *right = list_nth(rows->rargs, i);

		if (!is_expression(search, level + i, list_nth(rows->largs, i)) ||
			!is_start_value(search, level + i, right) ||
			!is_behind(search, level + i, list_nth_oid(rows->opnos, i)) ||
			!has_collation(search, level + i, list_nth_oid(rows->inputcollids, i)))
			return i > 0;
		add_start_value(start, right, false);
	}
	return true;
}

/* What the branches of an OR say. */
typedef struct Branches
{
	Node	   *value;			/* that all compare the expression with */
	bool		with_nulls;		/* one wants rows without a value */
	bool		has_equal;		/* one wants rows with more than the value itself */
	List	   *equal;			/* of one that wants the value, what else it says */
	int			nequal;
} Branches;

/* Note the value of a branch; false: it is another than that of those before. */
static bool
note_branch_value(Branches *branches, Node *value)
{
	if (branches->value == NULL)
		branches->value = value;
	return equal(branches->value, value);
}

/* a = $1 AND ... */
static bool
read_equal_branch(const Search *search, int level, Node *clause, Branches *branches)
{
	List	   *clauses = make_ands_implicit((Expr *) clause);
	ListCell   *lc;

	foreach(lc, clauses)
	{
		Oid			operator;
		Node	   *value = read_comparison(search, level, lfirst(lc), &operator);

		if (value == NULL || strategy_of(search, level, operator) != BTEqualStrategyNumber)
			continue;
		branches->equal = list_delete_ptr(list_copy(clauses), lfirst(lc));
		branches->nequal++;
		return note_branch_value(branches, value);
	}
	return false;
}

/* Read a branch of an OR; false: it may want rows before any value. */
static bool
read_branch(const Search *search, int level, Node *clause, Branches *branches)
{
	KeysetStart start = {NIL, NIL};
	Oid			operator;

	if (is_null_test(search, level, clause))
	{
		branches->with_nulls = true;
		return true;
	}
	if (start_of_comparison(search, level, clause, &start))
	{
		(void) read_comparison(search, level, clause, &operator);
		branches->has_equal |=
			strategy_of(search, level, operator) == BTGreaterEqualStrategyNumber ||
			strategy_of(search, level, operator) == BTLessEqualStrategyNumber;
		return note_branch_value(branches, linitial(start.values));
	}
	if (read_equal_branch(search, level, clause, branches))
		return true;
	if (!start_of_clause(search, level, clause, &start))
		return false;
	branches->has_equal = true;
	branches->with_nulls |= linitial_int(start.with_nulls) != 0;
	return note_branch_value(branches, linitial(start.values));
}

/* a > $1 OR (a = $1 AND b > $2) */
static bool
start_of_or(const Search *search, int level, List *clauses, KeysetStart *start)
{
	Branches	branches = {0};
	ListCell   *lc;

	foreach(lc, clauses)
	{
		if (!read_branch(search, level, lfirst(lc), &branches))
			return false;
	}
	if (branches.value == NULL)
		return false;
	add_start_value(start, branches.value, branches.with_nulls);
	if (branches.nequal == 1 && !branches.has_equal && branches.equal != NIL)
		(void) start_of_clause(search, level + 1, (Node *) make_ands_explicit(branches.equal),
							   start);
	return true;
}

/* a IS NULL AND b > $2 */
static bool
start_of_nulls(const Search *search, int level, List *clauses, KeysetStart *start)
{
	ListCell   *lc;

	foreach(lc, clauses)
	{
		if (!is_null_test(search, level, lfirst(lc)))
			continue;
		add_start_value(start,
						(Node *) makeNullConst(exprType((Node *) ((NullTest *) lfirst(lc))->arg),
											   -1, InvalidOid), true);
		(void) start_of_and(search, level + 1, clauses, start);
		return true;
	}
	return false;
}

/* The clause of several that tells of most expressions. */
static bool
start_of_and(const Search *search, int level, List *clauses, KeysetStart *start)
{
	KeysetStart longest = {NIL, NIL};
	ListCell   *lc;

	check_stack_depth();
	if (level >= search->order->n)
		return false;
	foreach(lc, clauses)
	{
		KeysetStart found = {NIL, NIL};

		if (start_of_clause(search, level, lfirst(lc), &found) &&
			list_length(found.values) > list_length(longest.values))
			longest = found;
	}
	if (longest.values == NIL)
		return start_of_nulls(search, level, clauses, start);
	start->values = list_concat(start->values, longest.values);
	start->with_nulls = list_concat(start->with_nulls, longest.with_nulls);
	return true;
}

/*
 * Find the values that rows which satisfy a clause start with, from an
 * expression of the order on.
 */
static bool
start_of_clause(const Search *search, int level, Node *clause, KeysetStart *start)
{
	check_stack_depth();
	if (level >= search->order->n)
		return false;
	if (IsA(clause, RowCompareExpr))
		return start_of_rows(search, level, (RowCompareExpr *) clause, start);
	if (is_orclause(clause))
		return start_of_or(search, level, ((BoolExpr *) clause)->args, start);
	if (is_andclause(clause))
		return start_of_and(search, level, ((BoolExpr *) clause)->args, start);
	return start_of_comparison(search, level, clause, start);
}

/* Drop the values of a btree's column where rows without one are wanted, which are elsewhere. */
static void
drop_with_nulls(const KeysetOrder *order, KeysetStart *start)
{
	for (int i = 0; i < list_length(start->values); i++)
	{
		if (!IsA(order->expressions[i], Var) || !list_nth_int(start->with_nulls, i))
			continue;
		start->values = list_truncate(start->values, i);
		start->with_nulls = list_truncate(start->with_nulls, i);
	}
}

/*
 * Return the clauses that all rows satisfy which the query wants: those of the
 * table; and those that it is joined by, where there are none but inner joins.
 */
static List *
clauses_of_target(const ScanTarget *target)
{
	List	   *clauses = extract_actual_clauses(target->rel->baserestrictinfo, false);
	ListCell   *lc;

	if (target->root->join_info_list != NIL)
		return clauses;
	foreach(lc, target->rel->joininfo)
		clauses = lappend(clauses, lfirst_node(RestrictInfo, lc)->clause);
	return clauses;
}

/* Find the values that the rows of a table start with. */
bool
detmeta_keyset_start(const ScanTarget *target, const KeysetOrder *order, KeysetStart *start)
{
	Search		search = {target, order};

	memset(start, 0, sizeof(*start));
	(void) start_of_and(&search, 0, clauses_of_target(target), start);
	drop_with_nulls(order, start);
	return start->values != NIL;
}

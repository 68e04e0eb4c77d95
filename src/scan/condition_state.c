/*
 * condition_state.c
 *		Conditions of a scan at run time: their operands are evaluated, and
 *		probes of the index made of them.
 *
 * The planner has chosen the clauses (plan/scan_condition.c); they come as
 * and/or over operator clauses of index columns.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteManip.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "base/relation.h"
#include "gin/scope.h"
#include "index/options.h"
#include "index/probe.h"
#include "index/strategy.h"
#include "scan/condition_state.h"
#include "scan/derived_clause.h"

/* Where the states of conditions are made. */
typedef struct InitContext
{
	Relation	index;
	AttrNumber	attnum;			/* of the metadata */
	PlanState  *parent;
} InitContext;

static ConditionState *init_expr(const InitContext *context, Expr *clause);

/* Make the state of a group. */
static ConditionState *
init_group(const InitContext *context, BoolExprType type, List *args)
{
	ConditionState *state = palloc0_object(ConditionState);
	ListCell   *lc;
	int			i = 0;

	state->set.type = type;
	state->set.nchildren = list_length(args);
	state->set.children = palloc_array(SetCondition *, state->set.nchildren);
	state->children = palloc_array(ConditionState *, state->set.nchildren);
	foreach(lc, args)
	{
		state->children[i] = init_expr(context, lfirst(lc));
		state->set.children[i] = &state->children[i]->set;
		i++;
	}
	return state;
}

/* Say whether an expression, whose table is range table entry 1, is a column of an index. */
static bool
is_index_column(Relation index, int column, Node *node)
{
	AttrNumber	attno = index->rd_index->indkey.values[column];
	Node	   *expression;

	if (attno != 0)
		return IsA(node, Var) && ((Var *) node)->varattno == attno;
	expression = (Node *) detmeta_index_expression(index, column);
	while (IsA(expression, RelabelType))
		expression = (Node *) ((RelabelType *) expression)->arg;
	return equal(node, expression);
}

/* Find the other column of the index that an equality is about. */
static void
find_scope(const InitContext *context, ConditionState *state, Node *left, Oid opno)
{
	Index		scanrelid = ((Scan *) context->parent->plan)->scanrelid;

	while (IsA(left, RelabelType))
		left = (Node *) ((RelabelType *) left)->arg;
	if (scanrelid > 1)
	{
		left = copyObject(left);
		ChangeVarNodes(left, scanrelid, 1, 0);
	}
	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(context->index); i++)
	{
		if (i + 1 == context->attnum ||
			!op_in_opfamily(opno, context->index->rd_opfamily[i]) ||
			!is_index_column(context->index, i, left))
			continue;
		state->scope_attnum = i + 1;
		state->scope_strategy = get_op_opfamily_strategy(opno, context->index->rd_opfamily[i]);
		return;
	}
	elog(ERROR, "operator %u has no column of index \"%s\"", opno,
		 RelationGetRelationName(context->index));
}

/* Make the state of an operator clause. */
static ConditionState *
init_operator(const InitContext *context, Oid opno, List *args, bool is_array)
{
	ConditionState *state = palloc0_object(ConditionState);
	Oid			opfamily = context->index->rd_opfamily[context->attnum - 1];
	Node	   *left = linitial(args);

	state->operand = ExecInitExpr(lsecond(args), context->parent);
	state->attnum = context->attnum;
	if (!is_array && op_in_opfamily(opno, opfamily))
		state->negated = get_op_opfamily_strategy(opno, opfamily) == STRATEGY_NO_MATCH;
	else
	{
		find_scope(context, state, left, opno);
		if (is_array)
			state->scope_array = exprType(lsecond(args));
	}
	return state;
}

/* Make the state of a clause of core's operators, which a test IS TRUE tells from others. */
static ConditionState *
init_derived(const InitContext *context, BooleanTest *test)
{
	ConditionState *state = palloc0_object(ConditionState);
	AttrNumber	attno = context->index->rd_index->indkey.values[context->attnum - 1];
	bool		not_null = attno != 0 &&
		detmeta_attribute_is_not_null(context->index->rd_index->indrelid, attno, false);

	state->derived = detmeta_derived_clause_init((Node *) test->arg, context->index,
												 context->attnum,
												 not_null, context->parent);
	return state;
}

/* Make the state of a clause. */
static ConditionState *
init_expr(const InitContext *context, Expr *clause)
{
	check_stack_depth();
	if (IsA(clause, BooleanTest))
		return init_derived(context, (BooleanTest *) clause);
	if (IsA(clause, BoolExpr))
		return init_group(context, ((BoolExpr *) clause)->boolop, ((BoolExpr *) clause)->args);
	if (IsA(clause, ScalarArrayOpExpr))
		return init_operator(context, ((ScalarArrayOpExpr *) clause)->opno,
							 ((ScalarArrayOpExpr *) clause)->args, true);
	return init_operator(context, castNode(OpExpr, clause)->opno, ((OpExpr *) clause)->args, false);
}

/*
 * Make the state of clauses that all have to hold; NULL for none.  "attnum" is
 * the index column of the metadata.
 */
ConditionState *
detmeta_condition_init(List *clauses, Relation index, AttrNumber attnum, PlanState *parent)
{
	InitContext context = {index, attnum, parent};

	if (clauses == NIL)
		return NULL;
	if (list_length(clauses) == 1)
		return init_expr(&context, linitial(clauses));
	return init_group(&context, AND_EXPR, clauses);
}

/* Make the entries of  column = value  or  column = any of an array's elements. */
static GinScope *
prepare_scope(const ConditionState *condition, Relation index, Datum operand)
{
	Oid			element;
	int16		typlen;
	bool		typbyval;
	char		typalign;
	Datum	   *values;
	bool	   *nulls;
	int			n;
	int			kept = 0;

	if (!OidIsValid(condition->scope_array))
		return detmeta_gin_scope(index, condition->scope_attnum, condition->scope_strategy,
								 &operand, 1);

	element = get_element_type(condition->scope_array);
	get_typlenbyvalalign(element, &typlen, &typbyval, &typalign);
	deconstruct_array(DatumGetArrayTypePCopy(operand), element, typlen, typbyval, typalign,
					  &values, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (!nulls[i])
			values[kept++] = values[i];
	}
	return detmeta_gin_scope(index, condition->scope_attnum, condition->scope_strategy,
							 values, kept);
}

/*
 * Evaluate the operands of a condition and make their probes, in the current
 * memory context.  The source's pending list must have been read.
 */
void
detmeta_condition_prepare(ConditionState *condition, const SetSource *source, Relation index,
						  ExprContext *econtext)
{
	Datum		operand;
	bool		isnull;

	check_stack_depth();
	for (int i = 0; i < condition->set.nchildren; i++)
		detmeta_condition_prepare(condition->children[i], source, index, econtext);
	if (condition->set.nchildren > 0)
		return;

	condition->set.iq = NULL;	/* the operators are strict */
	condition->set.scope = NULL;
	if (condition->derived != NULL)
	{
		condition->set.iq = detmeta_derived_clause_query(condition->derived, source, econtext);
		return;
	}
	operand = ExecEvalExpr(condition->operand, econtext, &isnull);
	if (isnull)
		return;
	if (condition->scope_attnum != 0)
		condition->set.scope = prepare_scope(condition, index, operand);
	else
		condition->set.iq = detmeta_index_query((MetadataFilter *) PG_DETOAST_DATUM_COPY(operand),
												condition->negated,
												detmeta_options_of_index(index,
																		 condition->attnum));
}

/* Return a condition without the tests that tell clauses of core's operators, to be shown. */
Node *
detmeta_condition_shown(Node *node, void *context)
{
	if (node != NULL && IsA(node, BooleanTest))
		return copyObject((Node *) ((BooleanTest *) node)->arg);
	if (node == NULL || !(IsA(node, List) || IsA(node, BoolExpr)))
		return node;
	return expression_tree_mutator(node, TREE_MUTATOR(detmeta_condition_shown), context);
}

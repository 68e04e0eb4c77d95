/*
 * expression.c
 *		Read clauses that are written with core's operators.
 */
#include "postgres.h"

#include "nodes/nodeFuncs.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "dialect/expression.h"

/* Begin to read a clause. */
void
detmeta_dialect_begin(Dialect *dialect)
{
	dialect->is_group = false;
	dialect->is_unknown = dialect->is_untold = dialect->is_guess = dialect->may_fail = false;
	dialect->nleaves = dialect->allocated = 0;
	dialect->leaves = NULL;
}

/* Return what a relabelled expression is in truth. */
Node *
detmeta_strip_relabel(Node *node)
{
	while (node != NULL && IsA(node, RelabelType))
		node = (Node *) ((RelabelType *) node)->arg;
	return node;
}

/* Read a call; false: the expression is none. */
bool
detmeta_read_call(Node *node, Call *call)
{
	if (IsA(node, OpExpr))
	{
		OpExpr	   *op = (OpExpr *) node;

		call->function = get_opcode(op->opno);
		call->operator = op->opno;
		call->collation = op->inputcollid;
		call->args = op->args;
		return true;
	}
	if (IsA(node, FuncExpr))
	{
		FuncExpr   *function = (FuncExpr *) node;

		call->function = function->funcid;
		call->operator = InvalidOid;
		call->collation = function->inputcollid;
		call->args = function->args;
		return true;
	}
	return false;
}

/* Say whether an expression may fail, or is not among the few that surely do not. */
static bool
expression_may_fail(Node *node, void *context)
{
	if (node == NULL || IsA(node, Param) || IsA(node, Const) || IsA(node, RelabelType) ||
		IsA(node, ArrayExpr) || IsA(node, List) ||
		(IsA(node, OpExpr) && ((OpExpr *) node)->opfuncid == F_TEXTCAT))
		return node != NULL && expression_tree_walker(node, expression_may_fail, context);
	return true;
}

/*
 * Read an operand.  It is evaluated before rows are read: also where core would
 * not come to evaluate it, if it cannot fail.
 */
bool
detmeta_read_operand(Dialect *dialect, Node *node, Const **constant)
{
	Node	   *bare = detmeta_strip_relabel(node);

	*constant = NULL;
	if (IsA(bare, Const))
	{
		*constant = (Const *) bare;
		return true;
	}
	if (!dialect->is_operand(node, dialect->arg) ||
		(dialect->is_group && expression_may_fail(node, NULL)))
		return false;
	if (dialect->evaluate != NULL)
		*constant = dialect->evaluate(node, dialect->arg);
	else
		dialect->is_unknown = true;
	return true;
}

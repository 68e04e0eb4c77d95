/*
 * expression.c
 *		Read clauses that are written with core's operators.
 */
#include "postgres.h"

#include "utils/lsyscache.h"

#include "dialect/expression.h"

/* Begin to read a clause. */
void
detmeta_dialect_begin(Dialect *dialect)
{
	dialect->is_unknown = dialect->is_guess = dialect->may_fail = false;
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

/* Read an operand. */
bool
detmeta_read_operand(Dialect *dialect, Node *node, Const **constant)
{
	node = detmeta_strip_relabel(node);
	*constant = NULL;
	if (IsA(node, Const))
	{
		*constant = (Const *) node;
		return true;
	}
	if (!dialect->is_operand(node, dialect->arg))
		return false;
	dialect->is_unknown = true;
	return true;
}

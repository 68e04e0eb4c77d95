/*
 * scan_condition.c
 *		Which clauses a Metadata Scan can take, and their state at run time.
 *
 * A clause is taken when it is and/or over  column @~ filter  and
 * column !@~ filter, where the filter does not depend on the row.  Predicates
 * that are not strict take part where support.c can make them operators.
 */
#include "postgres.h"

#include "access/gin.h"
#include "access/htup_details.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "fmgr.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "optimizer/paths.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"

#include "scan_condition.h"
#include "strategy.h"
#include "support.h"

extern Datum detmeta_extract_value(PG_FUNCTION_ARGS);

/*
 * Return the extension's schema if an operator family is that of
 * metadata_ops: its extractValue function is ours.
 */
static Oid
metadata_opfamily_namespace(Oid opfamily, Oid opcintype)
{
	Oid			function;
	FmgrInfo	flinfo;

	if (opcintype != JSONBOID)
		return InvalidOid;
	function = get_opfamily_proc(opfamily, JSONBOID, JSONBOID, GIN_EXTRACTVALUE_PROC);
	if (!OidIsValid(function))
		return InvalidOid;
	fmgr_info(function, &flinfo);
	return flinfo.fn_addr == detmeta_extract_value ? get_func_namespace(function) : InvalidOid;
}

/* Say whether an index can be read now, for the rows that a query wants. */
static bool
index_is_usable(const IndexOptInfo *index)
{
	return index->relam == GIN_AM_OID && !index->hypothetical &&
		(index->indpred == NIL || index->predOK);
}

/* Find a metadata_ops column among a table's indexes: that of the smallest. */
bool
detmeta_find_target(PlannerInfo *root, RelOptInfo *rel, ScanTarget *target)
{
	ListCell   *lc;

	target->root = root;
	target->rel = rel;
	target->index = NULL;
	foreach(lc, rel->indexlist)
	{
		IndexOptInfo *index = lfirst(lc);

		if (!index_is_usable(index) ||
			(target->index != NULL && target->index->pages <= index->pages))
			continue;
		for (int i = 0; i < index->nkeycolumns; i++)
		{
			Oid			namespace = metadata_opfamily_namespace(index->opfamily[i],
																index->opcintype[i]);

			if (!OidIsValid(namespace))
				continue;
			target->index = index;
			target->column = i;
			target->namespace = namespace;
			break;
		}
	}
	if (target->index == NULL)
		return false;
	target->not_null = detmeta_column_is_not_null(root, target->index, target->column);
	return true;
}

/* Say whether an expression is the index's column. */
bool
detmeta_expr_is_target(const ScanTarget *target, Node *node)
{
	return match_index_to_operand(node, target->column, target->index);
}

/* Say whether an operand can be evaluated once for a whole scan. */
bool
detmeta_is_scan_constant(const ScanTarget *target, Node *node)
{
	return bms_is_empty(pull_varnos(target->root, node)) &&
		!contain_volatile_functions(node) &&
		!contain_subplans(node);
}

/* Take an operator clause. */
static Expr *
operator_condition(const ScanTarget *target, OpExpr *op)
{
	if (list_length(op->args) != 2 ||
		!op_in_opfamily(op->opno, target->index->opfamily[target->column]) ||
		!detmeta_expr_is_target(target, linitial(op->args)) ||
		!detmeta_is_scan_constant(target, lsecond(op->args)))
		return NULL;
	return (Expr *) op;
}

/* Take a predicate that is not strict, as an operator. */
static Expr *
function_condition(const ScanTarget *target, FuncExpr *call)
{
	Expr	   *match;

	if (get_func_namespace(call->funcid) != target->namespace)
		return NULL;
	match = detmeta_match_expression(target->root, call);
	if (match == NULL ||
		!(target->not_null || detmeta_rejects_empty_document(lsecond(((OpExpr *) match)->args))))
		return NULL;
	return operator_condition(target, (OpExpr *) match);
}

/* Take the negation of a predicate: the negated operator. */
static Expr *
negated_condition(const ScanTarget *target, Expr *arg)
{
	OpExpr	   *match;
	Oid			negator;

	if (!IsA(arg, FuncExpr) || !target->not_null)
		return NULL;
	match = (OpExpr *) function_condition(target, (FuncExpr *) arg);
	if (match == NULL)
		return NULL;
	negator = get_negator(match->opno);
	return make_opclause(negator, BOOLOID, false, linitial(match->args), lsecond(match->args),
						 InvalidOid, InvalidOid);
}

/* Take a group: all of it or nothing. */
static Expr *
group_condition(const ScanTarget *target, BoolExpr *group)
{
	List	   *children = NIL;
	ListCell   *lc;

	if (group->boolop == NOT_EXPR)
		return negated_condition(target, linitial(group->args));
	foreach(lc, group->args)
	{
		Expr	   *child = detmeta_scan_condition(target, lfirst(lc));

		if (child == NULL)
			return NULL;
		children = lappend(children, child);
	}
	return makeBoolExpr(group->boolop, children, -1);
}

/* Return a clause as a scan evaluates it, or NULL where it cannot. */
Expr *
detmeta_scan_condition(const ScanTarget *target, Expr *clause)
{
	check_stack_depth();
	if (IsA(clause, RestrictInfo))
		clause = ((RestrictInfo *) clause)->clause;
	if (IsA(clause, OpExpr))
		return operator_condition(target, (OpExpr *) clause);
	if (IsA(clause, FuncExpr))
		return function_condition(target, (FuncExpr *) clause);
	if (IsA(clause, BoolExpr))
		return group_condition(target, (BoolExpr *) clause);
	return NULL;
}

/* Return the filter operands of a condition, in order. */
List *
detmeta_condition_filters(Node *condition)
{
	List	   *filters = NIL;
	ListCell   *lc;

	check_stack_depth();
	if (IsA(condition, OpExpr))
		return list_make1(lsecond(((OpExpr *) condition)->args));
	foreach(lc, IsA(condition, List) ? (List *) condition : ((BoolExpr *) condition)->args)
		filters = list_concat(filters, detmeta_condition_filters(lfirst(lc)));
	return filters;
}

static ConditionState *init_expr(Expr *clause, PlanState *parent);

/* Make the state of a group. */
static ConditionState *
init_group(BoolExprType type, List *args, PlanState *parent)
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
		state->children[i] = init_expr(lfirst(lc), parent);
		state->set.children[i] = &state->children[i]->set;
		i++;
	}
	return state;
}

/* Make the state of a clause. */
static ConditionState *
init_expr(Expr *clause, PlanState *parent)
{
	ConditionState *state;
	OpExpr	   *op;

	check_stack_depth();
	if (IsA(clause, BoolExpr))
		return init_group(((BoolExpr *) clause)->boolop, ((BoolExpr *) clause)->args, parent);

	op = castNode(OpExpr, clause);
	state = palloc0_object(ConditionState);
	state->filter = ExecInitExpr(lsecond(op->args), parent);
	state->negated = strcmp(get_opname(op->opno), "@~") != 0;
	return state;
}

/* Make the state of clauses that all have to hold; NULL for none. */
ConditionState *
detmeta_condition_init(List *clauses, PlanState *parent)
{
	if (clauses == NIL)
		return NULL;
	if (list_length(clauses) == 1)
		return init_expr(linitial(clauses), parent);
	return init_group(AND_EXPR, clauses, parent);
}

/*
 * Evaluate the filters of a condition and make their probes, in the current
 * memory context.
 */
void
detmeta_condition_prepare(ConditionState *condition, ExprContext *econtext)
{
	Datum		filter;
	bool		isnull;

	check_stack_depth();
	for (int i = 0; i < condition->set.nchildren; i++)
		detmeta_condition_prepare(condition->children[i], econtext);
	if (condition->set.nchildren > 0)
		return;

	filter = ExecEvalExpr(condition->filter, econtext, &isnull);
	condition->set.iq = NULL;	/* the operators are strict */
	if (!isnull)
		condition->set.iq = detmeta_index_query((MetadataFilter *) PG_DETOAST_DATUM_COPY(filter),
												condition->negated);
}

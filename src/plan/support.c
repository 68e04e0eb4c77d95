/*
 * support.c
 *		Planner support of the predicates.
 *
 * SupportRequestSimplify turns  metadata_is(m, 'k', 20)  into
 * m @~ metadata_filter('k', 'is', 20), and eval_const_expressions folds that
 * call where its arguments are constants.  From then on the planner, the
 * estimates and the index see one operator.
 *
 * metadata_is_empty() and metadata_matches() read NULL as {} and so are not
 * strict; they become the strict operator only where metadata cannot be NULL.
 * For an index scan, where NULL rows are out of reach,
 * SupportRequestIndexCondition serves them if no row with NULL metadata could
 * satisfy them.
 *
 * No function of ours looks at a collation.  Those that the planner keeps lose
 * the one that their text arguments gave them: postgres_fdw would not send a
 * call whose collation comes from a constant or a parameter.
 *
 * Sibling objects are found in the schema of the function itself, so neither
 * the search path nor the caller's privileges matter.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_collation_d.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "optimizer/plancat.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/selfuncs.h"
#include "utils/syscache.h"

#include "base/compat.h"
#include "base/gin_index.h"
#include "base/relation.h"
#include "base/siblings.h"
#include "filter/build.h"
#include "filter/filter.h"
#include "filter/match.h"
#include "filter/match_op.h"
#include "filter/predicate.h"
#include "filter/query.h"
#include "plan/support.h"

extern Datum detmeta_predicate_support(PG_FUNCTION_ARGS);

/*
 * Return the code of a function that the planner knows through our support
 * function: a predicate or metadata_sort(); NULL for all others.  Those are not
 * looked up, which could fail where a library of theirs is missing.
 */
PGFunction
detmeta_planned_function(Oid function)
{
	Oid			support = get_func_support(function);

	if (!OidIsValid(support) || detmeta_function_code(support) != detmeta_predicate_support)
		return NULL;
	return detmeta_function_code(function);
}

/*
 * Return the constructor that takes the values of a predicate call: of text
 * where the predicate's last argument is declared text, else polymorphic.
 */
static Oid
constructor_for(FuncExpr *call, Oid namespace)
{
	Oid			types[4] = {TEXTOID, TEXTOID};
	int			nvalues = list_length(call->args) - 2;
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(call->funcid));
	Oid			declared;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	declared = ((Form_pg_proc) GETSTRUCT(tuple))->proargtypes.values[1 + nvalues];
	ReleaseSysCache(tuple);

	if (nvalues == 1)
		types[2] = declared == TEXTOID ? TEXTOID : ANYELEMENTOID;
	else if (nvalues == 2)
		types[2] = types[3] = declared == TEXTOID ? TEXTOID : ANYCOMPATIBLEOID;
	return detmeta_sibling_function(namespace, "metadata_filter", types, 2 + nvalues);
}

/* Return the filter that a predicate call stands for, or NULL. */
static Node *
filter_expression(PlannerInfo *root, FuncExpr *call, Oid namespace)
{
	PGFunction	code = detmeta_planned_function(call->funcid);
	FilterOp	op;
	Oid			constructor;
	List	   *args;
	FuncExpr   *make;

	if (code == detmeta_matches)
		return lsecond(call->args);
	if (!detmeta_predicate_op(code, &op))
		return NULL;

	constructor = constructor_for(call, namespace);
	if (!OidIsValid(constructor))
		return NULL;
	args = list_make2(lsecond(call->args),
					  makeConst(TEXTOID, -1, DEFAULT_COLLATION_OID, -1,
								CStringGetTextDatum(detmeta_filter_op_name(op)),
								false, false));
	args = list_concat(args, list_copy_tail(call->args, 2));
	make = makeFuncExpr(constructor, get_func_rettype(constructor), args,
						InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL);
	return eval_const_expressions(root, (Node *) make);
}

/* Return  metadata @~ filter  for a predicate call, or NULL. */
Expr *
detmeta_match_expression(PlannerInfo *root, FuncExpr *call)
{
	Oid			namespace = get_func_namespace(call->funcid);
	Node	   *filter = list_length(call->args) >= 2 ?
		filter_expression(root, call, namespace) : NULL;
	Oid			operator;

	if (filter == NULL)
		return NULL;
	operator = detmeta_sibling_match_operator(namespace);
	if (!OidIsValid(operator))
		return NULL;
	return make_opclause(operator, BOOLOID, false, linitial(call->args),
						 (Expr *) filter, InvalidOid, InvalidOid);
}

/*
 * Say whether an expression cannot be NULL: a column that is declared so, in a
 * query whose joins and grouping sets cannot make it NULL.
 */
static bool
is_never_null(PlannerInfo *root, Node *node)
{
	Var		   *var = (Var *) node;
	RangeTblEntry *rte;
	ListCell   *lc;

	if (root == NULL || !IsA(node, Var) || var->varlevelsup != 0 || var->varattno <= 0 ||
		VAR_IS_OLD_OR_NEW(var) || root->parse->groupingSets != NIL)
		return false;
	foreach(lc, root->parse->rtable)
	{
		rte = lfirst(lc);
		if (rte->rtekind == RTE_JOIN && IS_OUTER_JOIN(rte->jointype))
			return false;
	}
	rte = rt_fetch(var->varno, root->parse->rtable);
	/* in a CHECK constraint, the planner gives columns their entry after it simplified them */
	return rte->rtekind == RTE_RELATION &&
		get_atttype(rte->relid, var->varattno) == var->vartype &&
		detmeta_attribute_is_not_null(rte->relid, var->varattno, rte->inh);
}

/* Return a call without the collation that its arguments gave it, or NULL if it has none. */
static Node *
without_collation(FuncExpr *call)
{
	FuncExpr   *result;

	if (!OidIsValid(call->inputcollid))
		return NULL;
	result = makeNode(FuncExpr);
	*result = *call;
	result->inputcollid = InvalidOid;
	return (Node *) result;
}

/*
 * Replace a predicate by the operator: if it is strict, or where metadata
 * cannot be NULL.
 */
static Node *
simplify(SupportRequestSimplify *request)
{
	FuncExpr   *call = request->fcall;
	Node	   *match = NULL;

	if (func_strict(call->funcid) || is_never_null(request->root, linitial(call->args)))
		match = (Node *) detmeta_match_expression(request->root, call);
	return match != NULL ? match : without_collation(call);
}

/* Say whether an index column cannot be NULL. */
bool
detmeta_column_is_not_null(PlannerInfo *root, IndexOptInfo *index, int column)
{
	AttrNumber	attno = index->indexkeys[column];

	return attno > 0 &&
		detmeta_attribute_is_not_null(planner_rt_fetch(index->rel->relid, root)->relid, attno,
									  false);
}

/* Say whether a filter is a constant that {} does not satisfy. */
bool
detmeta_rejects_empty_document(Node *filter)
{
	Const	   *constant = (Const *) filter;
	FilterQuery *query;

	if (!IsA(filter, Const) || constant->constisnull)
		return false;
	query = detmeta_query_compile(DatumGetMetadataFilterP(constant->constvalue));
	return !detmeta_query_match(query, detmeta_empty_document());
}

/* Offer a predicate that is not strict to a GIN index. */
static Node *
index_condition(SupportRequestIndexCondition *request)
{
	OpExpr	   *match;
	Node	   *filter;

	if (!is_funcclause(request->node) || !detmeta_index_info_is_gin(request->index))
		return NULL;
	match = (OpExpr *) detmeta_match_expression(request->root, (FuncExpr *) request->node);
	if (match == NULL || !op_in_opfamily(match->opno, request->opfamily))
		return NULL;

	filter = lsecond(match->args);
	if (!is_pseudo_constant_for_index(request->root, filter, request->index))
		return NULL;
	if (!detmeta_column_is_not_null(request->root, request->index, request->indexcol) &&
		!detmeta_rejects_empty_document(filter))
		return NULL;

	request->lossy = false;
	return (Node *) list_make1(match);
}

/* Return the share of rows with NULL metadata, if those satisfy a filter. */
static double
null_share(SupportRequestSelectivity *request, Node *filter)
{
	VariableStatData metadata;
	double		share = 0;

	if (!IsA(filter, Const) || ((Const *) filter)->constisnull ||
		detmeta_rejects_empty_document(filter))
		return 0;
	examine_variable(request->root, linitial(request->args), request->varRelid, &metadata);
	if (HeapTupleIsValid(metadata.statsTuple))
		share = ((Form_pg_statistic) GETSTRUCT(metadata.statsTuple))->stanullfrac;
	ReleaseVariableStats(metadata);
	return share;
}

/* Estimate a predicate that is not strict as its operator. */
static Node *
selectivity(SupportRequestSelectivity *request)
{
	FuncExpr	call = {
		.xpr.type = T_FuncExpr,
		.funcid = request->funcid,
		.args = request->args,
		.inputcollid = request->inputcollid
	};
	OpExpr	   *match = (OpExpr *) detmeta_match_expression(request->root, &call);

	if (match == NULL)
		return NULL;
	if (request->is_join)
		request->selectivity = join_selectivity(request->root, match->opno, match->args,
												InvalidOid, request->jointype, request->sjinfo);
	else
		request->selectivity = restriction_selectivity(request->root, match->opno, match->args,
													   InvalidOid, request->varRelid) +
			null_share(request, lsecond(match->args));
	CLAMP_PROBABILITY(request->selectivity);
	return (Node *) request;
}

PG_FUNCTION_INFO_V1(detmeta_predicate_support);
/* Answer the planner's requests about a predicate. */
Datum
detmeta_predicate_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);
	Node	   *result = NULL;

	if (IsA(request, SupportRequestSimplify))
		result = simplify((SupportRequestSimplify *) request);
	else if (IsA(request, SupportRequestIndexCondition))
		result = index_condition((SupportRequestIndexCondition *) request);
	else if (IsA(request, SupportRequestSelectivity))
		result = selectivity((SupportRequestSelectivity *) request);
	PG_RETURN_POINTER(result);
}

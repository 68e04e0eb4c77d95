/*
 * part_path.c
 *		Have the planner read parts of explorations from indexes.
 *
 *		SELECT metadata_part(metadata, request) FROM a_shard WHERE ...
 *
 * is what a function of exploring asks of a table on another server.  Where the
 * conditions are those of a filter and a scope, the aggregate's result is that of
 * metadata_part_of(), which the path computes in its place, without a row.  Citus wraps
 * the aggregate for a shard in another, which returns the state as text:
 *
 *		SELECT worker_partial_agg('metadata_part(jsonb,jsonb)', ROW(metadata, request)) ...
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace_d.h"
#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/planner.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "base/citus.h"
#include "base/compat.h"
#include "base/settings.h"
#include "base/siblings.h"
#include "explore/aggregate.h"
#include "explore/part_clause.h"
#include "explore/part_path.h"
#include "explore/run_key.h"

#define CITUS_WRAPPER	"worker_partial_agg"

static create_upper_paths_hook_type previous_upper_paths_hook = NULL;

/* An aggregate whose result can be computed. */
typedef struct PartCall
{
	Oid			aggregate;		/* metadata_part() */
	List	   *args;			/* metadata, request, and perhaps the run's key */
	bool		wrapped;
} PartCall;

/* ---- the aggregate ---- */

/* Say whether an aggregate is metadata_part(): its code is, and its result is the state. */
static bool
is_part_aggregate(Oid aggregate)
{
	HeapTuple	tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggregate));
	Form_pg_aggregate form;
	PGFunction	code;
	bool		result = false;

	if (!HeapTupleIsValid(tuple))
		return false;
	form = (Form_pg_aggregate) GETSTRUCT(tuple);
	if (form->aggtranstype == JSONBOID && !OidIsValid(form->aggfinalfn) &&
		heap_attisnull(tuple, Anum_pg_aggregate_agginitval, NULL))
	{
		code = detmeta_function_code(form->aggtransfn);
		result = code == detmeta_part_add_row || code == detmeta_part_add_keyed_row;
	}
	ReleaseSysCache(tuple);
	return result;
}

/* Return the expressions of an aggregate's arguments. */
static List *
aggregate_arguments(const Aggref *aggref)
{
	List	   *args = NIL;
	ListCell   *lc;

	foreach(lc, aggref->args)
		args = lappend(args, lfirst_node(TargetEntry, lc)->expr);
	return args;
}

/* Look into what Citus wraps an aggregate in. */
static bool
unwrap(const Aggref *aggref, PartCall *call)
{
	const Const *aggregate = linitial(call->args);
	const RowExpr *row = lsecond(call->args);

	if (get_func_namespace(aggref->aggfnoid) != PG_CATALOG_NAMESPACE ||
		strcmp(get_func_name(aggref->aggfnoid), CITUS_WRAPPER) != 0 ||
		!IsA(aggregate, Const) || aggregate->constisnull || !IsA(row, RowExpr) ||
		(aggregate->consttype != OIDOID && aggregate->consttype != REGPROCEDUREOID))
		return false;
	call->aggregate = DatumGetObjectId(aggregate->constvalue);
	call->args = row->args;
	call->wrapped = true;
	return list_length(call->args) >= 2 && is_part_aggregate(call->aggregate);
}

/* Read an aggregate. */
static bool
read_call(const Aggref *aggref, PartCall *call)
{
	if (!IsA(aggref, Aggref) || aggref->aggfilter != NULL || aggref->aggorder != NIL ||
		aggref->aggdistinct != NIL || list_length(aggref->args) < 2)
		return false;
	call->aggregate = aggref->aggfnoid;
	call->args = aggregate_arguments(aggref);
	call->wrapped = aggref->aggtype == CSTRINGOID;
	return call->wrapped ? unwrap(aggref, call) : is_part_aggregate(call->aggregate);
}

/* Say whether an expression is an array of a table's primary key as texts. */
static bool
is_key(const PartConditions *conditions, Node *node)
{
	List	   *names = detmeta_run_key_names(detmeta_run_key_of(conditions->table));
	ArrayExpr  *array = (ArrayExpr *) node;

	if (names == NIL || !IsA(array, ArrayExpr) ||
		list_length(array->elements) != list_length(names))
		return false;
	for (int i = 0; i < list_length(names); i++)
	{
		Node	   *element = list_nth(array->elements, i);

		if (IsA(element, CoerceViaIO))
			element = (Node *) ((CoerceViaIO *) element)->arg;
		if (detmeta_part_column(conditions, element) !=
			get_attnum(conditions->table, list_nth(names, i)))
			return false;
	}
	return true;
}

/* Say whether the arguments are a column, a request, and perhaps the key. */
static bool
take_arguments(PartConditions *conditions, const PartCall *call)
{
	const Const *request = lsecond(call->args);

	conditions->metadata = detmeta_part_column(conditions, linitial(call->args));
	return conditions->metadata != 0 && IsA(request, Const) && !request->constisnull &&
		request->consttype == JSONBOID &&
		(list_length(call->args) == 2 || is_key(conditions, lthird(call->args)));
}

/* Take the conditions of the query. */
static bool
take_part_conditions(PartConditions *conditions, const RelOptInfo *rel)
{
	ListCell   *lc;

	foreach(lc, rel->baserestrictinfo)
	{
		RestrictInfo *rinfo = lfirst_node(RestrictInfo, lc);

		if (rinfo->pseudoconstant || !detmeta_part_take_clause(conditions, rinfo->clause))
			return false;
	}
	return true;
}

/* ---- the path ---- */

/* Make a constant. */
static Expr *
constant(Oid type, Datum value)
{
	int16		typlen;
	bool		typbyval;

	get_typlenbyval(type, &typlen, &typbyval);
	return (Expr *) makeConst(type, -1, get_typcollation(type), typlen, value, false, typbyval);
}

/* Return the call of metadata_part_of(), or NULL where there is none. */
static Expr *
part_expression(const PartCall *call, PartConditions *conditions)
{
	Oid			namespace = get_func_namespace(call->aggregate);
	Oid			types[] = {
		REGCLASSOID, NAMEOID, JSONBOID, detmeta_sibling_type(namespace, "metadata_filter"), JSONBOID
	};
	Oid			function = detmeta_sibling_function(namespace, "metadata_part_of", types,
													lengthof(types));
	Name		column = palloc_object(NameData);
	Expr	   *scope = (Expr *) makeNullConst(JSONBOID, -1, InvalidOid);
	List	   *args;
	Expr	   *result;

	if (!OidIsValid(function) || detmeta_function_code(function) != detmeta_part_of)
		return NULL;
	namestrcpy(column, get_attname(conditions->table, conditions->metadata, false));
	if (conditions->columns != NIL)
	{
		push_jsonb(&conditions->scope, WJB_END_OBJECT, NULL);
		scope = constant(JSONBOID,
						 JsonbPGetDatum(JsonbValueToJsonb(conditions->scope.result)));
	}
	args = list_make5(constant(REGCLASSOID, ObjectIdGetDatum(conditions->table)),
					  constant(NAMEOID, NameGetDatum(column)), lsecond(call->args),
					  conditions->filter != NULL ? (Expr *) conditions->filter :
					  (Expr *) makeNullConst(types[3], -1, InvalidOid), scope);
	result = (Expr *) makeFuncExpr(function, JSONBOID, args, InvalidOid, InvalidOid,
								   COERCE_EXPLICIT_CALL);
	if (call->wrapped)
		result = (Expr *) makeFuncExpr(F_JSONB_OUT, CSTRINGOID, list_make1(result), InvalidOid,
									   InvalidOid, COERCE_EXPLICIT_CALL);
	return result;
}

/* Say whether a query is one aggregate over all rows of one table that the caller may see. */
static bool
is_whole_table(PlannerInfo *root, const RelOptInfo *rel)
{
	const struct Query *parse = root->parse;
	const RangeTblEntry *rte;

	if (parse->commandType != CMD_SELECT || !parse->hasAggs || parse->groupClause != NIL ||
		parse->groupingSets != NIL || parse->havingQual != NULL || parse->hasWindowFuncs ||
		parse->hasTargetSRFs || parse->sortClause != NIL || parse->distinctClause != NIL ||
		rel->reloptkind != RELOPT_BASEREL || root->qual_security_level > 0 ||
		(OidIsValid(rel->userid) && rel->userid != GetUserId()))
		return false;
	rte = planner_rt_fetch(rel->relid, root);
	if (rte->rtekind != RTE_RELATION || rte->tablesample != NULL ||
		(rte->relkind != RELKIND_RELATION && rte->relkind != RELKIND_PARTITIONED_TABLE &&
		 rte->relkind != RELKIND_MATVIEW) ||
		detmeta_citus_table(rte->relid) != CITUS_NONE)
		return false;
	/* ONLY */
	return rte->inh || !has_subclass(rte->relid);
}

/* Offer to read a part from the index. */
static void
offer_part(PlannerInfo *root, const RelOptInfo *rel, RelOptInfo *output_rel)
{
	const PathTarget *target = output_rel->reltarget;
	PartConditions conditions = {0};
	PartCall	call;
	PathTarget *computed;
	Expr	   *part;

	if (!detmeta_enable_metadata_scan || list_length(target->exprs) != 1 ||
		!read_call(linitial(target->exprs), &call) || !is_whole_table(root, rel))
		return;
	conditions.relid = rel->relid;
	conditions.table = planner_rt_fetch(rel->relid, root)->relid;
	if (!take_arguments(&conditions, &call) || !take_part_conditions(&conditions, rel))
		return;
	part = part_expression(&call, &conditions);
	if (part == NULL)
		return;
	computed = create_empty_pathtarget();
	add_column_to_pathtarget(computed, part, 0);
	set_pathtarget_cost_width(root, computed);
	add_path(output_rel, (Path *) create_group_result_path(root, output_rel, computed, NIL));
}

/* Look at each query with an aggregate. */
static void
part_upper_paths(PlannerInfo *root, UpperRelationKind stage, RelOptInfo *input_rel,
				 RelOptInfo *output_rel, void *extra)
{
	if (previous_upper_paths_hook != NULL)
		previous_upper_paths_hook(root, stage, input_rel, output_rel, extra);
	if (stage == UPPERREL_GROUP_AGG && root->parse->hasAggs)
		offer_part(root, input_rel, output_rel);
}

/* Install the hook. */
void
detmeta_install_part_hook(void)
{
	previous_upper_paths_hook = create_upper_paths_hook;
	create_upper_paths_hook = part_upper_paths;
}

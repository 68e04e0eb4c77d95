/*
 * derive.c
 *		What the index tells of a clause that is written with core's operators.
 *
 * Nothing is rewritten: of each part of a clause it is derived where it is true
 * and where it is false (dialect/truth.h).
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"

#include "base/compat.h"
#include "dialect/cast.h"
#include "dialect/clause_call.h"
#include "dialect/clause_compare.h"
#include "dialect/contain.h"
#include "dialect/derive.h"
#include "dialect/json_path.h"
#include "dialect/path_read.h"

static Truth derive_part(Dialect *dialect, Node *node);

/* ---- logic ---- */

/* (path)::type IS NOT NULL */
static Truth
derive_held_cast(Dialect *dialect, Node *node)
{
	DocumentPath path;
	Oid			cast;

	if (!detmeta_cast_read(dialect, node, &path, &cast) || path.nsteps == 0 ||
		path.arrays != NIL)
		return detmeta_truth_nothing();
	return detmeta_truth_of_held_cast(dialect, &path, cast);
}

/* path IS NOT NULL */
static Truth
derive_held(Dialect *dialect, Node *node)
{
	DocumentPath path;
	Leaf		leaf;
	QueryNode  *held;
	Truth		truth;

	if (!detmeta_path_read(dialect, node, &path))
		return derive_held_cast(dialect, node);
	if (path.nsteps == 0 || path.arrays != NIL)
		return detmeta_truth_nothing();
	detmeta_leaf_begin(&leaf, &path);
	leaf.type = LEAF_HOLDS;
	held = detmeta_node_of_path(dialect, &path, detmeta_node_leaf(dialect, &leaf));
	truth = path.is_unknown ? detmeta_truth_unknown() :
		detmeta_truth_of_rows(held, detmeta_node_without(dialect, &path));
	truth.false_of_null = true;
	return truth;
}

/* a IS NULL, a IS NOT NULL */
static Truth
derive_null_test(Dialect *dialect, NullTest *test)
{
	Truth		truth;

	if (test->argisrow)
		return detmeta_truth_nothing();
	truth = derive_held(dialect, (Node *) test->arg);
	return test->nulltesttype == IS_NULL && detmeta_truth_is_known(&truth) ?
		detmeta_truth_not(truth) : truth;
}

/* AND, OR, NOT; nothing is known if nothing is known of a part. */
static Truth
derive_group(Dialect *dialect, BoolExpr *group)
{
	Truth	   *truths = palloc_array(Truth, list_length(group->args));
	int			n = 0;
	ListCell   *lc;

	foreach(lc, group->args)
	{
		truths[n] = derive_part(dialect, lfirst(lc));
		if (!detmeta_truth_is_known(&truths[n++]))
			return detmeta_truth_nothing();
	}
	return group->boolop == NOT_EXPR ? detmeta_truth_not(truths[0]) :
		detmeta_truth_group(dialect, group->boolop, truths, n);
}

/* a IS TRUE and the like */
static Truth
derive_boolean_test(Dialect *dialect, BooleanTest *test)
{
	Truth		truth = derive_part(dialect, (Node *) test->arg);

	if (!detmeta_truth_is_known(&truth))
		return truth;
	switch (test->booltesttype)
	{
		case IS_TRUE:
			return detmeta_truth_is(truth, true);
		case IS_FALSE:
			return detmeta_truth_is(truth, false);
		case IS_NOT_TRUE:
			return detmeta_truth_is_not(truth, true);
		case IS_NOT_FALSE:
			return detmeta_truth_is_not(truth, false);
		default:
			return detmeta_truth_nothing();
	}
}

/* coalesce(a, false) is a IS TRUE, coalesce(a, true) is a IS NOT FALSE. */
static Truth
derive_coalesce(Dialect *dialect, CoalesceExpr *coalesce)
{
	Const	   *other = llast(coalesce->args);
	Truth		truth;

	if (list_length(coalesce->args) != 2 || !IsA(other, Const) || other->constisnull)
		return detmeta_truth_nothing();
	truth = derive_part(dialect, linitial(coalesce->args));
	if (!detmeta_truth_is_known(&truth))
		return truth;
	return DatumGetBool(other->constvalue) ? detmeta_truth_is_not(truth, false) :
		detmeta_truth_is(truth, true);
}

/* CASE WHEN a THEN true ELSE false END is a IS TRUE. */
static Truth
derive_case(Dialect *dialect, CaseExpr *expr)
{
	CaseWhen   *when = linitial(expr->args);
	Const	   *result = (Const *) when->result;
	Const	   *other = (Const *) expr->defresult;
	Truth		truth;

	if (expr->arg != NULL || list_length(expr->args) != 1 ||
		!IsA(result, Const) || result->constisnull || !DatumGetBool(result->constvalue) ||
		other == NULL || !IsA(other, Const) || other->constisnull ||
		DatumGetBool(other->constvalue))
		return detmeta_truth_nothing();
	truth = derive_part(dialect, (Node *) when->expr);
	return detmeta_truth_is_known(&truth) ? detmeta_truth_is(truth, true) : truth;
}

/* Derive the truth of a part of a clause, which is of type boolean. */
static Truth
derive_part(Dialect *dialect, Node *node)
{
	Call		call;

	check_stack_depth();
	if (exprType(node) != BOOLOID)
		return detmeta_truth_nothing();
	switch (nodeTag(node))
	{
		case T_BoolExpr:
			return derive_group(dialect, (BoolExpr *) node);
		case T_NullTest:
			return derive_null_test(dialect, (NullTest *) node);
		case T_BooleanTest:
			return derive_boolean_test(dialect, (BooleanTest *) node);
		case T_CoalesceExpr:
			return derive_coalesce(dialect, (CoalesceExpr *) node);
		case T_CaseExpr:
			return derive_case(dialect, (CaseExpr *) node);
		case T_ScalarArrayOpExpr:
			return detmeta_derive_array(dialect, (ScalarArrayOpExpr *) node);
		case T_DistinctExpr:
			return detmeta_derive_distinct(dialect, (DistinctExpr *) node);
		case T_CoerceViaIO:
			return detmeta_derive_boolean_cast(dialect, node);
		default:
			if (!detmeta_read_call(node, &call))
				return detmeta_truth_nothing();
			return detmeta_derive_call(dialect, node, &call);
	}
}

/* Mark the leaves that are below a node. */
static void
mark_leaves(const QueryNode *node, bool *marks)
{
	check_stack_depth();
	if (node->type == FILTER_CONDITION)
		marks[node->leaf] = true;
	for (int i = 0; i < node->nchildren; i++)
		mark_leaves(node->children[i], marks);
}

/* Make a query of what was read.  Leaves that others have replaced are not to be searched for. */
static FilterQuery *
make_query(const Dialect *dialect, QueryNode *root)
{
	FilterQuery *query = palloc_object(FilterQuery);
	bool	   *marks = palloc0_array(bool, Max(1, dialect->nleaves));

	mark_leaves(root, marks);
	for (int i = 0; i < dialect->nleaves; i++)
	{
		if (!marks[i])
		{
			dialect->leaves[i].type = LEAF_ANY;
			dialect->leaves[i].ntests = 0;
		}
	}
	query->root = root;
	query->nleaves = dialect->nleaves;
	query->leaves = dialect->leaves;
	return query;
}

/*
 * Say whether core may leave a part of a clause out, as another has decided.  It
 * may do so in a conjunction, too, but promises no order there.
 */
static bool
is_decided_by_parts(Node *clause)
{
	return !IsA(clause, OpExpr) && !IsA(clause, ScalarArrayOpExpr) && !IsA(clause, NullTest);
}

/* Return the node of rows where a clause is true; NULL: the index does not help. */
static QueryNode *
rows_of_clause(Dialect *dialect, Node *clause)
{
	Truth		truth;

	dialect->is_group = is_decided_by_parts(clause);
	truth = derive_part(dialect, clause);
	if (!detmeta_truth_is_known(&truth) || (truth.true_of_null && !dialect->not_null))
		return NULL;
	return detmeta_truth_rows(&truth);
}

/*
 * Return the rows where clauses that were joined are true.  Core promises no
 * order of these, so one need not fail where another is false.
 */
static QueryNode *
rows_of_clauses(Dialect *dialect, List *clauses)
{
	QueryNode  *result = NULL;
	ListCell   *lc;

	foreach(lc, clauses)
	{
		QueryNode  *rows = rows_of_clause(dialect, lfirst(lc));

		if (rows == NULL)
			return NULL;
		result = result == NULL ? rows : detmeta_node_of_both(dialect, result, rows);
	}
	return result;
}

/* Return the rows where a clause, or a conjunction of clauses, is true. */
FilterQuery *
detmeta_derive(Dialect *dialect, Node *clause)
{
	QueryNode  *rows;

	detmeta_dialect_begin(dialect);
	rows = is_andclause(clause) ? rows_of_clauses(dialect, ((BoolExpr *) clause)->args) :
		rows_of_clause(dialect, clause);
	return rows != NULL ? make_query(dialect, rows) : NULL;
}

/* Return a query that leaves all rows in doubt. */
FilterQuery *
detmeta_derive_nothing(Dialect *dialect)
{
	detmeta_dialect_begin(dialect);
	return make_query(dialect, detmeta_node_document(dialect, DOCUMENT_IS_ANY, true));
}

/* ---- operators of the document alone, for the operator class ---- */

/* Begin to read an operand for documents of any kind; the path is that of the document. */
static void
begin_operand(Dialect *dialect, DocumentPath *path)
{
	memset(dialect, 0, sizeof(*dialect));
	dialect->has_dotted_names = dialect->has_no_objects = true;
	memset(path, 0, sizeof(*path));
	initStringInfo(&path->key);
}

/* Make the query of what was derived. */
static FilterQuery *
query_of_truth(Dialect *dialect, const Truth *truth)
{
	return detmeta_truth_is_known(truth) ? make_query(dialect, truth->is_true) :
		detmeta_derive_nothing(dialect);
}

/* Return the rows where  metadata @> part  is true. */
FilterQuery *
detmeta_query_of_containment(Jsonb *part)
{
	Dialect		dialect;
	DocumentPath path;
	Truth		truth;

	begin_operand(&dialect, &path);
	truth = detmeta_truth_contains(&dialect, &path, part);
	return query_of_truth(&dialect, &truth);
}

/* Return the rows where  metadata ? name, metadata ?| names  or  metadata ?& names  is true. */
FilterQuery *
detmeta_query_of_existence(Datum names, Oid type, bool all)
{
	Dialect		dialect;
	DocumentPath path;
	Const		constant = {
		.consttype = type,
		.constvalue = names
	};
	Truth		truth = detmeta_truth_nothing();
	text	  **read;
	int			n;

	begin_operand(&dialect, &path);
	if (detmeta_read_names(&constant, &read, &n))
		truth = detmeta_truth_exists(&dialect, &path, read, n, all);
	return query_of_truth(&dialect, &truth);
}

/* Return the rows where  metadata @? json_path  or  metadata @@ json_path  is true. */
FilterQuery *
detmeta_query_of_json_path(Datum json_path, bool is_match)
{
	Dialect		dialect;
	DocumentPath path;
	QueryNode  *rows;
	bool		in_doubt;

	begin_operand(&dialect, &path);
	rows = detmeta_json_path_rows(&dialect, &path, json_path, is_match, false, &in_doubt);
	return rows != NULL ? make_query(&dialect, rows) : detmeta_derive_nothing(&dialect);
}

/*
 * implied.c
 *		Clauses that are true of all rows of a table, as its constraints say so.
 *
 *		SELECT count(*) FROM runs WHERE project = 1 AND metadata @~ 'gpu is 8'
 *
 * Where runs is partitioned by project, core looks into one partition only, but
 * keeps  project = 1  as a clause of that.  Facts about a table are collected, and
 * a clause that they imply needs no evaluation, unless this may fail: NOT NULL,
 * bounds of partitions, and CHECK constraints.  All are trusted as far as core does
 * where it leaves out whole tables.
 *
 * A CHECK constraint is passed by rows where it is NULL, too, so of its parts only
 * those are facts that cannot be NULL: comparisons of columns that are not NULL.
 *
 * Bounds are those below the table that the query names.  That of a partition
 * named itself would take a lock on its parent, for which a query might wait that
 * holds one which somebody with a lock on the parent waits for.  Nor is a bound
 * taken from the partition's relcache entry, with those above it: core does not
 * renew that of a partition below a DEFAULT partition, when that gets rows that
 * belonged elsewhere.
 *
 * constraint_exclusion = off keeps CHECK constraints out of planning, here as well.
 * Other settings do not matter: they spare queries that do not gain from
 * constraints their examination, and here it is done for a clause that is left.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/appendinfo.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/prep.h"
#include "optimizer/restrictinfo.h"
#include "parser/parsetree.h"
#include "partitioning/partbounds.h"
#include "rewrite/rewriteManip.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "base/compat.h"
#include "base/relation.h"
#include "plan/implied.h"

/* What is known of a query's tables, which are asked for several times each. */
typedef struct ImpliedClauses
{
	const PlannerInfo *root;
	int			size;			/* of the arrays, by range table index */
	bool	   *known;
	List	  **clauses;
	MemoryContextCallback callback;
} ImpliedClauses;

static ImpliedClauses *implied_memo = NULL;

/* ---- facts ---- */

/* Return what NOT NULL says of a table. */
static List *
facts_of_columns(Relation relation, Index varno)
{
	TupleDesc	desc = RelationGetDescr(relation);
	List	   *facts = NIL;

	for (int attno = 1; attno <= desc->natts; attno++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, attno - 1);
		NullTest   *test;

		if (attribute->attisdropped || !ATTRIBUTE_IS_NOT_NULL(relation, attno))
			continue;
		test = makeNode(NullTest);
		test->arg = (Expr *) makeVar(varno, (AttrNumber) attno, attribute->atttypid,
									 attribute->atttypmod,
									 attribute->attcollation, 0);
		test->nulltesttype = IS_NOT_NULL;
		test->location = -1;
		facts = lappend(facts, test);
	}
	return facts;
}

/* Return the bound of a partition, about range table entry 1, with the columns of its parent. */
static List *
read_bound(Oid partition, Oid parent)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(partition));
	List	   *result = NIL;
	Datum		bound;
	bool		isnull;

	if (!HeapTupleIsValid(tuple))
		return NIL;
	bound = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_relpartbound, &isnull);
	if (!isnull)
	{
		Relation	relation = table_open(parent, NoLock);	/* locked by the query */

		result = get_qual_from_partbound(relation, stringToNode(TextDatumGetCString(bound)));
		table_close(relation, NoLock);
	}
	ReleaseSysCache(tuple);
	return result;
}

/* Return the table that a table is a partition of, in this query; 0: none. */
static Index
find_parent(PlannerInfo *root, Index relid)
{
	AppendRelInfo *link = root->append_rel_array != NULL ? root->append_rel_array[relid] : NULL;

	if (link == NULL ||
		planner_rt_fetch(link->parent_relid, root)->relkind != RELKIND_PARTITIONED_TABLE)
		return 0;
	return link->parent_relid;
}

/* Return the bounds of a partition and of those that it belongs to. */
static List *
facts_of_bounds(PlannerInfo *root, RelOptInfo *rel)
{
	List	   *facts = NIL;
	Index		parent;

	for (Index relid = rel->relid; (parent = find_parent(root, relid)) != 0; relid = parent)
	{
		Node	   *bound = (Node *) read_bound(planner_rt_fetch(relid, root)->relid,
												planner_rt_fetch(parent, root)->relid);

		ChangeVarNodes(bound, 1, parent, 0);
		bound = ADJUST_FOR_CHILD(root, bound, rel, root->simple_rel_array[parent]);
		facts = list_concat(facts, (List *) eval_const_expressions(root, bound));
	}
	return facts;
}

/* Collect the columns that facts of the form  column IS NOT NULL  are about. */
static Bitmapset *
columns_not_null(List *facts)
{
	Bitmapset  *columns = NULL;
	ListCell   *lc;

	foreach(lc, facts)
	{
		NullTest   *test = lfirst(lc);

		if (IsA(test, NullTest) && test->nulltesttype == IS_NOT_NULL && IsA(test->arg, Var) &&
			((Var *) test->arg)->varattno > 0)
			columns = bms_add_member(columns, ((Var *) test->arg)->varattno);
	}
	return columns;
}

static bool cannot_be_null(Node *node, const Bitmapset *columns);

/* Say whether none of some expressions can be NULL. */
static bool
none_can_be_null(List *nodes, const Bitmapset *columns)
{
	ListCell   *lc;

	foreach(lc, nodes)
	{
		if (!cannot_be_null(lfirst(lc), columns))
			return false;
	}
	return true;
}

/* Say whether a constant is not NULL, nor, as an array, has an element that is. */
static bool
is_constant_without_null(const Const *constant)
{
	return !constant->constisnull &&
		(!OidIsValid(get_base_element_type(constant->consttype)) ||
		 !array_contains_nulls(DatumGetArrayTypeP(constant->constvalue)));
}

/*
 * Say whether an expression cannot be NULL, if these columns are not.  Operators
 * by which a btree index is sorted give NULL for no values.
 */
static bool
cannot_be_null(Node *node, const Bitmapset *columns)
{
	check_stack_depth();
	switch (nodeTag(node))
	{
		case T_Const:
			return is_constant_without_null((Const *) node);
		case T_Var:
			return ((Var *) node)->varattno > 0 &&
				bms_is_member(((Var *) node)->varattno, columns);
		case T_RelabelType:
			return cannot_be_null((Node *) ((RelabelType *) node)->arg, columns);
		case T_NullTest:
		case T_BooleanTest:
			return true;
		case T_BoolExpr:
			return none_can_be_null(((BoolExpr *) node)->args, columns);
		case T_OpExpr:
			return OPERATOR_IS_COMPARISON(((OpExpr *) node)->opno) &&
				none_can_be_null(((OpExpr *) node)->args, columns);
		case T_ScalarArrayOpExpr:
			return OPERATOR_IS_COMPARISON(((ScalarArrayOpExpr *) node)->opno) &&
				none_can_be_null(((ScalarArrayOpExpr *) node)->args, columns);
		default:
			return false;
	}
}

/* Return the parts of CHECK constraints, about a range table entry, which are not false. */
static List *
read_checks(PlannerInfo *root, Relation relation, Index varno)
{
	TupleConstr *constraints = RelationGetDescr(relation)->constr;
	List	   *checks = NIL;

	if (constraints == NULL || constraint_exclusion == CONSTRAINT_EXCLUSION_OFF)
		return NIL;
	for (int i = 0; i < constraints->num_check; i++)
	{
		Node	   *check;

		/* neither one that is NOT VALID, nor one that is NOT ENFORCED */
		if (!constraints->check[i].ccvalid)
			continue;
		check = stringToNode(constraints->check[i].ccbin);
		ChangeVarNodes(check, 1, varno, 0);
		check = eval_const_expressions(root, check);
		check = (Node *) canonicalize_qual((Expr *) check, true);
		checks = list_concat(checks, make_ands_implicit((Expr *) check));
	}
	return checks;
}

/* Add to facts those parts of CHECK constraints that are, too. */
static List *
add_facts_of_checks(List *facts, List *checks)
{
	Bitmapset  *columns = columns_not_null(list_concat_copy(facts, checks));
	ListCell   *lc;

	foreach(lc, checks)
	{
		if (cannot_be_null(lfirst(lc), columns) && !contain_mutable_functions(lfirst(lc)))
			facts = lappend(facts, lfirst(lc));
	}
	return facts;
}

/* Collect what is true of all rows of a table. */
static List *
collect_facts(PlannerInfo *root, RelOptInfo *rel)
{
	Relation	relation = table_open(planner_rt_fetch(rel->relid, root)->relid, NoLock);
	List	   *facts = facts_of_columns(relation, rel->relid);

	facts = list_concat(facts, facts_of_bounds(root, rel));
	facts = add_facts_of_checks(facts, read_checks(root, relation, rel->relid));
	table_close(relation, NoLock);
	return facts;
}

/* ---- clauses ---- */

/* Say whether an expression may fail, or is not among those that surely do not. */
static bool
fails_for_some(Node *node, void *context)
{
	check_stack_depth();
	if (node == NULL)
		return false;
	switch (nodeTag(node))
	{
		case T_Const:
		case T_Var:
			return false;
		case T_List:
		case T_RelabelType:
		case T_NullTest:
		case T_BooleanTest:
		case T_BoolExpr:
			break;
		case T_OpExpr:
			if (!OPERATOR_IS_COMPARISON(((OpExpr *) node)->opno) &&
				((OpExpr *) node)->opfuncid != F_JSONB_OBJECT_FIELD &&
				((OpExpr *) node)->opfuncid != F_JSONB_OBJECT_FIELD_TEXT)
				return true;
			break;
		case T_ScalarArrayOpExpr:
			if (!OPERATOR_IS_COMPARISON(((ScalarArrayOpExpr *) node)->opno))
				return true;
			break;
		default:
			return true;
	}
	return expression_tree_walker(node, fails_for_some, context);
}

/*
 * Say whether a clause is of a form that facts may have or imply, and that may be
 * left out: evaluating it does not fail.  Those that are asked of an index only
 * are not, and with no others no facts are collected.
 */
static bool
may_be_implied(Expr *clause)
{
	return !fails_for_some((Node *) clause, NULL);
}

/* Find the clauses of a table that are implied. */
static List *
find_implied(PlannerInfo *root, RelOptInfo *rel)
{
	List	   *facts = NIL;
	List	   *implied = NIL;
	ListCell   *lc;

	foreach(lc, rel->baserestrictinfo)
	{
		RestrictInfo *rinfo = lfirst_node(RestrictInfo, lc);

		if (!may_be_implied(rinfo->clause) || contain_mutable_functions((Node *) rinfo->clause))
			continue;
		if (facts == NIL)
			facts = collect_facts(root, rel);
		if (predicate_implied_by(list_make1(rinfo->clause), facts, false))
			implied = lappend(implied, rinfo);
	}
	return implied;
}

/* Forget clauses whose memory goes away. */
static void
forget_implied(void *arg)
{
	if (implied_memo == arg)
		implied_memo = NULL;
}

/* Return the memo of a query, in the current memory context. */
static ImpliedClauses *
memo_of_query(PlannerInfo *root)
{
	ImpliedClauses *new;

	if (implied_memo != NULL && implied_memo->root == root &&
		implied_memo->size == root->simple_rel_array_size)
		return implied_memo;
	new = palloc0_object(ImpliedClauses);
	new->root = root;
	new->size = root->simple_rel_array_size;
	new->known = palloc0_array(bool, new->size);
	new->clauses = palloc0_array(List *, new->size);
	new->callback.func = forget_implied;
	new->callback.arg = new;
	MemoryContextRegisterResetCallback(root->planner_cxt, &new->callback);
	implied_memo = new;
	return new;
}

/* Return those of a table's clauses that its constraints imply. */
List *
detmeta_implied_clauses(PlannerInfo *root, RelOptInfo *rel)
{
	MemoryContext old = MemoryContextSwitchTo(root->planner_cxt);
	ImpliedClauses *implied = memo_of_query(root);

	if (!implied->known[rel->relid])
	{
		implied->clauses[rel->relid] = find_implied(root, rel);
		implied->known[rel->relid] = true;
	}
	MemoryContextSwitchTo(old);
	return implied->clauses[rel->relid];
}

/* Say whether a table's clauses are true only of rows where an expression is not NULL. */
static bool
clauses_want_value(const RelOptInfo *rel, Expr *expr)
{
	NullTest   *test = makeNode(NullTest);

	test->arg = expr;
	test->nulltesttype = IS_NOT_NULL;
	test->location = -1;
	return predicate_implied_by(list_make1(test),
								extract_actual_clauses(rel->baserestrictinfo, false), false);
}

/*
 * Say whether a table's clauses are true only of rows that have a value to order
 * by.  A text that is read as a number is a number, if it is not NULL.
 */
bool
detmeta_clauses_want_order(const RelOptInfo *rel, Expr *order)
{
	return clauses_want_value(rel, order) ||
		(IsA(order, CoerceViaIO) && clauses_want_value(rel, ((CoerceViaIO *) order)->arg));
}

/*
 * derived_clause.c
 *		A clause of core's operators at run time.
 *
 * What the index tells of it (dialect/derive.c) depends on values that are known
 * only now: of parameters, and of functions such as now().  So the clause is
 * kept, these values are put into it, and then it is derived.
 */
#include "postgres.h"

#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteManip.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "base/relation.h"
#include "dialect/derive.h"
#include "index/entry.h"
#include "index/probe.h"
#include "scan/derived_clause.h"

/* A part of a clause whose value is known at run time. */
typedef struct RuntimeOperand
{
	Node	   *node;
	ExprState  *state;
} RuntimeOperand;

struct DerivedClause
{
	Node	   *clause;			/* of range table entry 1 */
	Node	   *column;			/* the metadata in it */
	Relation	index;
	AttrNumber	attnum;
	bool		not_null;
	List	   *operands;		/* RuntimeOperands */
	GinReader  *reader;			/* while it is derived */
};

/* For finding operands, or for putting in their values. */
typedef struct OperandWalk
{
	DerivedClause *derived;
	PlanState  *parent;
	ExprContext *econtext;
} OperandWalk;

/* Return the metadata column of an index, as clauses of range table entry 1 have it. */
static Node *
metadata_column(Relation index, AttrNumber attnum)
{
	Node	   *column;
	AttrNumber	attno = index->rd_index->indkey.values[attnum - 1];

	if (attno != 0)
		return NULL;
	column = (Node *) detmeta_index_expression(index, attnum - 1);
	while (IsA(column, RelabelType))
		column = (Node *) ((RelabelType *) column)->arg;
	return column;
}

/* Say whether an expression is the metadata. */
static bool
is_indexed_metadata(Node *node, void *arg)
{
	DerivedClause *derived = arg;

	if (derived->column != NULL)
		return equal(node, derived->column);
	return IsA(node, Var) &&
		((Var *) node)->varattno == derived->index->rd_index->indkey.values[derived->attnum - 1];
}

/* At run time all operands are constants. */
static bool
is_no_operand(Node *node, void *arg)
{
	return false;
}

/* Collect the parts of a clause that are no constants, and do not depend on the row. */
static bool
collect_operands(Node *node, void *context)
{
	OperandWalk *walk = context;
	RuntimeOperand *operand;

	check_stack_depth();
	if (node == NULL || IsA(node, Const))
		return false;
	if (IsA(node, List) || contain_var_clause(node))
		return expression_tree_walker(node, collect_operands, context);
	operand = palloc_object(RuntimeOperand);
	operand->node = node;
	operand->state = ExecInitExpr((Expr *) node, walk->parent);
	walk->derived->operands = lappend(walk->derived->operands, operand);
	return false;
}

/* Make the state of a clause. */
DerivedClause *
detmeta_derived_clause_init(Node *clause, Relation index, AttrNumber attnum, bool not_null,
							PlanState *parent)
{
	DerivedClause *derived = palloc0_object(DerivedClause);
	Index		scanrelid = ((Scan *) parent->plan)->scanrelid;
	OperandWalk walk = {derived, parent, NULL};

	derived->clause = copyObject(clause);
	if (scanrelid > 1)
		ChangeVarNodes(derived->clause, scanrelid, 1, 0);
	derived->index = index;
	derived->attnum = attnum;
	derived->not_null = not_null;
	derived->column = metadata_column(index, attnum);
	(void) collect_operands(derived->clause, &walk);
	return derived;
}

/* Evaluate an operand. */
static Node *
evaluate_operand(const RuntimeOperand *operand, ExprContext *econtext)
{
	Oid			type = exprType(operand->node);
	int16		typlen;
	bool		typbyval;
	bool		isnull;
	Datum		value = ExecEvalExpr(operand->state, econtext, &isnull);

	get_typlenbyval(type, &typlen, &typbyval);
	return (Node *) makeConst(type, exprTypmod(operand->node), exprCollation(operand->node), typlen,
							  isnull ? (Datum) 0 : datumCopy(value, typbyval, typlen), isnull,
							  typbyval);
}

/* Return a clause with the values of its operands. */
static Node *
put_values(Node *node, void *context)
{
	OperandWalk *walk = context;
	ListCell   *lc;

	check_stack_depth();
	if (node == NULL)
		return NULL;
	foreach(lc, walk->derived->operands)
	{
		RuntimeOperand *operand = lfirst(lc);

		if (operand->node == node)
			return evaluate_operand(operand, walk->econtext);
	}
	return expression_tree_mutator(node, TREE_MUTATOR(put_values), context);
}

/* Say whether any row has a value that passes a test. */
static bool
index_finds_any(const Leaf *leaf, const ValueTest *test, void *arg)
{
	DerivedClause *derived = arg;
	QueryNode	root = {.type = FILTER_CONDITION};
	Leaf		single = *leaf;
	FilterQuery query = {&root, 1, &single};
	IndexQuery *iq;

	single.type = LEAF_ANY;
	single.tests = (ValueTest *) test;
	single.ntests = 1;
	iq = detmeta_index_query_of(&query, false, NULL);
	for (int i = 0; i < iq->nprobes; i++)
	{
		if (detmeta_probe_finds_any(derived->reader, &iq->probes[i]))
			return true;
	}
	return false;
}

/* Say whether some row may have a flag of its document. */
static bool
may_have_flag(const SetSource *source, int tag)
{
	StringInfoData entry;
	GinPostings postings;

	if (detmeta_has_pending(source))
		return true;
	initStringInfo(&entry);
	detmeta_entry_prefix("", 0, tag, &entry);
	return detmeta_gin_lookup(source->reader, entry.data, entry.len, &postings);
}

/* Return what the index tells of a clause, in the current memory context. */
IndexQuery *
detmeta_derived_clause_query(DerivedClause *derived, const SetSource *source, ExprContext *econtext)
{
	OperandWalk walk = {derived, NULL, econtext};
	Dialect		dialect = {
		.is_metadata = is_indexed_metadata,
		.is_operand = is_no_operand,
		.arg = derived,
		.not_null = derived->not_null,
		.finds_any = detmeta_has_pending(source) ? NULL : index_finds_any,
		.has_dotted_names = may_have_flag(source, TAG_FLAG_DOTTED),
		.has_no_objects = may_have_flag(source, TAG_FLAG_NO_OBJECT)
	};
	Node	   *clause = derived->clause;
	FilterQuery *query;

	derived->reader = source->reader;
	if (derived->operands != NIL)
		clause = put_values(clause, &walk);
	query = detmeta_derive(&dialect, clause);
	if (query == NULL)
		query = detmeta_derive_nothing(&dialect);	/* these values it cannot tell of */
	return detmeta_index_query_of(query, false,
								  detmeta_trigram_keys_of_index(derived->index, derived->attnum));
}

/* Read the order of an expression, in the current memory context. */
void
detmeta_derived_order(Expr *expression, Relation index, AttrNumber attnum, PlanState *parent,
					  KeyOrderShape *shape)
{
	DerivedClause *derived = detmeta_derived_clause_init((Node *) expression, index, attnum, false,
														 parent);
	Dialect		dialect = {
		.is_metadata = is_indexed_metadata,
		.is_operand = is_no_operand,
		.arg = derived
	};

	if (!detmeta_order_read(&dialect, derived->clause, shape))
		elog(ERROR, "index \"%s\" does not know the order", RelationGetRelationName(index));
}

/*
 * derived_clause.c
 *		A clause of core's operators at run time.
 *
 * What the index tells of it (dialect/derive.c) depends on values that are known
 * only now: of parameters, and of functions such as now().  So the clause is
 * kept, and derived once more; an operand is evaluated when the derivation reads
 * it, and one that it does not read is left to the check of the clause.
 */
#include "postgres.h"

#include "executor/executor.h"
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
#include "scan/key_reader.h"
#include "value/number.h"

/* A part of a clause whose value was asked for. */
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
	PlanState  *parent;
	List	   *operands;		/* RuntimeOperands */
	/* while it is derived */
	GinReader  *reader;
	ExprContext *econtext;
	const char *tagged;			/* the key that was asked for last; NULL: none was */
	int			tagged_len;
	int			tags;			/* its tags */
};

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

/* Say whether a part of a clause has a value before rows are read. */
static bool
is_runtime_operand(Node *node, void *arg)
{
	return !contain_var_clause(node);
}

/* The key of an order is a constant. */
static bool
is_no_operand(Node *node, void *arg)
{
	return false;
}

/* Make the state of a clause. */
DerivedClause *
detmeta_derived_clause_init(Node *clause, Relation index, AttrNumber attnum, bool not_null,
							PlanState *parent)
{
	DerivedClause *derived = palloc0_object(DerivedClause);
	Index		scanrelid = ((Scan *) parent->plan)->scanrelid;

	derived->clause = copyObject(clause);
	if (scanrelid > 1)
		ChangeVarNodes(derived->clause, scanrelid, 1, 0);
	derived->index = index;
	derived->attnum = attnum;
	derived->not_null = not_null;
	derived->column = metadata_column(index, attnum);
	derived->parent = parent;
	return derived;
}

/* Return the state that evaluates an operand. */
static ExprState *
operand_state(DerivedClause *derived, Node *node)
{
	MemoryContext oldcontext;
	RuntimeOperand *operand;
	ListCell   *lc;

	foreach(lc, derived->operands)
	{
		operand = lfirst(lc);
		if (operand->node == node)
			return operand->state;
	}
	oldcontext = MemoryContextSwitchTo(derived->econtext->ecxt_per_query_memory);
	operand = palloc_object(RuntimeOperand);
	operand->node = node;
	operand->state = ExecInitExpr((Expr *) node, derived->parent);
	derived->operands = lappend(derived->operands, operand);
	MemoryContextSwitchTo(oldcontext);
	return operand->state;
}

/* Evaluate an operand. */
static Const *
evaluate_operand(Node *node, void *arg)
{
	DerivedClause *derived = arg;
	Oid			type = exprType(node);
	int16		typlen;
	bool		typbyval;
	bool		isnull;
	Datum		value = ExecEvalExpr(operand_state(derived, node), derived->econtext, &isnull);

	get_typlenbyval(type, &typlen, &typbyval);
	return makeConst(type, exprTypmod(node), exprCollation(node), typlen,
					 isnull ? (Datum) 0 : datumCopy(value, typbyval, typlen), isnull, typbyval);
}

/* More distinct numbers are not looked at to see that all are whole. */
#define MAX_NUMBERS	10000

/* Say whether any number at a key is not whole, or may not be. */
static bool
finds_fraction(GinReader *reader, const Leaf *leaf)
{
	KeyReader	key = {reader, leaf->key, leaf->keylen};
	StringInfoData lower;
	StringInfoData upper;
	GinKeyRange range;
	GinWalk    *walk;
	GinEntry	entry;
	bool		found = detmeta_key_is_shared(&key);

	initStringInfo(&lower);
	initStringInfo(&upper);
	range = detmeta_key_range(&key, TAG_VALUE + META_NUMBER, TAG_VALUE + META_NUMBER, &lower,
							  &upper);
	walk = detmeta_gin_walk_begin(reader, &range, ForwardScanDirection, true, NULL, NULL);
	for (int n = 0; !found && detmeta_gin_walk_next(walk, &entry); n++)
	{
		EntryParts	parts;

		detmeta_entry_parse(entry.key, entry.keylen, &parts);
		found = n == MAX_NUMBERS || parts.cut || !detmeta_number_is_whole(parts.payload, parts.len);
	}
	detmeta_gin_walk_end(walk);
	return found;
}

/* Say whether any row has an entry of a leaf's key that has no payload. */
static bool
finds_tag(DerivedClause *derived, const Leaf *leaf, int tag)
{
	KeyReader	key = {derived->reader, leaf->key, leaf->keylen};

	if (derived->tagged == NULL || derived->tagged_len != leaf->keylen ||
		memcmp(derived->tagged, leaf->key, leaf->keylen) != 0)
	{
		derived->tagged = leaf->key;
		derived->tagged_len = leaf->keylen;
		derived->tags = detmeta_key_tags(&key);
	}
	return (derived->tags & KEY_TAG_BIT(tag)) != 0;
}

/* Say whether any row may have a value that passes a test. */
static bool
finds_value(DerivedClause *derived, const Leaf *leaf, const ValueTest *test)
{
	QueryNode	root = {.type = FILTER_CONDITION};
	Leaf		single = *leaf;
	FilterQuery query = {&root, 1, &single};
	IndexQuery *iq;

	single.type = LEAF_ANY;
	single.tests = unconstify(ValueTest *, test);
	single.ntests = 1;
	iq = detmeta_index_query_of(&query, false, NULL);
	for (int i = 0; i < iq->nprobes; i++)
	{
		if (detmeta_probe_finds_any(derived->reader, &iq->probes[i]))
			return true;
	}
	return false;
}

/* Say whether any row has a value that passes a test. */
static bool
index_finds_any(const Leaf *leaf, const ValueTest *test, void *arg)
{
	DerivedClause *derived = arg;

	if (test->type == TEST_FRACTION)
		return finds_fraction(derived->reader, leaf);
	if (leaf->places != PLACES_VALUE)
		return finds_value(derived, leaf, test);
	if (test->type == TEST_KIND)
		return finds_tag(derived, leaf, TAG_KEY + test->kind);
	if (test->type == TEST_RANGE && test->kind == META_NUMBER)
		return finds_tag(derived, leaf, TAG_KEY + META_NUMBER) && finds_value(derived, leaf, test);
	return finds_value(derived, leaf, test);
}

/* Return which flags documents may have, as tags of the empty key. */
static int
document_flags(const SetSource *source)
{
	KeyReader	key = {source->reader, "", 0};

	return detmeta_has_pending(source) ? ~0 : detmeta_key_tags(&key);
}

/* Return what the index tells of a clause, in the current memory context. */
IndexQuery *
detmeta_derived_clause_query(DerivedClause *derived, const SetSource *source, ExprContext *econtext)
{
	int			flags = document_flags(source);
	Dialect		dialect = {
		.is_metadata = is_indexed_metadata,
		.is_operand = is_runtime_operand,
		.evaluate = evaluate_operand,
		.arg = derived,
		.not_null = derived->not_null,
		.finds_any = detmeta_has_pending(source) ? NULL : index_finds_any,
		.has_dotted_names = (flags & KEY_TAG_BIT(TAG_FLAG_DOTTED)) != 0,
		.has_no_objects = (flags & KEY_TAG_BIT(TAG_FLAG_NO_OBJECT)) != 0
	};
	FilterQuery *query;

	derived->reader = source->reader;
	derived->econtext = econtext;
	derived->tagged = NULL;
	query = detmeta_derive(&dialect, derived->clause);
	if (query == NULL)
		query = detmeta_derive_nothing(&dialect);	/* these values it cannot tell of */
	return detmeta_index_query_of(query, false,
								  detmeta_options_of_index(derived->index, derived->attnum));
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

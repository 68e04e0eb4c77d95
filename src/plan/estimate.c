/*
 * estimate.c
 *		What a condition selects, for selectivities, costs and paths alike.
 *
 * Where the column has an index, that is asked: plan/estimate_filter.c estimates
 * known filters.  Of an unknown one, such as metadata_filter('loss', '<', $1), the
 * key and the operator are often known, and the index tells what a typical value
 * would select.  Else a filter is tried on the column's sample (plan/sample.c).
 *
 * Both the selectivity and the costs of a query want the same estimates, so
 * they are remembered while it is planned.
 *
 * Rows of the pending list are not seen; they are taken to be like the others.
 *
 * The operators are not leakproof, so neither the index nor a sample is looked
 * at for a user who may not read all of the column (column privileges, row-level
 * security).
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/gin_private.h"
#include "access/htup_details.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/paths.h"
#include "parser/parsetree.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/gin_index.h"
#include "gin/estimate.h"
#include "gin/tree.h"
#include "index/entry.h"
#include "index/opclass.h"
#include "index/options.h"
#include "plan/estimate.h"
#include "plan/plan_memo.h"
#include "plan/sample.h"

/* Documents of a sample that have to match until it tells more than some values of an index. */
#define TRUSTED_DOCUMENTS	3

/* Values that members of objects in arrays are taken to have, which the index does not tell of. */
#define MEMBER_VALUES		10

/* A filter's estimate. */
typedef struct KnownEstimate
{
	Oid			index;
	int			column;
	MetadataFilter *filter;
	FilterEstimate estimate;
} KnownEstimate;

/* Find a filter's estimate; NULL where there is none. */
static const FilterEstimate *
recall(PlannerInfo *root, Oid index, int column, const MetadataFilter *filter)
{
	ListCell   *lc;

	foreach(lc, detmeta_plan_memo(root)->estimates)
	{
		const KnownEstimate *known = lfirst(lc);

		if (known->index == index && known->column == column &&
			VARSIZE_ANY(known->filter) == VARSIZE_ANY(filter) &&
			memcmp(known->filter, filter, VARSIZE_ANY(filter)) == 0)
			return &known->estimate;
	}
	return NULL;
}

/* Remember a filter's estimate. */
static void
remember(PlannerInfo *root, Oid index, int column, const MetadataFilter *filter,
		 const FilterEstimate *estimate)
{
	PlanMemo   *memo = detmeta_plan_memo(root);
	MemoryContext old = MemoryContextSwitchTo(root->planner_cxt);
	KnownEstimate *known = palloc0_object(KnownEstimate);

	known->index = index;
	known->column = column;
	known->filter = palloc(VARSIZE_ANY(filter));
	memcpy(known->filter, filter, VARSIZE_ANY(filter));
	known->estimate = *estimate;
	memo->estimates = lappend(memo->estimates, known);
	MemoryContextSwitchTo(old);
}

/* Find an index column that can be read now and holds a table's expression. */
static bool
find_metadata_column(PlannerInfo *root, RelOptInfo *rel, Node *expr,
					 IndexOptInfo **index, int *column)
{
	RangeTblEntry *rte;
	ListCell   *lc;

	if (rel == NULL || !IS_SIMPLE_REL(rel) || rel->rtekind != RTE_RELATION)
		return false;
	rte = planner_rt_fetch(rel->relid, root);
	if (rte->inh || (rte->relkind != RELKIND_RELATION && rte->relkind != RELKIND_MATVIEW))
		return false;
	foreach(lc, rel->indexlist)
	{
		*index = lfirst(lc);
		if (!detmeta_index_info_is_gin(*index) || (*index)->hypothetical ||
			((*index)->indpred != NIL && !(*index)->predOK))
			continue;
		for (*column = 0; *column < (*index)->nkeycolumns; (*column)++)
		{
			if (match_index_to_operand(expr, *column, *index) &&
				detmeta_is_metadata_opfamily((*index)->opfamily[*column],
											 (*index)->opcintype[*column]))
				return true;
		}
	}
	return false;
}

/*
 * Say whether the user sees all rows of an indexed column, so that an estimate
 * tells nothing that a query would not.  A partition is read with the
 * privileges on its root.
 */
static bool
sees_all_rows(PlannerInfo *root, const IndexOptInfo *index, int column)
{
	Index		relid = index->rel->relid;
	AttrNumber	attno = index->indexkeys[column];
	RangeTblEntry *rte = planner_rt_fetch(relid, root);
	Oid			user;

	while (rte->securityQuals == NIL)
	{
		AppendRelInfo *link = root->append_rel_array == NULL ? NULL : root->append_rel_array[relid];

		if (link == NULL || planner_rt_fetch(link->parent_relid, root)->rtekind != RTE_RELATION)
			break;
		if (attno > 0)
			attno = attno <= link->num_child_cols ? link->parent_colnos[attno - 1] : 0;
		relid = link->parent_relid;
		rte = planner_rt_fetch(relid, root);
	}
	if (rte->securityQuals != NIL)
		return false;
	user = root->simple_rel_array[relid]->userid;
	if (!OidIsValid(user))
		user = GetUserId();
	return pg_class_aclcheck(rte->relid, user, ACL_SELECT) == ACLCHECK_OK ||
		(attno > 0 && pg_attribute_aclcheck(rte->relid, attno, user, ACL_SELECT) == ACLCHECK_OK);
}

/* Read a constant text; return false where the node is none. */
static bool
read_constant_text(Node *node, text **value)
{
	Const	   *constant = (Const *) node;

	if (!IsA(node, Const) || constant->constisnull)
		return false;
	*value = DatumGetTextPP(constant->constvalue);
	return true;
}

/*
 * Return the key and operator of a constructor call whose values are unknown;
 * false where they are unknown themselves.
 */
static bool
read_constructor(Node *node, text **key, FilterOp *op)
{
	FuncExpr   *call = (FuncExpr *) node;
	text	   *name;

	if (!IsA(node, FuncExpr) || list_length(call->args) < 2 ||
		exprType(linitial(call->args)) != TEXTOID ||
		exprType(lsecond(call->args)) != TEXTOID)
		return false;
	return read_constant_text(linitial(call->args), key) &&
		read_constant_text(lsecond(call->args), &name) &&
		detmeta_filter_op_from_name(text_to_cstring(name), op);
}

/* Return the rows of an entry of a key that has no payload. */
static double
rows_of_plain_entry(GinReader *reader, const char *key, int keylen, int tag)
{
	StringInfoData entry;
	double		rows;

	initStringInfo(&entry);
	detmeta_entry_prefix(key, keylen, tag, &entry);
	rows = detmeta_gin_estimate_entry(reader, entry.data, entry.len, TREE_LEAVES);
	pfree(entry.data);
	return rows;
}

/* Return the entries of a key that have a tag from one to another, or lie between. */
static double
entries_of_tags(GinReader *reader, const text *key, int first, int last)
{
	StringInfoData lower;
	StringInfoData upper;
	GinKeyRange range = {0};
	GinRangeEstimate values;

	initStringInfo(&lower);
	initStringInfo(&upper);
	detmeta_entry_prefix(VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), first, &lower);
	detmeta_entry_prefix(VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), last + 1, &upper);
	range.lower = lower.data;
	range.lower_len = lower.len;
	range.upper = upper.data;
	range.upper_len = upper.len;
	detmeta_gin_estimate_range(reader, &range, NULL, &values);
	return values.entries;
}

/* What an index tells of a key, whatever it is compared with. */
typedef struct KeyEstimate
{
	double		holding;		/* rows */
	double		distinct;		/* values */
	bool		guessed;
} KeyEstimate;

/* Add what is known of a key of members of objects in arrays. */
static void
add_members(GinReader *reader, const text *key, KeyEstimate *estimate)
{
	const EntryOptions *options = detmeta_options_of_index(reader->index, reader->attnum);
	const char *bytes = VARDATA_ANY(key);
	int			len = VARSIZE_ANY_EXHDR(key);
	int			end = -1;

	if (!detmeta_key_has_array(bytes, len))
		return;
	if (options != NULL && options->array_members)
	{
		estimate->holding += rows_of_plain_entry(reader, bytes, len, TAG_MEMBER_HOLDS);
		estimate->distinct += entries_of_tags(reader, key, TAG_MEMBER, TAG_MEMBER + META_OBJECT);
		return;
	}
	while ((end = detmeta_key_next_array(bytes, len, end + 1)) >= 0)
		estimate->holding += rows_of_plain_entry(reader, bytes, end, TAG_KEY + META_ARRAY);
	estimate->distinct += MEMBER_VALUES;
	estimate->guessed = true;
}

/* Estimate a key. */
static KeyEstimate
estimate_key(GinReader *reader, double rows, const text *key)
{
	KeyEstimate estimate = {0};

	for (MetaKind kind = META_FALSE; kind <= META_OBJECT; kind++)
		estimate.holding += rows_of_plain_entry(reader, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key),
												TAG_KEY + kind);
	estimate.distinct = entries_of_tags(reader, key, TAG_VALUE, TAG_ELEMENT + META_OBJECT);
	add_members(reader, key, &estimate);
	estimate.holding = Min(1.0, estimate.holding / rows);
	estimate.distinct = Max(1.0, estimate.distinct);
	return estimate;
}

/*
 * Estimate a condition on a known key with an unknown value: what a typical
 * value of the key would select.
 */
static void
estimate_typical(GinReader *reader, double rows, double pages, const text *key, FilterOp op,
				 FilterEstimate *estimate)
{
	KeyEstimate known = estimate_key(reader, rows, key);

	estimate->guessed = known.guessed;
	estimate->selectivity = known.holding * detmeta_typical_share(op, known.distinct);
	if (op == FILTER_IS_EMPTY)
		estimate->selectivity = 1.0 - known.holding;
	estimate->entries = 1;
	if (detmeta_filter_op_searches(op) && detmeta_filter_op_positive(op) != FILTER_STARTS_WITH)
		estimate->entries = known.distinct;
	estimate->postings = estimate->selectivity * rows;
	if (detmeta_filter_op_positive(op) != op || op == FILTER_IS_EMPTY)
		estimate->postings = rows;
	estimate->pages = detmeta_pages_of_rows(pages, estimate->postings);
}

/* Return the rows of the row entry, of which all selectivities are shares. */
static double
count_all_rows(GinReader *reader)
{
	GinPostings rows;

	if (!detmeta_gin_lookup(reader, "", 0, &rows))
		return 0;
	if (rows.tree == InvalidBlockNumber)
		return rows.list.count;
	return detmeta_gin_tree_estimate(reader, rows.tree, TREE_LEAVES);
}

/* Probe an index for a known query, or else for a key and an operator. */
static bool
probe_index(IndexOptInfo *info, int column, FilterQuery *query,
			const text *key, FilterOp op, FilterEstimate *estimate)
{
	Relation	index = index_open(info->indexoid, NoLock);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "metadata estimate",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	GinReader  *reader;
	double		rows = 0;

	memset(estimate, 0, sizeof(*estimate));
	if (!RELATION_IS_OTHER_TEMP(index))
	{
		reader = detmeta_gin_open(index, column + 1, NULL, NULL);
		rows = count_all_rows(reader);
		if (rows > 0 && query != NULL)
			detmeta_estimate_query(reader, rows, info->rel->pages, query, estimate);
		else if (rows > 0 && key != NULL)
			estimate_typical(reader, rows, info->rel->pages, key, op, estimate);
		detmeta_gin_close(reader);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	index_close(index, NoLock);
	return rows > 0;
}

/*
 * Estimate a filter by probing an index; false where it cannot be done: the
 * filter is unknown, the user may not know, or the index has no rows to tell.
 */
bool
detmeta_estimate_index_filter(PlannerInfo *root, IndexOptInfo *index, int column,
							  Node *filter, FilterEstimate *estimate)
{
	Node	   *node = IsA(filter, Const) ? filter : estimate_expression_value(root, filter);
	const FilterEstimate *remembered;
	MetadataFilter *known;
	text	   *key;
	FilterOp	op;

	/* A snapshot keeps VACUUM from reusing the pages that are read. */
	if (!ActiveSnapshotSet() || !sees_all_rows(root, index, column))
		return false;
	if (!IsA(node, Const))
		return read_constructor(node, &key, &op) &&
			probe_index(index, column, NULL, key, op, estimate);
	if (((Const *) node)->constisnull)
		return false;

	known = DatumGetMetadataFilterP(((Const *) node)->constvalue);
	remembered = recall(root, index->indexoid, column, known);
	if (remembered != NULL)
	{
		*estimate = *remembered;
		return true;
	}
	if (!probe_index(index, column, detmeta_query_compile(known), NULL, FILTER_IS, estimate))
		return false;
	remember(root, index->indexoid, column, known, estimate);
	return true;
}

/* Estimate a query by probing an index; false where that cannot be done. */
bool
detmeta_estimate_index_query(PlannerInfo *root, IndexOptInfo *index, int column,
							 FilterQuery *query, FilterEstimate *estimate)
{
	return ActiveSnapshotSet() && sees_all_rows(root, index, column) &&
		probe_index(index, column, query, NULL, FILTER_IS, estimate);
}

/* Return the share of a column that is not NULL. */
double
detmeta_share_not_null(VariableStatData *documents)
{
	if (!HeapTupleIsValid(documents->statsTuple))
		return 1.0;
	return 1.0 - ((Form_pg_statistic) GETSTRUCT(documents->statsTuple))->stanullfrac;
}

/*
 * Estimate a filter on a column's sample, and say from what share on that can
 * be trusted; false without one.
 */
static bool
estimate_by_sample(VariableStatData *documents, Node *filter, Oid function,
				   double *trusted, double *selectivity)
{
	DocumentSample sample;
	FilterQuery *query;
	text	   *key;
	FilterOp	op;

	if (documents->rel == NULL || (IsA(filter, Const) && ((Const *) filter)->constisnull) ||
		!statistic_proc_security_check(documents, function) ||
		!detmeta_sample_read(documents, &sample))
		return false;
	*trusted = (double) TRUSTED_DOCUMENTS / sample.n;
	if (IsA(filter, Const))
	{
		query = detmeta_query_compile(DatumGetMetadataFilterP(((Const *) filter)->constvalue));
		*selectivity = detmeta_sample_selectivity(&sample, query);
		return true;
	}
	if (!read_constructor(filter, &key, &op))
		return false;
	*selectivity = detmeta_sample_typical(&sample, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), op,
										  documents->rel->tuples);
	return true;
}

/*
 * Estimate the share of a table's rows that a filter on a column of documents
 * selects; false where nothing is known.  Where the index has seen only some of
 * a key's values, and the sample's documents tell of frequent ones, they count.
 */
bool
detmeta_estimate_selectivity(PlannerInfo *root, VariableStatData *documents,
							 Node *filter, Oid function, double *selectivity)
{
	IndexOptInfo *index;
	int			column;
	FilterEstimate estimate;
	double		trusted;
	double		sampled;

	if (!find_metadata_column(root, documents->rel, documents->var, &index, &column) ||
		!detmeta_estimate_index_filter(root, index, column, filter, &estimate))
		return estimate_by_sample(documents, filter, function, &trusted, selectivity);

	*selectivity = estimate.selectivity * detmeta_share_not_null(documents);
	if (estimate.guessed && estimate_by_sample(documents, filter, function, &trusted, &sampled) &&
		sampled >= trusted)
		*selectivity = sampled;
	return true;
}

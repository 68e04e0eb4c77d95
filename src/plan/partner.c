/*
 * partner.c
 *		Joined tables whose rows a scan can bring its ties in the order of.
 *
 *		FROM runs_metadata m JOIN runs r ON r.id = m.run_id
 *		ORDER BY metadata_sort(m.metadata, 'status'), r.started_at
 *
 * Each row of the scan has one partner at most, as r.id is unique, so r.started_at
 * is a matter of the row, like a column of its own: rows that are in its order
 * before the join are so behind it, whatever else is joined before.  A row without
 * a partner does not outlast the join; it may come anywhere, or not at all.
 *
 * That is so only where both tables are joined by an inner join, at last, and
 * where nothing else is known to equal the column: a merge join could take the
 * order for one of what the scan itself has.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class_d.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "plan/partner.h"
#include "scan/partner.h"

/* Say whether an outer join may replace the rows of a table by NULLs. */
static bool
may_be_missing(const PlannerInfo *root, const RelOptInfo *rel)
{
	ListCell   *lc;

	foreach(lc, root->join_info_list)
	{
		SpecialJoinInfo *join = lfirst_node(SpecialJoinInfo, lc);

		if (bms_is_member(rel->relid, join->syn_righthand) ||
			(join->jointype == JOIN_FULL && bms_is_member(rel->relid, join->syn_lefthand)))
			return true;
	}
	return false;
}

/* Say whether all rows of a table are at hand, and no others come with them. */
static bool
is_plain_table(PlannerInfo *root, const RelOptInfo *rel)
{
	RangeTblEntry *rte = planner_rt_fetch(rel->relid, root);

	return rel->reloptkind == RELOPT_BASEREL && rte->rtekind == RTE_RELATION && !rte->inh &&
		rte->tablesample == NULL &&
		(rte->relkind == RELKIND_RELATION || rte->relkind == RELKIND_MATVIEW);
}

/* Return the only expression that a path key sorts by, a column; NULL: it is something else. */
static Var *
column_of_pathkey(const PathKey *pathkey)
{
	EquivalenceClass *ec = pathkey->pk_eclass;
	EquivalenceMember *member = linitial(ec->ec_members);

	if (list_length(ec->ec_members) != 1 || ec->ec_has_volatile || !IsA(member->em_expr, Var))
		return NULL;
	return (Var *) member->em_expr;
}

/* Say whether an index finds rows by what an equivalence class calls equal. */
static bool
index_finds(IndexOptInfo *index, const EquivalenceClass *ec, const EquivalenceMember *member)
{
	return index->relam == BTREE_AM_OID && !index->hypothetical && index->indpred == NIL &&
		list_member_oid(ec->ec_opfamilies, index->opfamily[0]) &&
		index->indexcollations[0] == ec->ec_collation &&
		match_index_to_operand((Node *) member->em_expr, 0, index);
}

/* Find an index that finds rows of a table so, and one at most if "unique". */
static IndexOptInfo *
find_join_index(const RelOptInfo *rel, const EquivalenceClass *ec,
				const EquivalenceMember *member, bool unique)
{
	ListCell   *lc;

	foreach(lc, rel->indexlist)
	{
		IndexOptInfo *index = lfirst(lc);

		if (index_finds(index, ec, member) &&
			(!unique || (index->unique && index->immediate && index->nkeycolumns == 1)))
			return index;
	}
	return NULL;
}

/*
 * Return the operator by which an index finds an expression's values.  One that is
 * not leakproof might tell of rows that the user may not see.
 */
static Oid
find_operator(const PlannerInfo *root, const IndexOptInfo *index, const Expr *expr)
{
	Oid			operator = get_opfamily_member(index->opfamily[0], index->opcintype[0],
											   exprType((const Node *) expr),
											   BTEqualStrategyNumber);

	if (OidIsValid(operator) && root->qual_security_level > 0 &&
		!get_func_leakproof(get_opcode(operator)))
		return InvalidOid;
	return operator;
}

/* Return the column of an expression; NULL: it is none. */
static Var *
column_of_expression(Expr *expr)
{
	while (IsA(expr, RelabelType))
		expr = ((RelabelType *) expr)->arg;
	return IsA(expr, Var) && ((Var *) expr)->varattno > 0 ? (Var *) expr : NULL;
}

/* Fill in how rows of the target and of another table find each other; false: they do not. */
static bool
join_by_members(const ScanTarget *target, const RelOptInfo *rel, const EquivalenceClass *ec,
				const EquivalenceMember *own, const EquivalenceMember *theirs,
				PlannedPartner *partner)
{
	IndexOptInfo *own_index = find_join_index(target->rel, ec, own, false);
	IndexOptInfo *index = find_join_index(rel, ec, theirs, true);
	Oid			own_operator;
	Oid			operator;

	if (own_index == NULL || index == NULL ||
		column_of_expression(own->em_expr) == NULL || column_of_expression(theirs->em_expr) == NULL)
		return false;
	own_operator = find_operator(target->root, own_index, theirs->em_expr);
	operator = find_operator(target->root, index, own->em_expr);
	if (!OidIsValid(own_operator) || !OidIsValid(operator))
		return false;
	partner->join = list_make2(own->em_expr, theirs->em_expr);
	partner->oids = list_make5_oid(planner_rt_fetch(rel->relid, target->root)->relid,
								   index->indexoid, operator, own_index->indexoid, own_operator);
	partner->columns = list_make2_int(((Var *) partner->column)->varattno,
									  column_of_expression(theirs->em_expr)->varattno);
	return true;
}

/* Return an equivalence class's member of a table, which is not from an outer join; or NULL. */
static EquivalenceMember *
member_of(EquivalenceClass *ec, const RelOptInfo *rel)
{
	EquivalenceMember *member;
	EquivalenceMemberIterator iterator;

	EC_ITERATE(iterator, ec, rel->relids);
	while ((member = EC_NEXT(iterator, ec)) != NULL)
	{
		if (bms_equal(member->em_relids, rel->relids) && !member->em_is_child)
			return member;
	}
	return NULL;
}

/* Find how rows of the target and of another table find each other; false: they do not. */
static bool
find_join(const ScanTarget *target, const RelOptInfo *rel, PlannedPartner *partner)
{
	ListCell   *lc;

	foreach(lc, target->root->eq_classes)
	{
		EquivalenceClass *ec = lfirst(lc);
		EquivalenceMember *own = member_of(ec, target->rel);
		EquivalenceMember *theirs = member_of(ec, rel);

		if (own != NULL && theirs != NULL && !ec->ec_has_volatile &&
			join_by_members(target, rel, ec, own, theirs, partner))
			return true;
	}
	return false;
}

/* Find the table that a path key sorts by. */
bool
detmeta_find_partner(const ScanTarget *target, PathKey *pathkey, PlannedPartner *partner)
{
	PlannerInfo *root = target->root;
	Var		   *column = column_of_pathkey(pathkey);
	RelOptInfo *rel;

	memset(partner, 0, sizeof(*partner));
	if (column == NULL || column->varno == (int) target->rel->relid ||
		!is_plain_table(root, target->rel) || may_be_missing(root, target->rel))
		return false;
	rel = find_base_rel(root, column->varno);
	partner->column = (Expr *) column;
	return is_plain_table(root, rel) && !may_be_missing(root, rel) &&
		detmeta_find_column_index(root, rel, partner->column, pathkey, &partner->index) &&
		find_join(target, rel, partner);
}

/*
 * compat.h
 *		Everything that differs between PostgreSQL 15, 16, 17, 18 and 19.
 *
 * No other file tests PG_VERSION_NUM.
 */
#ifndef DETMETA_COMPAT_H
#define DETMETA_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "detmeta needs PostgreSQL 15 or later"
#endif

#include "utils/date.h"
#include "utils/guc_tables.h"
#include "utils/jsonb.h"

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#endif

#if PG_VERSION_NUM >= 190000
#include "nodes/miscnodes.h"
#endif

/* Late minor releases of 15 have these too. */
#ifndef palloc_object
#define palloc_object(type)				((type *) palloc(sizeof(type)))
#define palloc0_object(type)			((type *) palloc0(sizeof(type)))
#endif
#ifndef palloc_array
#define palloc_array(type, count)		((type *) palloc(sizeof(type) * (count)))
#define palloc0_array(type, count)		((type *) palloc0(sizeof(type) * (count)))
#define repalloc_array(pointer, type, count) ((type *) repalloc(pointer, sizeof(type) * (count)))
#endif

/* 18 has it in front of a declaration. */
#ifndef pg_noreturn
#define pg_noreturn	pg_attribute_noreturn()
#endif

/* 19 takes a fall through a switch to be meant only where the compiler is told. */
#ifndef pg_fallthrough
#define pg_fallthrough	__attribute__((fallthrough))
#endif

/*
 * What a jsonb is built in: its result is complete once the outermost object or
 * array is closed.
 */
#if PG_VERSION_NUM >= 190000
typedef JsonbInState JsonbBuilder;
#else
typedef struct JsonbBuilder
{
	JsonbParseState *state;
	JsonbValue *result;
} JsonbBuilder;
#endif

/* Append what a token stands for. */
static inline void
push_jsonb(JsonbBuilder *builder, JsonbIteratorToken token, JsonbValue *value)
{
#if PG_VERSION_NUM >= 190000
	pushJsonbValue(builder, token, value);
#else
	builder->result = pushJsonbValue(&builder->state, token, value);
#endif
}

/* Return midnight of a day; infinity if it is too far away for a timestamp. */
static inline Timestamp
date_to_timestamp(DateADT date)
{
#if PG_VERSION_NUM >= 190000
	ErrorSaveContext overflow = {.type = T_ErrorSaveContext};
	Timestamp	timestamp = date2timestamp_safe(date, (Node *) &overflow);

	return overflow.error_occurred ? DT_NOEND : timestamp;
#else
	int			overflow;

	return date2timestamp_opt_overflow(date, &overflow);
#endif
}

/*
 * Until 16, old_snapshot_threshold let VACUUM remove rows that an old snapshot
 * still sees, so a reader of index pages has to test them; 17 has no such
 * setting.  Wants storage/bufmgr.h.
 */
#if PG_VERSION_NUM < 170000
#define test_for_old_snapshot(snapshot, relation, page) \
	TestForOldSnapshot(snapshot, relation, page)
#else
#define test_for_old_snapshot(snapshot, relation, page) \
	((void) (snapshot), (void) (relation), (void) (page))
#endif

/* Find the server's record of a setting, NULL if there is none. */
static inline struct config_generic *
find_setting(const char *name)
{
#if PG_VERSION_NUM >= 160000
	return find_option(name, false, true, 0);
#else
	struct config_generic **settings = get_guc_variables();
	int			n = GetNumConfigOptions();

	for (int i = 0; i < n; i++)
	{
		if (strcmp(settings[i]->name, name) == 0)
			return settings[i];
	}
	return NULL;
#endif
}

/* The index of a table's primary key, which may be checked late.  Wants utils/relcache.h. */
#if PG_VERSION_NUM >= 180000
#define PRIMARY_KEY_INDEX(relation)	RelationGetPrimaryKeyIndex(relation, true)
#else
#define PRIMARY_KEY_INDEX(relation)	RelationGetPrimaryKeyIndex(relation)
#endif

/* A NOT NULL constraint that is not yet valid, which 18 has, proves nothing. */
#if PG_VERSION_NUM >= 180000
#define ATTRIBUTE_IS_NOT_NULL(relation, attno) \
	(TupleDescCompactAttr(RelationGetDescr(relation), (attno) - 1)->attnullability == \
	 ATTNULLABLE_VALID)
#else
#define ATTRIBUTE_IS_NOT_NULL(relation, attno) \
	TupleDescAttr(RelationGetDescr(relation), (attno) - 1)->attnotnull
#endif

/* In RETURNING, 18 has rows that may not exist: OLD.column, NEW.column. */
#if PG_VERSION_NUM >= 180000
#define VAR_IS_OLD_OR_NEW(var)	((var)->varreturningtype != VAR_RETURNING_DEFAULT)
#else
#define VAR_IS_OLD_OR_NEW(var)	false
#endif

/*
 * From 17 on an access method says that it builds in parallel, and is told with how many
 * processes; before, only a btree is.  The latter wants nodes/execnodes.h and
 * optimizer/optimizer.h.
 */
#if PG_VERSION_NUM >= 170000
#define BUILD_IN_PARALLEL(routine)	((routine)->amcanbuildparallel = true)
#define CHOOSE_BUILD_WORKERS(heap, index, info)	((info)->ii_ParallelWorkers)
#else
#define BUILD_IN_PARALLEL(routine)	((void) (routine))
#define CHOOSE_BUILD_WORKERS(heap, index, info) \
	plan_create_index_workers(RelationGetRelid(heap), RelationGetRelid(index))
#endif

/* An access method's routine is the caller's to free; from 19 on, it is there to stay. */
#if PG_VERSION_NUM >= 190000
#define RETURN_INDEX_AM_ROUTINE(routine)	PG_RETURN_POINTER(routine)
#else
#define RETURN_INDEX_AM_ROUTINE(routine) \
	PG_RETURN_POINTER(memcpy(palloc_object(IndexAmRoutine), routine, sizeof(IndexAmRoutine)))
#endif

/*
 * Descend to a leaf of a GIN tree, to read it or to insert into it, and to the first
 * leaf of a posting tree.  Wants access/gin_private.h.
 */
#if PG_VERSION_NUM >= 170000
#define GIN_FIND_LEAF(btree, snapshot)	ginFindLeafPage(btree, true, false)
#define GIN_FIND_INSERT_LEAF(btree)	ginFindLeafPage(btree, false, false)
#define GIN_FIRST_TREE_LEAF(btree, index, root)	ginScanBeginPostingTree(btree, index, root)
#else
#define GIN_FIND_LEAF(btree, snapshot)	ginFindLeafPage(btree, true, false, snapshot)
#define GIN_FIND_INSERT_LEAF(btree)	ginFindLeafPage(btree, false, false, NULL)
#define GIN_FIRST_TREE_LEAF(btree, index, root)	ginScanBeginPostingTree(btree, index, root, NULL)
#endif

/* Is an operator one of those by which a btree index is sorted, or <>?  Wants utils/lsyscache.h. */
#if PG_VERSION_NUM >= 180000
#define OPERATOR_IS_COMPARISON(operator) (get_op_index_interpretation(operator) != NIL)
#else
#define OPERATOR_IS_COMPARISON(operator) (get_op_btree_interpretation(operator) != NIL)
#endif

/* The direction of a PathKey; 18 has a comparison type in place of a strategy. */
#if PG_VERSION_NUM >= 180000
#define PATHKEY_IS_DESCENDING(pathkey)	((pathkey)->pk_cmptype == COMPARE_GT)
#else
#define PATHKEY_IS_DESCENDING(pathkey)	((pathkey)->pk_strategy == BTGreaterStrategyNumber)
#endif

/*
 * Members of an equivalence class; 18 keeps those of child tables apart.
 * Wants nodes/pathnodes.h.
 */
#if PG_VERSION_NUM >= 180000
#define EC_ITERATOR(name)				EquivalenceMemberIterator name
#define EC_ITERATE(name, ec, relids)	setup_eclass_member_iterator(&(name), ec, relids)
#define EC_NEXT(name, ec)				eclass_member_iterator_next(&(name))
#else
typedef int EquivalenceMemberIterator;

#define EC_ITERATE(name, ec, relids)	((name) = 0)
#define EC_NEXT(name, ec) \
	((name) < list_length((ec)->ec_members) ? \
	 (EquivalenceMember *) list_nth((ec)->ec_members, (name)++) : NULL)
#endif

/* 15 declares these functions without parameters, which C23 takes for having none. */
#if PG_VERSION_NUM < 160000
#define TREE_MUTATOR(function)	((Node *(*) ()) (function))
#else
#define TREE_MUTATOR(function)	(function)
#endif

/*
 * Begin to scan an index; 18 can count its searches, and 19 can be told what the
 * query does to the table.  Wants access/genam.h and access/tableam.h.
 */
#if PG_VERSION_NUM >= 190000
#define INDEX_BEGINSCAN(heap, index, snapshot, nkeys, norderbys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, norderbys, SO_NONE)
#elif PG_VERSION_NUM >= 180000
#define INDEX_BEGINSCAN(heap, index, snapshot, nkeys, norderbys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, norderbys)
#else
#define INDEX_BEGINSCAN(heap, index, snapshot, nkeys, norderbys) \
	index_beginscan(heap, index, snapshot, nkeys, norderbys)
#endif

/*
 * The same of a table, alone or with others, and of fetching its rows by TID.
 * Want access/tableam.h.
 */
#if PG_VERSION_NUM >= 190000
#define TABLE_BEGINSCAN(heap, snapshot)	table_beginscan(heap, snapshot, 0, NULL, SO_NONE)
#define TABLE_BEGINSCAN_PARALLEL(heap, scan)	table_beginscan_parallel(heap, scan, SO_NONE)
#define TABLE_INDEX_FETCH_BEGIN(heap)	table_index_fetch_begin(heap, SO_NONE)
#else
#define TABLE_BEGINSCAN(heap, snapshot)	table_beginscan(heap, snapshot, 0, NULL)
#define TABLE_BEGINSCAN_PARALLEL(heap, scan)	table_beginscan_parallel(heap, scan)
#define TABLE_INDEX_FETCH_BEGIN(heap)	table_index_fetch_begin(heap)
#endif

/* Make the slot of a scan's rows; 19 can mark it.  Wants executor/executor.h. */
#if PG_VERSION_NUM >= 190000
#define EXEC_INIT_SCAN_TUPLE_SLOT(estate, scan, tupdesc, ops) \
	ExecInitScanTupleSlot(estate, scan, tupdesc, ops, 0)
#else
#define EXEC_INIT_SCAN_TUPLE_SLOT(estate, scan, tupdesc, ops) \
	ExecInitScanTupleSlot(estate, scan, tupdesc, ops)
#endif

/* From 19 on, a row's description has to be closed before it is used. */
#if PG_VERSION_NUM < 190000
#define TupleDescFinalize(tupdesc)	((void) (tupdesc))
#endif

/* Does a unique index prove that clauses of equality find one row?  Wants optimizer/paths.h. */
#if PG_VERSION_NUM >= 190000
#define RELATION_HAS_UNIQUE_INDEX_FOR(root, rel, clauses) \
	relation_has_unique_index_for(root, rel, clauses, NULL)
#else
#define RELATION_HAS_UNIQUE_INDEX_FOR(root, rel, clauses) \
	relation_has_unique_index_for(root, rel, clauses, NIL, NIL)
#endif

/* Base64; 18 has bytes that are unsigned.  Wants common/base64.h. */
#if PG_VERSION_NUM >= 180000
#define PG_B64_ENCODE(src, len, dst, size)	pg_b64_encode((const uint8 *) (src), len, dst, size)
#define PG_B64_DECODE(src, len, dst, size)	pg_b64_decode(src, len, (uint8 *) (dst), size)
#else
#define PG_B64_ENCODE(src, len, dst, size)	pg_b64_encode(src, len, dst, size)
#define PG_B64_DECODE(src, len, dst, size)	pg_b64_decode(src, len, dst, size)
#endif

/* Translate an expression from a table to one of its partitions. */
#if PG_VERSION_NUM >= 160000
#define ADJUST_FOR_CHILD(root, node, child, parent) \
	adjust_appendrel_attrs_multilevel(root, node, child, parent)
#else
#define ADJUST_FOR_CHILD(root, node, child, parent) \
	adjust_appendrel_attrs_multilevel(root, node, (child)->relids, (parent)->relids)
#endif

/* Make a path of the rows of several.  Wants optimizer/pathnode.h. */
#if PG_VERSION_NUM >= 190000
#define CREATE_APPEND_PATH(root, rel, paths) \
	create_append_path(root, rel, (AppendPathInput) {.subpaths = (paths)}, NIL, NULL, 0, false, -1)
#else
#define CREATE_APPEND_PATH(root, rel, paths) \
	create_append_path(root, rel, paths, NIL, NIL, NULL, 0, false, -1)
#endif

/* The files of a relation in the database.  Wants utils/rel.h. */
#if PG_VERSION_NUM >= 160000
#define RELATION_TABLESPACE(relation)	((relation)->rd_locator.spcOid)
#define RELATION_FILE_NUMBER(relation)	((relation)->rd_locator.relNumber)
#else
#define RELATION_TABLESPACE(relation)	((relation)->rd_node.spcNode)
#define RELATION_FILE_NUMBER(relation)	((relation)->rd_node.relNode)
#endif

/* Pin a block if it is where it was.  Wants storage/bufmgr.h and utils/rel.h. */
#if PG_VERSION_NUM >= 160000
#define READ_RECENT_BUFFER(relation, block, buffer) \
	ReadRecentBuffer((relation)->rd_locator, MAIN_FORKNUM, block, buffer)
#else
#define READ_RECENT_BUFFER(relation, block, buffer) \
	ReadRecentBuffer((relation)->rd_node, MAIN_FORKNUM, block, buffer)
#endif

/* Does a role own a relation?  Wants utils/acl.h and catalog/pg_class_d.h. */
#if PG_VERSION_NUM >= 160000
#define RELATION_OWNERCHECK(relid, role) object_ownercheck(RelationRelationId, relid, role)
#else
#define RELATION_OWNERCHECK(relid, role) pg_class_ownercheck(relid, role)
#endif

/* May a role use what is in a schema?  Wants utils/acl.h and catalog/pg_namespace_d.h. */
#if PG_VERSION_NUM >= 160000
#define NAMESPACE_USAGE_CHECK(namespace, role) \
	object_aclcheck(NamespaceRelationId, namespace, role, ACL_USAGE)
#else
#define NAMESPACE_USAGE_CHECK(namespace, role) pg_namespace_aclcheck(namespace, role, ACL_USAGE)
#endif

/* From 17 on, code of a table's owner runs with a safe search path.  Wants utils/guc.h. */
#if PG_VERSION_NUM >= 170000
#define RESTRICT_SEARCH_PATH()	RestrictSearchPath()
#else
#define RESTRICT_SEARCH_PATH()	((void) 0)
#endif

/* pg_locale.h wants ICU's headers, which a server's own do not bring; nothing here needs them. */
#pragma push_macro("USE_ICU")
#undef USE_ICU
#include "utils/pg_locale.h"
#pragma pop_macro("USE_ICU")

/* Does a collation order text by its bytes? */
#if PG_VERSION_NUM >= 180000
#define COLLATION_IS_C(collation) (pg_newlocale_from_collation(collation)->collate_is_c)
#else
#define COLLATION_IS_C(collation) lc_collate_is_c(collation)
#endif

#endif							/* DETMETA_COMPAT_H */

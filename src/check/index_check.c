/*
 * index_check.c
 *		metadata_index_check(): does an index have what its table has?
 *
 * It takes the locks of a query, so reads and writes go on, and it runs on a
 * standby.  It answers for the rows that a snapshot taken at its start sees;
 * check/rows.c tells why that is sound.  Its result is a row for each
 * problem, none if all is well.
 *
 * An index's expressions and predicate run as the table's owner, who wrote
 * them, and not as the caller, who is often a superuser.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/gin.h"
#include "access/table.h"
#include "access/xlog.h"
#include "catalog/index.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_inherits.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "base/citus.h"
#include "base/compat.h"
#include "base/gin_index.h"
#include "base/relation.h"
#include "check/report.h"
#include "check/rows.h"
#include "index/opclass.h"
#include "index/options.h"

/* Note which columns of the index are of metadata_ops; tell whether any is. */
static bool
find_columns(IndexCheck *check)
{
	Relation	index = check->index;
	bool		any = false;

	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++)
	{
		check->ours[i + 1] = detmeta_is_metadata_index_column(index, i);
		if (check->ours[i + 1])
			check->options[i + 1] = detmeta_options_of_index(index, i + 1);
		any |= check->ours[i + 1];
	}
	return any;
}

/* Refuse an index that cannot be checked; with the words of core where it has any. */
static void
refuse_unreadable(IndexCheck *check)
{
	Relation	index = check->index;
	const char *name = RelationGetRelationName(index);

	if (!detmeta_index_is_gin(index) || !find_columns(check))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("index \"%s\" has no column of operator class metadata_ops", name)));
	if (check->heap->rd_rel->relam != HEAP_TABLE_AM_OID)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot check index \"%s\" of a table whose access method is not heap",
						name)));
	if (RELATION_IS_OTHER_TEMP(index))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot access temporary tables of other sessions"),
				 errdetail("Index \"%s\" is of such a table.", name)));
	if (index->rd_rel->relpersistence != RELPERSISTENCE_PERMANENT && RecoveryInProgress())
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot access temporary or unlogged relations during recovery"),
				 errdetail("Index \"%s\" is of such a table.", name)));
	if (!index->rd_index->indisvalid)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("index \"%s\" is not valid", name),
				 errdetail("It may be under construction, or left over from a failed CREATE INDEX CONCURRENTLY."),
				 errhint("REINDEX INDEX completes it.")));
}

/* Refuse a caller who does not own the relation; with the words of core. */
static void
refuse_others(Oid relid)
{
	if (!RELATION_OWNERCHECK(relid, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_INDEX, get_rel_name(relid));
}

/* Check an index that is open. */
static void
check_open_index(IndexCheck *check)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "detmeta index check",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);

	refuse_unreadable(check);
	check->multicolumn = RelationGetDescr(check->index)->natts > 1;
	check->strategy = GetAccessStrategy(BAS_BULKREAD);
	/* a new one: the transaction's may be older than the index */
	check->snapshot = RegisterSnapshot(GetLatestSnapshot());
	initGinState(&check->gin, check->index);
	detmeta_check_rows(check);
	UnregisterSnapshot(check->snapshot);
	FreeAccessStrategy(check->strategy);
	if (detmeta_check_is_full(check))
		ereport(NOTICE,
				(errmsg("check of index \"%s\" ended after %d problems",
						RelationGetRelationName(check->index), CHECK_MAX_PROBLEMS)));
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

/* Check an index; nothing happens if it was dropped meanwhile and that may be. */
static void
check_index(Oid indexid, bool missing_ok, ReturnSetInfo *rsinfo)
{
	IndexCheck	check = {.rsinfo = rsinfo};
	Oid			heapid = IndexGetRelation(indexid, missing_ok);
	Oid			save_userid;
	int			save_sec_context;
	int			save_nestlevel;

	if (!OidIsValid(heapid))
		return;
	/* the table comes first, as everywhere, or there could be a deadlock */
	check.heap = table_open(heapid, AccessShareLock);
	check.index = index_open(indexid, AccessShareLock);
	if (IndexGetRelation(indexid, true) != heapid)
		detmeta_refuse_absent_relation(indexid);

	GetUserIdAndSecContext(&save_userid, &save_sec_context);
	SetUserIdAndSecContext(check.heap->rd_rel->relowner,
						   save_sec_context | SECURITY_RESTRICTED_OPERATION);
	save_nestlevel = NewGUCNestLevel();
	RESTRICT_SEARCH_PATH();
	check_open_index(&check);
	AtEOXact_GUC(false, save_nestlevel);
	SetUserIdAndSecContext(save_userid, save_sec_context);

	index_close(check.index, AccessShareLock);
	table_close(check.heap, AccessShareLock);
}

/* Check the indexes of all partitions. */
static void
check_partitions(Oid indexid, ReturnSetInfo *rsinfo)
{
	ListCell   *lc;

	foreach(lc, find_all_inheritors(indexid, NoLock, NULL))
	{
		CHECK_FOR_INTERRUPTS();
		if (get_rel_relkind(lfirst_oid(lc)) == RELKIND_INDEX)
			check_index(lfirst_oid(lc), true, rsinfo);
	}
}

PG_FUNCTION_INFO_V1(detmeta_index_check);
/* Return the problems of an index, or of a partitioned index's indexes. */
Datum
detmeta_index_check(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			indexid;
	char		relkind;

	InitMaterializedSRF(fcinfo, 0);
	/* to return no row would be to call it healthy */
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("index to check must not be null")));
	indexid = PG_GETARG_OID(0);
	relkind = get_rel_relkind(indexid);
	if (relkind == '\0')
		detmeta_refuse_absent_relation(indexid);
	if (relkind != RELKIND_INDEX && relkind != RELKIND_PARTITIONED_INDEX)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not an index", get_rel_name(indexid))));
	detmeta_check_schema_usage(indexid);
	refuse_others(indexid);
	detmeta_refuse_citus_index(IndexGetRelation(indexid, false), indexid,
							   fcinfo->flinfo->fn_oid);
	if (relkind == RELKIND_INDEX)
		check_index(indexid, false, rsinfo);
	else
		check_partitions(indexid, rsinfo);
	return (Datum) 0;
}

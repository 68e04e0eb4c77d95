/*
 * pending_cleanup.c
 *		metadata_index_clean_pending(): move the pending list of an index to its tree.
 *
 * As core's gin_clean_pending_list() does, which takes only indexes of the access method
 * gin.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/gin_private.h"
#include "access/xlog.h"
#include "catalog/pg_class.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/citus.h"
#include "base/compat.h"
#include "base/gin_index.h"

/* Refuse what core refuses. */
static void
refuse_uncleanable(Relation index)
{
	const char *name = RelationGetRelationName(index);

	if (!detmeta_index_is_gin(index))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not an index of detmeta or gin", name)));
	if (RELATION_IS_OTHER_TEMP(index))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot access temporary indexes of other sessions")));
	if (!RELATION_OWNERCHECK(RelationGetRelid(index), GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_INDEX, name);
}

PG_FUNCTION_INFO_V1(detmeta_index_clean_pending);
/* metadata_index_clean_pending(index): pages of the pending list that were removed. */
Datum
detmeta_index_clean_pending(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);
	IndexBulkDeleteResult stats = {0};
	GinState	ginstate;
	Relation	index;

	if (RecoveryInProgress())
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("recovery is in progress"),
				 errhint("GIN pending list cannot be cleaned up during recovery.")));
	index = index_open(relid, RowExclusiveLock);
	refuse_uncleanable(index);
	detmeta_refuse_citus_index(index->rd_index->indrelid, relid, fcinfo->flinfo->fn_oid);
	if (index->rd_index->indisready)
	{
		initGinState(&ginstate, index);
		ginInsertCleanup(&ginstate, true, true, true, &stats);
	}
	index_close(index, RowExclusiveLock);
	PG_RETURN_INT64((int64) stats.pages_deleted);
}

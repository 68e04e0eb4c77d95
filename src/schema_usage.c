/*
 * schema_usage.c
 *		Relations that a caller names by their OIDs.
 *
 * A statement finds a relation by its name only for those who may use its
 * schema, but any number is a regclass.  Functions that take one ask here for
 * what the parser would have asked: of the relation that is named, not of its
 * partitions or of what a view reads.
 */
#include "postgres.h"

#include "catalog/pg_namespace_d.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "schema_usage.h"

/* Refuse a caller who may not use the schema of a relation; with the words of core. */
void
detmeta_check_schema_usage(Oid relid)
{
	Oid			namespace = get_rel_namespace(relid);
	AclResult	result = NAMESPACE_USAGE_CHECK(namespace, GetUserId());

	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_SCHEMA, get_namespace_name(namespace));
}

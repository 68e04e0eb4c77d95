/*
 * settings.c
 *		The settings detmeta.*, all but one of which any user may set.
 *
 * The limits guard those who post, by mistake, what metadata is not meant
 * for.  They are no security boundary: a user who may post may also INSERT.
 *
 * detmeta.debug_match is for superusers and whom they GRANT SET on it: where an
 * order is walked and the table has a policy, rows that the policy hides are
 * checked on the way, and the notices would tell how many there are.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_database.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

#include "base/compat.h"
#include "base/settings.h"

static char *runs_table;
int			detmeta_max_key_bytes;
int			detmeta_max_string_bytes;
int			detmeta_max_array_elements;
int			detmeta_max_depth;
int			detmeta_max_keys;
bool		detmeta_debug_match;
bool		detmeta_enable_core_dialect = true;
bool		detmeta_enable_metadata_scan;

/* Accept a table name with or without a schema. */
static bool
check_runs_table(char **newval, void **extra, GucSource source)
{
	char	   *copy = pstrdup(*newval);
	List	   *names = NIL;
	bool		valid;

	(void) extra;
	(void) source;

	valid = SplitIdentifierString(copy, '.', &names) &&
		list_length(names) >= 1 && list_length(names) <= 2;
	if (!valid)
		GUC_check_errdetail("The value must be a table name, with or without a schema.");
	list_free(names);
	pfree(copy);
	return valid;
}

/* Return the owner of this database. */
static Oid
database_owner(void)
{
	HeapTuple	tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(MyDatabaseId));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for database %u", MyDatabaseId);
	owner = ((Form_pg_database) GETSTRUCT(tuple))->datdba;
	ReleaseSysCache(tuple);
	return owner;
}

/*
 * Return the role that chose the value of a setting; InvalidOid where who runs
 * the server did.  What is set for a database is its owner's choice, what is set
 * for a role, or by a client as it connects, the session user's.
 */
static Oid
setter_of(const struct config_generic *setting)
{
	if (setting->source < PGC_S_DATABASE)
		return InvalidOid;
	if (setting->source == PGC_S_DATABASE)
		return database_owner();
	return setting->source < PGC_S_INTERACTIVE ? GetSessionUserId() : setting->srole;
}

/*
 * Return the value of detmeta.runs_table.
 *
 * Code that runs with the rights of another than its caller (SECURITY DEFINER,
 * or a trigger of a foreign key) would write to, or read from, whatever table of
 * that other the caller named.  So there the value counts only if it was chosen by
 * somebody who could act as the other anyway.
 */
const char *
detmeta_runs_table(void)
{
	Oid			user = GetUserId();
	Oid			setter;

	if (!InLocalUserIdChange() && !InSecurityRestrictedOperation())
		return runs_table;
	setter = setter_of(find_setting("detmeta.runs_table"));
	if (OidIsValid(setter) && !has_privs_of_role(setter, user))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to set parameter \"detmeta.runs_table\" for role \"%s\"",
						GetUserNameFromId(user, true)),
				 errdetail("Role \"%s\" set it to \"%s\" outside of the function that runs with the rights of role \"%s\".",
						   GetUserNameFromId(setter, true), runs_table,
						   GetUserNameFromId(user, true)),
				 errhint("Have the function set it, as in ALTER FUNCTION ... SET detmeta.runs_table = 'schema.table'.")));
	return runs_table;
}

/* Define one limit on posted documents. */
static void
define_limit(const char *name, const char *description, int *variable, int value)
{
	DefineCustomIntVariable(name, description, NULL, variable, value, 1, PG_INT32_MAX,
							PGC_USERSET, 0, NULL, NULL, NULL);
}

/* Define all settings. */
void
detmeta_define_settings(void)
{
	DefineCustomStringVariable("detmeta.runs_table",
							   "Sets the table that holds the metadata of runs.",
							   "A name without a schema is found on the search path.",
							   &runs_table, "runs_metadata",
							   PGC_USERSET, 0, check_runs_table, NULL, NULL);

	define_limit("detmeta.max_key_bytes",
				 "Sets the longest key that can be posted, in bytes.",
				 &detmeta_max_key_bytes, 50);
	define_limit("detmeta.max_string_bytes",
				 "Sets the longest string that can be posted, in bytes.",
				 &detmeta_max_string_bytes, 5000);
	define_limit("detmeta.max_array_elements",
				 "Sets the largest array that can be posted, in elements.",
				 &detmeta_max_array_elements, 100);
	define_limit("detmeta.max_depth",
				 "Sets how deeply a posted document can be nested, itself included.",
				 &detmeta_max_depth, 10);
	define_limit("detmeta.max_keys",
				 "Sets how many keys a posted document can have, at all depths together.",
				 &detmeta_max_keys, 1000);

	DefineCustomBoolVariable("detmeta.debug_match",
							 "Reports each evaluation of a filter on a row.",
							 "Shows which rows an index left to be rechecked.",
							 &detmeta_debug_match, false,
							 PGC_SUSET, 0, NULL, NULL, NULL);

	DefineCustomBoolVariable("detmeta.enable_metadata_scan",
							 "Enables the planner's use of Metadata Scan and Metadata Count.",
							 NULL,
							 &detmeta_enable_metadata_scan, true,
							 PGC_USERSET, GUC_EXPLAIN, NULL, NULL, NULL);
	DefineCustomBoolVariable("detmeta.enable_core_dialect",
							 "Enables Metadata Scans and Counts for clauses of core's operators.",
							 "Such as metadata ->> 'key' = 'value' and metadata @> '{\"key\": 1}'.",
							 &detmeta_enable_core_dialect, true,
							 PGC_USERSET, GUC_EXPLAIN, NULL, NULL, NULL);
}

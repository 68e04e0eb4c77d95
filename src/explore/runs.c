/*
 * runs.c
 *		The table that detmeta.runs_table names, for queries on it.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/relation.h"
#include "explore/runs.h"
#include "store/table.h"

/* Find and lock the table, which needs two columns. */
RunsTable
detmeta_find_runs_table(Oid function)
{
	Oid			relid = detmeta_open_runs_table(function, AccessShareLock);
	RunsTable	table;

	table.relid = relid;
	detmeta_describe_run_id(relid, detmeta_runs_table_column(relid, "run_id"), &table.run_id);
	(void) detmeta_runs_table_column(relid, "metadata");
	table.name = quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
											get_rel_name(relid));
	table.not_null = detmeta_attribute_is_not_null(relid, get_attnum(relid, "metadata"), true);
	return table;
}

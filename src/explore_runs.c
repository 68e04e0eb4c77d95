/*
 * explore_runs.c
 *		The table that detmeta.runs_table names, for queries on it.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "explore_runs.h"
#include "store.h"

/* Find and lock the table, which needs two columns. */
const char *
detmeta_runs_table_name(Oid function)
{
	static const char *const columns[] = {"run_id", "metadata"};
	Oid			relid = detmeta_open_runs_table(function, AccessShareLock);

	for (int i = 0; i < (int) lengthof(columns); i++)
	{
		if (get_attnum(relid, columns[i]) == InvalidAttrNumber)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("run metadata table \"%s\" has no column \"%s\"",
							get_rel_name(relid), columns[i]),
					 errhint("The table that detmeta.runs_table names needs the columns run_id (an integer, unique) and metadata (jsonb).")));
	}
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
									  get_rel_name(relid));
}

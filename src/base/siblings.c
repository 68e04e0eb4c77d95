/*
 * siblings.c
 *		Recognize the extension's own objects, and find them from one another.
 *
 * A function is ours if its C code is.  Its name and schema prove nothing: anybody
 * who may create functions in the extension's schema can add one with a name of
 * ours and other arguments.  Nobody but a superuser can make a function that
 * leads into a library, or name a support function for one, or make an operator
 * class.
 *
 * From an object of ours, others are found by schema, name and exact argument
 * types, of which there can be only one.  The catalog caches are asked directly:
 * the parser's look-ups would check the caller's USAGE on the schema, which a
 * view over a predicate does not need.  These return InvalidOid where there is
 * no such object.
 */
#include "postgres.h"

#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

#include "base/siblings.h"

/*
 * Return the C code that runs when a function is called; of one with settings or
 * another user's rights, the server's.
 */
PGFunction
detmeta_function_code(Oid function)
{
	FmgrInfo	flinfo;

	fmgr_info(function, &flinfo);
	return flinfo.fn_addr;
}

/* Find a type. */
Oid
detmeta_sibling_type(Oid namespace, const char *name)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
						   CStringGetDatum(name), ObjectIdGetDatum(namespace));
}

/* Find a function by its declared argument types. */
Oid
detmeta_sibling_function(Oid namespace, const char *name, const Oid *types, int ntypes)
{
	return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
						   CStringGetDatum(name),
						   PointerGetDatum(buildoidvector(types, ntypes)),
						   ObjectIdGetDatum(namespace));
}

/* Find the operator jsonb @~ metadata_filter. */
Oid
detmeta_sibling_match_operator(Oid namespace)
{
	return GetSysCacheOid4(OPERNAMENSP, Anum_pg_operator_oid,
						   CStringGetDatum("@~"),
						   ObjectIdGetDatum(JSONBOID),
						   ObjectIdGetDatum(detmeta_sibling_type(namespace, "metadata_filter")),
						   ObjectIdGetDatum(namespace));
}

/*
 * siblings.c
 *		Find the extension's own objects in the schema that holds them.
 *
 * The catalog caches are asked directly: the parser's look-ups would check the
 * caller's USAGE on the schema, which a view over a predicate does not need.
 * Each returns InvalidOid where there is no such object.
 */
#include "postgres.h"

#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

#include "siblings.h"

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

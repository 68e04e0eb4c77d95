/*
 * scalar.c
 *		Support functions of the operator classes of plain columns, for indexes that have
 *		one beside the metadata.
 *
 * The one entry of a value is the value.  Served is equality; entries are compared as
 * the type's btree operator class does.
 */
#include "postgres.h"

#include "access/gin.h"
#include "fmgr.h"

#include "base/compat.h"

/* Return a value as the one entry. */
static Datum
return_entry(Datum value, int32 *nentries)
{
	Datum	   *entries = palloc_object(Datum);

	*nentries = 1;
	entries[0] = value;
	return PointerGetDatum(entries);
}

PG_FUNCTION_INFO_V1(detmeta_scalar_extract_value);
/* Return the entry of a value, of a type that is never toasted. */
Datum
detmeta_scalar_extract_value(PG_FUNCTION_ARGS)
{
	return return_entry(PG_GETARG_DATUM(0), (int32 *) PG_GETARG_POINTER(1));
}

PG_FUNCTION_INFO_V1(detmeta_scalar_extract_query);
/* Return the entry that is looked for. */
Datum
detmeta_scalar_extract_query(PG_FUNCTION_ARGS)
{
	return return_entry(PG_GETARG_DATUM(0), (int32 *) PG_GETARG_POINTER(1));
}

PG_FUNCTION_INFO_V1(detmeta_text_extract_value);
/* Return the entry of a text. */
Datum
detmeta_text_extract_value(PG_FUNCTION_ARGS)
{
	return return_entry(PointerGetDatum(PG_GETARG_TEXT_P(0)), (int32 *) PG_GETARG_POINTER(1));
}

PG_FUNCTION_INFO_V1(detmeta_text_extract_query);
/* Return the entry that is looked for. */
Datum
detmeta_text_extract_query(PG_FUNCTION_ARGS)
{
	return return_entry(PointerGetDatum(PG_GETARG_TEXT_P(0)), (int32 *) PG_GETARG_POINTER(1));
}

PG_FUNCTION_INFO_V1(detmeta_scalar_consistent);
/* Rows that have the entry satisfy the condition. */
Datum
detmeta_scalar_consistent(PG_FUNCTION_ARGS)
{
	const bool *check = (const bool *) PG_GETARG_POINTER(0);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(5);

	*recheck = false;
	PG_RETURN_BOOL(check[0]);
}

PG_FUNCTION_INFO_V1(detmeta_scalar_triconsistent);
/* The same in three-valued logic. */
Datum
detmeta_scalar_triconsistent(PG_FUNCTION_ARGS)
{
	const GinTernaryValue *check = (const GinTernaryValue *) PG_GETARG_POINTER(0);

	PG_RETURN_GIN_TERNARY_VALUE(check[0]);
}

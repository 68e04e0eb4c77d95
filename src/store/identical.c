/*
 * identical.c
 *		metadata_identical(): whether two documents are the same, byte for byte.
 *
 * jsonb's own operators take 1 and 1.0 for equal, though they print differently.
 * Core compares bytes with *=, which is of records, and these do not survive where a
 * statement is written anew for another server.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "fmgr.h"

#include "base/compat.h"

/* Compare two values, which are read only if they are of the same length. */
static bool
same_bytes(struct varlena *a, struct varlena *b)
{
	Size		size = toast_raw_datum_size(PointerGetDatum(a));
	bool		result;
	struct varlena *x;
	struct varlena *y;

	if (size != toast_raw_datum_size(PointerGetDatum(b)))
		return false;
	x = PG_DETOAST_DATUM_PACKED(PointerGetDatum(a));
	y = PG_DETOAST_DATUM_PACKED(PointerGetDatum(b));
	result = memcmp(VARDATA_ANY(x), VARDATA_ANY(y), size - VARHDRSZ) == 0;
	if (x != a)
		pfree(x);
	if (y != b)
		pfree(y);
	return result;
}

PG_FUNCTION_INFO_V1(detmeta_identical);
/* metadata_identical(metadata, other); NULL is the same as NULL. */
Datum
detmeta_identical(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_BOOL(PG_ARGISNULL(0) && PG_ARGISNULL(1));
	PG_RETURN_BOOL(same_bytes((struct varlena *) PG_GETARG_POINTER(0),
							  (struct varlena *) PG_GETARG_POINTER(1)));
}

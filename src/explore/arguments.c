/*
 * arguments.c
 *		Arguments that functions of exploring have in common.
 */
#include "postgres.h"

#include "explore/arguments.h"

#define MAX_BUCKETS		1000

/*
 * Read the limit, argument "other" where that is given, or else argument n: -1
 * for none, or where no list could be that long.
 */
int64
detmeta_limit_argument(FunctionCallInfo fcinfo, int n, int other)
{
	if (!PG_ARGISNULL(other))
		n = other;
	if (PG_ARGISNULL(n))
		return -1;
	if (PG_GETARG_INT64(n) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_ROW_COUNT_IN_LIMIT_CLAUSE),
				 errmsg("limit must not be negative"),
				 errhint("Give NULL for no limit.")));
	return PG_GETARG_INT64(n) > PG_INT32_MAX ? -1 : PG_GETARG_INT64(n);
}

/* Read the argument buckets: 0 for no histogram. */
int
detmeta_buckets_argument(FunctionCallInfo fcinfo, int n)
{
	int			buckets;

	if (PG_ARGISNULL(n))
		return 0;
	buckets = PG_GETARG_INT32(n);
	if (buckets < 1 || buckets > MAX_BUCKETS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("buckets must be from 1 to %d, not %d", MAX_BUCKETS, buckets),
				 errhint("Give NULL for no histogram.")));
	return buckets;
}

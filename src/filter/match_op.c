/*
 * match_op.c
 *		The operators @~ and !@~, and metadata_matches().
 *
 * The filter is nearly always the same for all rows of a query, so its
 * compiled form is kept with the function call.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "base/settings.h"
#include "filter/match.h"
#include "filter/match_op.h"
#include "filter/query.h"

/* The last filter, in a memory context of its own below the call's. */
typedef struct MatchCache
{
	MemoryContext context;
	MetadataFilter *filter;
	FilterQuery *query;
} MatchCache;

/* Compile a filter into a call's cache. */
static void
fill_cache(MatchCache *cache, const MetadataFilter *filter)
{
	MemoryContext old;

	cache->filter = NULL;
	MemoryContextReset(cache->context);
	old = MemoryContextSwitchTo(cache->context);
	cache->query = NULL;
	cache->filter = palloc(VARSIZE(filter));
	memcpy(cache->filter, filter, VARSIZE(filter));
	cache->query = detmeta_query_compile(cache->filter);
	MemoryContextSwitchTo(old);
}

/* Return a filter's compiled form. */
static FilterQuery *
cached_query(FmgrInfo *flinfo, const MetadataFilter *filter)
{
	MatchCache *cache = flinfo->fn_extra;

	if (cache == NULL)
	{
		cache = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(MatchCache));
		cache->context = AllocSetContextCreate(flinfo->fn_mcxt, "metadata filter",
											   ALLOCSET_SMALL_SIZES);
		flinfo->fn_extra = cache;
	}
	if (cache->filter == NULL || cache->query == NULL ||
		VARSIZE(cache->filter) != VARSIZE(filter) ||
		memcmp(cache->filter, filter, VARSIZE(filter)) != 0)
		fill_cache(cache, filter);
	return cache->query;
}

/* Make the document that stands for none: {}. */
Jsonb *
detmeta_empty_document(void)
{
	JsonbBuilder builder = {0};

	push_jsonb(&builder, WJB_BEGIN_OBJECT, NULL);
	push_jsonb(&builder, WJB_END_OBJECT, NULL);
	return JsonbValueToJsonb(builder.result);
}

/* Check a document against a filter; a setting makes every check visible. */
static bool
match(FunctionCallInfo fcinfo, Jsonb *metadata, const MetadataFilter *filter)
{
	if (detmeta_debug_match)
		ereport(NOTICE, (errmsg("metadata filter checked on a row")));
	return detmeta_query_match(cached_query(fcinfo->flinfo, filter), metadata);
}

PG_FUNCTION_INFO_V1(detmeta_match);
/* metadata @~ filter */
Datum
detmeta_match(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(match(fcinfo, PG_GETARG_JSONB_P(0), PG_GETARG_METADATA_FILTER_P(1)));
}

PG_FUNCTION_INFO_V1(detmeta_no_match);
/* metadata !@~ filter */
Datum
detmeta_no_match(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!match(fcinfo, PG_GETARG_JSONB_P(0), PG_GETARG_METADATA_FILTER_P(1)));
}

PG_FUNCTION_INFO_V1(detmeta_matches);
/* The same as @~, but metadata NULL reads as {}; not strict. */
Datum
detmeta_matches(PG_FUNCTION_ARGS)
{
	Jsonb	   *metadata;

	if (PG_ARGISNULL(1))
		PG_RETURN_NULL();
	metadata = PG_ARGISNULL(0) ? detmeta_empty_document() : PG_GETARG_JSONB_P(0);
	PG_RETURN_BOOL(match(fcinfo, metadata, PG_GETARG_METADATA_FILTER_P(1)));
}

/*
 * options.c
 *		Options of the access method detmeta: those of GIN, and a fillfactor.
 */
#include "postgres.h"

#include "access/gin_private.h"
#include "access/reloptions.h"
#include "utils/guc.h"

#include "base/compat.h"
#include "build/options.h"

#define DEFAULT_FILLFACTOR	90
#define MIN_FILLFACTOR		10

/* GIN's functions read the options that come first. */
typedef struct IndexOptions
{
	GinOptions	gin;
	int			fillfactor;		/* of leaves of entries, in percent, when the index is built */
} IndexOptions;

static relopt_kind options_kind;

/* Make the options known; called when the module is loaded. */
void
detmeta_options_init(void)
{
	options_kind = add_reloption_kind();
	add_bool_reloption(options_kind, "fastupdate", "Enables \"fast update\" feature for this index",
					   GIN_DEFAULT_USE_FASTUPDATE, AccessExclusiveLock);
	add_int_reloption(options_kind, "gin_pending_list_limit",
					  "Maximum size of the pending list for this index, in kilobytes.",
					  -1, 64, MAX_KILOBYTES, AccessExclusiveLock);
	add_int_reloption(options_kind, "fillfactor",
					  "Packs pages of entries only to this percentage when the index is built",
					  DEFAULT_FILLFACTOR, MIN_FILLFACTOR, 100, ShareUpdateExclusiveLock);
}

/* Read the options of an index. */
bytea *
detmeta_index_options(Datum reloptions, bool validate)
{
	static const relopt_parse_elt options[] = {
		{.optname = "fastupdate",.opttype = RELOPT_TYPE_BOOL,
		.offset = offsetof(IndexOptions, gin.useFastUpdate)},
		{.optname = "gin_pending_list_limit",.opttype = RELOPT_TYPE_INT,
		.offset = offsetof(IndexOptions, gin.pendingListCleanupSize)},
		{.optname = "fillfactor",.opttype = RELOPT_TYPE_INT,
		.offset = offsetof(IndexOptions, fillfactor)}
	};

	return (bytea *) build_reloptions(reloptions, validate, options_kind, sizeof(IndexOptions),
									  options, lengthof(options));
}

/* Return how full the build leaves pages, in percent. */
int
detmeta_index_fillfactor(Relation index)
{
	return index->rd_options == NULL ? DEFAULT_FILLFACTOR :
		((IndexOptions *) index->rd_options)->fillfactor;
}

/* Say whether writes to an index are collected in its pending list. */
bool
detmeta_index_fastupdate(Relation index)
{
#ifdef USE_ASSERT_CHECKING
	return false;
#else
	return index->rd_options == NULL ? GIN_DEFAULT_USE_FASTUPDATE :
		((IndexOptions *) index->rd_options)->gin.useFastUpdate;
#endif
}

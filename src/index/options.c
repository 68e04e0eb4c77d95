/*
 * options.c
 *		Options of the operator class metadata_ops.
 */
#include "postgres.h"

#include "access/reloptions.h"
#include "fmgr.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "index/options.h"

/* The options as they are stored. */
typedef struct MetadataOptions
{
	int32		vl_len_;
	int			trigram_keys;	/* offset of the list */
	bool		array_members;
} MetadataOptions;

/* Check the list of keys when an index is made. */
static void
validate_keys(const char *value)
{
	if (value != NULL)
		(void) detmeta_trigram_keys_parse(value);
}

PG_FUNCTION_INFO_V1(detmeta_options);
/* Declare the options. */
Datum
detmeta_options(PG_FUNCTION_ARGS)
{
	local_relopts *relopts = (local_relopts *) PG_GETARG_POINTER(0);

	init_local_reloptions(relopts, sizeof(MetadataOptions));
	add_local_string_reloption(relopts, "trigram_keys",
							   "keys whose strings also get trigram entries, separated by commas",
							   NULL, validate_keys, NULL,
							   offsetof(MetadataOptions, trigram_keys));
	add_local_bool_reloption(relopts, "array_members",
							 "members of objects in arrays also get entries",
							 false, offsetof(MetadataOptions, array_members));
	PG_RETURN_VOID();
}

/* Read stored options, in the current context; NULL: there are none, as without any option. */
const EntryOptions *
detmeta_options_read(const void *stored)
{
	const MetadataOptions *from = stored;
	EntryOptions *options;

	if (from == NULL)
		return NULL;
	options = palloc0_object(EntryOptions);
	if (from->trigram_keys != 0)
		options->trigram_keys =
			detmeta_trigram_keys_parse((const char *) from + from->trigram_keys);
	options->array_members = from->array_members;
	return options;
}

/* Return the options of an index column, in the current context; NULL as above. */
const EntryOptions *
detmeta_options_of_index(Relation index, AttrNumber attnum)
{
	bytea	  **options = RelationGetIndexAttOptions(index, false);

	return options == NULL ? NULL : detmeta_options_read(options[attnum - 1]);
}

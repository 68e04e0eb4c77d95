/*
 * check_filter.c
 *		What must hold for any filter, however it was read: its text and its
 *		stored form read back as the same filter, and it compiles.
 */
#include "check_filter.h"

#include "filter/filter.h"
#include "filter/language.h"
#include "filter/print.h"
#include "index/probe.h"
#include "index/probe_match.h"

bool
same_filter(const MetadataFilter *a, const MetadataFilter *b)
{
	return VARSIZE(a) == VARSIZE(b) && memcmp(a, b, VARSIZE(a)) == 0;
}

/* Copy a filter to an allocation of its exact length, as a row would hold it. */
static MetadataFilter *
exact(const MetadataFilter *filter)
{
	return memcpy(palloc(VARSIZE(filter)), filter, VARSIZE(filter));
}

const char *
check_filter(const FilterNode *root)
{
	MetadataFilter *stored = exact(detmeta_filter_store(root));
	StringInfoData text;
	StringInfoData again;
	FilterNode *reread;

	REQUIRE(same_filter(stored, detmeta_filter_store(detmeta_filter_read(stored))));

	initStringInfo(&text);
	detmeta_filter_print(detmeta_filter_read(stored), &text);
	REQUIRE(shim_is_text(text.data, text.len));

	reread = detmeta_filter_parse(text.data);
	REQUIRE(same_filter(stored, detmeta_filter_store(reread)));
	initStringInfo(&again);
	detmeta_filter_print(reread, &again);
	REQUIRE(strcmp(text.data, again.data) == 0);

	for (int i = 0; i < 4; i++)
	{
		EntryOptions options = {.array_members = (i & 1) != 0};
		IndexQuery *iq = detmeta_index_query(stored, i >= 2, &options);

		for (int j = 0; j < iq->nprobes; j++)
		{
			StringInfoData upper;
			GinKeyRange range;

			initStringInfo(&upper);
			detmeta_probe_range(&iq->probes[j], &upper, &range);
		}
	}
	return text.data;
}

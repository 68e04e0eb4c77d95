/*
 * facet.c
 *		A filter without its own conditions on a key.
 *
 * A list of a key's values to choose from leaves out what was chosen of the same
 * key, or else only that would be left to choose:
 *
 *		status is "RUNNING" and loss < 1	without status: loss < 1
 *
 * Of conditions that all have to hold, those are left out that are on no other key.
 * One on any key stays: it was not chosen of this one.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "filter/facet.h"

/* Say whether all conditions of a node are on a key. */
static bool
is_on_key_only(const FilterNode *node, const char *key, int keylen)
{
	check_stack_depth();
	if (node->type == FILTER_CONDITION)
		return !node->any_key && node->keylen == keylen && memcmp(node->key, key, keylen) == 0;
	for (int i = 0; i < node->nchildren; i++)
	{
		if (!is_on_key_only(node->children[i], key, keylen))
			return false;
	}
	return node->nchildren > 0;
}

/* Return a filter without its conditions on a key. */
const MetadataFilter *
detmeta_filter_without_key(const MetadataFilter *filter, const char *key, int keylen)
{
	FilterNode *root = detmeta_filter_read(filter);
	List	   *kept = NIL;

	if (is_on_key_only(root, key, keylen))
		return NULL;
	if (root->type != FILTER_AND)
		return filter;
	for (int i = 0; i < root->nchildren; i++)
	{
		if (!is_on_key_only(root->children[i], key, keylen))
			kept = lappend(kept, root->children[i]);
	}
	return detmeta_filter_store(list_length(kept) == 1 ? linitial(kept) :
								detmeta_filter_group(FILTER_AND, kept));
}

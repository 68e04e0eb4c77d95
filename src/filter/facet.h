/*
 * facet.h
 *		A filter without its own conditions on a key.
 */
#ifndef DETMETA_FILTER_FACET_H
#define DETMETA_FILTER_FACET_H

#include "filter/filter.h"

/* NULL: nothing is left */
extern const MetadataFilter *detmeta_filter_without_key(const MetadataFilter *filter,
														const char *key, int keylen);

#endif							/* DETMETA_FILTER_FACET_H */

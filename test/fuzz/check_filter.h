/*
 * check_filter.h
 *		What must hold for any filter, however it was read.
 */
#ifndef DETMETA_FUZZ_CHECK_FILTER_H
#define DETMETA_FUZZ_CHECK_FILTER_H

#include "shim.h"

#include "filter/filter.h"

/* Returns the filter's text. */
extern const char *check_filter(const FilterNode *root);
extern bool same_filter(const MetadataFilter *a, const MetadataFilter *b);

#endif							/* DETMETA_FUZZ_CHECK_FILTER_H */

/*
 * filter.h
 *		The type metadata_filter, and its stored form.
 *
 * A stored filter is canonical: equal filters are equal bytes.
 */
#ifndef DETMETA_FILTER_H
#define DETMETA_FILTER_H

#include "fmgr.h"

#include "filter/build.h"

typedef struct varlena MetadataFilter;

#define DatumGetMetadataFilterP(d)	((MetadataFilter *) PG_DETOAST_DATUM(d))
#define PG_GETARG_METADATA_FILTER_P(n) DatumGetMetadataFilterP(PG_GETARG_DATUM(n))

/* between stored form and tree */
extern MetadataFilter *detmeta_filter_store(const FilterNode *root);
extern FilterNode *detmeta_filter_read(const MetadataFilter *filter);

#endif							/* DETMETA_FILTER_H */

/*
 * sample.h
 *		The documents that ANALYZE kept of a column.
 */
#ifndef DETMETA_SAMPLE_H
#define DETMETA_SAMPLE_H

#include "utils/selfuncs.h"

#include "filter/query.h"

/* Documents with the share of the column's rows that each stands for. */
typedef struct DocumentSample
{
	int			n;
	Jsonb	  **documents;
	double	   *weights;		/* their sum is the share of rows not NULL */
} DocumentSample;

extern bool detmeta_sample_read(VariableStatData *vardata, DocumentSample *sample);
extern double detmeta_sample_selectivity(const DocumentSample *sample, const FilterQuery *query);
extern double detmeta_sample_typical(const DocumentSample *sample, const char *key, int keylen,
									 FilterOp op, double rows);
extern double detmeta_typical_share(FilterOp op, double ndistinct);

#endif							/* DETMETA_SAMPLE_H */

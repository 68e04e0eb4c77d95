/*
 * probe_evaluate.h
 *		The probes of a filter, and what they find of a row combined.
 */
#ifndef DETMETA_PROBE_EVALUATE_H
#define DETMETA_PROBE_EVALUATE_H

#include "filter/query.h"
#include "index/options.h"
#include "index/probe_match.h"

/* The probes of one leaf: indexes into IndexQuery.probes. */
typedef struct LeafProbes
{
	int			holds;			/* the first of those that tell if the key is held, or -1 */
	int			nholds;
	int			tests;
	int			ntests;
} LeafProbes;

typedef struct IndexQuery
{
	const MetadataFilter *filter;	/* or NULL: the query was made of something else */
	FilterQuery *query;
	EntryOptions options;		/* of the index */
	bool		negated;		/* rows that do not satisfy the filter */
	LeafProbes *leaves;
	int			nprobes;
	int			allocated;
	Probe	   *probes;
	int			row;			/* probe of the row entry, or -1 */
	bool		any_sure;		/* it is satisfied by what any of its probes finds */
	GinTernaryValue *doubted;	/* space for answers, if absence may satisfy it */
} IndexQuery;

extern bool detmeta_index_query_wants_all(const IndexQuery *iq);
extern void detmeta_index_query_prepare(IndexQuery *iq);
extern GinTernaryValue detmeta_index_query_evaluate(const IndexQuery *iq,
													const GinTernaryValue *found);

#endif							/* DETMETA_PROBE_EVALUATE_H */

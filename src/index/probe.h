/*
 * probe.h
 *		What a filter asks of the index.
 *
 * Each test of a query becomes probes: look-ups of one entry or of a run of
 * entries.
 */
#ifndef DETMETA_PROBE_H
#define DETMETA_PROBE_H

#include "index/options.h"
#include "index/probe_evaluate.h"

extern IndexQuery *detmeta_index_query_of(FilterQuery *query, bool negated,
										  const EntryOptions *options);
extern IndexQuery *detmeta_index_query(const MetadataFilter *filter, bool negated,
									   const EntryOptions *options);

#endif							/* DETMETA_PROBE_H */

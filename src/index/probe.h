/*
 * probe.h
 *		What a filter asks of the index.
 *
 * Each test of a query becomes probes: look-ups of one entry or of a run of
 * entries.
 */
#ifndef DETMETA_PROBE_H
#define DETMETA_PROBE_H

#include "index/probe_evaluate.h"
#include "index/trigram.h"

extern IndexQuery *detmeta_index_query_of(FilterQuery *query, bool negated,
										  const TrigramKeys *trigram_keys);
extern IndexQuery *detmeta_index_query(const MetadataFilter *filter, bool negated,
									   const TrigramKeys *trigram_keys);

#endif							/* DETMETA_PROBE_H */

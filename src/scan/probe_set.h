/*
 * probe_set.h
 *		Rows that probes find, as sets: for filter_set.c.
 */
#ifndef DETMETA_PROBE_SET_H
#define DETMETA_PROBE_SET_H

#include "gin/walk.h"
#include "scan/filter_set.h"

/* Of a condition on more values, it is not tried how many entries and rows there are. */
#define MAX_ENTRIES_TRIED	8

extern TidSet *detmeta_empty_set(const SetSource *source);
extern void detmeta_add_postings(const SetSource *source, GinPostings *postings, TidSet *set);
extern void detmeta_add_probes(const SetSource *source, const IndexQuery *iq, int i, TidSet *set);
extern double detmeta_probes_size(const SetSource *source, const IndexQuery *iq, int first, int n);
extern GinWalk *detmeta_probe_walk(GinReader *reader, const Probe *probe, bool keys_only,
								   StringInfo upper);
extern bool detmeta_has_pending(const SetSource *source);

#endif							/* DETMETA_PROBE_SET_H */

/*
 * probe_set.h
 *		Rows that probes find, as sets.
 */
#ifndef DETMETA_PROBE_SET_H
#define DETMETA_PROBE_SET_H

#include "gin/tid_set.h"
#include "gin/walk.h"
#include "index/probe_evaluate.h"

/* Of a condition on more values, it is not tried how many entries and rows there are. */
#define MAX_ENTRIES_TRIED	8

/* Rows of the pending list, read once for a scan. */
typedef struct PendingRows PendingRows;

/* What sets are computed from and for. */
typedef struct SetSource
{
	GinReader  *reader;
	const PendingRows *pending;
	BlockNumber first;			/* slice of heap blocks; the end is not included */
	BlockNumber end;
	MemoryContext context;		/* of the sets */
	const TidSet *within;		/* rows outside it are not wanted; or NULL */
} SetSource;

extern PendingRows *detmeta_pending_rows(GinReader *reader);
extern void detmeta_pending_key_rows(const PendingRows *pending, TidSet *set);

extern TidSet *detmeta_empty_set(const SetSource *source);
extern TidSet *detmeta_entry_set(const SetSource *source, const char *entry, int len);
extern TidSet *detmeta_all_rows_set(const SetSource *source);
extern void detmeta_add_postings(const SetSource *source, GinPostings *postings, TidSet *set);
extern void detmeta_add_probes(const SetSource *source, const IndexQuery *iq, int i, TidSet *set);
extern double detmeta_probes_size(const SetSource *source, const IndexQuery *iq, int first, int n);
extern GinWalk *detmeta_probe_walk(GinReader *reader, const Probe *probe, bool keys_only,
								   StringInfo upper);
extern bool detmeta_probe_finds_any(GinReader *reader, const Probe *probe);
extern bool detmeta_has_pending(const SetSource *source);

#endif							/* DETMETA_PROBE_SET_H */

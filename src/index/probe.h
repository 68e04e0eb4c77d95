/*
 * probe.h
 *		What a filter asks of the index.
 *
 * Each test of a query becomes probes: look-ups of one entry or of a run of
 * entries.  A probe is sure when every row it finds passes the test; an unsure
 * one finds rows whose cut values hide the answer, and only those are
 * rechecked.
 */
#ifndef DETMETA_PROBE_H
#define DETMETA_PROBE_H

#include "filter/query.h"
#include "gin/entries.h"
#include "index/trigram.h"

typedef enum ProbeType
{
	PROBE_EXACT,				/* the entry itself */
	PROBE_PREFIX,				/* entries that begin with it */
	PROBE_RANGE,				/* of one key and tag, payload within bounds */
	PROBE_WALK					/* of one key and tag, text that passes a test */
} ProbeType;

typedef struct Probe
{
	ProbeType	type;
	bool		sure;
	const char *entry;			/* the first entry to look at */
	int			len;
	int			prefix_len;		/* all but PROBE_EXACT: bytes that entries share */
	int			nall;			/* if not 1: this many probes, from this on, have to
								 * find a row together; 0 for all but the first */
	const ValueTest *test;		/* PROBE_RANGE: bounds; PROBE_WALK: test on text */
	bool		maybe;			/* PROBE_WALK: texts that may pass it, for being cut */
} Probe;

/* The probes of one leaf: indexes into IndexQuery.probes. */
typedef struct LeafProbes
{
	int			holds;			/* first of HOLDS_PROBES, or -1 */
	int			tests;
	int			ntests;
} LeafProbes;

/* has(key) is any of the kinds false, true, number, date, string, array, object. */
#define HOLDS_PROBES	(META_OBJECT - META_FALSE + 1)

typedef struct IndexQuery
{
	const MetadataFilter *filter;
	FilterQuery	   *query;
	const TrigramKeys *trigram_keys;	/* of the index, or NULL */
	bool		negated;		/* rows that do not satisfy the filter */
	LeafProbes *leaves;
	int			nprobes;
	int			allocated;
	Probe	   *probes;
	int			row;			/* probe of the row entry, or -1 */
	bool		any_sure;		/* it is satisfied by what any of its probes finds */
	GinTernaryValue *doubted;	/* space for answers, if absence may satisfy it */
} IndexQuery;

extern IndexQuery *detmeta_index_query(const MetadataFilter *filter, bool negated,
									   const TrigramKeys *trigram_keys);
extern bool detmeta_probe_range(const Probe *probe, StringInfo upper, GinKeyRange *range);
extern int	detmeta_probe_compare(const Probe *probe, const char *entry, int len);

/* index/probe_evaluate.c */
extern bool detmeta_index_query_wants_all(const IndexQuery *iq);
extern void detmeta_index_query_prepare(IndexQuery *iq);
extern GinTernaryValue detmeta_index_query_evaluate(const IndexQuery *iq,
													const GinTernaryValue *found);

#endif							/* DETMETA_PROBE_H */

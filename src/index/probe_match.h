/*
 * probe_match.h
 *		A probe of the index, and which entries it finds.
 *
 * A probe is sure when every row it finds passes the test; an unsure one finds
 * rows whose cut values hide the answer, and only those are rechecked.
 */
#ifndef DETMETA_PROBE_MATCH_H
#define DETMETA_PROBE_MATCH_H

#include "lib/stringinfo.h"

#include "filter/value_test.h"
#include "gin/entries.h"

typedef enum ProbeType
{
	PROBE_EXACT,				/* the entry itself */
	PROBE_PREFIX,				/* entries that begin with it */
	PROBE_RANGE,				/* of one key and tag, payload within bounds */
	PROBE_WALK,					/* of one key and tag, text that passes a test */
	PROBE_ANY_KEY				/* of any key, see "parts" */
} ProbeType;

typedef struct Probe
{
	ProbeType	type;
	bool		sure;
	const char *entry;			/* the first entry to look at */
	int			len;
	int			prefix_len;		/* all but PROBE_EXACT: bytes that entries share; PROBE_WALK: those
								 * before the text, whose first bytes may be shared too */
	int			nall;			/* if not 1: this many probes, from this on, have to find a row
								 * together; 0 for all but the first */
	const ValueTest *test;		/* PROBE_RANGE: bounds; PROBE_WALK: test on text */
	bool		maybe;			/* PROBE_WALK: texts that may pass it, for being cut */

	/*
	 * PROBE_ANY_KEY: it finds an entry where one of these finds what is behind the entry's key,
	 * from the zero byte on.  Those of single entries come first, in their order.
	 */
	const struct Probe *parts;
	int			nparts;
	int			nexact;
} Probe;

/* Say whether a probe of any key is one of entries of the classes key and flag. */
static inline bool
detmeta_probe_is_of_keys(const Probe *probe)
{
	return probe->entry[1] == '\0';
}

extern bool detmeta_probe_range(const Probe *probe, StringInfo upper, GinKeyRange *range);
extern int	detmeta_probe_compare(const Probe *probe, const char *entry, int len);

#endif							/* DETMETA_PROBE_MATCH_H */

/*
 * probe_add.h
 *		Add probes to those of a filter: for the files that know what tests ask.
 */
#ifndef DETMETA_PROBE_ADD_H
#define DETMETA_PROBE_ADD_H

#include "lib/stringinfo.h"

#include "filter/query.h"
#include "index/entry.h"
#include "index/probe_evaluate.h"

/* Classes of entries that a leaf's tests look at: from the first to the last. */
static inline int
first_class(const Leaf *leaf)
{
	return leaf->places == PLACES_ELEMENTS ? TAG_ELEMENT : TAG_VALUE;
}

static inline int
last_class(const IndexQuery *iq, const Leaf *leaf)
{
	if (leaf->in_arrays && iq->options.array_members)
		return TAG_MEMBER;
	return leaf->places == PLACES_VALUE ? TAG_VALUE : TAG_ELEMENT;
}

static inline int
next_class(int class)
{
	return class == TAG_ELEMENT ? TAG_MEMBER : class + TAG_ELEMENT - TAG_VALUE;
}

/* Say whether the index knows a leaf's key exactly. */
static inline bool
key_is_exact(const Leaf *leaf)
{
	return leaf->keylen <= ENTRY_MAX_KEY;
}

/* Add a probe that starts at an entry, which is the probe's from now on. */
extern Probe *detmeta_probe_add(IndexQuery *iq, ProbeType type, StringInfo entry, bool sure);

/* Begin an entry of a leaf's key. */
extern void detmeta_probe_begin_entry(const Leaf *leaf, int tag, StringInfo entry);

/* Add the probe of an entry without payload, and of that of a value. */
extern void detmeta_probe_add_entry(IndexQuery *iq, const Leaf *leaf, int tag, bool sure);
extern void detmeta_probe_add_value(IndexQuery *iq, const Leaf *leaf, int class,
									const MetaValue *value);

#endif							/* DETMETA_PROBE_ADD_H */

/*
 * any_key.h
 *		The keys of an index for a probe of any key.
 */
#ifndef DETMETA_ANY_KEY_H
#define DETMETA_ANY_KEY_H

#include "gin/walk.h"
#include "index/probe_match.h"

/* A walk over the keys, those that are cut included. */
typedef struct AnyKey
{
	GinReader  *reader;
	GinWalk    *walk;
	bool		valid;			/* is there an entry that was not yet looked at? */
	GinEntry	entry;
	StringInfoData key;			/* the current key as entries have it */
	uint32		tags;			/* of it, in the class key; a bit for each */
	bool		has_tree;		/* so many rows that an entry has a tree of them */
} AnyKey;

extern void detmeta_any_key_begin(AnyKey *keys, GinReader *reader);
extern bool detmeta_any_key_next(AnyKey *keys);
extern void detmeta_any_key_end(AnyKey *keys);

/*
 * The probe of the current key that a part of one of any key stands for; its
 * entry is to be freed.
 */
extern bool detmeta_any_key_has(const AnyKey *keys, const Probe *part);
extern Probe detmeta_any_key_probe(const AnyKey *keys, const Probe *part);

#endif							/* DETMETA_ANY_KEY_H */

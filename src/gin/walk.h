/*
 * walk.h
 *		Walk a range of entries of a GIN index forward or backward.
 */
#ifndef DETMETA_GIN_WALK_H
#define DETMETA_GIN_WALK_H

#include "access/sdir.h"

#include "gin/entries.h"

/* an entry that a walk has come to; valid until the walk's next step */
typedef struct GinEntry
{
	const char *key;
	int			keylen;
	bool		in_tree;		/* has it a posting tree? */
	int			ntids;			/* else so many TIDs */
	bool		counted;		/* which are proven, and not in the list */
	GinPostings postings;		/* no list if the walk is for keys only */
} GinEntry;

/*
 * Tells whether a walk is to return an entry.  Called for a page's entries in
 * turn while no page is locked.  Must not use the reader.
 */
typedef bool (*GinKeyMatch) (const char *key, int keylen, void *arg);

typedef struct GinWalk GinWalk;

/* match may be NULL; the range's bytes must stay until the walk ends */
extern GinWalk *detmeta_gin_walk_begin(GinReader *reader, const GinKeyRange *range,
									   ScanDirection direction, bool keys_only,
									   GinKeyMatch match, void *arg);
extern bool detmeta_gin_walk_next(GinWalk *walk, GinEntry *entry);
extern void detmeta_gin_walk_restrict(GinWalk *walk, const TidSet *only);
extern void detmeta_gin_walk_count(GinWalk *walk);
extern void detmeta_gin_walk_end(GinWalk *walk);

#endif							/* DETMETA_GIN_WALK_H */

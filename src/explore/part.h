/*
 * part.h
 *		The state of an aggregate that counts a part of a relation's rows.
 *
 * To SQL it is a jsonb: the part (explore/explore_source.h), so that it can go to another
 * process or server.  Between rows it is an expanded object with the state of its kind.
 */
#ifndef DETMETA_EXPLORE_PART_H
#define DETMETA_EXPLORE_PART_H

#include "fmgr.h"

#include "explore/source.h"

typedef struct Part Part;

/* Begin a part, in a memory context below the parent. */
extern Part *detmeta_part_create(Jsonb *request, MemoryContext parent);

/* The part that is an argument; begun anew, if it is not as it was left here. */
extern Part *detmeta_part_argument(Datum part, MemoryContext parent);
extern Part *detmeta_part_to_read(Datum datum);
extern Datum detmeta_part_datum(Part *part);

/* Its kind's state, which is about to change. */
extern void *detmeta_part_state(Part *part, const ExploreKind *kind);
extern const ExploreKind *detmeta_part_kind(const Part *part);
extern void detmeta_part_add(Part *part, Jsonb *other);

#endif							/* DETMETA_EXPLORE_PART_H */

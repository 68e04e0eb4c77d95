/*
 * source.h
 *		Read the metadata of a relation: from its indexes where that is allowed
 *		and possible, else from its rows.
 */
#ifndef DETMETA_EXPLORE_SOURCE_H
#define DETMETA_EXPLORE_SOURCE_H

#include "explore/explore_source.h"

/*
 * Read all of a relation's metadata that the caller may see and that is
 * selected.  Each of its visible rows is met once: by the visitor of indexes, by
 * that of documents, or in a part.
 */
extern void detmeta_explore(const ExploreSource *source);

#endif							/* DETMETA_EXPLORE_SOURCE_H */

/*
 * find.h
 *		Values of any key whose text contains what is searched.
 */
#ifndef DETMETA_EXPLORE_FIND_H
#define DETMETA_EXPLORE_FIND_H

#include "explore/source.h"

extern const ExploreKind detmeta_explore_find;

#endif							/* DETMETA_EXPLORE_FIND_H */

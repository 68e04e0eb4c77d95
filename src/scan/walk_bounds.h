/*
 * walk_bounds.h
 *		What conditions on a key say of a walk in the order of that key.
 */
#ifndef DETMETA_WALK_BOUNDS_H
#define DETMETA_WALK_BOUNDS_H

#include "scan/filter_set.h"

extern bool detmeta_walk_is_bounded(const SetCondition *condition, const char *key, int keylen);
extern bool detmeta_walk_bounds(const SetCondition *condition, const char *key, int keylen,
								MetaKind kind, GinKeyRange *range);

#endif							/* DETMETA_WALK_BOUNDS_H */

/*
 * walk.h
 *		Visit every entry of a GIN index.
 */
#ifndef DETMETA_CHECK_WALK_H
#define DETMETA_CHECK_WALK_H

#include "check/pending.h"

extern bool detmeta_check_walk(IndexCheck *check, uint64 from, uint64 end,
							   CheckVisitor visitor, void *arg);

#endif							/* DETMETA_CHECK_WALK_H */

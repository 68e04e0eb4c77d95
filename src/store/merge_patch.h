/*
 * merge_patch.h
 *		RFC 7396 merge patches of JSON objects.
 */
#ifndef DETMETA_MERGE_PATCH_H
#define DETMETA_MERGE_PATCH_H

#include "utils/jsonb.h"

/* Patch target, where NULL stands for {}; the patch must be an object. */
extern Jsonb *detmeta_merge_patch(Jsonb *target, Jsonb *patch);

#endif							/* DETMETA_MERGE_PATCH_H */

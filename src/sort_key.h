/*
 * sort_key.h
 *		The sort key of a document's value.
 */
#ifndef DETMETA_SORT_KEY_H
#define DETMETA_SORT_KEY_H

#include "utils/jsonb.h"

extern bool detmeta_sort_key(Jsonb *metadata, const char *key, int keylen, StringInfo out);

#endif							/* DETMETA_SORT_KEY_H */

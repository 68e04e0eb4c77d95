/*
 * sort_key.h
 *		The sort key of a document's value.
 */
#ifndef DETMETA_SORT_KEY_H
#define DETMETA_SORT_KEY_H

#include "utils/jsonb.h"

/* metadata_sort() */
extern Datum detmeta_sort(PG_FUNCTION_ARGS);

extern bool detmeta_sort_key(Jsonb *metadata, const char *key, int keylen, StringInfo out);

#endif							/* DETMETA_SORT_KEY_H */

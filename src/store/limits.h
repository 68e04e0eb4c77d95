/*
 * limits.h
 *		What a document must be in order to be posted.
 */
#ifndef DETMETA_LIMITS_H
#define DETMETA_LIMITS_H

#include "utils/jsonb.h"

/* Raise an error that names the key and the limit, unless all is well. */
extern void detmeta_check_document(Jsonb *document);

/* The same for nesting and the number of keys alone. */
extern void detmeta_check_size(Jsonb *document);

#endif							/* DETMETA_LIMITS_H */

/*
 * container.h
 *		Arrays and objects as whole values.
 */
#ifndef DETMETA_CONTAINER_H
#define DETMETA_CONTAINER_H

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

extern void detmeta_container_encode(JsonbContainer *container, StringInfo out);
extern Jsonb *detmeta_container_normalize(JsonbContainer *container);

#endif							/* DETMETA_CONTAINER_H */

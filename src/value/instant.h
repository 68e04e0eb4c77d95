/*
 * instant.h
 *		Instants as text, also of years that RFC 3339 cannot write.
 */
#ifndef DETMETA_INSTANT_H
#define DETMETA_INSTANT_H

#include "lib/stringinfo.h"

extern void detmeta_instant_print(int64 instant, StringInfo out);
extern bool detmeta_instant_read(const char *text, int len, int64 *instant);

#endif							/* DETMETA_INSTANT_H */

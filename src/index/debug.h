/*
 * debug.h
 *		Entries as text.
 */
#ifndef DETMETA_INDEX_DEBUG_H
#define DETMETA_INDEX_DEBUG_H

#include "lib/stringinfo.h"

extern void detmeta_entry_print(const char *entry, int len, StringInfo out);
extern bool detmeta_entry_describe(const char *entry, int len, StringInfo out);

#endif							/* DETMETA_INDEX_DEBUG_H */

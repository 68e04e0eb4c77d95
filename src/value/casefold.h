/*
 * casefold.h
 *		Unicode case folding.
 */
#ifndef DETMETA_CASEFOLD_H
#define DETMETA_CASEFOLD_H

#include "lib/stringinfo.h"

extern void detmeta_casefold(const char *text, int len, StringInfo out);

#endif							/* DETMETA_CASEFOLD_H */

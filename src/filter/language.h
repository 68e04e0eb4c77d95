/*
 * language.h
 *		The filter language.
 */
#ifndef DETMETA_FILTER_LANGUAGE_H
#define DETMETA_FILTER_LANGUAGE_H

#include "filter/build.h"

extern FilterNode *detmeta_filter_parse(const char *text);

#endif							/* DETMETA_FILTER_LANGUAGE_H */

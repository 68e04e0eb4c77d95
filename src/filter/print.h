/*
 * print.h
 *		Filters as canonical text.
 */
#ifndef DETMETA_FILTER_PRINT_H
#define DETMETA_FILTER_PRINT_H

#include "lib/stringinfo.h"

#include "filter/build.h"

extern void detmeta_filter_print(const FilterNode *root, StringInfo out);

#endif							/* DETMETA_FILTER_PRINT_H */

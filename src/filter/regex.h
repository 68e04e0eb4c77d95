/*
 * regex.h
 *		Regular expressions, as tests of a leaf.
 */
#ifndef DETMETA_REGEX_H
#define DETMETA_REGEX_H

#include "filter/leaf.h"

extern void detmeta_regex_validate(const char *bytes, int len);
extern void detmeta_leaf_add_regex(Leaf *leaf, const char *bytes, int len);

#endif							/* DETMETA_REGEX_H */

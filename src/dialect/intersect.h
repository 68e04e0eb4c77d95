/*
 * intersect.h
 *		Two conditions on one value as one.
 */
#ifndef DETMETA_DIALECT_INTERSECT_H
#define DETMETA_DIALECT_INTERSECT_H

#include "filter/leaf.h"

/* Return the one of two lower, or upper, bounds that leaves less. */
extern Bound detmeta_inner_bound(Bound a, Bound b, bool is_low);

/* false: the leaves are not on one value, or their tests are not of kinds that can be joined. */
extern bool detmeta_leaf_intersect(const Leaf *a, const Leaf *b, Leaf *both);

/* Of values that pass either; "negated": those that do not pass the leaf. */
extern bool detmeta_leaf_unite(const Leaf *a, const Leaf *b, Leaf *either, bool *negated);

#endif							/* DETMETA_DIALECT_INTERSECT_H */

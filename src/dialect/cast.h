/*
 * cast.h
 *		Comparisons of values in the metadata that are cast to another type.
 */
#ifndef DETMETA_DIALECT_CAST_H
#define DETMETA_DIALECT_CAST_H

#include "dialect/compare.h"

/* Read  (path ->> key)::type  and  (path -> key)::type; false: the expression is none. */
extern bool detmeta_cast_read(Dialect *dialect, Node *node, DocumentPath *path, Oid *type);
extern Truth detmeta_compare_cast(Dialect *dialect, const DocumentPath *path, Oid type,
								  const Comparison *comparison);

/* Let a leaf put in doubt the numbers whose cast to a type fails. */
extern void detmeta_leaf_add_failing_numbers(Leaf *leaf, Oid cast);
extern Truth detmeta_truth_of_held_cast(Dialect *dialect, const DocumentPath *path, Oid cast);
extern Truth detmeta_truth_of_boolean(Dialect *dialect, const DocumentPath *path);

#endif							/* DETMETA_DIALECT_CAST_H */

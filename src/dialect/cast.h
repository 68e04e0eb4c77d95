/*
 * cast.h
 *		Comparisons of values in the metadata that are cast to another type.
 */
#ifndef DETMETA_DIALECT_CAST_H
#define DETMETA_DIALECT_CAST_H

#include "dialect/compare.h"

/* Read  (path ->> key)::type  and  (path -> key)::type; false: the expression is none. */
extern bool detmeta_cast_read(Dialect *dialect, Node *node, Path *path, Oid *type);
extern Truth detmeta_compare_cast(Dialect *dialect, const Path *path, Oid type,
								  const Comparison *comparison);
extern Truth detmeta_truth_of_boolean(Dialect *dialect, const Path *path);

#endif							/* DETMETA_DIALECT_CAST_H */

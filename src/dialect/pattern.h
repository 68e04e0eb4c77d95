/*
 * pattern.h
 *		Texts in the metadata that match a pattern.
 */
#ifndef DETMETA_DIALECT_PATTERN_H
#define DETMETA_DIALECT_PATTERN_H

#include "dialect/truth.h"

/* LIKE, or ILIKE; without a collation, the text is folded before it is matched. */
extern Truth detmeta_match_like(Dialect *dialect, const DocumentPath *path, const text *pattern,
								bool ignores_case, Oid collation);
extern Truth detmeta_match_prefix(Dialect *dialect, const DocumentPath *path, const text *prefix);
extern Truth detmeta_match_folded(Dialect *dialect, const DocumentPath *path, const text *value);

#endif							/* DETMETA_DIALECT_PATTERN_H */

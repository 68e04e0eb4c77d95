/*
 * contain.h
 *		Containment and existence:  @>  <@  ?  ?|  ?&
 */
#ifndef DETMETA_DIALECT_CONTAIN_H
#define DETMETA_DIALECT_CONTAIN_H

#include "dialect/truth.h"

extern Truth detmeta_truth_contains(Dialect *dialect, const DocumentPath *path, Jsonb *part);
extern Truth detmeta_truth_is_contained(Dialect *dialect, const DocumentPath *path, Jsonb *whole);
extern Truth detmeta_truth_exists(Dialect *dialect, const DocumentPath *path, text **names, int n,
								  bool all);

#endif							/* DETMETA_DIALECT_CONTAIN_H */

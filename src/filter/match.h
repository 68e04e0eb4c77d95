/*
 * match.h
 *		A filter against a document.
 */
#ifndef DETMETA_MATCH_H
#define DETMETA_MATCH_H

#include "filter/query.h"

extern bool detmeta_query_match(const FilterQuery *query, Jsonb *metadata);

#endif							/* DETMETA_MATCH_H */

/*
 * query.h
 *		Read the metadata of a relation by a query, with the caller's rights.
 */
#ifndef DETMETA_EXPLORE_QUERY_H
#define DETMETA_EXPLORE_QUERY_H

#include "base/compat.h"
#include "explore/explore_source.h"

/* The rows of a relation, which are visited. */
extern void detmeta_explore_by_query(const ExploreSource *source, Oid relid);

/* The part of a relation, which is added: counted wherever its rows are. */
extern void detmeta_explore_part(const ExploreSource *source, Oid relid);

/* Push the members of a request. */
extern void detmeta_explore_push_request(const ExploreKind *kind, const void *arg,
										 JsonbBuilder *out);

#endif							/* DETMETA_EXPLORE_QUERY_H */

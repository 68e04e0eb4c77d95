/*
 * gin_index.h
 *		Is an index one of GIN's, by its own access method or by one that uses its functions?
 */
#ifndef DETMETA_GIN_INDEX_H
#define DETMETA_GIN_INDEX_H

#include "access/amapi.h"
#include "access/gin_private.h"
#include "nodes/pathnodes.h"
#include "utils/index_selfuncs.h"
#include "utils/rel.h"

/* The pages of an index are GIN's. */
static inline bool
detmeta_index_is_gin(Relation index)
{
	return index->rd_rel->relkind == RELKIND_INDEX &&
		index->rd_indam->ambulkdelete == ginbulkdelete;
}

/* The same of an index that the planner knows. */
static inline bool
detmeta_index_info_is_gin(const IndexOptInfo *index)
{
	return index->amcostestimate == (void *) gincostestimate;
}

#endif							/* DETMETA_GIN_INDEX_H */

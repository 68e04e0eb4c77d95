/*
 * insert.h
 *		Insert a row into an index of the access method detmeta.
 */
#ifndef DETMETA_BUILD_INSERT_H
#define DETMETA_BUILD_INSERT_H

#include "access/amapi.h"
#include "nodes/execnodes.h"

extern bool detmeta_insert(Relation index, Datum *values, bool *isnull, ItemPointer tid,
						   Relation heap, IndexUniqueCheck check_unique, bool index_unchanged,
						   struct IndexInfo *info);

#endif							/* DETMETA_BUILD_INSERT_H */

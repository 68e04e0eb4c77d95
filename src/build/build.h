/*
 * build.h
 *		Build an index of the access method detmeta.
 */
#ifndef DETMETA_BUILD_H
#define DETMETA_BUILD_H

#include "access/amapi.h"
#include "nodes/execnodes.h"

/* The phases that pg_stat_progress_create_index shows, besides that of reading the table. */
#define BUILD_PHASE_READ	2
#define BUILD_PHASE_WRITE	3

extern IndexBuildResult *detmeta_build(Relation heap, Relation index, struct IndexInfo *info);

#endif							/* DETMETA_BUILD_H */

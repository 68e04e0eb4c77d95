/*
 * aggregate.h
 *		Functions by whose code the planner knows metadata_part().
 */
#ifndef DETMETA_EXPLORE_AGGREGATE_H
#define DETMETA_EXPLORE_AGGREGATE_H

#include "fmgr.h"

extern Datum detmeta_part_add_row(PG_FUNCTION_ARGS);
extern Datum detmeta_part_add_keyed_row(PG_FUNCTION_ARGS);
extern Datum detmeta_part_of(PG_FUNCTION_ARGS);

#endif							/* DETMETA_EXPLORE_AGGREGATE_H */

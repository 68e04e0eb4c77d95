/*
 * predicate.h
 *		The functions metadata_is() and its sisters, for the planner.
 */
#ifndef DETMETA_PREDICATE_H
#define DETMETA_PREDICATE_H

#include "fmgr.h"

#include "filter/filter.h"

extern bool detmeta_predicate_op(PGFunction code, FilterOp *op);

/* metadata_matches(), whose filter is an argument */
extern Datum detmeta_matches(PG_FUNCTION_ARGS);

#endif							/* DETMETA_PREDICATE_H */

/*
 * predicate.h
 *		The functions metadata_is() and its sisters, for the planner.
 */
#ifndef DETMETA_PREDICATE_H
#define DETMETA_PREDICATE_H

#include "fmgr.h"

#include "filter/build.h"

extern bool detmeta_predicate_op(PGFunction code, FilterOp *op);

#endif							/* DETMETA_PREDICATE_H */

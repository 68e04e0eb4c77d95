/*
 * arguments.h
 *		Arguments that functions of exploring have in common.
 */
#ifndef DETMETA_EXPLORE_ARGUMENTS_H
#define DETMETA_EXPLORE_ARGUMENTS_H

#include "fmgr.h"

/* How many rows are returned at most; -1: there is no limit. */
extern int64 detmeta_limit_argument(FunctionCallInfo fcinfo, int n, int other);

/* How many ranges there are to be, from 1 to 1000; 0: none, as it is NULL. */
extern int	detmeta_buckets_argument(FunctionCallInfo fcinfo, int n);

#endif							/* DETMETA_EXPLORE_ARGUMENTS_H */

/*
 * filter_set.h
 *		Conditions as sets of TIDs, computed from the index alone.
 */
#ifndef DETMETA_FILTER_SET_H
#define DETMETA_FILTER_SET_H

#include "gin/scope.h"
#include "gin/tid_set.h"
#include "scan/probe_set.h"

/*
 * The rows that satisfy a condition.  Where cut values hide the answer, those
 * in "possible" but not in "sure" have to be rechecked; else "possible" is
 * NULL, for the same as "sure".
 */
typedef struct FilterSet
{
	TidSet	   *sure;
	TidSet	   *possible;
} FilterSet;

/* A condition of a scan: and/or over filters. */
typedef struct SetCondition
{
	BoolExprType type;			/* of a condition with children */
	int			nchildren;
	struct SetCondition **children;
	const IndexQuery *iq;		/* of one without: on the metadata, */
	GinScope   *scope;			/* or on another column; neither: no row satisfies it */
	const FilterSet *known;		/* it is this set, and nothing else */
} SetCondition;

extern FilterSet detmeta_filter_set(const SetSource *source, const SetCondition *condition);
extern void detmeta_filter_set_free(FilterSet *set);

#endif							/* DETMETA_FILTER_SET_H */

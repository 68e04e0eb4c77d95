/*
 * set_memo.h
 *		The set of a filter, remembered for a second scan under one snapshot.
 */
#ifndef DETMETA_SET_MEMO_H
#define DETMETA_SET_MEMO_H

#include "scan/filter_set.h"
#include "scan/set_scan.h"

extern void detmeta_set_memo_begin(Snapshot snapshot);
extern bool detmeta_set_memo_is_wanted(Snapshot snapshot);

/* detmeta_filter_set(), unless its result is remembered */
extern FilterSet detmeta_set_memo_compute(const SetScan *scan, const SetSource *source,
										  const SetCondition *condition);

#endif							/* DETMETA_SET_MEMO_H */

/*
 * condition_count.h
 *		Count the rows of a condition by adding up entries, without any set.
 */
#ifndef DETMETA_CONDITION_COUNT_H
#define DETMETA_CONDITION_COUNT_H

#include "gin/count.h"
#include "scan/filter_set.h"
#include "scan/key_reader.h"

/* Say whether every row holds a key with a value of "held" or a later kind; false: perhaps. */
extern bool detmeta_key_is_everywhere(const SetSource *source, const KeyReader *key, MetaKind held);

extern bool detmeta_condition_is_entry(const SetSource *source, const SetCondition *condition);
extern bool detmeta_condition_count(const SetSource *source, const SetCondition *condition,
									GinTidsCallback callback, void *arg, int64 *others, int64 *n);

#endif							/* DETMETA_CONDITION_COUNT_H */

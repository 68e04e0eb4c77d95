/*
 * keys.h
 *		Keys, their types and counts, as rows.
 */
#ifndef DETMETA_EXPLORE_KEYS_H
#define DETMETA_EXPLORE_KEYS_H

#include "explore/source.h"
#include "explore/tally.h"

/* key text, type text, runs bigint */
#define KEY_COUNT_COLUMNS	3

/* Of a Tally of keys as explore/document.h has them. */
extern const ExploreKind detmeta_explore_keys;

extern void detmeta_key_count_columns(const TallyItem *item, Datum *values);

#endif							/* DETMETA_EXPLORE_KEYS_H */

/*
 * keys.h
 *		Keys, their types and counts, as rows.
 */
#ifndef DETMETA_EXPLORE_KEYS_H
#define DETMETA_EXPLORE_KEYS_H

#include "explore/tally.h"

/* key text, type text, runs bigint */
#define KEY_COUNT_COLUMNS	3

extern void detmeta_key_count_columns(const TallyItem *item, Datum *values);

#endif							/* DETMETA_EXPLORE_KEYS_H */

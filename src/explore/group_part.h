/*
 * group_part.h
 *		Groups of runs as a part of an exploration.
 */
#ifndef DETMETA_EXPLORE_GROUP_PART_H
#define DETMETA_EXPLORE_GROUP_PART_H

#include "explore/group_row.h"
#include "explore/source.h"

/* Of a Grouping. */
extern const ExploreKind detmeta_explore_groups;

/* Read an array's elements of the argument "by". */
extern void detmeta_group_read_by(Grouping *grouping, char **texts, int n);

/* Find a relation's primary key for a part that was begun; returns its columns' names. */
extern List *detmeta_group_find_key(Grouping *grouping, Oid relid);

/* Take a row into account whose key is given as texts; NULL: it has none. */
extern void detmeta_group_keyed_document(Grouping *grouping, Jsonb *metadata, char **key, int n);

#endif							/* DETMETA_EXPLORE_GROUP_PART_H */

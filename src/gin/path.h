/*
 * path.h
 *		Ways down the entry tree of a GIN index, and leaves between two of them.
 */
#ifndef DETMETA_GIN_PATH_H
#define DETMETA_GIN_PATH_H

#include "gin/reader.h"

/* the way down to a leaf: on each inner page, the child taken */
#define GIN_MAX_DEPTH	16
typedef struct GinPath
{
	int			depth;
	BlockNumber block[GIN_MAX_DEPTH];
	OffsetNumber child[GIN_MAX_DEPTH];
	int			nchildren[GIN_MAX_DEPTH];
} GinPath;

extern void detmeta_gin_path_note(GinPath *path, Buffer buffer, OffsetNumber child);
extern Buffer detmeta_gin_find_leaf_between(GinReader *reader, const GinPath *from,
											const GinPath *to, double fraction, GinPath *way);

#endif							/* DETMETA_GIN_PATH_H */

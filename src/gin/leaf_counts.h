/*
 * leaf_counts.h
 *		How many TIDs leaves of posting trees had when they were counted last.
 */
#ifndef DETMETA_LEAF_COUNTS_H
#define DETMETA_LEAF_COUNTS_H

#include "gin/reader.h"

extern int	detmeta_leaf_count(const GinReader *reader, Buffer leaf,
							   const GinPostingList *segment, const char *end);

#endif							/* DETMETA_LEAF_COUNTS_H */

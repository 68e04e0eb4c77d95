/*
 * heap_assumed.h
 *		All rows of a table assumed to be proven visible, to be confirmed later.
 */
#ifndef DETMETA_HEAP_ASSUMED_H
#define DETMETA_HEAP_ASSUMED_H

#include "gin/reader.h"

/* Assume it from here on; false: it is not so, or could not be confirmed. */
extern bool detmeta_gin_assume_heap(GinReader *reader);

/* Assume it no longer; say whether it held all the while. */
extern bool detmeta_gin_confirm_heap(GinReader *reader);

#endif							/* DETMETA_HEAP_ASSUMED_H */

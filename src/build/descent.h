/*
 * descent.h
 *		Descend a tree of a GIN index, to insert into it.
 */
#ifndef DETMETA_BUILD_DESCENT_H
#define DETMETA_BUILD_DESCENT_H

#include "access/gin_private.h"

/*
 * A path is what core has as a stack: pages from a leaf up to the root, all pinned, and
 * none locked but the lowest where it is said.
 */
extern GinBtreeStack *detmeta_path_begin(GinBtree btree);
extern GinBtreeStack *detmeta_path_push(GinBtreeStack *path, Relation index, BlockNumber block);
extern GinBtreeStack *detmeta_path_pop(GinBtreeStack *path);
extern GinBtreeStack *detmeta_path_copy(const GinBtreeStack *path);

/* Returns the leaf, locked for changes, with its path. */
extern GinBtreeStack *detmeta_find_leaf(GinBtree btree, GinBtreeStack *path);

#endif							/* DETMETA_BUILD_DESCENT_H */

/*
 * path_read.h
 *		Read paths into the metadata, as core's operators write them.
 */
#ifndef DETMETA_DIALECT_PATH_READ_H
#define DETMETA_DIALECT_PATH_READ_H

#include "dialect/path.h"

/* false: the expression is no path. */
extern bool detmeta_path_read(Dialect *dialect, Node *node, DocumentPath *path);

#endif							/* DETMETA_DIALECT_PATH_READ_H */

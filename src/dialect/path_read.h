/*
 * path_read.h
 *		Read paths into the metadata, as core's operators write them.
 */
#ifndef DETMETA_DIALECT_PATH_READ_H
#define DETMETA_DIALECT_PATH_READ_H

#include "dialect/path.h"

/* false: the expression is no path. */
extern bool detmeta_path_read(Dialect *dialect, Node *node, DocumentPath *path);

/* Of the arguments of a function that takes a JSON path. */
extern bool detmeta_json_path_has_defaults(const List *args);

#endif							/* DETMETA_DIALECT_PATH_READ_H */

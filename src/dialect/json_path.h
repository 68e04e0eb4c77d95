/*
 * json_path.h
 *		What the index tells of JSON paths.
 */
#ifndef DETMETA_DIALECT_JSON_PATH_H
#define DETMETA_DIALECT_JSON_PATH_H

#include "dialect/node.h"
#include "dialect/path.h"

/* Add a path's steps to one; false: it is not one of names in lax mode. */
extern bool detmeta_json_path_add_names(Datum json_path, DocumentPath *path);

/*
 * Return the rows where  path @? json_path  is true, or, if it is a match,
 * path @@ json_path; NULL: nothing is known.  "may_raise": the caller does not
 * suppress errors.  Rows where it may not be false but NULL are "in_doubt".
 */
extern QueryNode *detmeta_json_path_rows(Dialect *dialect, const DocumentPath *path,
										 Datum json_path, bool is_match, bool may_raise,
										 bool *in_doubt);

#endif							/* DETMETA_DIALECT_JSON_PATH_H */

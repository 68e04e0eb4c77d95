/*
 * json_path.h
 *		JSON paths that are made of names, and perhaps one comparison.
 */
#ifndef DETMETA_DIALECT_JSON_PATH_H
#define DETMETA_DIALECT_JSON_PATH_H

#include "access/stratnum.h"

#include "dialect/path.h"

typedef enum JsonPathKind
{
	JSON_PATH_PLAIN,			/* $.a.b */
	JSON_PATH_FILTER,			/* $.a.b ? (@ > 5) */
	JSON_PATH_PREDICATE			/* $.a.b > 5 */
} JsonPathKind;

typedef struct JsonPathTest
{
	JsonPathKind kind;
	StrategyNumber strategy;	/* of btree */
	JsonbValue	value;			/* a number, and with = a string or a boolean */
} JsonPathTest;

/* Add a path's steps to one; false: it has more than such steps and a test. */
extern bool detmeta_json_path_read(Datum json_path, DocumentPath *path, JsonPathTest *test);

#endif							/* DETMETA_DIALECT_JSON_PATH_H */

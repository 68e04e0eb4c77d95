/*
 * run_key.h
 *		The primary key of a row, to name it by.
 */
#ifndef DETMETA_EXPLORE_RUN_KEY_H
#define DETMETA_EXPLORE_RUN_KEY_H

#include "executor/tuptable.h"
#include "utils/jsonb.h"
#include "utils/relcache.h"

#include "base/compat.h"

/* The columns of a relation's primary key. */
typedef struct RunKey
{
	int			n;				/* 0: it has none */
	struct RunKeyColumn *columns;
} RunKey;

/* Of a key that the caller may not read, there are no columns. */
extern RunKey *detmeta_run_key_of(Oid relid);

/* The names of its columns. */
extern List *detmeta_run_key_names(const RunKey *key);

/*
 * A row's key is an array of Datums, which are those of the slot.  It is NULL where a
 * column is, which may be in tables that inherit.
 */
extern Datum *detmeta_run_key_read(const RunKey *key, const AttrNumber *attributes,
								   TupleTableSlot *slot);
extern Datum *detmeta_run_key_copy(const RunKey *key, const Datum *values);
extern int	detmeta_run_key_compare(const RunKey *key, const Datum *a, const Datum *b);

/* As jsonb: the value, or an object of several. */
extern Datum detmeta_run_key_jsonb(const RunKey *key, const Datum *values);

/*
 * In requests and parts (explore/explore_source.h): the types of its columns, and a row's key as
 * texts.
 */
extern void detmeta_run_key_write_types(const RunKey *key, JsonbBuilder *out);
extern bool detmeta_run_key_same_types(const RunKey *a, const RunKey *b);
extern RunKey *detmeta_run_key_of_types(JsonbContainer *request, const char *member);
extern void detmeta_run_key_write(const RunKey *key, const Datum *values, JsonbBuilder *out);
extern Datum *detmeta_run_key_of_texts(const RunKey *key, char **texts, int n);
extern Datum *detmeta_run_key_of_part(const RunKey *key, const JsonbValue *value);

#endif							/* DETMETA_EXPLORE_RUN_KEY_H */

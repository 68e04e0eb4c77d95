/*
 * part_json.h
 *		Write and read parts of an exploration as jsonb.
 *
 * What comes from elsewhere may be anything: reading it raises an error where it is
 * not as it should be.
 */
#ifndef DETMETA_EXPLORE_PART_JSON_H
#define DETMETA_EXPLORE_PART_JSON_H

#include "utils/jsonb.h"

#include "base/compat.h"

extern void detmeta_part_push_name(JsonbBuilder *state, const char *name);
extern void detmeta_part_push_text(JsonbBuilder *state, JsonbIteratorToken token,
								   const char *text, int len);
extern void detmeta_part_push_count(JsonbBuilder *state, JsonbIteratorToken token, int64 n);

/* Members; NULL or zero where there is none, or null. */
extern char *detmeta_part_text(JsonbContainer *object, const char *name);
extern int64 detmeta_part_count(JsonbContainer *object, const char *name);

/* Add to a count. */
extern void detmeta_part_add_count(int64 *sum, int64 n);

/* The elements of an array that is a member, one after the other. */
typedef struct PartArray
{
	JsonbIterator *it;			/* NULL: there is none */
	JsonbContainer *container;
} PartArray;

/* Memory for what is read of one item; reset before the next, and deleted in the end. */
typedef struct PartMemory
{
	MemoryContext item;
	MemoryContext outer;
} PartMemory;

extern void detmeta_part_begin_items(PartMemory *memory);
extern void detmeta_part_end_items(PartMemory *memory);

extern void detmeta_part_array(JsonbContainer *object, const char *name, PartArray *array);
extern void detmeta_part_elements(JsonbContainer *container, PartArray *array);
extern bool detmeta_part_next(PartArray *array, JsonbValue *value);
extern void detmeta_part_next_value(PartArray *array, JsonbValue *value);
extern int64 detmeta_part_next_count(PartArray *array);

/* The number of a value; it is in the text that is returned. */
extern char *detmeta_part_text_of(const JsonbValue *value);
extern int64 detmeta_part_count_of(const JsonbValue *value);

pg_noreturn extern void detmeta_part_refuse(void);

#endif							/* DETMETA_EXPLORE_PART_JSON_H */

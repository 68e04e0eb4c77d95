/*
 * document.h
 *		The values of a key in a document, and all its keys.
 */
#ifndef DETMETA_DOCUMENT_H
#define DETMETA_DOCUMENT_H

#include "utils/jsonb.h"

#include "value/key_path.h"

/* Called with a value; true ends the visit. */
typedef bool (*ValueVisitor) (const JsonbValue *jbv, void *arg);

extern bool detmeta_visit_key(JsonbContainer *document, const char *key, int keylen,
							  ValueVisitor visitor, void *arg);
extern bool detmeta_visit_places(JsonbContainer *document, const char *key, int keylen,
								 ValueVisitor visitor, void *arg);
extern bool detmeta_visit_values(JsonbContainer *document, ValueVisitor visitor, void *arg);
extern bool detmeta_visit_elements(JsonbContainer *array, ValueVisitor visitor, void *arg);

/* Called for every place of every key, objects included. */
typedef void (*KeyVisitor) (const KeyPath *path, const JsonbValue *jbv, void *arg);
extern void detmeta_visit_keys(Jsonb *metadata, bool in_arrays, KeyVisitor visitor,
							   void *arg);

#endif							/* DETMETA_DOCUMENT_H */

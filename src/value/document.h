/*
 * document.h
 *		The values of a key in a document.
 */
#ifndef DETMETA_DOCUMENT_H
#define DETMETA_DOCUMENT_H

#include "utils/jsonb.h"

/* Called with a value; true ends the visit. */
typedef bool (*ValueVisitor) (const JsonbValue *jbv, void *arg);
extern bool detmeta_visit_key(JsonbContainer *document, const char *key, int keylen,
							  ValueVisitor visitor, void *arg);
extern bool detmeta_visit_elements(JsonbContainer *array, ValueVisitor visitor, void *arg);

#endif							/* DETMETA_DOCUMENT_H */

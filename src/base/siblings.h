/*
 * siblings.h
 *		Recognize the extension's own objects, and find them from one another.
 */
#ifndef DETMETA_SIBLINGS_H
#define DETMETA_SIBLINGS_H

#include "fmgr.h"

extern PGFunction detmeta_function_code(Oid function);

extern Oid	detmeta_sibling_type(Oid namespace, const char *name);
extern Oid	detmeta_sibling_function(Oid namespace, const char *name, const Oid *types, int ntypes);
extern Oid	detmeta_sibling_match_operator(Oid namespace);

#endif							/* DETMETA_SIBLINGS_H */

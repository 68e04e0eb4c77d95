/*
 * siblings.h
 *		Find the extension's own objects in the schema that holds them.
 */
#ifndef DETMETA_SIBLINGS_H
#define DETMETA_SIBLINGS_H

extern Oid	detmeta_sibling_type(Oid namespace, const char *name);
extern Oid	detmeta_sibling_function(Oid namespace, const char *name, const Oid *types, int ntypes);
extern Oid	detmeta_sibling_match_operator(Oid namespace);

#endif							/* DETMETA_SIBLINGS_H */

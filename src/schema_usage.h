/*
 * schema_usage.h
 *		Relations that a caller names by their OIDs.
 */
#ifndef DETMETA_SCHEMA_USAGE_H
#define DETMETA_SCHEMA_USAGE_H

/* Refuse a caller who may not use the schema of a relation. */
extern void detmeta_check_schema_usage(Oid relid);

#endif							/* DETMETA_SCHEMA_USAGE_H */

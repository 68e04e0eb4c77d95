/*
 * opclass.h
 *		The operator class metadata_ops, recognized.
 */
#ifndef DETMETA_OPCLASS_H
#define DETMETA_OPCLASS_H

#include "fmgr.h"
#include "utils/relcache.h"

extern Datum detmeta_compare_entries(PG_FUNCTION_ARGS);
extern bool detmeta_is_metadata_opfamily(Oid opfamily, Oid opcintype);
extern bool detmeta_is_metadata_index_column(Relation index, int column);

#endif							/* DETMETA_OPCLASS_H */

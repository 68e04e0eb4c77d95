/*
 * match_op.h
 *		What others need of the matching operators.
 */
#ifndef DETMETA_MATCH_OP_H
#define DETMETA_MATCH_OP_H

#include "fmgr.h"
#include "utils/jsonb.h"

/* metadata_matches(), whose filter is an argument */
extern Datum detmeta_matches(PG_FUNCTION_ARGS);

extern Jsonb *detmeta_empty_document(void);

#endif							/* DETMETA_MATCH_OP_H */

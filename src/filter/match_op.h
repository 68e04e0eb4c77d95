/*
 * match_op.h
 *		What others need of the matching operators.
 */
#ifndef DETMETA_MATCH_OP_H
#define DETMETA_MATCH_OP_H

#include "fmgr.h"
#include "utils/jsonb.h"

/* the operator @~, and metadata_matches(), whose filter is an argument */
extern Datum detmeta_match(PG_FUNCTION_ARGS);
extern Datum detmeta_matches(PG_FUNCTION_ARGS);

extern Jsonb *detmeta_empty_document(void);

#endif							/* DETMETA_MATCH_OP_H */

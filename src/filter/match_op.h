/*
 * match_op.h
 *		What others need of the matching operators.
 */
#ifndef DETMETA_MATCH_OP_H
#define DETMETA_MATCH_OP_H

#include "utils/jsonb.h"

extern Jsonb *detmeta_empty_document(void);

#endif							/* DETMETA_MATCH_OP_H */

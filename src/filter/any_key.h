/*
 * any_key.h
 *		Conditions on any key of a document.
 */
#ifndef DETMETA_FILTER_ANY_KEY_H
#define DETMETA_FILTER_ANY_KEY_H

#include "filter/build.h"

/* What stands for any key in the filter language; in quotes it is a key of that name. */
#define FILTER_ANY_KEY_SIGN	'*'

extern FilterNode *detmeta_filter_any_key(FilterOp op, Operand *operands, int noperands);

#endif							/* DETMETA_FILTER_ANY_KEY_H */

/*
 * keyset.h
 *		Where an order begins, by clauses that compare its expressions with values.
 */
#ifndef DETMETA_KEYSET_H
#define DETMETA_KEYSET_H

#include "plan/scan_target.h"

/* An order, as far as a start may be told of it. */
typedef struct KeysetOrder
{
	int			n;
	Expr	  **expressions;
	PathKey   **pathkeys;		/* of each */
} KeysetOrder;

/*
 * Values of the first expressions, before which, in the order, no row
 * satisfies a table's clauses.
 */
typedef struct KeysetStart
{
	List	   *values;
	List	   *with_nulls;		/* integers: rows without a value may satisfy them as well */
} KeysetStart;

/* false: there are none */
extern bool detmeta_keyset_start(const ScanTarget *target, const KeysetOrder *order,
								 KeysetStart *start);

#endif							/* DETMETA_KEYSET_H */

/*
 * compare.h
 *		Comparisons of values in the metadata with constants.
 */
#ifndef DETMETA_DIALECT_COMPARE_H
#define DETMETA_DIALECT_COMPARE_H

#include "access/stratnum.h"

#include "dialect/truth.h"

/* subject operator value, or subject operator ANY (values) */
typedef struct Comparison
{
	StrategyNumber strategy;	/* of btree */
	Oid			operator;		/* of the strategy */
	Oid			collation;
	Oid			type;			/* of the values */
	bool		is_unknown;		/* there are values, but they are not known yet */
	int			nvalues;		/* that are not NULL */
	Datum	   *values;
} Comparison;

/* Nothing is known where a function does not know the operator for the types at hand. */
extern Truth detmeta_compare_jsonb(Dialect *dialect, const DocumentPath *path,
								   const Comparison *comparison);
extern Truth detmeta_compare_text(Dialect *dialect, const DocumentPath *path,
								  const Comparison *comparison);
extern Truth detmeta_compare_kind_name(Dialect *dialect, const DocumentPath *path,
									   const Comparison *comparison);
extern void detmeta_leaf_add_scalar(Leaf *leaf, const JsonbValue *value, bool unsure);
extern void detmeta_leaf_add_numbers(Leaf *leaf, StrategyNumber strategy, Numeric number,
									 bool unsure);
extern void detmeta_leaf_add_text(Dialect *dialect, const DocumentPath *path, Leaf *leaf,
								  const char *text, int len);

#endif							/* DETMETA_DIALECT_COMPARE_H */

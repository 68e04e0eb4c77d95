/*
 * number_sum.h
 *		Sums of numbers and of their squares, exact.
 */
#ifndef DETMETA_EXPLORE_NUMBER_SUM_H
#define DETMETA_EXPLORE_NUMBER_SUM_H

#include "utils/numeric.h"

typedef struct NumberSum NumberSum;

/* A number as sums take it: read once for all rows that have it. */
typedef struct NumberTerm
{
	bool		is_small;		/* mantissa times 100 ^ exponent, or else */
	int64		mantissa;
	int			exponent;
	Numeric		number;
} NumberTerm;

/* The payload of a number's index entry, not cut. */
extern void detmeta_number_term(const char *payload, int len, NumberTerm *term);

/* Add a number, so many times; *sum may be NULL, and is made in the current memory context. */
extern void detmeta_number_sum_add(NumberSum **sum, const NumberTerm *term, int64 times);

/* Of n numbers, rounded as numeric division is; NULL: it is none, or more than numeric holds. */
extern Numeric detmeta_number_sum_mean(const NumberSum *sum, int64 n);
extern Numeric detmeta_number_sum_stddev(const NumberSum *sum, int64 n);

#endif							/* DETMETA_EXPLORE_NUMBER_SUM_H */

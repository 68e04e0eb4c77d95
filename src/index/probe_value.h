/*
 * probe_value.h
 *		Probes of tests of values: equal to one, or in a range.
 */
#ifndef DETMETA_PROBE_VALUE_H
#define DETMETA_PROBE_VALUE_H

#include "index/probe_evaluate.h"

extern void detmeta_probe_add_equality(IndexQuery *iq, const Leaf *leaf, const ValueTest *test);
extern void detmeta_probe_add_range(IndexQuery *iq, const Leaf *leaf, int class,
									const ValueTest *test);

#endif							/* DETMETA_PROBE_VALUE_H */

/*
 * probe_text.h
 *		Probes of tests that search in texts, by trigrams where the index has them.
 */
#ifndef DETMETA_PROBE_TEXT_H
#define DETMETA_PROBE_TEXT_H

#include "index/probe_evaluate.h"

extern void detmeta_probe_add_contains(IndexQuery *iq, const Leaf *leaf, const ValueTest *test);
extern void detmeta_probe_add_starts_with(IndexQuery *iq, const Leaf *leaf,
										  const ValueTest *test);

/* For a test on texts that may be dates: those of the dates. */
extern void detmeta_probe_add_date_text(IndexQuery *iq, const Leaf *leaf, const ValueTest *test);

#endif							/* DETMETA_PROBE_TEXT_H */

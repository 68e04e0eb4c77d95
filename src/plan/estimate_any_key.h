/*
 * estimate_any_key.h
 *		Estimate what a probe of any key finds.
 */
#ifndef DETMETA_ESTIMATE_ANY_KEY_H
#define DETMETA_ESTIMATE_ANY_KEY_H

#include "plan/estimate_probe.h"

extern void detmeta_estimate_any_key(GinReader *reader, const Probe *probe, double rows,
									 ProbeEstimate *result);

#endif							/* DETMETA_ESTIMATE_ANY_KEY_H */

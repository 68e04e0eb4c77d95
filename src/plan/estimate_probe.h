/*
 * estimate_probe.h
 *		Estimate what one probe of a filter finds.
 */
#ifndef DETMETA_ESTIMATE_PROBE_H
#define DETMETA_ESTIMATE_PROBE_H

#include "index/probe_match.h"

/* What a probe finds. */
typedef struct ProbeEstimate
{
	bool		known;
	double		rows;
	double		entries;		/* whose bytes are looked at */
} ProbeEstimate;

extern bool detmeta_estimate_probe(GinReader *reader, const Probe *probe, ProbeEstimate *result,
								   double *work);

#endif							/* DETMETA_ESTIMATE_PROBE_H */

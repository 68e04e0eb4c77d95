/*
 * estimate_probe.h
 *		Estimate what one probe of a filter finds.
 */
#ifndef DETMETA_ESTIMATE_PROBE_H
#define DETMETA_ESTIMATE_PROBE_H

#include "gin/reader.h"
#include "index/probe.h"

/* What a probe finds. */
typedef struct ProbeEstimate
{
	bool		known;
	bool		guessed;		/* few of many values were seen that differ in their rows */
	double		rows;
	double		entries;		/* that are gone to */
	double		work;			/* done for the estimate: leaves that were looked at */
} ProbeEstimate;

extern void detmeta_estimate_probe(GinReader *reader, const Probe *probe, ProbeEstimate *result);

#endif							/* DETMETA_ESTIMATE_PROBE_H */

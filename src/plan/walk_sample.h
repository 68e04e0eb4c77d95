/*
 * walk_sample.h
 *		Estimate what a walk over a range of entries finds.
 */
#ifndef DETMETA_WALK_SAMPLE_H
#define DETMETA_WALK_SAMPLE_H

#include "gin/estimate.h"
#include "index/probe_match.h"

extern bool detmeta_sample_walk(GinReader *reader, const GinKeyRange *range, const Probe *probe,
								GinRangeEstimate *all, double *rows);

#endif							/* DETMETA_WALK_SAMPLE_H */

/*
 * probe_any.h
 *		Probes of any key.
 */
#ifndef DETMETA_PROBE_ANY_H
#define DETMETA_PROBE_ANY_H

#include "index/probe_match.h"

/* Probes that are made beyond one for each that is given. */
#define ANY_KEY_GROUPS	4

extern int	detmeta_any_key_probes(Probe *parts, int n, Probe *probes);

#endif							/* DETMETA_PROBE_ANY_H */

/*
 * strategy.h
 *		Strategy numbers of the operator class metadata_ops.
 */
#ifndef DETMETA_STRATEGY_H
#define DETMETA_STRATEGY_H

#define STRATEGY_MATCH		1	/* jsonb @~ metadata_filter */
#define STRATEGY_NO_MATCH	2	/* jsonb !@~ metadata_filter */

#endif							/* DETMETA_STRATEGY_H */

/*
 * strategy.h
 *		Strategy numbers of the operator class metadata_ops.
 */
#ifndef DETMETA_STRATEGY_H
#define DETMETA_STRATEGY_H

#define STRATEGY_MATCH		1	/* jsonb @~ metadata_filter */
#define STRATEGY_NO_MATCH	2	/* jsonb !@~ metadata_filter */

/* Operators of core's, with the numbers that they have in jsonb_ops. */
#define STRATEGY_CONTAINS	7	/* jsonb @> jsonb */
#define STRATEGY_EXISTS		9	/* jsonb ? text */
#define STRATEGY_EXISTS_ANY	10	/* jsonb ?| text[] */
#define STRATEGY_EXISTS_ALL	11	/* jsonb ?& text[] */
#define STRATEGY_FINDS		15	/* jsonb @? jsonpath */
#define STRATEGY_SATISFIES	16	/* jsonb @@ jsonpath */

#endif							/* DETMETA_STRATEGY_H */

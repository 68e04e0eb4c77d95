/*
 * citus.h
 *		Whether a table is one that Citus keeps elsewhere.
 */
#ifndef DETMETA_CITUS_H
#define DETMETA_CITUS_H

/* How Citus keeps the rows of a table. */
typedef enum CitusTable
{
	CITUS_NONE,					/* it does not: the rows are in the table */
	CITUS_WHOLE,				/* in one shard, or in a copy on each node */
	CITUS_DISTRIBUTED			/* in shards, by the values of a column */
} CitusTable;

extern CitusTable detmeta_citus_table(Oid relid);

/* Say whether the database has Citus at all. */
extern bool detmeta_has_citus(void);

/*
 * Refuse the index of such a table for a function of an index, with a hint of how to call
 * it for those of the shards.
 */
extern void detmeta_refuse_citus_index(Oid table, Oid index, Oid function);

#endif							/* DETMETA_CITUS_H */

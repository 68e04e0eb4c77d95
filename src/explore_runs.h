/*
 * explore_runs.h
 *		The table that detmeta.runs_table names, for queries on it.
 */
#ifndef DETMETA_EXPLORE_RUNS_H
#define DETMETA_EXPLORE_RUNS_H

/* Find and lock the table, and return its name for SQL; function is the calling function. */
extern const char *detmeta_runs_table_name(Oid function);

#endif							/* DETMETA_EXPLORE_RUNS_H */

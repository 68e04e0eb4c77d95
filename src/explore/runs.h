/*
 * runs.h
 *		The table that detmeta.runs_table names, for queries on it.
 */
#ifndef DETMETA_EXPLORE_RUNS_H
#define DETMETA_EXPLORE_RUNS_H

#include "store/run_id.h"

typedef struct RunsTable
{
	Oid			relid;
	const char *name;			/* qualified and quoted */
	RunIdColumn run_id;
	bool		not_null;		/* has every run metadata? */
} RunsTable;

/* Find and lock the table; function is the calling function. */
extern RunsTable detmeta_find_runs_table(Oid function);

#endif							/* DETMETA_EXPLORE_RUNS_H */

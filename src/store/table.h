/*
 * table.h
 *		The table that detmeta.runs_table names, and statements on it.
 *
 * The statements run with the caller's rights, so that privileges, row-level
 * security and triggers apply.  Each is planned once for a table in a backend.
 */
#ifndef DETMETA_STORE_TABLE_H
#define DETMETA_STORE_TABLE_H

#include "access/attnum.h"
#include "storage/lockdefs.h"
#include "utils/jsonb.h"

typedef enum StoreStatement
{
	STORE_GET,					/* read the row */
	STORE_LOCK,					/* read the row and lock it */
	STORE_REPLACE,				/* change the row; none if it is the same */
	STORE_ADD,					/* add a row; none if there is one already */
	STORE_UPSERT,				/* add or change; none if it is the same */
	STORE_UPSERT_VALUES,		/* the same, but it locks the row */
	STORE_REMOVE				/* delete the row; never returns it */
} StoreStatement;

/*
 * Find and lock the table.  Absent, it is an error with a hint; function is
 * the calling function, whose schema is the extension's.
 */
extern Oid	detmeta_open_runs_table(Oid function, LOCKMODE mode);

/* Find a column that the table needs; an error where it is missing. */
extern AttrNumber detmeta_runs_table_column(Oid relid, const char *column);

/* Refuse a locked table that may have several rows of a run. */
extern void detmeta_check_run_id_unique(Oid relid, Oid collation);

/* A table that is locked, and the extension's schema. */
typedef struct RunsTarget
{
	Oid			relid;
	Oid			namespace;
} RunsTarget;

/*
 * Run a statement on a locked table, between SPI_connect and SPI_finish.  The
 * run's id is read as the column's type reads it.
 * False if there is no row; stored (in SPI's memory) is NULL where the row's
 * metadata is.
 */
extern bool detmeta_store_run(const RunsTarget *target, StoreStatement statement, bool read_only,
							  char *run_id, Jsonb *document, Jsonb **stored);

#endif							/* DETMETA_STORE_TABLE_H */

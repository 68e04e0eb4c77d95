/*
 * run_id.h
 *		Ids of runs, of whatever type the column run_id has.
 *
 * The functions take an id as a metadata_run_id, which is a text; what it
 * means is the column's to say: its type reads it, its equality compares it.
 */
#ifndef DETMETA_RUN_ID_H
#define DETMETA_RUN_ID_H

#include "access/attnum.h"

/* Two of them are the same if their bytes are. */
typedef struct RunIdColumn
{
	Oid			type;			/* below any domain */
	int32		typmod;
	Oid			collation;		/* of the column */
	NameData	equality;		/* the operator = of the type */
	NameData	equality_schema;
} RunIdColumn;

/* Describe a table's column run_id. */
extern void detmeta_describe_run_id(Oid relid, AttrNumber number, RunIdColumn *column);

/* Return the operator that compares ids, as SQL. */
extern char *detmeta_run_id_operator(const RunIdColumn *column);

/* Return the column's collation as SQL, empty if it has none. */
extern const char *detmeta_run_id_collation(const RunIdColumn *column);

/* Read an id as the column's type does, with its errors. */
extern Datum detmeta_read_run_id(const RunIdColumn *column, char *run_id);

/* Say whether ids are integers. */
extern bool detmeta_run_ids_are_integers(const RunIdColumn *column);

#endif							/* DETMETA_RUN_ID_H */

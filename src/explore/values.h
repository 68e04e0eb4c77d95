/*
 * values.h
 *		The distinct values of a key, and how many rows have each.
 */
#ifndef DETMETA_EXPLORE_VALUES_H
#define DETMETA_EXPLORE_VALUES_H

#include "explore/selection.h"
#include "explore/tally.h"

/* A value as a tally has it (explore/document.h); the bytes are gone after the call. */
typedef void (*ValueCountVisitor) (const char *bytes, int len, int64 runs, void *arg);
typedef bool (*ValueFilter) (const char *bytes, int len, void *arg);

typedef struct ValueReading
{
	/* set by the caller */
	Oid			relid;
	const char *column;
	Oid			function;		/* that was called */
	Selection  *selection;		/* NULL: all rows */
	const char *key;
	int			keylen;
	bool		count_runs;		/* fill in the last three */
	ValueFilter wanted;			/* or NULL: all values */
	ValueCountVisitor visitor;
	void	   *arg;

	Tally	   *tally;			/* of rows that were read; values of several tables */
	StringInfoData bytes;
	bool		several;		/* some row may have several values */
	int64		runs;			/* rows with a value that is not empty */
	int64		all_runs;
} ValueReading;

/* Visit each distinct scalar of a key once, with its rows. */
extern void detmeta_read_values(ValueReading *reading);

#endif							/* DETMETA_EXPLORE_VALUES_H */

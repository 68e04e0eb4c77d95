/*
 * values.h
 *		The distinct values of a key, and how many rows have each.
 */
#ifndef DETMETA_EXPLORE_VALUES_H
#define DETMETA_EXPLORE_VALUES_H

#include "base/compat.h"
#include "explore/document.h"
#include "explore/index.h"
#include "explore/selection.h"
#include "explore/source.h"
#include "explore/tally.h"
#include "explore/value_search.h"

/* A value as a tally has it (explore/document.h); the bytes are gone after the call. */
typedef void (*ValueCountVisitor) (const char *bytes, int len, int64 runs, void *arg);

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
	ValueSearch *search;		/* or NULL: all values */
	bool		keyed;			/* bytes are as KeyedValues has them; there is a search */
	bool		only_strings;	/* and dates; others are not wanted */
	ValueCountVisitor visitor;
	void	   *arg;

	Tally	   *tally;			/* of rows that were read; values of several tables */
	StringInfoData bytes;
	bool		several;		/* some row may have several values */
	int64		runs;			/* rows with a value that is not empty */
	int64		all_runs;
} ValueReading;

/*
 * Read the values that an index has of a key that is not cut, but for rows that are
 * set apart (NULL: none); alone: nothing else is tallied.
 */
extern void detmeta_read_key_values(ExploreIndex *ix, bool alone, TidSet *apart,
									ValueReading *reading);

/* Write what is tallied as a member of a part, and tally what was written. */
extern void detmeta_write_tallied(const ValueReading *reading, JsonbBuilder *out);
extern void detmeta_add_tallied(JsonbContainer *part, ValueReading *reading);

/* Visit what is left in the tally. */
extern void detmeta_visit_tallied(ValueReading *reading);

/* Of a ValueReading. */
extern const ExploreKind detmeta_explore_values;

/* Visit each distinct scalar of a key once, with its rows. */
extern void detmeta_read_values(ValueReading *reading);

#endif							/* DETMETA_EXPLORE_VALUES_H */

/*
 * explore_source.h
 *		What is read of a relation's metadata, and what is made of it.
 */
#ifndef DETMETA_EXPLORE_EXPLORE_SOURCE_H
#define DETMETA_EXPLORE_EXPLORE_SOURCE_H

#include "base/compat.h"
#include "explore/index.h"
#include "explore/selection.h"

/* Called for an index; alone: nothing else is read. */
typedef void (*IndexVisitor) (ExploreIndex *ix, bool alone, void *arg);

/*
 * Says about how many TIDs that reads, given a selection; what is beyond the
 * limit need not be known.
 */
typedef double (*IndexEstimator) (ExploreIndex *ix, double limit, void *arg);

/*
 * A kind of list that is made of rows.  Each has a state, arg, that indexes and rows
 * are added to, and what was counted of other rows elsewhere.
 *
 * Rows that are on other servers are counted there.  What such a server is asked, a
 * request, and what it answers, a part, are jsonb objects, and a part has the members
 * of its request:
 *
 *		{"list": "values", "key": "loss"}
 *		{"list": "values", "key": "loss", "values": [0.5, 12, 0.25, 7]}
 */
typedef struct ExploreKind
{
	const char *name;			/* the member "list" */
	IndexVisitor visit_index;
	IndexEstimator estimate_index;
	DocumentVisitor visit_document;
	void		(*write_request) (const void *arg, JsonbBuilder *out);
	void	   *(*begin) (JsonbContainer *request);
	void		(*write_part) (void *arg, JsonbBuilder *out);
	void		(*add_part) (JsonbContainer *part, void *arg);
} ExploreKind;

/* What is read, and for whom. */
typedef struct ExploreSource
{
	Oid			relid;
	const char *column;
	List	   *columns;		/* names of others that visitors of rows want */
	Oid			function;		/* that was called, of the extension */
	Selection  *selection;		/* NULL: all rows */
	const ExploreKind *kind;
	bool		is_part;		/* other rows are counted elsewhere */
	void	   *arg;
} ExploreSource;

#endif							/* DETMETA_EXPLORE_EXPLORE_SOURCE_H */

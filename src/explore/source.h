/*
 * source.h
 *		Read the metadata of a relation: from its indexes where that is allowed
 *		and possible, else from its rows.
 */
#ifndef DETMETA_EXPLORE_SOURCE_H
#define DETMETA_EXPLORE_SOURCE_H

#include "explore/index.h"
#include "explore/selection.h"

/* Called for an index; alone: nothing else is read. */
typedef void (*IndexVisitor) (ExploreIndex *ix, bool alone, void *arg);

/*
 * Says about how many TIDs that reads, given a selection; what is beyond the
 * limit need not be known.
 */
typedef double (*IndexEstimator) (ExploreIndex *ix, double limit, void *arg);

/* What is read, and for whom. */
typedef struct ExploreSource
{
	Oid			relid;
	const char *column;
	List	   *columns;		/* names of others that visitors of rows want */
	Oid			function;		/* that was called, of the extension */
	Selection  *selection;		/* NULL: all rows */
	IndexVisitor visit_index;
	IndexEstimator estimate_index;
	DocumentVisitor visit_document;
	void	   *arg;
} ExploreSource;

/*
 * Read all of a relation's metadata that the caller may see and that is
 * selected.  Each of its visible rows is met once: by the visitor of indexes, or
 * by that of documents.
 */
extern void detmeta_explore(const ExploreSource *source);

#endif							/* DETMETA_EXPLORE_SOURCE_H */

/*
 * scope.h
 *		Equality conditions on other columns of a multicolumn index.
 *
 * A runs table is looked at one project at a time.  With an index on
 * (project_id, metadata) the project's rows are a set like any other.
 */
#ifndef DETMETA_GIN_SCOPE_H
#define DETMETA_GIN_SCOPE_H

#include "access/stratnum.h"

#include "gin/postings.h"

/* The entries of a column = any of some values. */
typedef struct GinScope
{
	GinState   *state;
	AttrNumber	attnum;
	int			nentries;
	Datum	   *entries;
	bool		exact;			/* their rows satisfy the condition, no others do */
} GinScope;

extern GinScope *detmeta_gin_scope(Relation index, AttrNumber attnum, StrategyNumber strategy,
								   const Datum *values, int nvalues);
extern bool detmeta_gin_scope_lookup(GinReader *reader, GinScope *scope, int entry,
									 GinPostings *postings);

#endif							/* DETMETA_GIN_SCOPE_H */

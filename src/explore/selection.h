/*
 * selection.h
 *		Which rows of a relation are explored: those of a filter, and of a scope.
 *
 * A scope is equality of other columns, {"project_id": 42, "state": ["A", "B"]}:
 * an array means any of its elements, and null is IS NULL.
 */
#ifndef DETMETA_EXPLORE_SELECTION_H
#define DETMETA_EXPLORE_SELECTION_H

#include "executor/tuptable.h"
#include "utils/jsonb.h"

#include "filter/filter.h"
#include "filter/query.h"

/* column = ANY (values), or, with_null, column IS NULL */
typedef struct ScopeColumn
{
	const char *name;
	Oid			type;
	Oid			collation;
	Oid			equality;		/* operator of the type */
	FmgrInfo	equal;
	FmgrInfo   *compare;		/* NULL: the type has no order */
	bool		with_null;
	int			nvalues;
	Datum	   *values;			/* in their order */
} ScopeColumn;

typedef struct Selection
{
	const MetadataFilter *filter;	/* or NULL: all */
	FilterQuery *query;			/* of the filter */
	Jsonb	   *scope;			/* or NULL: all */
	int			ncolumns;
	ScopeColumn *columns;
} Selection;

/* The arguments of a function, which may be NULL; NULL is returned where both are. */
extern Selection *detmeta_selection_of_arguments(FunctionCallInfo fcinfo, int filter, int scope);
extern Selection *detmeta_selection_make(const MetadataFilter *filter, Jsonb *scope);

/* Look the scope's columns up; the caller must be allowed to read them. */
extern void detmeta_selection_bind(Selection *selection, Oid relid, char relkind);

/* The scope's columns in a table, which may have them in another order. */
extern AttrNumber *detmeta_selection_attributes(const Selection *selection, Oid relid);
extern bool detmeta_selection_passes(const Selection *selection, const AttrNumber *attributes,
									 TupleTableSlot *slot, Jsonb *metadata);

/* What a table's scope is as expressions; its rows are those of range table entry 1. */
extern List *detmeta_selection_clauses(const Selection *selection, const AttrNumber *attributes,
									   int column);

/*
 * What a query of alias r that returns the metadata "source" is to say of rows; word
 * is what comes before the next condition: WHERE or AND.
 */
typedef struct SelectionQuery
{
	int			nargs;
	Oid		   *types;
	Datum	   *values;
} SelectionQuery;

extern void detmeta_selection_append_where(const Selection *selection, const char *source,
										   Oid function, const char *word, StringInfo sql,
										   SelectionQuery *query);

#endif							/* DETMETA_EXPLORE_SELECTION_H */

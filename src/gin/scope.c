/*
 * scope.c
 *		Equality conditions on other columns of a multicolumn index.
 *
 * The column's own operator class (of btree_gin, say) says which entry a value
 * stands for and whether the entry's rows need a recheck.  Its entries are of
 * a type of its own, so core's code descends to them.
 */
#include "postgres.h"

#include "access/gin_private.h"

#include "base/compat.h"
#include "gin/scope.h"

/* What extractQuery returns besides entries. */
typedef struct ExtractedQuery
{
	int32		nentries;
	bool	   *partial_match;
	Pointer    *extra_data;
	bool	   *nulls;
	int32		search_mode;
} ExtractedQuery;

/* Add the entry of one value; say whether its rows are the answer. */
static bool
add_scope_entry(GinScope *scope, StrategyNumber strategy, Datum value)
{
	GinState   *state = scope->state;
	int			column = scope->attnum - 1;
	ExtractedQuery query = {0};
	Datum	   *entries;
	bool		check = true;
	bool		recheck = true;
	bool		result;

	entries = (Datum *) DatumGetPointer(FunctionCall7Coll(&state->extractQueryFn[column],
														  state->supportCollation[column],
														  value,
														  PointerGetDatum(&query.nentries),
														  UInt16GetDatum(strategy),
														  PointerGetDatum(&query.partial_match),
														  PointerGetDatum(&query.extra_data),
														  PointerGetDatum(&query.nulls),
														  PointerGetDatum(&query.search_mode)));
	if (query.nentries != 1 || query.search_mode != GIN_SEARCH_MODE_DEFAULT ||
		(query.partial_match != NULL && query.partial_match[0]) ||
		(query.nulls != NULL && query.nulls[0]))
		elog(ERROR, "column %d of index \"%s\" does not find a value by one entry",
			 scope->attnum, RelationGetRelationName(state->index));

	result = DatumGetBool(FunctionCall8Coll(&state->consistentFn[column],
											state->supportCollation[column],
											PointerGetDatum(&check),
											UInt16GetDatum(strategy),
											value,
											UInt32GetDatum(query.nentries),
											PointerGetDatum(query.extra_data),
											PointerGetDatum(&recheck),
											PointerGetDatum(entries),
											PointerGetDatum(query.nulls)));
	scope->entries[scope->nentries++] = entries[0];
	return result && !recheck;
}

/* Make the condition  column = any of some values,  none of them NULL. */
GinScope *
detmeta_gin_scope(Relation index, AttrNumber attnum, StrategyNumber strategy,
				  const Datum *values, int nvalues)
{
	GinScope   *scope = palloc0_object(GinScope);

	scope->state = palloc_object(GinState);
	initGinState(scope->state, index);
	scope->attnum = attnum;
	scope->entries = palloc_array(Datum, Max(1, nvalues));
	scope->exact = true;
	for (int i = 0; i < nvalues; i++)
		scope->exact &= add_scope_entry(scope, strategy, values[i]);
	return scope;
}

/* Look one of the entries up; false: there is no such entry. */
bool
detmeta_gin_scope_lookup(GinReader *reader, GinScope *scope, int entry,
						 GinPostings *postings)
{
	GinBtreeData btree;
	GinBtreeStack *stack;
	IndexTuple	itup = NULL;

	ginPrepareEntryScan(&btree, scope->attnum, scope->entries[entry], GIN_CAT_NORM_KEY,
						scope->state);
	stack = GIN_FIND_LEAF(&btree, reader->snapshot);
	if (btree.findItem(&btree, stack))
	{
		Page		page = BufferGetPage(stack->buffer);

		itup = (IndexTuple) PageGetItem(page, PageGetItemId(page, stack->off));
	}
	detmeta_gin_postings_of(reader, itup, postings);
	LockBuffer(stack->buffer, GIN_UNLOCK);
	freeGinBtreeStack(stack);
	return itup != NULL;
}

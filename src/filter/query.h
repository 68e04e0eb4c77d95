/*
 * query.h
 *		A filter made ready to run: conditions as tests on values.
 *
 * The heap check (filter/match.c) and the index (index/probe.c) both start from here, so a
 * condition has one meaning.  The text form of a value, dates and
 * booleans end in this module: what is left are tests on one value's bytes.
 */
#ifndef DETMETA_QUERY_H
#define DETMETA_QUERY_H

#include "access/gin.h"

#include "filter/filter.h"
#include "filter/leaf.h"

typedef struct QueryNode
{
	FilterNodeType type;
	int			nchildren;
	struct QueryNode **children;
	int			leaf;			/* FILTER_CONDITION: index into leaves */
} QueryNode;

typedef struct FilterQuery
{
	QueryNode  *root;
	int			nleaves;
	Leaf	   *leaves;
} FilterQuery;

/* Says whether a leaf holds, for whatever "arg" stands for. */
typedef GinTernaryValue (*LeafEvaluator) (const FilterQuery *query, int leaf, void *arg);

extern FilterQuery *detmeta_query_compile(const MetadataFilter *filter);
extern GinTernaryValue detmeta_query_evaluate(const FilterQuery *query, LeafEvaluator evaluator,
											  void *arg);

#endif							/* DETMETA_QUERY_H */

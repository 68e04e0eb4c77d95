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
#include "value/value.h"

typedef enum TestType
{
	TEST_KIND,					/* the value is of this kind, which has no bytes */
	TEST_EQUAL,					/* same kind and bytes; META_STRING: same text */
	TEST_RANGE,					/* META_NUMBER, META_DATE or META_STRING */
	TEST_CONTAINS,				/* the rest look at strings, dates included */
	TEST_ICONTAINS,
	TEST_STARTS_WITH
} TestType;

/* One end of a range; no bytes means no end. */
typedef struct Bound
{
	const char *bytes;
	int			len;
	bool		inclusive;
} Bound;

typedef struct ValueTest
{
	TestType	type;
	MetaKind	kind;			/* META_STRING with all tests on text */
	const char *bytes;			/* TEST_EQUAL and patterns; folded for icontains */
	int			len;
	struct Substring *substring;	/* TEST_CONTAINS, TEST_ICONTAINS: the bytes, prepared */
	JsonbContainer *container;	/* TEST_EQUAL of an array or object: itself */
	Bound		low;			/* TEST_RANGE */
	Bound		high;
	bool		skip_dates;		/* a range of strings that leaves dates out */
} ValueTest;

typedef enum LeafType
{
	LEAF_ANY,					/* some value passes a test */
	LEAF_NONE,					/* has(key), and no value passes a test */
	LEAF_HOLDS,					/* has(key) */
	LEAF_EMPTY					/* not has(key) */
} LeafType;

/* One condition. */
typedef struct Leaf
{
	LeafType	type;
	const char *key;
	int			keylen;
	int			ntests;
	ValueTest  *tests;
	int			kinds;			/* META_KIND_BITs that a test can accept */
} Leaf;

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

/* filter/query.c */
extern FilterQuery *detmeta_query_compile(const MetadataFilter *filter);
extern GinTernaryValue detmeta_query_evaluate(const FilterQuery *query, LeafEvaluator evaluator, void *arg);

/* filter/value_test.c */
extern bool detmeta_value_passes(const ValueTest *test, const MetaValue *value);
extern bool detmeta_text_passes(const ValueTest *test, const char *text, int len);

/* filter/match.c */
extern bool detmeta_query_match(const FilterQuery *query, Jsonb *metadata);

#endif							/* DETMETA_QUERY_H */

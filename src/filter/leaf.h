/*
 * leaf.h
 *		A condition on one key, as tests on its values.
 */
#ifndef DETMETA_LEAF_H
#define DETMETA_LEAF_H

#include "filter/operand.h"
#include "filter/value_test.h"

typedef enum LeafType
{
	LEAF_ANY,					/* some value passes a test */
	LEAF_NONE,					/* the key is held, and no value passes a test */
	LEAF_HOLDS,					/* the key is held */
	LEAF_EMPTY					/* it is not */
} LeafType;

/* What the tests look at. */
typedef enum LeafPlaces
{
	PLACES_ALL,					/* the key's value, and elements where it is an array */
	PLACES_VALUE,				/* the value alone */
	PLACES_ELEMENTS				/* the elements alone */
} LeafPlaces;

/* Pieces of a pattern that are looked for; more hardly matter. */
#define LEAF_MAX_PIECES	8

/* One condition. */
typedef struct Leaf
{
	LeafType	type;
	LeafPlaces	places;
	MetaKind	held;			/* a key is held with a value of this kind or a later one */
	bool		any_key;		/* LEAF_ANY: of any key; then "key" is empty */
	const char *key;
	int			keylen;
	bool		in_arrays;		/* the key is also one of members of objects in arrays */
	int			ntests;
	int			allocated;
	ValueTest  *tests;
	int			kinds;			/* META_KIND_BITs that a test can accept */
} Leaf;

extern ValueTest *detmeta_leaf_add_test(Leaf *leaf, TestType type, MetaKind kind);
extern void detmeta_leaf_add_equality(Leaf *leaf, const Operand *operand);
extern void detmeta_leaf_add_ordered(Leaf *leaf, const Operand *low, const Operand *high,
									 bool inclusive);
extern void detmeta_leaf_add_pattern(Leaf *leaf, TestType type, const char *bytes, int len);
extern void detmeta_leaf_add_text_pattern(Leaf *leaf, TestType type, const text *pattern);
extern void detmeta_leaf_add_pieces(Leaf *leaf, const List *pieces);

#endif							/* DETMETA_LEAF_H */

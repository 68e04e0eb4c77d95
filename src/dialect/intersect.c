/*
 * intersect.c
 *		Two conditions on one value as one.
 *
 *		loss >= 1 AND loss < 2		loss from 1 to 2
 *		loss IS NULL OR loss < 1	all but loss that is none of those below 1
 *
 * A value that satisfies both passes a test of each, and so a test that is what
 * two of them have in common.  The index then reads the one range, not both.
 */
#include "postgres.h"

#include "dialect/intersect.h"

/* More tests than this are not worth it. */
#define MAX_TESTS	16

/* Say whether a test has a range, which may be a single value. */
static bool
has_range(const ValueTest *test)
{
	return test->type == TEST_RANGE || (test->type == TEST_EQUAL && test->kind == META_NUMBER);
}

/* Say whether all tests of a leaf are ranges or kinds. */
static bool
is_simple_leaf(const Leaf *leaf)
{
	if (leaf->type != LEAF_ANY || leaf->places != PLACES_VALUE || leaf->ntests > MAX_TESTS)
		return false;
	for (int i = 0; i < leaf->ntests; i++)
	{
		if (!has_range(&leaf->tests[i]) && leaf->tests[i].type != TEST_KIND &&
			leaf->tests[i].type != TEST_ODD)
			return false;
	}
	return true;
}

/* Return the ends of a test's range. */
static void
read_test_range(const ValueTest *test, Bound *low, Bound *high)
{
	if (test->type == TEST_RANGE)
	{
		*low = test->low;
		*high = test->high;
		return;
	}
	*low = *high = detmeta_bound(test->bytes, test->len, true);
}

/* Return the one of two bounds that leaves less. */
Bound
detmeta_inner_bound(Bound a, Bound b, bool is_low)
{
	int			cmp;

	if (a.bytes == NULL || b.bytes == NULL)
		return a.bytes != NULL ? a : b;
	cmp = detmeta_bytes_compare(a.bytes, a.len, b.bytes, b.len);
	if (cmp == 0)
		return a.inclusive ? b : a;
	return (cmp > 0) == is_low ? a : b;
}

/* Say whether nothing lies between two bounds. */
static bool
is_empty_range(const Bound *low, const Bound *high)
{
	int			cmp;

	if (low->bytes == NULL || high->bytes == NULL)
		return false;
	cmp = detmeta_bytes_compare(low->bytes, low->len, high->bytes, high->len);
	return cmp > 0 || (cmp == 0 && !(low->inclusive && high->inclusive));
}

/* Say whether a test on the text of strings takes dates in, which are strings, too. */
static bool
takes_dates(const ValueTest *test)
{
	return test->type == TEST_RANGE && test->kind == META_STRING && !test->skip_dates;
}

/*
 * Make the test of what passes a test and one of another kind; false: nothing
 * does.  Of dates, the range of their text is not kept.
 */
static bool
join_other_kinds(const ValueTest *a, const ValueTest *b, ValueTest *common)
{
	if (takes_dates(b))
	{
		const ValueTest *swap = a;

		a = b;
		b = swap;
	}
	if (!takes_dates(a) || b->kind != META_DATE)
		return false;
	*common = *b;
	common->unsure = true;
	return true;
}

/* Make the test of what passes two tests of one kind; false: nothing does. */
static bool
join_tests_of_kind(const ValueTest *a, const ValueTest *b, ValueTest *common)
{
	Bound		low;
	Bound		high;

	if (a->type == TEST_ODD || b->type == TEST_ODD)
	{
		*common = a->type == TEST_ODD ? *a : *b;
		return true;
	}
	if (!has_range(a) || !has_range(b))
	{
		/* a kind holds all ranges of it, and is that of no dates */
		*common = has_range(b) ? *b : *a;
		common->skip_dates |= has_range(a) || has_range(b);
		return true;
	}
	*common = *a;
	common->type = TEST_RANGE;
	read_test_range(a, &common->low, &common->high);
	read_test_range(b, &low, &high);
	common->low = detmeta_inner_bound(common->low, low, true);
	common->high = detmeta_inner_bound(common->high, high, false);
	common->skip_dates = a->skip_dates || b->skip_dates;
	return !is_empty_range(&common->low, &common->high);
}

/* Add the test of what passes two tests, if anything may. */
static void
add_common(Leaf *leaf, const ValueTest *a, const ValueTest *b)
{
	ValueTest	common;

	if (!(a->kind == b->kind ? join_tests_of_kind(a, b, &common) : join_other_kinds(a, b, &common)))
		return;
	common.unsure |= a->unsure || b->unsure;
	common.may_fail = a->may_fail || b->may_fail;
	*detmeta_leaf_add_test(leaf, common.type, common.kind) = common;
}

/* Make the leaf of values that pass two leaves. */
bool
detmeta_leaf_intersect(const Leaf *a, const Leaf *b, Leaf *both)
{
	if (!is_simple_leaf(a) || !is_simple_leaf(b) || a->held != b->held ||
		a->keylen != b->keylen || memcmp(a->key, b->key, a->keylen) != 0)
		return false;
	*both = *a;
	both->ntests = both->allocated = both->kinds = 0;
	both->tests = NULL;
	for (int i = 0; i < a->ntests; i++)
	{
		for (int j = 0; j < b->ntests; j++)
			add_common(both, &a->tests[i], &b->tests[j]);
	}
	return true;
}

/* Say whether two leaves are on one value. */
static bool
are_of_one_value(const Leaf *a, const Leaf *b)
{
	return a->places == PLACES_VALUE && b->places == PLACES_VALUE && a->held == b->held &&
		a->keylen == b->keylen && memcmp(a->key, b->key, a->keylen) == 0;
}

/*
 * Make the leaf of values that pass one of two leaves.  Where there is no value or
 * it passes some test, the leaf of values that pass none of these is not
 * satisfied.
 */
bool
detmeta_leaf_unite(const Leaf *a, const Leaf *b, Leaf *either, bool *negated)
{
	*negated = a->type == LEAF_EMPTY || b->type == LEAF_EMPTY;
	if (!are_of_one_value(a, b) || a->ntests + b->ntests > MAX_TESTS ||
		!(a->type == LEAF_ANY || b->type == LEAF_ANY) ||
		!(a->type == LEAF_ANY || a->type == LEAF_EMPTY) ||
		!(b->type == LEAF_ANY || b->type == LEAF_EMPTY))
		return false;
	*either = *a;
	either->type = *negated ? LEAF_NONE : LEAF_ANY;
	either->ntests = either->allocated = 0;
	either->kinds = a->kinds | b->kinds;
	either->tests = NULL;
	for (int i = 0; i < a->ntests; i++)
		*detmeta_leaf_add_test(either, a->tests[i].type, a->tests[i].kind) = a->tests[i];
	for (int i = 0; i < b->ntests; i++)
		*detmeta_leaf_add_test(either, b->tests[i].type, b->tests[i].kind) = b->tests[i];
	return true;
}

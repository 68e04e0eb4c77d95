/*
 * leaf.c
 *		A condition on one key, as tests on its values.
 */
#include "postgres.h"

#include "base/compat.h"
#include "filter/leaf.h"
#include "value/casefold.h"
#include "value/date.h"
#include "value/number.h"
#include "value/substring.h"

/* Add a test to a leaf, with nothing to compare yet. */
ValueTest *
detmeta_leaf_add_test(Leaf *leaf, TestType type, MetaKind kind)
{
	ValueTest  *test;

	if (leaf->ntests == leaf->allocated)
	{
		leaf->allocated = Max(4, 2 * leaf->allocated);
		leaf->tests = leaf->tests == NULL ?
			palloc_array(ValueTest, leaf->allocated) :
			repalloc_array(leaf->tests, ValueTest, leaf->allocated);
	}
	test = &leaf->tests[leaf->ntests++];
	memset(test, 0, sizeof(*test));
	test->type = type;
	test->kind = kind;
	leaf->kinds |= kind == META_STRING ? META_STRING_KINDS : META_KIND_BIT(kind);
	return test;
}

/* Add a test for bytes. */
static void
add_bytes_test(Leaf *leaf, TestType type, MetaKind kind, const char *bytes, int len)
{
	ValueTest  *test = detmeta_leaf_add_test(leaf, type, kind);

	test->bytes = bytes;
	test->len = len;
}

/* Read a text operand as a number; return false where it is none. */
static bool
read_number(const Operand *operand, Operand *number)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	if (!detmeta_number_encode_text(operand->bytes, operand->len, &bytes))
	{
		pfree(bytes.data);
		return false;
	}
	number->kind = OPERAND_NUMBER;
	number->bytes = detmeta_take_bytes(&bytes);
	number->len = bytes.len;
	return true;
}

/* Read a text operand as a date; return false where it is none. */
static bool
read_date(const Operand *operand, Operand *date)
{
	int64		instant;

	if (!detmeta_date_parse_argument(operand->bytes, operand->len, &instant))
		return false;
	*date = detmeta_operand_instant(instant);
	return true;
}

/* Add a test for an array or object as a whole. */
static void
add_container_test(Leaf *leaf, const Operand *operand)
{
	Jsonb	   *jsonb = palloc(VARHDRSZ + operand->len);
	JsonbValue	jbv;
	MetaValue	value;

	memcpy(VARDATA(jsonb), operand->bytes, operand->len);
	SET_VARSIZE(jsonb, VARHDRSZ + operand->len);
	JsonbToJsonbValue(jsonb, &jbv);

	detmeta_value_read(&jbv, &value);
	if (META_IS_EMPTY(value.kind))
		detmeta_leaf_add_test(leaf, TEST_KIND, value.kind);
	else
	{
		add_bytes_test(leaf, TEST_EQUAL, value.kind, value.bytes, value.len);
		leaf->tests[leaf->ntests - 1].container = &jsonb->root;
	}
}

/* Add the tests of `is text`: what metadata->>key may print so. */
static void
add_text_equality(Leaf *leaf, const Operand *operand)
{
	Operand		number;

	add_bytes_test(leaf, TEST_EQUAL, META_STRING, operand->bytes, operand->len);
	if (read_number(operand, &number))
		add_bytes_test(leaf, TEST_EQUAL, META_NUMBER, number.bytes, number.len);
	else if (operand->len == 4 && memcmp(operand->bytes, "true", 4) == 0)
		detmeta_leaf_add_test(leaf, TEST_KIND, META_TRUE);
	else if (operand->len == 5 && memcmp(operand->bytes, "false", 5) == 0)
		detmeta_leaf_add_test(leaf, TEST_KIND, META_FALSE);
}

/* Add a range test whose ends are the same kind. */
static ValueTest *
add_range_test(Leaf *leaf, MetaKind kind, const Operand *low, const Operand *high, bool inclusive)
{
	ValueTest  *test = detmeta_leaf_add_test(leaf, TEST_RANGE, kind);

	if (low != NULL)
		test->low = detmeta_bound(low->bytes, low->len, inclusive);
	if (high != NULL)
		test->high = detmeta_bound(high->bytes, high->len, inclusive);
	return test;
}

/* Add the tests of `is operand`. */
void
detmeta_leaf_add_equality(Leaf *leaf, const Operand *operand)
{
	switch (operand->kind)
	{
		case OPERAND_NULL:
			detmeta_leaf_add_test(leaf, TEST_KIND, META_NULL);
			break;
		case OPERAND_FALSE:
			detmeta_leaf_add_test(leaf, TEST_KIND, META_FALSE);
			break;
		case OPERAND_TRUE:
			detmeta_leaf_add_test(leaf, TEST_KIND, META_TRUE);
			break;
		case OPERAND_NUMBER:
			add_bytes_test(leaf, TEST_EQUAL, META_NUMBER, operand->bytes, operand->len);
			break;
		case OPERAND_DATE:
			/* One instant has many texts. */
			add_range_test(leaf, META_DATE, operand, operand, true);
			break;
		case OPERAND_STRING:
			add_bytes_test(leaf, TEST_EQUAL, META_STRING, operand->bytes, operand->len);
			break;
		case OPERAND_CONTAINER:
			add_container_test(leaf, operand);
			break;
		case OPERAND_TEXT:
			add_text_equality(leaf, operand);
			break;
	}
}

/* Add the tests of a range of booleans: the booleans in it. */
static void
add_boolean_range(Leaf *leaf, const Operand *low, const Operand *high, bool inclusive)
{
	for (int value = 0; value <= 1; value++)
	{
		int			lo = low == NULL ? -1 : low->kind == OPERAND_TRUE;
		int			hi = high == NULL ? 2 : high->kind == OPERAND_TRUE;

		if (inclusive ? (value >= lo && value <= hi) : (value > lo && value < hi))
			detmeta_leaf_add_test(leaf, TEST_KIND, value ? META_TRUE : META_FALSE);
	}
}

/* Add the tests of a range whose ends are in text form. */
static void
add_text_range(Leaf *leaf, const Operand *low, const Operand *high, bool inclusive)
{
	Operand		lo = {0};		/* compilers do not see that they are set if used */
	Operand		hi = {0};
	ValueTest  *strings;
	bool		dates;

	if ((low == NULL || read_number(low, &lo)) && (high == NULL || read_number(high, &hi)))
		add_range_test(leaf, META_NUMBER, low ? &lo : NULL, high ? &hi : NULL, inclusive);

	dates = (low == NULL || read_date(low, &lo)) && (high == NULL || read_date(high, &hi));
	if (dates)
		add_range_test(leaf, META_DATE, low ? &lo : NULL, high ? &hi : NULL, inclusive);

	strings = add_range_test(leaf, META_STRING, low, high, inclusive);
	strings->skip_dates = dates;
}

/* Add the tests of a range; either end may be missing. */
void
detmeta_leaf_add_ordered(Leaf *leaf, const Operand *low, const Operand *high, bool inclusive)
{
	const Operand *end = low != NULL ? low : high;
	MetaKind	kind;

	Assert(end != NULL);
	switch (end->kind)
	{
		case OPERAND_FALSE:
		case OPERAND_TRUE:
			add_boolean_range(leaf, low, high, inclusive);
			return;
		case OPERAND_TEXT:
			add_text_range(leaf, low, high, inclusive);
			return;
		case OPERAND_NUMBER:
			kind = META_NUMBER;
			break;
		case OPERAND_DATE:
			kind = META_DATE;
			break;
		case OPERAND_STRING:
			kind = META_STRING;
			break;
		default:
			elog(ERROR, "unexpected operand kind %d of a range", (int) end->kind);
			return;
	}
	add_range_test(leaf, kind, low, high, inclusive);
}

/* Add the test of a pattern. */
void
detmeta_leaf_add_pattern(Leaf *leaf, TestType type, const char *bytes, int len)
{
	StringInfoData folded;

	if (type == TEST_ICONTAINS || type == TEST_IEQUAL || type == TEST_ISTARTS_WITH)
	{
		initStringInfo(&folded);
		detmeta_casefold(bytes, len, &folded);
		bytes = folded.data;
		len = folded.len;
	}
	add_bytes_test(leaf, type, META_STRING, bytes, len);
	if (type != TEST_STARTS_WITH && type != TEST_EQUAL)
		leaf->tests[leaf->ntests - 1].substring = detmeta_substring(bytes, len);
}

/* Add the test of a pattern that is a text, or NULL for an empty one. */
void
detmeta_leaf_add_text_pattern(Leaf *leaf, TestType type, const text *pattern)
{
	if (pattern == NULL)
		detmeta_leaf_add_pattern(leaf, type, "", 0);
	else
		detmeta_leaf_add_pattern(leaf, type, VARDATA_ANY(pattern), VARSIZE_ANY_EXHDR(pattern));
}

/* Note pieces, which are texts, that strings need for the check of the last test of a leaf. */
void
detmeta_leaf_add_pieces(Leaf *leaf, const List *pieces)
{
	ValueTest  *test = &leaf->tests[leaf->ntests - 1];
	ListCell   *lc;

	foreach(lc, pieces)
	{
		const text *piece = lfirst(lc);
		int			len = VARSIZE_ANY_EXHDR(piece);

		if (len != test->len || memcmp(VARDATA_ANY(piece), test->bytes, len) != 0)
			test->pieces = lappend(test->pieces, detmeta_substring(VARDATA_ANY(piece), len));
	}
}

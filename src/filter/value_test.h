/*
 * value_test.h
 *		Does a value pass a test?
 */
#ifndef DETMETA_VALUE_TEST_H
#define DETMETA_VALUE_TEST_H

#include "nodes/pg_list.h"

#include "value/value.h"

typedef enum TestType
{
	TEST_KIND,					/* the value is of this kind, which has no bytes */
	TEST_EQUAL,					/* same kind and bytes; META_STRING: same text */
	TEST_RANGE,					/* META_NUMBER, META_DATE or META_STRING */
	TEST_CONTAINS,				/* the rest look at strings, dates included */
	TEST_ICONTAINS,
	TEST_IEQUAL,
	TEST_STARTS_WITH,
	TEST_ISTARTS_WITH,
	TEST_ENDS_WITH,
	TEST_DOCUMENT,				/* the document has a peculiarity, see DocumentFlag */
	TEST_ODD,					/* a date or a number that is not plain: value/date.h, number.h */
	TEST_FRACTION				/* a number that is not whole, or may not be */
} TestType;

/* What few documents are, and what makes keys say less of them. */
typedef enum DocumentFlag
{
	DOCUMENT_IS_ANY,			/* all are */
	DOCUMENT_IS_NO_OBJECT,
	DOCUMENT_HAS_DOTTED_NAME	/* {"a.b": 1} has the key of {"a": {"b": 1}} */
} DocumentFlag;

/* One end of a range; no bytes means no end. */
typedef struct Bound
{
	const char *bytes;
	int			len;
	bool		inclusive;
} Bound;

static inline Bound
detmeta_bound(const char *bytes, int len, bool inclusive)
{
	Bound		bound = {bytes, len, inclusive};

	return bound;
}

/* Says if a text that passes a test satisfies the condition, too. */
typedef bool (*TextCheck) (const char *text, int len, void *arg);

typedef struct ValueTest
{
	TestType	type;
	MetaKind	kind;			/* META_STRING with all tests on text */
	const char *bytes;			/* TEST_EQUAL and patterns; folded for TEST_I... */
	int			len;
	struct Substring *substring;	/* patterns but TEST_STARTS_WITH: the bytes, prepared */
	JsonbContainer *container;	/* TEST_EQUAL of an array or object: itself */
	Bound		low;			/* TEST_RANGE */
	Bound		high;
	TextCheck	check;			/* of TEST_CONTAINS, TEST_ICONTAINS, TEST_STARTS_WITH, or NULL */
	void	   *check_arg;
	List	   *pieces;			/* Substrings that texts need to satisfy the check, too */
	bool		skip_dates;		/* a range of strings that leaves dates out */
	DocumentFlag flag;			/* TEST_DOCUMENT */
	bool		unsure;			/* what passes only may satisfy the condition, */
	bool		may_fail;		/* or may make its evaluation fail; then it is unsure */
} ValueTest;

extern bool detmeta_value_passes(const ValueTest *test, const MetaValue *value);
extern bool detmeta_text_passes(const ValueTest *test, const char *text, int len);

#endif							/* DETMETA_VALUE_TEST_H */

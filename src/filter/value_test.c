/*
 * value_test.c
 *		Whether a value passes a test: the one place that decides.
 */
#include "postgres.h"

#include "filter/value_test.h"
#include "value/casefold.h"
#include "value/date.h"
#include "value/substring.h"
#include "value/value.h"

/* Say whether bytes lie within a test's bounds. */
static bool
in_range(const ValueTest *test, const char *bytes, int len)
{
	if (test->low.bytes != NULL)
	{
		int			cmp = detmeta_bytes_compare(bytes, len, test->low.bytes, test->low.len);

		if (cmp < 0 || (cmp == 0 && !test->low.inclusive))
			return false;
	}
	if (test->high.bytes != NULL)
	{
		int			cmp = detmeta_bytes_compare(bytes, len, test->high.bytes, test->high.len);

		if (cmp > 0 || (cmp == 0 && !test->high.inclusive))
			return false;
	}
	return true;
}

/* Say whether a folded text passes a test on folded texts. */
static inline bool
folded_passes(const ValueTest *test, const char *folded, int len)
{
	if (test->type == TEST_ICONTAINS)
		return detmeta_substring_found(test->substring, folded, len);
	return len >= test->len && memcmp(folded, test->bytes, test->len) == 0 &&
		(test->type == TEST_ISTARTS_WITH || len == test->len);
}

/* Say whether a text's case folding contains, is or starts with a folded pattern. */
static bool
text_passes_folded(const ValueTest *test, const char *text, int len)
{
	StringInfoData folded;
	bool		result;

	if (test->len == 0 && test->type != TEST_IEQUAL)
		return true;
	initStringInfo(&folded);
	detmeta_casefold(text, len, &folded);
	result = folded_passes(test, folded.data, folded.len);
	pfree(folded.data);
	return result;
}

/* Say whether a string's text passes a test on strings, apart from a further check. */
static pg_attribute_always_inline bool
text_passes_itself(const ValueTest *test, const char *text, int len)
{
	switch (test->type)
	{
		case TEST_EQUAL:
			return len == test->len && memcmp(text, test->bytes, len) == 0;
		case TEST_RANGE:
			return in_range(test, text, len);
		case TEST_CONTAINS:
			return detmeta_substring_found(test->substring, text, len);
		case TEST_ICONTAINS:
		case TEST_IEQUAL:
		case TEST_ISTARTS_WITH:
			return text_passes_folded(test, text, len);
		case TEST_ENDS_WITH:
			return detmeta_substring_at_end(test->substring, text, len);
		case TEST_STARTS_WITH:
			return len >= test->len && memcmp(text, test->bytes, test->len) == 0;
		default:
			return false;
	}
}

/* Say whether a text has what it needs for a check, but for what is folded. */
static bool
has_pieces(const ValueTest *test, const char *text, int len)
{
	ListCell   *lc;

	if (test->type == TEST_ICONTAINS)
		return true;
	foreach(lc, test->pieces)
	{
		if (!detmeta_substring_found(lfirst(lc), text, len))
			return false;
	}
	return true;
}

/* Say whether a string's text passes a test on strings. */
bool
detmeta_text_passes(const ValueTest *test, const char *text, int len)
{
	return text_passes_itself(test, text, len) &&
		(test->check == NULL ||
		 (has_pieces(test, text, len) && test->check(text, len, test->check_arg)));
}

/* Say whether a value passes a test. */
bool
detmeta_value_passes(const ValueTest *test, const MetaValue *value)
{
	char		instant[DETMETA_INSTANT_BYTES];

	if (test->kind == META_STRING)
	{
		if (value->kind != META_STRING &&
			(value->kind != META_DATE || test->skip_dates))
			return false;
		return detmeta_text_passes(test, value->bytes, value->len);
	}

	if (value->kind != test->kind)
		return false;
	switch (test->type)
	{
		case TEST_KIND:
			return true;
		case TEST_EQUAL:
			return value->len == test->len &&
				memcmp(value->bytes, test->bytes, test->len) == 0;
		default:
			if (value->kind != META_DATE)
				return in_range(test, value->bytes, value->len);
			detmeta_instant_encode(value->instant, instant);
			return in_range(test, instant, sizeof(instant));
	}
}

/*
 * pattern.c
 *		Texts in the metadata that match a pattern.
 *
 *		LIKE 'warm%'		begins with warm
 *		LIKE '%warm%'		contains it
 *		LIKE '%warm_up%'	contains warm, the longest literal piece, and matches
 *		ILIKE '%Warm%'		contains warm, as far as that does not depend on
 *							a locale, and matches
 *		LIKE 'warm%up'		begins with warm; in doubt
 *
 * Whether a distinct string of the index matches is core's own function to say.
 *
 * Numbers, booleans and containers match by the text that they print as, which
 * the index does not have: they are in doubt.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#include "dialect/compare.h"
#include "dialect/pattern.h"

/* Kinds that are no strings, but have a text. */
#define OTHER_TEXTS		(META_ALL_KINDS & ~META_STRING_KINDS & ~META_KIND_BIT(META_NULL))

/* A pattern taken apart. */
typedef struct Pattern
{
	StringInfoData piece;		/* the piece being read */
	StringInfoData longest;		/* of those read */
	int			npieces;
	bool		has_wildcards;
	bool		ends_any;		/* the last wildcard is a % */
	bool		begins_any;		/* the first is, before any piece */
	bool		has_single;		/* there is a _ */
	bool		longest_is_first;	/* no wildcard comes before it */
} Pattern;

/* What core's function is called with. */
typedef struct Matching
{
	const text *pattern;
	bool		ignores_case;
	Oid			collation;
	MemoryContext scratch;		/* or NULL: it was not called yet */
} Matching;

/* End the piece being read, if it has any bytes. */
static void
end_piece(Pattern *pattern, bool first)
{
	if (pattern->piece.len == 0)
		return;
	pattern->npieces++;
	if (pattern->piece.len > pattern->longest.len)
	{
		resetStringInfo(&pattern->longest);
		appendBinaryStringInfo(&pattern->longest, pattern->piece.data, pattern->piece.len);
		pattern->longest_is_first = first;
	}
	resetStringInfo(&pattern->piece);
}

/*
 * Say whether a byte of a pattern has a case that is the same in all locales:
 * I and i are not paired in Turkish, and letters beyond ASCII are left to core.
 */
static inline bool
folds_everywhere(char c)
{
	return !IS_HIGHBIT_SET(c) && c != 'i' && c != 'I';
}

/* Take a LIKE pattern apart; false: it ends with an escape character, which is an error. */
static bool
read_pattern(Pattern *pattern, const char *bytes, int len, bool ignores_case)
{
	memset(pattern, 0, sizeof(*pattern));
	initStringInfo(&pattern->piece);
	initStringInfo(&pattern->longest);
	for (int i = 0; i < len; i++)
	{
		char		c = bytes[i];

		if (c == '%' || c == '_')
		{
			end_piece(pattern, !pattern->has_wildcards);
			if (!pattern->has_wildcards)
				pattern->begins_any = c == '%' && pattern->npieces == 0;
			pattern->has_wildcards = true;
			pattern->has_single |= c == '_';
			continue;
		}
		if (c == '\\' && ++i == len)
			return false;
		c = bytes[i];
		if (ignores_case && !folds_everywhere(c))
		{
			end_piece(pattern, !pattern->has_wildcards);
			pattern->has_wildcards = pattern->has_single = true;
			continue;
		}
		appendStringInfoCharMacro(&pattern->piece, c);
	}
	pattern->ends_any = len > 0 && pattern->piece.len == 0 && bytes[len - 1] == '%';
	end_piece(pattern, !pattern->has_wildcards);
	return true;
}

/* Say whether a pattern is nothing but %piece% or piece%. */
static bool
is_simple(const Pattern *pattern)
{
	return pattern->npieces == 1 && !pattern->has_single && pattern->ends_any &&
		(pattern->begins_any || pattern->longest_is_first);
}

/* Say whether a text matches as core has it. */
static bool
matches(const char *bytes, int len, void *arg)
{
	Matching   *matching = arg;
	MemoryContext old;
	bool		result;

	if (matching->scratch == NULL)
		matching->scratch = AllocSetContextCreate(GetMemoryChunkContext(matching),
												  "metadata pattern", ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(matching->scratch);
	result = DatumGetBool(DirectFunctionCall2Coll(matching->ignores_case ? texticlike : textlike,
												  matching->collation,
												  PointerGetDatum(cstring_to_text_with_len(bytes,
																						   len)),
												  PointerGetDatum(matching->pattern)));
	MemoryContextSwitchTo(old);
	MemoryContextReset(matching->scratch);
	return result;
}

/* Have core's function check the texts that pass a test. */
static void
add_matching(ValueTest *test, const text *pattern, bool ignores_case, Oid collation)
{
	Matching   *matching = palloc0_object(Matching);

	matching->pattern = pattern;
	matching->ignores_case = ignores_case;
	matching->collation = collation;
	test->check = matches;
	test->check_arg = matching;
}

/* Let a leaf accept strings by the longest piece of a pattern. */
static void
add_piece(Leaf *leaf, const Pattern *read, const text *pattern, bool ignores_case, Oid collation)
{
	TestType	type = ignores_case ? TEST_ICONTAINS :
		read->longest_is_first ? TEST_STARTS_WITH : TEST_CONTAINS;
	ValueTest  *test;

	detmeta_leaf_add_pattern(leaf, type, read->longest.data, read->longest.len);
	if (!ignores_case && is_simple(read))
		return;
	test = &leaf->tests[leaf->ntests - 1];
	if (OidIsValid(collation) && type != TEST_STARTS_WITH)
		add_matching(test, pattern, ignores_case, collation);
	else
		test->unsure = true;
}

/* path LIKE pattern, path ILIKE pattern */
Truth
detmeta_match_like(Dialect *dialect, const DocumentPath *path, const text *pattern,
				   bool ignores_case, Oid collation)
{
	Pattern		read;
	Leaf		leaf;

	if (!read_pattern(&read, VARDATA_ANY(pattern), VARSIZE_ANY_EXHDR(pattern), ignores_case))
		return detmeta_truth_nothing();
	if (read.longest.len == 0)
		return detmeta_truth_where_held(dialect, path);
	detmeta_leaf_begin(&leaf, path);
	if (!read.has_wildcards && !ignores_case)
		detmeta_leaf_add_text(dialect, path, &leaf, read.longest.data, read.longest.len);
	else
	{
		add_piece(&leaf, &read, pattern, ignores_case, collation);
		detmeta_leaf_add_kinds(&leaf, OTHER_TEXTS, true);
	}
	return detmeta_truth_of_leaf(dialect, path, &leaf);
}

/* starts_with(path, prefix) */
Truth
detmeta_match_prefix(Dialect *dialect, const DocumentPath *path, const text *prefix)
{
	Leaf		leaf;

	detmeta_leaf_begin(&leaf, path);
	detmeta_leaf_add_pattern(&leaf, TEST_STARTS_WITH, VARDATA_ANY(prefix),
							 VARSIZE_ANY_EXHDR(prefix));
	detmeta_leaf_add_kinds(&leaf, OTHER_TEXTS, true);
	return detmeta_truth_of_leaf(dialect, path, &leaf);
}

/* upper(path) = value, lower(path) = value */
Truth
detmeta_match_folded(Dialect *dialect, const DocumentPath *path, const text *value)
{
	StringInfoData pattern;
	const char *bytes = VARDATA_ANY(value);

	/* as a pattern, where each byte stands for itself */
	initStringInfo(&pattern);
	appendStringInfoSpaces(&pattern, VARHDRSZ);
	for (int i = 0; i < (int) VARSIZE_ANY_EXHDR(value); i++)
	{
		if (bytes[i] == '%' || bytes[i] == '_' || bytes[i] == '\\')
			appendStringInfoChar(&pattern, '\\');
		appendStringInfoChar(&pattern, bytes[i]);
	}
	SET_VARSIZE(pattern.data, pattern.len);
	return detmeta_match_like(dialect, path, (text *) pattern.data, true, InvalidOid);
}

/*
 * like.c
 *		Patterns of LIKE: taken apart, and as tests of a leaf.
 *
 *		'warm'			equals it
 *		'warm%'			begins with it
 *		'%warm%'		contains it
 *		'%warm'			ends with it
 *		'warm%up'		begins with warm, and matches
 *		'%warm_up%'		contains warm, the longest literal piece, and up, and
 *						matches
 *
 * So the index looks only at strings that begin with a piece, or for its
 * trigrams, and few texts are left to be matched, which is core's own function
 * to say.  Without regard to case, text and pattern are folded first, as
 * icontains does it, so that the answer is no locale's.
 */
#include "postgres.h"

#include "catalog/pg_collation_d.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "filter/like.h"
#include "value/casefold.h"

/* What core's function is called with. */
typedef struct LikeArguments
{
	const text *pattern;
	LikeMatch	match;
	Oid			collation;
	MemoryContext context;		/* of this */
	MemoryContext scratch;		/* or NULL: it was not called yet */
} LikeArguments;

/* End the piece being read, if it has any bytes. */
static void
end_like_piece(LikePattern *pattern)
{
	bool		is_longest = pattern->longest == NULL ||
		pattern->piece.len > (int) VARSIZE_ANY_EXHDR(pattern->longest);
	text	   *piece;

	if (pattern->piece.len == 0)
		return;
	if (pattern->npieces++ == 0)
		pattern->has_prefix = !pattern->has_wildcards;
	if (is_longest || list_length(pattern->pieces) < LEAF_MAX_PIECES)
	{
		piece = cstring_to_text_with_len(pattern->piece.data, pattern->piece.len);
		if (list_length(pattern->pieces) < LEAF_MAX_PIECES)
			pattern->pieces = lappend(pattern->pieces, piece);
		if (is_longest)
			pattern->longest = piece;
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

/*
 * Take a pattern apart; false: it ends with an escape character, which is an
 * error.  If it ignores case as core does, only what has the same case in all
 * locales is in a piece.
 */
bool
detmeta_like_read(LikePattern *pattern, const char *bytes, int len, bool ignores_case)
{
	memset(pattern, 0, sizeof(*pattern));
	initStringInfo(&pattern->piece);
	for (int i = 0; i < len; i++)
	{
		char		c = bytes[i];

		if (c == '%' || c == '_')
		{
			end_like_piece(pattern);
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
			end_like_piece(pattern);
			pattern->has_wildcards = pattern->has_single = true;
			continue;
		}
		appendStringInfoCharMacro(&pattern->piece, c);
	}
	pattern->ends_any = len > 0 && pattern->piece.len == 0 && bytes[len - 1] == '%';
	end_like_piece(pattern);
	return true;
}

/* Say whether a pattern is nothing but %piece% or piece%. */
bool
detmeta_like_is_simple(const LikePattern *pattern)
{
	return pattern->npieces == 1 && !pattern->has_single && pattern->ends_any &&
		(pattern->begins_any || pattern->has_prefix);
}

/* Refuse a pattern that core's LIKE would refuse where it comes to its end. */
void
detmeta_like_validate(const char *bytes, int len)
{
	LikePattern pattern;

	if (!detmeta_like_read(&pattern, bytes, len, false))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_ESCAPE_SEQUENCE),
				 errmsg("LIKE pattern must not end with escape character"),
				 errhint("A backslash that stands for itself is written twice.")));
	pfree(pattern.piece.data);
}

/* Return a text of bytes, of their folding if so wanted. */
static text *
make_text(const char *bytes, int len, bool folded)
{
	StringInfoData fold;

	if (!folded)
		return cstring_to_text_with_len(bytes, len);
	initStringInfo(&fold);
	detmeta_casefold(bytes, len, &fold);
	return cstring_to_text_with_len(fold.data, fold.len);
}

/* Say whether a text matches as core has it. */
static bool
matches_like(const char *bytes, int len, void *arg)
{
	LikeArguments *like = arg;
	PGFunction	function = like->match == LIKE_ANY_CASE ? texticlike : textlike;
	MemoryContext old;
	text	   *subject;
	bool		result;

	CHECK_FOR_INTERRUPTS();
	if (like->scratch == NULL)
		like->scratch = AllocSetContextCreate(like->context, "metadata pattern",
											  ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(like->scratch);
	subject = make_text(bytes, len, like->match == LIKE_FOLDED);
	result = DatumGetBool(DirectFunctionCall2Coll(function, like->collation,
												  PointerGetDatum(subject),
												  PointerGetDatum(like->pattern)));
	MemoryContextSwitchTo(old);
	MemoryContextReset(like->scratch);
	return result;
}

/* Have core's function check the texts that pass the last test of a leaf. */
void
detmeta_leaf_check_like(Leaf *leaf, const LikePattern *pattern, const text *like,
						LikeMatch match, Oid collation)
{
	ValueTest  *test = &leaf->tests[leaf->ntests - 1];
	LikeArguments *arguments = palloc0_object(LikeArguments);

	arguments->pattern = like;
	arguments->match = match;
	arguments->collation = collation;
	arguments->context = CurrentMemoryContext;
	test->check = matches_like;
	test->check_arg = arguments;
	detmeta_leaf_add_pieces(leaf, pattern->pieces);
}

/* Add the test of what texts begin with, or else contain, to be like a pattern. */
void
detmeta_leaf_add_piece(Leaf *leaf, const LikePattern *pattern, bool ignores_case)
{
	if (pattern->has_prefix && !ignores_case)
		detmeta_leaf_add_text_pattern(leaf, TEST_STARTS_WITH, linitial(pattern->pieces));
	else
		detmeta_leaf_add_text_pattern(leaf, ignores_case ? TEST_ICONTAINS : TEST_CONTAINS,
									  pattern->longest);
}

/* Say whether a pattern is nothing but %piece. */
static bool
is_end(const LikePattern *pattern)
{
	return pattern->npieces == 1 && !pattern->has_single && pattern->begins_any &&
		!pattern->ends_any;
}

/* Say whether a pattern is nothing but % signs, which all texts match. */
static bool
matches_all(const LikePattern *pattern)
{
	return pattern->npieces == 0 && !pattern->has_single && pattern->has_wildcards;
}

/* Add a test that is all of a pattern, if there is one. */
static bool
add_whole_test(Leaf *leaf, const LikePattern *pattern, bool folded)
{
	TestType	type;

	if (!pattern->has_wildcards)
		type = folded ? TEST_IEQUAL : TEST_EQUAL;
	else if (is_end(pattern) && !folded)
		type = TEST_ENDS_WITH;
	else if (detmeta_like_is_simple(pattern) && pattern->has_prefix)
		type = folded ? TEST_ISTARTS_WITH : TEST_STARTS_WITH;
	else if (detmeta_like_is_simple(pattern) || matches_all(pattern))
		type = folded ? TEST_ICONTAINS : TEST_CONTAINS;
	else
		return false;
	detmeta_leaf_add_text_pattern(leaf, type, pattern->longest);
	return true;
}

/* Add the test of a pattern, which is folded if texts are to be folded first. */
static void
add_like(Leaf *leaf, const char *bytes, int len, bool folded)
{
	LikePattern pattern;

	if (!detmeta_like_read(&pattern, bytes, len, false))
		elog(ERROR, "metadata filter has a pattern that ends with an escape character");
	if (add_whole_test(leaf, &pattern, folded))
		return;
	detmeta_leaf_add_piece(leaf, &pattern, folded);
	detmeta_leaf_check_like(leaf, &pattern, cstring_to_text_with_len(bytes, len),
							folded ? LIKE_FOLDED : LIKE_EXACT, C_COLLATION_OID);
}

/* Add the test of `like`. */
void
detmeta_leaf_add_like(Leaf *leaf, const char *bytes, int len)
{
	add_like(leaf, bytes, len, false);
}

/* Add the test of `ilike`. */
void
detmeta_leaf_add_ilike(Leaf *leaf, const char *bytes, int len)
{
	StringInfoData folded;

	initStringInfo(&folded);
	detmeta_casefold(bytes, len, &folded);
	add_like(leaf, folded.data, folded.len, true);
}

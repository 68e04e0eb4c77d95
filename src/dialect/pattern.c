/*
 * pattern.c
 *		Texts in the metadata that match a pattern.
 *
 *		LIKE 'warm%'		begins with warm
 *		LIKE '%warm%'		contains it
 *		LIKE '%warm_up%'	contains warm, the longest literal piece, and matches
 *		ILIKE '%Warm%'		contains warm, as far as that does not depend on
 *							a locale, and matches
 *		LIKE 'warm%up'		begins with warm, and matches
 *
 * Whether a distinct string of the index matches is core's own function to say.
 *
 * Numbers, booleans and containers match by the text that they print as, which
 * the index does not have: they are in doubt.
 */
#include "postgres.h"

#include "dialect/compare.h"
#include "dialect/pattern.h"
#include "filter/like.h"

/* Kinds that are no strings, but have a text. */
#define OTHER_TEXTS		(META_ALL_KINDS & ~META_STRING_KINDS & ~META_KIND_BIT(META_NULL))

/* Let a leaf accept strings by a piece of a pattern. */
static void
add_piece(Leaf *leaf, const LikePattern *read, const text *pattern, bool ignores_case,
		  Oid collation)
{
	detmeta_leaf_add_piece(leaf, read, ignores_case);
	if (!ignores_case && detmeta_like_is_simple(read))
		return;
	if (OidIsValid(collation))
		detmeta_leaf_check_like(leaf, read, pattern, ignores_case ? LIKE_ANY_CASE : LIKE_EXACT,
								collation);
	else
		leaf->tests[leaf->ntests - 1].unsure = true;
}

/* path LIKE pattern, path ILIKE pattern */
Truth
detmeta_match_like(Dialect *dialect, const DocumentPath *path, const text *pattern,
				   bool ignores_case, Oid collation)
{
	LikePattern read;
	Leaf		leaf;

	if (!detmeta_like_read(&read, VARDATA_ANY(pattern), VARSIZE_ANY_EXHDR(pattern), ignores_case))
		return detmeta_truth_nothing();
	if (read.longest == NULL)
		return detmeta_truth_where_held(dialect, path);
	detmeta_leaf_begin(&leaf, path);
	if (!read.has_wildcards && !ignores_case)
		detmeta_leaf_add_text(dialect, path, &leaf, VARDATA_ANY(read.longest),
							  VARSIZE_ANY_EXHDR(read.longest));
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

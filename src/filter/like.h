/*
 * like.h
 *		Patterns of LIKE: taken apart, and as tests of a leaf.
 */
#ifndef DETMETA_LIKE_H
#define DETMETA_LIKE_H

#include "lib/stringinfo.h"

#include "filter/leaf.h"

/* A pattern taken apart. */
typedef struct LikePattern
{
	StringInfoData piece;		/* the piece being read */
	List	   *pieces;			/* the first of those read, texts */
	text	   *longest;		/* of all that were read, or NULL */
	int			npieces;
	bool		has_prefix;		/* no wildcard comes before the first */
	bool		has_wildcards;
	bool		ends_any;		/* the last wildcard is a % */
	bool		begins_any;		/* the first is, before any piece */
	bool		has_single;		/* there is a _ */
} LikePattern;

/* How a text is matched. */
typedef enum LikeMatch
{
	LIKE_EXACT,					/* as it is */
	LIKE_ANY_CASE,				/* as core's ILIKE does */
	LIKE_FOLDED					/* after case folding; the pattern is folded already */
} LikeMatch;

extern void detmeta_like_validate(const char *bytes, int len);
extern bool detmeta_like_read(LikePattern *pattern, const char *bytes, int len,
							  bool ignores_case);
extern bool detmeta_like_is_simple(const LikePattern *pattern);
extern void detmeta_leaf_add_piece(Leaf *leaf, const LikePattern *pattern, bool ignores_case);
extern void detmeta_leaf_check_like(Leaf *leaf, const LikePattern *pattern, const text *like,
									LikeMatch match, Oid collation);
extern void detmeta_leaf_add_like(Leaf *leaf, const char *bytes, int len);
extern void detmeta_leaf_add_ilike(Leaf *leaf, const char *bytes, int len);

#endif							/* DETMETA_LIKE_H */

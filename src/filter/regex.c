/*
 * regex.c
 *		Regular expressions, as tests of a leaf.
 *
 *		'^warm'				begins with warm, and matches
 *		'warm.*(re)?start'	contains start, the longest piece that none of the
 *							texts that match is without, and warm, and matches
 *		'(?i)warm'			contains warm, case folded, and matches
 *		'warm|cold'			matches
 *
 * Whether a text matches is core's to say: its advanced regular expressions,
 * anchored nowhere, in the collation "C", so that the answer is no locale's.
 * Core knows what all texts that match begin with, too.  For the pieces the
 * expression is read here, with an eye only for what is certain: at anything
 * else reading ends, and what was found before holds, unless a | may follow,
 * which makes all of it one choice of several.
 */
#include "postgres.h"

#include <ctype.h>

#include "catalog/pg_collation_d.h"
#include "miscadmin.h"
#include "regex/regex.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "filter/regex.h"
#include "value/character.h"

/* As core compiles what it only looks for: both find it in core's cache. */
#define REGEX_FLAGS		(REG_ADVANCED | REG_NOSUB)

/* Longer texts get memory of their own; most texts of the index are not. */
#define FEW_CHARACTERS	128

/* An expression that is read for its pieces. */
typedef struct RegexReader
{
	const char *at;				/* what is read next */
	const char *end;
	StringInfoData piece;		/* the piece being read */
	int			last;			/* where its last character begins */
	List	   *pieces;			/* the first of those read, texts */
	text	   *longest;		/* of all that were read, or NULL */
} RegexReader;

/* Compile an expression, to refuse one that cannot be. */
void
detmeta_regex_validate(const char *bytes, int len)
{
	(void) RE_compile_and_cache(cstring_to_text_with_len(bytes, len), REGEX_FLAGS,
								C_COLLATION_OID);
}

/* End the piece being read, if it has any bytes. */
static void
end_regex_piece(RegexReader *r)
{
	bool		is_longest = r->longest == NULL ||
		r->piece.len > (int) VARSIZE_ANY_EXHDR(r->longest);
	text	   *piece;

	r->last = 0;
	if (r->piece.len == 0)
		return;
	if (is_longest || list_length(r->pieces) < LEAF_MAX_PIECES)
	{
		piece = cstring_to_text_with_len(r->piece.data, r->piece.len);
		if (list_length(r->pieces) < LEAF_MAX_PIECES)
			r->pieces = lappend(r->pieces, piece);
		if (is_longest)
			r->longest = piece;
	}
	resetStringInfo(&r->piece);
}

/* Add the character that is read next to the piece. */
static void
add_regex_character(RegexReader *r)
{
	const char *end = character_end(r->at, r->end);

	r->last = r->piece.len;
	appendBinaryStringInfo(&r->piece, r->at, end - r->at);
	r->at = end;
}

/* End the piece before its last character, which a quantifier lets be missing. */
static void
drop_last_character(RegexReader *r)
{
	r->piece.len = r->last;
	end_regex_piece(r);
}

/* Pass over {m,n}; false if it does not end. */
static bool
skip_bound(RegexReader *r)
{
	const char *end = memchr(r->at, '}', r->end - r->at);

	if (end == NULL)
		return false;
	r->at = end + 1;
	return true;
}

/* Pass over a bracket expression; false if it holds what has a meaning of its own. */
static bool
skip_bracket(RegexReader *r)
{
	const char *p = r->at + 1;

	if (p < r->end && *p == '^')
		p++;
	if (p < r->end && *p == ']')
		p++;
	while (p < r->end && *p != ']' && *p != '[' && *p != '\\')
		p++;
	if (p >= r->end || *p != ']')
		return false;
	r->at = p + 1;
	return true;
}

/* Pass over what is in parentheses; false if that is not certain. */
static bool
skip_group(RegexReader *r)
{
	const char *start = r->at;
	int			depth = 0;

	while (r->at < r->end)
	{
		char		c = *r->at;

		if (c == '[')
		{
			if (!skip_bracket(r))
				break;
			continue;
		}
		if (r->end - r->at > 2 && memcmp(r->at, "(?#", 3) == 0)
			break;
		r->at += c == '\\' ? 2 : 1;
		if (c == '(')
			depth++;
		if (c == ')' && --depth == 0)
			return true;
	}
	r->at = start;
	return false;
}

/* Read an escape: a character that stands for itself, or for none; false for others. */
static bool
read_regex_escape(RegexReader *r)
{
	unsigned char c = r->end - r->at > 1 ? r->at[1] : '\0';

	if (c == '\0' || IS_HIGHBIT_SET(c))
		return false;
	if (!isalnum(c))
	{
		r->at++;
		add_regex_character(r);
		return true;
	}
	if (strchr("dDsSwWmMyYAZ", c) == NULL)
		return false;
	end_regex_piece(r);
	r->at += 2;
	return true;
}

/* Read one part of an expression; false if it is not known what it is. */
static bool
read_regex_part(RegexReader *r)
{
	switch (*r->at)
	{
		case '|':
			return false;
		case '*':
		case '?':
			drop_last_character(r);
			r->at++;
			return true;
		case '{':
			drop_last_character(r);
			return skip_bound(r);
		case '+':
		case '.':
		case '^':
		case '$':
			end_regex_piece(r);
			r->at++;
			return true;
		case '(':
			end_regex_piece(r);
			return skip_group(r);
		case '[':
			end_regex_piece(r);
			return skip_bracket(r);
		case '\\':
			return read_regex_escape(r);
		default:
			add_regex_character(r);
			return true;
	}
}

/*
 * Read the pieces that every text that matches has, as far as they are known;
 * return whether their case does not matter.
 */
static bool
read_pieces(RegexReader *r, const char *bytes, int len)
{
	bool		folded = len >= 4 && memcmp(bytes, "(?i)", 4) == 0;

	memset(r, 0, sizeof(*r));
	r->at = bytes + (folded ? 4 : 0);
	r->end = bytes + len;
	if (!folded && len >= 3 &&
		(memcmp(bytes, "***", 3) == 0 ||
		 (memcmp(bytes, "(?", 2) == 0 && isalpha((unsigned char) bytes[2]))))
		return false;			/* another kind of expression */

	initStringInfo(&r->piece);
	while (r->at < r->end && read_regex_part(r))
		;
	end_regex_piece(r);
	if (r->at < r->end && memchr(r->at, '|', r->end - r->at) != NULL)
	{
		r->pieces = NIL;
		r->longest = NULL;
	}
	return folded;
}

/*
 * Say whether the statement is to end, but cannot yet: core's scan, and the
 * planner, ask for matches while a page of the index is locked.  Any answer
 * will do then, as the statement ends when the page is let go.
 */
static inline bool
is_about_to_end(void)
{
	return InterruptHoldoffCount > 0 && (QueryCancelPending || ProcDiePending);
}

/* Say whether a text matches an expression. */
static bool
matches_regex(const char *bytes, int len, void *arg)
{
	pg_wchar	few[FEW_CHARACTERS];
	pg_wchar   *characters;
	regex_t    *regex;
	int			n;
	int			result;

	CHECK_FOR_INTERRUPTS();
	if (is_about_to_end())
		return true;
	characters = len < FEW_CHARACTERS ? few : palloc_array(pg_wchar, len + 1);
	regex = RE_compile_and_cache(arg, REGEX_FLAGS, C_COLLATION_OID);
	n = pg_mb2wchar_with_len(bytes, characters, len);
	result = pg_regexec(regex, characters, n, 0, NULL, 0, NULL, 0);
	if (characters != few)
		pfree(characters);
	if (result == REG_OKAY || result == REG_NOMATCH)
		return result == REG_OKAY;
	/* 15 ends a search if the statement is canceled */
	CHECK_FOR_INTERRUPTS();
	if (is_about_to_end())
		return true;
	/* core says what is wrong */
	return RE_compile_and_execute(arg, (char *) bytes, len, REGEX_FLAGS, C_COLLATION_OID, 0, NULL);
}

/* Add the test of `matches`. */
void
detmeta_leaf_add_regex(Leaf *leaf, const char *bytes, int len)
{
	text	   *regex = cstring_to_text_with_len(bytes, len);
	RegexReader reader;
	bool		folded = read_pieces(&reader, bytes, len);
	bool		exact;
	char	   *prefix = regexp_fixed_prefix(regex, false, C_COLLATION_OID, &exact);

	if (prefix != NULL)
		detmeta_leaf_add_pattern(leaf, TEST_STARTS_WITH, prefix, strlen(prefix));
	else
		detmeta_leaf_add_text_pattern(leaf, folded ? TEST_ICONTAINS : TEST_CONTAINS,
									  reader.longest);
	leaf->tests[leaf->ntests - 1].check = matches_regex;
	leaf->tests[leaf->ntests - 1].check_arg = regex;
	if (prefix == NULL || !folded)
		detmeta_leaf_add_pieces(leaf, reader.pieces);
}

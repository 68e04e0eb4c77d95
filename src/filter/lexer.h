/*
 * lexer.h
 *		Words, keys, strings, numbers and JSON in the text of a filter or sort.
 */
#ifndef DETMETA_FILTER_SCAN_H
#define DETMETA_FILTER_SCAN_H

#include "lib/stringinfo.h"

#define FILTER_OP_CHARS		"<>=!~"
#define FILTER_SPACES		" \t\n\r"

/* What the WebUI and the sorts of the API write in front of a key. */
#define METADATA_PREFIX		"metadata."

typedef struct FilterReader
{
	const char *text;
	const char *at;				/* what is read next */
	const char *building;		/* start of what other files work on, or NULL */
	bool		is_sort;		/* of search_run_metadata(), and no filter */
	int			depth;			/* of parentheses and "not" */
	int			nconditions;
} FilterReader;

/* Say whether a character may be part of a word. */
static inline bool
detmeta_scan_is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || (c != '\0' && strchr("_-./", c) != NULL) ||
		((unsigned char) c & 0x80) != 0;
}

/* Errors, which name the place in the filter */
extern int	detmeta_scan_position(const FilterReader *r, const char *at);
extern void detmeta_scan_syntax_error(const FilterReader *r, const char *expected,
									  const char *hint);
extern void detmeta_scan_value_error(const FilterReader *r, const char *at, int sqlstate,
									 const char *detail, const char *hint);
extern void detmeta_scan_add_position(void *reader);

/* Parts of the text; the reader moves behind what was read */
extern void detmeta_scan_space(FilterReader *r);
extern bool detmeta_scan_char(FilterReader *r, char c);
extern bool detmeta_scan_keyword(FilterReader *r, const char *keyword);
extern void detmeta_scan_string(FilterReader *r, StringInfo out);
extern bool detmeta_scan_key(FilterReader *r, StringInfo key);
extern char *detmeta_scan_number(FilterReader *r, const char *expected, const char *hint);
extern void detmeta_scan_json(FilterReader *r);

/* Questions about a text */
extern int	detmeta_scan_word_length(const char *at);
extern bool detmeta_scan_is_bare_key(const char *key, int len);

#endif							/* DETMETA_FILTER_SCAN_H */

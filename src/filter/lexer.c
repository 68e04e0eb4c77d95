/*
 * lexer.c
 *		Words, keys, strings, numbers and JSON in the text of a filter or sort.
 *
 * A word is made of letters, digits, any byte that is not ASCII, and _ - . /
 * so  x>-5  is a comparison and  x-5  one word.  Numbers end where a word
 * would:  20and  is an error, not two words.  Positions in messages count
 * characters from 1.
 *
 * A key is made of words and JSON strings that points join; before a point, []
 * stands for the objects in an array.  A key that begins with a word may have
 *  metadata.  in front, which is not part of it:
 *
 *		config."lr 0"	metadata.config."lr 0"	"config.lr 0"	are one key
 *		"metadata.x"	metadata.metadata.x		another
 *
 * JSON is checked here by itself, though jsonb_in reads it afterwards, because
 * jsonb_in knows neither the place nor where the value ends.
 */
#include "postgres.h"

#include "common/jsonapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "filter/lexer.h"
#include "value/key_path.h"
#include "value/number.h"

#define FOUND_MAX_BYTES		40	/* of the filter's text, in a message */

#define METADATA_PREFIX_LEN ((int) strlen(METADATA_PREFIX))

#define HINT_PREFIX \
	"A key may have \"" METADATA_PREFIX "\" in front, as in metadata.loss; in double quotes it is taken as it is."
#define HINT_ARRAY \
	"layers[].name is the name of each object in the array layers; an array of other values counts by its elements as it is, as in tags is \"gpu\"."
#define HINT_JSON \
	"In JSON strings and names are in double quotes, and values are separated by commas."
#define HINT_QUOTE \
	"A quote inside a string is written twice in single quotes, and as \\\" in double quotes."
#define HINT_ESCAPE \
	"In double quotes a backslash starts a JSON escape, such as \\n, \\\\ or \\u00e9; in single quotes it stands for itself."

/* Words that cannot be keys without quotes. */
static const char *const reserved_words[] = {
	"and", "or", "not", "true", "false", "null", "is", "in", "between",
	"contains", "icontains", "starts", "does"
};

/* Return the position of a place in the text, in characters from 1. */
int
detmeta_scan_position(const FilterReader *r, const char *at)
{
	return pg_mbstrlen_with_len(r->text, at - r->text) + 1;
}

/* Tell where in the filter an error of another file happened. */
void
detmeta_scan_add_position(void *arg)
{
	FilterReader *r = arg;

	if (r->building != NULL)
		errcontext("metadata filter at position %d", detmeta_scan_position(r, r->building));
}

/* Return the bytes of the word that starts here. */
int
detmeta_scan_word_length(const char *at)
{
	int			len = 0;

	while (detmeta_scan_is_word_char(at[len]))
		len++;
	return len;
}

/* Return what stands at a place, for a message. */
static const char *
found_at(const char *at)
{
	int			len = detmeta_scan_word_length(at);
	int			clipped;
	const char *quote = "\"";

	if (*at == '\0')
		return "the end";
	if (*at == '"' || *at == '\'')
	{
		const char *end = strchr(at + 1, *at);

		quote = "";
		len = end != NULL ? (int) (end + 1 - at) : (int) strlen(at);
	}
	else if (*at == '\\')
		len = 1 + detmeta_scan_word_length(at + 1);
	else if (len == 0)
		len = strspn(at, FILTER_OP_CHARS);
	if (len == 0)
		len = 1;				/* all but ASCII is a word */

	clipped = pg_mbcliplen(at, len, FOUND_MAX_BYTES);
	return psprintf("%s%.*s%s%s", quote, clipped, at, clipped < len ? "..." : "", quote);
}

/* Return what is read, for a message. */
static const char *
text_name(const FilterReader *r)
{
	return r->is_sort ? "sort" : "metadata filter";
}

/* Raise a syntax error at the current place. */
void
detmeta_scan_syntax_error(const FilterReader *r, const char *expected, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_SYNTAX_ERROR),
			 errmsg("syntax error in %s at position %d", text_name(r),
					detmeta_scan_position(r, r->at)),
			 errdetail("Expected %s, found %s.", expected, found_at(r->at)),
			 errhint("%s", hint)));
}

/* Raise an error about a value that is well written but cannot be. */
void
detmeta_scan_value_error(const FilterReader *r, const char *at, int sqlstate,
						 const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("wrong value in %s at position %d", text_name(r),
					detmeta_scan_position(r, at)),
			 errdetail_internal("%s", detail),
			 errhint("%s", hint)));
}

/* Pass over white space. */
void
detmeta_scan_space(FilterReader *r)
{
	r->at += strspn(r->at, FILTER_SPACES);
}

/* Say whether a word is this keyword, which is in lower case. */
static bool
word_is(const char *word, int len, const char *keyword)
{
	for (int i = 0; i < len; i++)
	{
		/* Also false at the end of the keyword. */
		if (pg_ascii_tolower((unsigned char) word[i]) != (unsigned char) keyword[i])
			return false;
	}
	return keyword[len] == '\0';
}

/* Read a keyword, if it stands here. */
bool
detmeta_scan_keyword(FilterReader *r, const char *keyword)
{
	int			len;

	detmeta_scan_space(r);
	len = detmeta_scan_word_length(r->at);
	if (len == 0 || !word_is(r->at, len, keyword))
		return false;
	r->at += len;
	return true;
}

/* Read a character, if it stands here. */
bool
detmeta_scan_char(FilterReader *r, char c)
{
	detmeta_scan_space(r);
	if (*r->at != c)
		return false;
	r->at++;
	return true;
}

/* Say whether a key may begin with these bytes without quotes. */
static bool
is_key_word(const char *key, int len)
{
	if (len == 0 || (key[0] >= '0' && key[0] <= '9'))
		return false;
	for (int i = 0; i < len; i++)
	{
		if (!detmeta_scan_is_word_char(key[i]))
			return false;
	}
	for (int i = 0; i < (int) lengthof(reserved_words); i++)
	{
		if (word_is(key, len, reserved_words[i]))
			return false;
	}
	return true;
}

/* Say whether bytes begin with "metadata." */
static bool
has_prefix(const char *key, int len)
{
	return len >= METADATA_PREFIX_LEN && memcmp(key, METADATA_PREFIX, METADATA_PREFIX_LEN) == 0;
}

/* Say whether bytes begin with [] and a point. */
static bool
is_array_step(const char *at, int len)
{
	return detmeta_key_next_array(at, Min(len, KEY_PATH_ARRAY_BYTES + 1), 0) == 0;
}

/* Say whether a key, written without quotes, is read as itself. */
bool
detmeta_scan_is_bare_key(const char *key, int len)
{
	int			i = 0;

	while (i < len && detmeta_scan_is_word_char(key[i]))
		i++;
	if (!is_key_word(key, i) || has_prefix(key, len))
		return false;
	while (i < len)
	{
		if (is_array_step(key + i, len - i))
			i += KEY_PATH_ARRAY_BYTES;
		else if (!detmeta_scan_is_word_char(key[i++]))
			return false;
	}
	return true;
}

/* Return the value of four hexadecimal digits, or -1. */
static int
hex_value(const char *at)
{
	int			value = 0;

	for (int i = 0; i < 4; i++)
	{
		const char *digits = "0123456789abcdef";
		const char *digit = strchr(digits, pg_ascii_tolower((unsigned char) at[i]));

		if (at[i] == '\0' || digit == NULL)
			return -1;
		value = value * 16 + (digit - digits);
	}
	return value;
}

/* Read \uXXXX, or two of them that are one character. */
static void
read_unicode_escape(FilterReader *r, StringInfo out)
{
	int			len = 6;
	int			code = hex_value(r->at + 2);
	unsigned char bytes[MAX_UNICODE_EQUIVALENT_STRING + 1];

	if (code < 0)
		detmeta_scan_syntax_error(r, "four hexadecimal digits after \\u", HINT_ESCAPE);
	if (code == 0)
		detmeta_scan_value_error(r, r->at, ERRCODE_INVALID_TEXT_REPRESENTATION,
								 "A string or key cannot hold the character \\u0000.",
								 "No metadata holds it either; leave it out.");
	if (is_utf16_surrogate_first(code))
	{
		int			second = -1;

		if (r->at[len] == '\\' && r->at[len + 1] == 'u')
			second = hex_value(r->at + len + 2);
		code = second >= 0 && is_utf16_surrogate_second(second) ?
			(int) surrogate_pair_to_codepoint(code, second) : -1;
		len = 12;
	}
	else if (is_utf16_surrogate_second(code))
		code = -1;
	if (code < 0)
		detmeta_scan_syntax_error(r, "a character, or both halves of a surrogate pair",
								  HINT_ESCAPE);

	/* This fails for what the database's encoding does not have. */
	r->building = r->at;
	pg_unicode_to_server(code, bytes);
	r->building = NULL;
	appendStringInfoString(out, (char *) bytes);
	r->at += len;
}

/* Read a backslash and what it stands for. */
static void
read_escape(FilterReader *r, StringInfo out)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	const char *letter;

	if (r->at[1] == 'u')
	{
		read_unicode_escape(r, out);
		return;
	}
	letter = r->at[1] != '\0' ? strchr(letters, r->at[1]) : NULL;
	if (letter == NULL)
		detmeta_scan_syntax_error(r, "a JSON escape", HINT_ESCAPE);
	else
		appendStringInfoCharMacro(out, meanings[letter - letters]);
	r->at += 2;
}

/*
 * Append the string that starts here, in double quotes with JSON escapes or
 * in single quotes with '' for a quote.
 */
void
detmeta_scan_string(FilterReader *r, StringInfo out)
{
	const char *start = r->at;
	char		quote = *r->at++;

	for (;;)
	{
		char		c = *r->at;

		if (c == '\0')
			detmeta_scan_syntax_error(r,
									  psprintf("the closing quote of the string that starts at position %d",
											   detmeta_scan_position(r, start)),
									  HINT_QUOTE);
		if (c == quote && quote == '\'' && r->at[1] == quote)
			r->at++;
		else if (c == quote)
			break;
		else if (c == '\\' && quote == '"')
		{
			read_escape(r, out);
			continue;
		}
		else if ((unsigned char) c < 0x20 && quote == '"')
			detmeta_scan_syntax_error(r,
									  psprintf("an escape for the control character \\u%04x", c),
									  HINT_ESCAPE);
		appendStringInfoCharMacro(out, c);
		r->at++;
	}
	r->at++;
}

/* Append the JSON string of a key.  As in SQL, a quote may also be written twice. */
static void
scan_quoted_piece(FilterReader *r, StringInfo key)
{
	detmeta_scan_string(r, key);
	while (*r->at == '"')
	{
		appendStringInfoChar(key, '"');
		detmeta_scan_string(r, key);
	}
}

/* Append the word of a key that starts here. */
static void
scan_bare_piece(FilterReader *r, StringInfo key)
{
	int			len = detmeta_scan_word_length(r->at);

	appendBinaryStringInfo(key, r->at, len);
	r->at += len;
}

/* Append the [] that starts here, behind which there has to be a point. */
static void
scan_array_step(FilterReader *r, StringInfo key)
{
	if (!is_array_step(r->at, strnlen(r->at, KEY_PATH_ARRAY_BYTES + 1)))
		detmeta_scan_syntax_error(r, "\"[].\" and a member of the objects in the array",
								  HINT_ARRAY);
	appendStringInfoString(key, KEY_PATH_ARRAY);
	r->at += KEY_PATH_ARRAY_BYTES;
}

/* Append the key that starts here, and return whether one does. */
bool
detmeta_scan_key(FilterReader *r, StringInfo key)
{
	int			len = detmeta_scan_word_length(r->at);

	if (*r->at == '"')
		scan_quoted_piece(r, key);
	else if (is_key_word(r->at, len))
	{
		if (has_prefix(r->at, len))
			r->at += METADATA_PREFIX_LEN;
		scan_bare_piece(r, key);
		if (key->len == 0 && *r->at != '"')
			detmeta_scan_syntax_error(r, "a key behind \"" METADATA_PREFIX "\"", HINT_PREFIX);
	}
	else
		return false;

	/* A point joins what is in quotes, or [], to what stands before and behind it. */
	for (;;)
	{
		if (*r->at == '"' && r->at[-1] == '.')
			scan_quoted_piece(r, key);
		else if (*r->at == '.')
			scan_bare_piece(r, key);
		else if (*r->at == '[')
			scan_array_step(r, key);
		else
			return true;
	}
}

/* Read a JSON number and return its text. */
char *
detmeta_scan_number(FilterReader *r, const char *expected, const char *hint)
{
	int			len = 0;
	char	   *text;

	while (detmeta_scan_is_word_char(r->at[len]) || r->at[len] == '+')
		len++;
	if (!IsValidJsonNumber(r->at, len))
		detmeta_scan_syntax_error(r, expected, hint);
	text = pnstrdup(r->at, len);
	if (!detmeta_number_fits(text))
		detmeta_scan_value_error(r, r->at, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
								 psprintf("The number %.*s%s is too large, or has too many digits.",
										  FOUND_MAX_BYTES, text,
										  len > FOUND_MAX_BYTES ? "..." : ""),
								 "Metadata holds numbers of up to 131072 digits before the point and 16383 behind it.");
	r->at += len;
	return text;
}

static void check_json_value(FilterReader *r, StringInfo scratch);

/* Read one of the words of JSON, which are in lower case there. */
static bool
accept_json_word(FilterReader *r)
{
	static const char *const words[] = {"true", "false", "null"};
	int			len = detmeta_scan_word_length(r->at);

	for (int i = 0; i < (int) lengthof(words); i++)
	{
		if (len == (int) strlen(words[i]) && memcmp(r->at, words[i], len) == 0)
		{
			r->at += len;
			return true;
		}
	}
	return false;
}

/* Check the elements or members up to the closing bracket. */
static void
check_json_list(FilterReader *r, char close, StringInfo scratch)
{
	r->at++;
	if (detmeta_scan_char(r, close))
		return;
	do
	{
		CHECK_FOR_INTERRUPTS();
		detmeta_scan_space(r);
		if (close == '}')
		{
			if (*r->at != '"')
				detmeta_scan_syntax_error(r, "a member name in double quotes", HINT_JSON);
			resetStringInfo(scratch);
			detmeta_scan_string(r, scratch);
			if (!detmeta_scan_char(r, ':'))
				detmeta_scan_syntax_error(r, "\":\"", HINT_JSON);
		}
		check_json_value(r, scratch);
	} while (detmeta_scan_char(r, ','));
	if (!detmeta_scan_char(r, close))
		detmeta_scan_syntax_error(r, psprintf("\",\" or \"%c\"", close), HINT_JSON);
}

/* Check one JSON value. */
static void
check_json_value(FilterReader *r, StringInfo scratch)
{
	check_stack_depth();

	detmeta_scan_space(r);
	if (*r->at == '{')
		check_json_list(r, '}', scratch);
	else if (*r->at == '[')
		check_json_list(r, ']', scratch);
	else if (*r->at == '"')
	{
		resetStringInfo(scratch);
		detmeta_scan_string(r, scratch);
	}
	else if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9'))
		pfree(detmeta_scan_number(r, "a JSON value", HINT_JSON));
	else if (!accept_json_word(r))
		detmeta_scan_syntax_error(r, "a JSON value", HINT_JSON);
}

/* Check the syntax of a JSON value and move behind it. */
void
detmeta_scan_json(FilterReader *r)
{
	StringInfo	scratch = makeStringInfo();

	check_json_value(r, scratch);
	pfree(scratch->data);
	pfree(scratch);
}

/*
 * substring.c
 *		Look for one substring in many short texts.
 *
 * memmem() prepares its tables at every call, which takes longer than a search
 * through a text of some dozen bytes.  Here they are made once.
 */
#include "postgres.h"

#include "compat.h"
#include "substring.h"

/* Prepare a pattern, which must stay where it is. */
Substring *
detmeta_substring(const char *bytes, int len)
{
	Substring  *pattern = palloc_object(Substring);

	pattern->bytes = bytes;
	pattern->len = len;
	memset(pattern->shift, Min(len, 255), sizeof(pattern->shift));
	for (int i = 0; i < len - 1; i++)
		pattern->shift[(unsigned char) bytes[i]] = Min(len - 1 - i, 255);
	return pattern;
}

/* Say whether a text contains the pattern. */
bool
detmeta_substring_found(const Substring *pattern, const char *text, int len)
{
	int			last = pattern->len - 1;
	const char *end = text + len - pattern->len;

	if (pattern->len == 0)
		return true;
	while (text <= end)
	{
		unsigned char byte = text[last];

		if (byte == (unsigned char) pattern->bytes[last] &&
			memcmp(text, pattern->bytes, last) == 0)
			return true;
		text += pattern->shift[byte];
	}
	return false;
}

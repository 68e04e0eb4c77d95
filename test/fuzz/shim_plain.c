/*
 * shim_plain.c
 *		Functions that the server's versions declare differently, or have inline:
 *		defined without its headers.
 */
#include <stdbool.h>

unsigned int utf8_to_unicode(const unsigned char *c);
unsigned char *unicode_to_utf8(unsigned int c, unsigned char *utf8string);
bool		IsValidJsonNumber(const char *str, int len);

unsigned int
utf8_to_unicode(const unsigned char *c)
{
	int			len = *c < 0xC0 ? 1 : *c < 0xE0 ? 2 : *c < 0xF0 ? 3 : 4;
	unsigned int code = len == 1 ? *c : *c & (0x7Fu >> len);

	for (int i = 1; i < len; i++)
		code = code << 6 | (c[i] & 0x3F);
	return code;
}

unsigned char *
unicode_to_utf8(unsigned int c, unsigned char *utf8string)
{
	int			len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (int i = len - 1; i > 0; i--, c >>= 6)
		utf8string[i] = 0x80 | (c & 0x3F);
	utf8string[0] = len == 1 ? c : (0xF00 >> len & 0xFF) | c;
	return utf8string;
}

bool
IsValidJsonNumber(const char *str, int len)
{
	int			i = 0;
	int			start;

#define SKIP_DIGITS() for (start = i; i < len && str[i] >= '0' && str[i] <= '9'; i++)
	i += i < len && str[i] == '-';
	SKIP_DIGITS();
	if (i == start || (str[start] == '0' && i > start + 1))
		return false;
	if (i < len && str[i] == '.')
	{
		i++;
		SKIP_DIGITS();
		if (i == start)
			return false;
	}
	if (i < len && (str[i] == 'e' || str[i] == 'E'))
	{
		i++;
		i += i < len && (str[i] == '+' || str[i] == '-');
		SKIP_DIGITS();
		if (i == start)
			return false;
	}
	return i == len;
}


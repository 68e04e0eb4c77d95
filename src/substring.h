/*
 * substring.h
 *		Look for one substring in many short texts.
 */
#ifndef DETMETA_SUBSTRING_H
#define DETMETA_SUBSTRING_H

/*
 * How far a search may move on when the text's byte under the pattern's last
 * one does not fit (Horspool's shifts, at most 255).
 */
typedef struct Substring
{
	const char *bytes;
	int			len;
	uint8		shift[256];
} Substring;

extern Substring *detmeta_substring(const char *bytes, int len);
extern bool detmeta_substring_found(const Substring *pattern, const char *text, int len);

#endif							/* DETMETA_SUBSTRING_H */

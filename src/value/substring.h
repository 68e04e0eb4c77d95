/*
 * substring.h
 *		Look for one substring in many texts, by characters.
 */
#ifndef DETMETA_SUBSTRING_H
#define DETMETA_SUBSTRING_H

typedef struct Substring
{
	const char *bytes;
	int			len;
	int			right;			/* where its right half begins */
	int			period;			/* how far to move on from a match */
	int			overlap;		/* bytes in front that match then */
	bool		by_characters;	/* may bytes match within characters? */

	/* How far to move on if a byte of the text is under the last one. */
	uint8		shift[256];
} Substring;

extern Substring *detmeta_substring(const char *bytes, int len);
extern bool detmeta_substring_found(const Substring *pattern, const char *text, int len);
extern bool detmeta_substring_at_end(const Substring *pattern, const char *text, int len);

#endif							/* DETMETA_SUBSTRING_H */

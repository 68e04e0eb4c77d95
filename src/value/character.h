/*
 * character.h
 *		Where the characters of a text begin.
 *
 * In UTF-8 each byte tells whether a character begins with it.  Of the other
 * encodings of servers those with characters of several bytes (EUC_JP, EUC_CN,
 * EUC_KR, EUC_TW, EUC_JIS_2004, MULE_INTERNAL) are read from the beginning.
 * In all of them a byte below 0x80 is a character of ASCII.
 */
#ifndef DETMETA_CHARACTER_H
#define DETMETA_CHARACTER_H

#include "mb/pg_wchar.h"

/* Say whether bytes that match whole characters begin where one begins. */
static inline bool
encoding_marks_characters(void)
{
	return GetDatabaseEncoding() == PG_UTF8 || pg_database_encoding_max_length() == 1;
}

/* Return the end of the character that begins at p, at most the text's. */
static inline const char *
character_end(const char *p, const char *end)
{
	int			len = pg_encoding_mblen(GetDatabaseEncoding(), p);

	return p + Min(len, end - p);
}

#endif							/* DETMETA_CHARACTER_H */

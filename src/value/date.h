/*
 * date.h
 *		Which strings are dates, and their bytes.
 */
#ifndef DETMETA_DATE_H
#define DETMETA_DATE_H

#include "lib/stringinfo.h"

#define DETMETA_INSTANT_BYTES	8	/* of an instant in a filter or sort key */
#define DETMETA_DATE_HEADER		9	/* at most, before a date's verbatim text */

extern bool detmeta_date_parse(const char *text, int len, int64 *instant);

/*
 * Say whether a date is written so that date, timestamp and timestamptz read
 * it without an error.
 */
extern bool detmeta_date_is_plain(const char *text, int len);
extern bool detmeta_date_parse_argument(const char *text, int len, int64 *instant);
extern void detmeta_date_encode(const char *text, int len, int64 instant, StringInfo out);
extern void detmeta_date_append_instant(int64 instant, StringInfo out);
extern int	detmeta_date_read_instant(const char *bytes, int64 *instant);
extern void detmeta_date_text(const char *bytes, int len, StringInfo out);
extern void detmeta_instant_encode(int64 instant, char *bytes);
extern int64 detmeta_instant_decode(const char *bytes);
extern void detmeta_date_print(int64 instant, StringInfo out);

#endif							/* DETMETA_DATE_H */

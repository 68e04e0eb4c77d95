/*
 * number.h
 *		Numbers as bytes in their order.
 */
#ifndef DETMETA_NUMBER_H
#define DETMETA_NUMBER_H

#include "lib/stringinfo.h"
#include "utils/numeric.h"

extern void detmeta_number_encode(Numeric number, StringInfo out);
extern bool detmeta_number_encode_text(const char *text, int len, StringInfo out);
extern Numeric detmeta_number_read(const char *text);
extern bool detmeta_number_is_plain(Numeric number);
extern bool detmeta_number_is_whole(const char *bytes, int len);
extern bool detmeta_number_fits(const char *text);
extern int	detmeta_number_exponent(Numeric number);
extern Numeric detmeta_number_decode(const char *bytes, int len);

#endif							/* DETMETA_NUMBER_H */

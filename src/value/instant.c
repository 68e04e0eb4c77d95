/*
 * instant.c
 *		Instants as text, also where RFC 3339 cannot write them.
 *
 * SQL has instants that no date in a document can be: of years behind 9999 or
 * before 1, and the infinities.  Such a year has a sign and six digits, as in
 * JavaScript: +012024-01-15T00:00:00Z.  0000 is the year before 0001.
 */
#include "postgres.h"

#include "common/int.h"
#include "common/string.h"
#include "datatype/timestamp.h"
#include "utils/datetime.h"

#include "value/date.h"
#include "value/instant.h"

/*
 * The calendar repeats after 400 years: what is less, before or behind the
 * start, has a year of four digits.
 */
#define CYCLE_YEARS		400
#define CYCLE_USECS		(146097 * USECS_PER_DAY)
#define CYCLE_START		2000	/* where instants start, too */
#define EXPANDED_DIGITS 6

/* Append an instant of a year that needs more than four digits. */
static void
print_expanded(int64 instant, StringInfo out)
{
	int64		cycles = instant / CYCLE_USECS;
	StringInfoData text;
	int			year;

	initStringInfo(&text);
	detmeta_date_print(instant - cycles * CYCLE_USECS, &text);
	year = strtoint(text.data, NULL, 10) + (int) cycles * CYCLE_YEARS;
	appendStringInfo(out, "%c%0*d%s", year < 0 ? '-' : '+', EXPANDED_DIGITS, abs(year),
					 strchr(text.data, '-'));
	pfree(text.data);
}

/* Append an instant. */
void
detmeta_instant_print(int64 instant, StringInfo out)
{
	int64		year_1 = (int64) (date2j(1, 1, 1) - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY;
	int64		year_10000 = (int64) (date2j(10000, 1, 1) - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY;

	if (instant == DT_NOEND)
		appendStringInfoString(out, "infinity");
	else if (instant == DT_NOBEGIN)
		appendStringInfoString(out, "-infinity");
	else if (instant >= year_1 && instant < year_10000)
		detmeta_date_print(instant, out);
	else
		print_expanded(instant, out);
}

/* Read an instant of a year with a sign and six digits. */
static bool
read_expanded(const char *text, int len, int64 *instant)
{
	int			digits = (int) strspn(text + 1, "0123456789");
	int			year;
	int64		cycles;
	int64		distance;
	char	   *shifted;
	bool		valid;

	if (len < EXPANDED_DIGITS + 1 || digits != EXPANDED_DIGITS)
		return false;

	year = strtoint(text, NULL, 10);
	cycles = (year - CYCLE_START) / CYCLE_YEARS;
	shifted = psprintf("%d%s", (int) (year - cycles * CYCLE_YEARS), text + 1 + EXPANDED_DIGITS);
	valid = detmeta_date_parse(shifted, strlen(shifted), instant) &&
		!pg_mul_s64_overflow(cycles, CYCLE_USECS, &distance) &&
		!pg_add_s64_overflow(*instant, distance, instant) &&
		IS_VALID_TIMESTAMP(*instant);
	pfree(shifted);
	return valid;
}

/* Read an instant: all that is a date in a document, and what detmeta_instant_print() writes. */
bool
detmeta_instant_read(const char *text, int len, int64 *instant)
{
	if (strcmp(text, "infinity") == 0)
		*instant = DT_NOEND;
	else if (strcmp(text, "-infinity") == 0)
		*instant = DT_NOBEGIN;
	else if (*text == '+' || *text == '-')
		return read_expanded(text, len, instant);
	else
		return detmeta_date_parse(text, len, instant);
	return true;
}

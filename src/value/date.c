/*
 * date.c
 *		Strings that read as dates, and their bytes in the index.
 *
 * Accepted are RFC 3339 date-times, YYYY-MM-DD and YYYY-MM, and what else the
 * usual writers of programs make of a date-time:
 *
 *		2024-01-15T10:00			Java's OffsetDateTime and LocalDateTime leave
 *		2024-01-15T10:00+01:00		out seconds of 0; Python's timespec='minutes'
 *		2024-01-15T10:00:00+0100	strftime's %z in Python, C and Ruby
 *		2024-01-15 10:00:00 +0100	the same behind a space
 *		2024-01-15 10:00:00+01		PostgreSQL, JDBC
 *
 * A missing zone is UTC.  The separator may be T, t or a space; years run from
 * 0001 to 9999; a second of 60 is the next minute, as in core.  Anything else
 * is only a string: 2024-02-31, 24:00, an hour without minutes, a fraction
 * behind a comma or of a minute, 20240115T100000Z, weeks, zones of a name or
 * with seconds, Mon Jan 15 2024.
 *
 * In the index a date is its instant and a format byte from which the text is
 * rebuilt, so that one entry serves both as date and as string.  The instant
 * is 5 bytes of seconds, and 3 of microseconds where there are any; those have
 * their top bit set, which a format has not, so the bytes order by instant:
 *
 *		2024-01-15					80 2D 1F 4A 00	02
 *		2024-01-15T10:00:00Z		80 2D 1F D6 A0	18
 *		2024-01-15T10:00:00.5Z		80 2D 1F D6 A0	87 A1 20	19
 *
 * An offset follows the format byte, biased by how it is written.  A text that
 * does not come back byte for byte (10 fraction digits, -00:00, a space before
 * the offset) follows the format byte 7F verbatim.
 */
#include "postgres.h"

#include <math.h>

#include "datatype/timestamp.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "value/date.h"

#define FORMAT_MONTH		0x01
#define FORMAT_DAY			0x02
#define FORMAT_TIME			0x10	/* plus separator, zone, precision */
#define FORMAT_VERBATIM		0x7F

#define SECONDS_BYTES		5
#define SECONDS_BIAS		(INT64CONST(1) << 39)
#define SECONDS_MAX			((INT64CONST(1) << 40) - 1)
#define FRACTION_BYTES		3
#define FRACTION_MARK		0x800000

/* Precisions: digits of a second, as many as an instant holds; or no seconds. */
#define MAX_FRACTION		6
#define PRECISION_MINUTES	7
#define PRECISION_COUNT		8

typedef enum Zone
{
	ZONE_NONE,
	ZONE_UPPER,					/* Z */
	ZONE_LOWER,					/* z */
	ZONE_OFFSET,				/* in two more bytes */
	ZONE_COUNT
} Zone;

/* How an offset is written, and what is added to it in its two bytes. */
typedef enum OffsetStyle
{
	OFFSET_BASIC = 0x4000,		/* +hhmm */
	OFFSET_COLON = 0x8000,		/* +hh:mm */
	OFFSET_HOURS = 0xC000		/* +hh */
} OffsetStyle;

#define OFFSET_STYLE(biased)	((OffsetStyle) (((biased) + 0x2000) & 0xC000))

static const char separators[] = "Tt ";

/* A date's text, taken apart. */
typedef struct DateParts
{
	int			format;			/* FORMAT_MONTH, FORMAT_DAY or FORMAT_TIME */
	int			year,
				month,
				day,
				hour,
				minute,
				second;
	int			separator;		/* index into separators */
	bool		has_seconds;
	int			nfraction;		/* digits behind the point */
	int			microseconds;
	Zone		zone;
	OffsetStyle offset_style;
	int			offset;			/* minutes east of UTC */
} DateParts;

/* A cursor over text that is not NUL-terminated. */
typedef struct Cursor
{
	const char *p;
	const char *end;
} Cursor;

/* Read exactly n digits. */
static bool
read_digits(Cursor *c, int n, int *value)
{
	*value = 0;
	for (int i = 0; i < n; i++)
	{
		if (c->p == c->end || *c->p < '0' || *c->p > '9')
			return false;
		*value = *value * 10 + (*c->p++ - '0');
	}
	return true;
}

/* Read one given character. */
static bool
read_char(Cursor *c, char ch)
{
	if (c->p == c->end || *c->p != ch)
		return false;
	c->p++;
	return true;
}

/* Read an optional fraction of a second, rounded as core rounds it. */
static bool
read_fraction(Cursor *c, DateParts *parts)
{
	char		buf[32] = "0.";
	int			n = 0;

	if (!read_char(c, '.'))
		return true;
	while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
	{
		if (n < 20)
			buf[2 + n] = *c->p;
		n++;
		c->p++;
	}
	if (n == 0)
		return false;
	parts->nfraction = n;
	parts->microseconds = (int) rint(strtod(buf, NULL) * 1000000.0);
	return true;
}

/* Read an offset from UTC. */
static bool
read_offset(Cursor *c, DateParts *parts)
{
	bool		west = read_char(c, '-');
	int			hours;
	int			minutes = 0;

	parts->zone = ZONE_OFFSET;
	if ((!west && !read_char(c, '+')) || !read_digits(c, 2, &hours) || hours > 23)
		return false;
	if (c->p == c->end)
		parts->offset_style = OFFSET_HOURS;
	else
	{
		parts->offset_style = read_char(c, ':') ? OFFSET_COLON : OFFSET_BASIC;
		if (!read_digits(c, 2, &minutes) || minutes > 59)
			return false;
	}
	parts->offset = (hours * 60 + minutes) * (west ? -1 : 1);
	return true;
}

/* Read an optional zone. */
static bool
read_zone(Cursor *c, DateParts *parts)
{
	if (c->p == c->end)
		return true;
	if (read_char(c, 'Z'))
	{
		parts->zone = ZONE_UPPER;
		return true;
	}
	if (read_char(c, 'z'))
	{
		parts->zone = ZONE_LOWER;
		return true;
	}
	(void) read_char(c, ' ');
	return read_offset(c, parts);
}

/* Read optional seconds. */
static bool
read_seconds(Cursor *c, DateParts *parts)
{
	parts->has_seconds = read_char(c, ':');
	return !parts->has_seconds ||
		(read_digits(c, 2, &parts->second) && parts->second <= 60 && read_fraction(c, parts));
}

/* Read the time behind a full date. */
static bool
read_time(Cursor *c, DateParts *parts)
{
	const char *separator;

	parts->format = FORMAT_TIME;
	if (*c->p == '\0' || (separator = strchr(separators, *c->p)) == NULL)
		return false;
	parts->separator = separator - separators;
	c->p++;

	return read_digits(c, 2, &parts->hour) && parts->hour <= 23 &&
		read_char(c, ':') &&
		read_digits(c, 2, &parts->minute) && parts->minute <= 59 &&
		read_seconds(c, parts) &&
		read_zone(c, parts) &&
		c->p == c->end;
}

/* Take a date's text apart; return false where it is not a date. */
static bool
read_parts(const char *text, int len, DateParts *parts)
{
	Cursor		c = {text, text + len};

	memset(parts, 0, sizeof(*parts));
	parts->day = 1;

	if (!read_digits(&c, 4, &parts->year) || parts->year < 1 ||
		!read_char(&c, '-') ||
		!read_digits(&c, 2, &parts->month) ||
		parts->month < 1 || parts->month > 12)
		return false;
	parts->format = FORMAT_MONTH;
	if (c.p == c.end)
		return true;

	if (!read_char(&c, '-') || !read_digits(&c, 2, &parts->day) ||
		parts->day < 1 ||
		parts->day > day_tab[isleap(parts->year)][parts->month - 1])
		return false;
	parts->format = FORMAT_DAY;
	if (c.p == c.end)
		return true;

	return read_time(&c, parts);
}

/* Return the instant of a date's parts. */
static int64
parts_instant(const DateParts *parts)
{
	int64		days = date2j(parts->year, parts->month, parts->day) - POSTGRES_EPOCH_JDATE;
	int64		seconds = (parts->hour * 60 + parts->minute - parts->offset) * 60 + parts->second;

	return days * USECS_PER_DAY + seconds * USECS_PER_SEC + parts->microseconds;
}

/* Read a date-like string; return false where it is only a string. */
bool
detmeta_date_parse(const char *text, int len, int64 *instant)
{
	DateParts	parts;

	/* The shortest is YYYY-MM; most strings end here. */
	if (len < 7 || text[4] != '-' || text[0] < '0' || text[0] > '9')
		return false;
	if (!read_parts(text, len, &parts))
		return false;
	*instant = parts_instant(&parts);
	return true;
}

/*
 * Read what an argument in text form says: any date-like string, and what JDBC
 * sends of a java.sql.Date, which is a day and no instant, with the program's
 * zone: "2024-01-15 +02".
 */
bool
detmeta_date_parse_argument(const char *text, int len, int64 *instant)
{
	const int	day_len = 10;
	Cursor		c;
	DateParts	zone;

	if (detmeta_date_parse(text, len, instant))
		return true;
	if (len <= day_len)
		return false;
	c.p = text + day_len;
	c.end = text + len;
	return read_char(&c, ' ') && read_offset(&c, &zone) && c.p == c.end &&
		detmeta_date_parse(text, day_len, instant);
}

/* Write an instant as 8 bytes that memcmp orders. */
void
detmeta_instant_encode(int64 instant, char *bytes)
{
	uint64		biased = (uint64) instant ^ (UINT64CONST(1) << 63);

	for (int i = 0; i < DETMETA_INSTANT_BYTES; i++)
		bytes[i] = (char) (biased >> (56 - 8 * i));
}

/* Read what detmeta_instant_encode wrote. */
int64
detmeta_instant_decode(const char *bytes)
{
	uint64		biased = 0;

	for (int i = 0; i < DETMETA_INSTANT_BYTES; i++)
		biased = (biased << 8) | (unsigned char) bytes[i];
	return (int64) (biased ^ (UINT64CONST(1) << 63));
}

/* Append a character and a number of fixed width: printf is too slow here. */
static void
append_digits(StringInfo out, const char *before, int value, int width)
{
	char		digits[8];

	for (int i = width - 1; i >= 0; i--)
	{
		digits[i] = '0' + value % 10;
		value /= 10;
	}
	if (*before != '\0')
		appendStringInfoCharMacro(out, *before);
	appendBinaryStringInfo(out, digits, width);
}

/* Append the date of an instant, to days or to months. */
static void
append_date(int64 day, int format, StringInfo out)
{
	int			year,
				month,
				mday;

	j2date((int) day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	append_digits(out, "", year, 4);
	append_digits(out, "-", month, 2);
	if (format != FORMAT_MONTH)
		append_digits(out, "-", mday, 2);
}

/* Append an offset from UTC. */
static void
append_offset(int offset, OffsetStyle style, StringInfo out)
{
	append_digits(out, offset < 0 ? "-" : "+", abs(offset) / 60, 2);
	if (style != OFFSET_HOURS)
		append_digits(out, style == OFFSET_COLON ? ":" : "", abs(offset) % 60, 2);
}

/* Append the text of an instant in a given format. */
static void
append_instant(int64 instant, int format, int offset, OffsetStyle offset_style, StringInfo out)
{
	int64		local = instant + (int64) offset * USECS_PER_MINUTE;
	int64		day = local / USECS_PER_DAY;
	int64		time = local % USECS_PER_DAY;
	int			style = format - FORMAT_TIME;
	int			precision = style % PRECISION_COUNT;
	Zone		zone = (style / PRECISION_COUNT) % ZONE_COUNT;
	int			seconds;

	if (time < 0)
	{
		day--;
		time += USECS_PER_DAY;
	}
	append_date(day, format, out);
	if (format < FORMAT_TIME)
		return;

	seconds = (int) (time / USECS_PER_SEC);
	append_digits(out, &separators[style / PRECISION_COUNT / ZONE_COUNT], seconds / 3600, 2);
	append_digits(out, ":", seconds / 60 % 60, 2);
	if (precision != PRECISION_MINUTES)
		append_digits(out, ":", seconds % 60, 2);
	if (precision > 0 && precision <= MAX_FRACTION)
	{
		append_digits(out, ".", (int) (time % USECS_PER_SEC), MAX_FRACTION);
		out->len -= MAX_FRACTION - precision;
		out->data[out->len] = '\0';
	}
	if (zone == ZONE_UPPER)
		appendStringInfoChar(out, 'Z');
	else if (zone == ZONE_LOWER)
		appendStringInfoChar(out, 'z');
	else if (zone == ZONE_OFFSET)
		append_offset(offset, offset_style, out);
}

/* Append an instant of the years 1 to 9999 as RFC 3339 text in UTC. */
void
detmeta_date_print(int64 instant, StringInfo out)
{
	int			nfraction = instant % USECS_PER_SEC == 0 ? 0 : MAX_FRACTION;

	append_instant(instant, FORMAT_TIME + ZONE_UPPER * PRECISION_COUNT + nfraction,
				   0, OFFSET_COLON, out);
}

/*
 * Append an instant as a date's payload begins.  Instants that no date-like
 * string can have, such as infinity, go to the ends.
 */
void
detmeta_date_append_instant(int64 instant, StringInfo out)
{
	int64		seconds = instant / USECS_PER_SEC;
	int			fraction = (int) (instant % USECS_PER_SEC);

	if (fraction < 0)
	{
		seconds--;
		fraction += USECS_PER_SEC;
	}
	seconds = Max(0, Min(SECONDS_MAX, seconds + SECONDS_BIAS));

	for (int i = SECONDS_BYTES - 1; i >= 0; i--)
		appendStringInfoCharMacro(out, (char) (seconds >> (8 * i)));
	if (fraction == 0)
		return;
	fraction |= FRACTION_MARK;
	for (int i = FRACTION_BYTES - 1; i >= 0; i--)
		appendStringInfoCharMacro(out, (char) (fraction >> (8 * i)));
}

/* Read the instant of a payload; return the number of its bytes. */
int
detmeta_date_read_instant(const char *bytes, int64 *instant)
{
	const unsigned char *u = (const unsigned char *) bytes;
	int64		seconds = 0;
	int			fraction;

	for (int i = 0; i < SECONDS_BYTES; i++)
		seconds = (seconds << 8) | u[i];
	*instant = (seconds - SECONDS_BIAS) * USECS_PER_SEC;

	u += SECONDS_BYTES;
	fraction = (u[0] << 16);
	if ((fraction & FRACTION_MARK) == 0)
		return SECONDS_BYTES;
	fraction = (fraction | (u[1] << 8) | u[2]) & ~FRACTION_MARK;
	*instant += fraction;
	return SECONDS_BYTES + FRACTION_BYTES;
}

/* Return the format byte of a date. */
static int
date_format(const DateParts *parts)
{
	int			precision = PRECISION_MINUTES;

	if (parts->format != FORMAT_TIME)
		return parts->format;
	if (parts->has_seconds)
		precision = Min(parts->nfraction, MAX_FRACTION);
	return FORMAT_TIME + precision +
		(parts->separator * ZONE_COUNT + parts->zone) * PRECISION_COUNT;
}

/* Append a date-like string's payload for the index. */
void
detmeta_date_encode(const char *text, int len, int64 instant, StringInfo out)
{
	DateParts	parts;
	int			start;
	int			format;
	int			end;
	bool		verbatim;

	if (!read_parts(text, len, &parts))
		elog(ERROR, "not a date: \"%.*s\"", len, text);
	format = date_format(&parts);

	/* Rebuild the text at the buffer's end, to see whether it is the same. */
	start = out->len;
	append_instant(instant, format, parts.offset, parts.offset_style, out);
	end = out->len;
	verbatim = (end - start != len || memcmp(out->data + start, text, len) != 0);
	out->len = start;

	detmeta_date_append_instant(instant, out);
	if (verbatim)
	{
		appendStringInfoCharMacro(out, FORMAT_VERBATIM);
		appendBinaryStringInfo(out, text, len);
		return;
	}
	appendStringInfoCharMacro(out, (char) format);
	if (parts.zone == ZONE_OFFSET)
	{
		unsigned int biased = (unsigned int) (parts.offset + (int) parts.offset_style);

		appendStringInfoCharMacro(out, (char) (biased >> 8));
		appendStringInfoCharMacro(out, (char) biased);
	}
}

/* Append the text that detmeta_date_encode was given. */
void
detmeta_date_text(const char *bytes, int len, StringInfo out)
{
	int64		instant;
	int			header = detmeta_date_read_instant(bytes, &instant);
	int			format = (unsigned char) bytes[header];
	const unsigned char *rest = (const unsigned char *) bytes + header + 1;
	int			nrest = len - header - 1;
	int			offset = 0;
	OffsetStyle style = OFFSET_COLON;

	if (format == FORMAT_VERBATIM)
	{
		appendBinaryStringInfo(out, (const char *) rest, nrest);
		return;
	}
	if (nrest >= 2)
	{
		int			biased = (rest[0] << 8) | rest[1];

		style = OFFSET_STYLE(biased);
		offset = biased - (int) style;
	}
	append_instant(instant, format, offset, style, out);
}

/* Say whether a text has the form of a pattern, where 0 stands for a digit. */
static bool
has_form(const char *text, const char *pattern, int len)
{
	for (int i = 0; i < len; i++)
	{
		if (pattern[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != pattern[i])
			return false;
	}
	return true;
}

/* Read two digits. */
static inline int
two_digits(const char *text)
{
	return (text[0] - '0') * 10 + text[1] - '0';
}

/* Say whether a text is a zone that core takes: less than 16 hours. */
static bool
is_plain_zone(const char *text, int len)
{
	if (len == 0 || (len == 1 && text[0] == 'Z'))
		return true;
	return len == 6 && (text[0] == '+' || text[0] == '-') && has_form(text + 1, "00:00", 5) &&
		two_digits(text + 1) < 16;
}

/* Say whether a string that is a date is a day, or a day and a time, in their usual form. */
bool
detmeta_date_is_plain(const char *text, int len)
{
	const int	day = 10;
	const int	time = 19;
	int			end = time;

	if (len < day || !has_form(text, "0000-00-00", day) || memcmp(text, "0000", 4) == 0)
		return false;
	if (len == day)
		return true;
	if (len < time || (text[day] != 'T' && text[day] != ' ') ||
		!has_form(text + day + 1, "00:00:00", 8) ||
		two_digits(text + 11) > 23 || two_digits(text + 17) > 59)
		return false;
	if (end < len && text[end] == '.')
	{
		end++;
		while (end < len && text[end] >= '0' && text[end] <= '9')
			end++;
	}
	/* microseconds, as most programs print them, or fewer digits */
	return end <= time + 7 && is_plain_zone(text + end, len - end);
}

/*
 * group_by.c
 *		What runs are grouped by: values of a key, or ranges of them.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "explore/document.h"
#include "explore/group_by.h"
#include "value/date.h"
#include "value/instant.h"

#define MAX_BUCKETS		1000

/* First bytes of labels that are not those of a value, which begin with a MetaKind. */
#define LABEL_RANGE		0x80	/* of a kind; then the range's number */
#define LABEL_UNIT		0xF0	/* then the instant when it begins */

/* Units of dates, and how much of the text of an instant tells them. */
static const struct
{
	const char *name;
	int			digits;
}			units[] = {
	{"year", 4}, {"quarter", 7}, {"month", 7}, {"week", 10}, {"day", 10}, {"hour", 0},
	{"minute", 0}
};

/* ---- arguments ---- */

/* Read what comes behind a key's colon; false: that belongs to the key. */
static bool
read_ranges(const char *text, GroupBy *by)
{
	if (*text != '\0' && strspn(text, "0123456789") == strlen(text))
	{
		by->buckets = strlen(text) > 4 ? 0 : (int) strtol(text, NULL, 10);
		if (by->buckets < 1 || by->buckets > MAX_BUCKETS)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" has to have from 1 to %d ranges", by->name, MAX_BUCKETS)));
		return true;
	}
	for (int i = 0; i < (int) lengthof(units); i++)
	{
		if (strcmp(text, units[i].name) == 0)
		{
			by->unit = units[i].name;
			return true;
		}
	}
	return false;
}

/* Read a key that is in quotes. */
static void
read_quoted_group(const char *text, GroupBy *by)
{
	const char *end = strrchr(text + 1, '"');

	if (end == NULL || (end[1] != '\0' && (end[1] != ':' || !read_ranges(end + 2, by))))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot group by %s", text),
				 errhint("Write key, key:10 for ten ranges, key:month for months, or \"key\" in double quotes.")));
	by->key = pnstrdup(text + 1, end - text - 1);
}

/* Read one element of the argument "by". */
void
detmeta_group_by_read(const char *text, GroupBy *by)
{
	const char *colon = strrchr(text, ':');

	memset(by, 0, sizeof(*by));
	by->name = pstrdup(text);
	if (text[0] == '"')
		read_quoted_group(text, by);
	else if (colon != NULL && read_ranges(colon + 1, by))
		by->key = pnstrdup(text, colon - text);
	else
		by->key = pstrdup(text);
	by->keylen = strlen(by->key);
	if (by->buckets > 0)
	{
		by->number_values = detmeta_histogram_create(false);
		by->date_values = detmeta_histogram_create(true);
	}
}

/* ---- ranges ---- */

/* Take a value into account. */
void
detmeta_group_by_add_value(const char *bytes, int len, int64 runs, void *arg)
{
	GroupBy    *by = arg;
	MetaKind	kind = (unsigned char) bytes[0];

	if (kind == META_NUMBER)
		detmeta_histogram_add(by->number_values, bytes + 1, len - 1, runs);
	else if (kind == META_DATE)
		detmeta_histogram_add(by->date_values, bytes + 1, len - 1, runs);
}

/* Make the ranges of the values that were added. */
void
detmeta_group_by_make_ranges(GroupBy *by)
{
	by->numbers = detmeta_histogram_ranges(by->number_values, by->buckets);
	by->dates = detmeta_histogram_ranges(by->date_values, by->buckets);
}

/* ---- labels ---- */

/* Return when a unit of dates begins. */
static int64
trunc_instant(const char *unit, int64 instant)
{
	return DatumGetTimestamp(DirectFunctionCall2(timestamp_trunc, CStringGetTextDatum(unit),
												 TimestampGetDatum(instant)));
}

/* Write the label of a value. */
void
detmeta_group_label(const GroupBy *by, const char *bytes, int len, StringInfo label)
{
	MetaKind	kind = (unsigned char) bytes[0];
	const HistogramRanges *ranges = kind == META_NUMBER ? by->numbers :
		kind == META_DATE ? by->dates : NULL;
	char		start[DETMETA_INSTANT_BYTES];
	int64		instant;
	int			range;

	resetStringInfo(label);
	if (ranges != NULL)
	{
		range = detmeta_histogram_range_of(ranges, bytes + 1, len - 1);
		appendStringInfoCharMacro(label, (char) (LABEL_RANGE | kind));
		appendStringInfoCharMacro(label, (char) (range >> 8));
		appendStringInfoCharMacro(label, (char) range);
	}
	else if (by->unit != NULL && kind == META_DATE)
	{
		(void) detmeta_date_read_instant(bytes + 1, &instant);
		appendStringInfoCharMacro(label, (char) LABEL_UNIT);
		detmeta_instant_encode(trunc_instant(by->unit, instant), start);
		appendBinaryStringInfo(label, start, DETMETA_INSTANT_BYTES);
	}
	else
		appendBinaryStringInfo(label, bytes, len);
}

/* Push a range as an object. */
static void
push_range(const HistogramRanges *ranges, int i, JsonbBuilder *builder)
{
	static const char *const names[] = {"from", "to"};

	push_jsonb(builder, WJB_BEGIN_OBJECT, NULL);
	for (int end = 0; end < 2; end++)
	{
		JsonbValue	name = {.type = jbvString};
		JsonbValue	bound;

		name.val.string.val = unconstify(char *, names[end]);
		name.val.string.len = strlen(names[end]);
		push_jsonb(builder, WJB_KEY, &name);
		detmeta_histogram_bound(ranges, i + end, &bound);
		push_jsonb(builder, WJB_VALUE, &bound);
	}
	push_jsonb(builder, WJB_END_OBJECT, NULL);
}

/* Return as much of an instant's text as tells when a unit begins. */
static char *
unit_text(const char *unit, int64 instant)
{
	StringInfoData text;

	initStringInfo(&text);
	detmeta_instant_print(instant, &text);
	for (int i = 0; i < (int) lengthof(units); i++)
	{
		/* years of more digits are written in full */
		if (strcmp(units[i].name, unit) == 0 && units[i].digits > 0 && text.data[4] == '-')
			text.data[units[i].digits] = '\0';
	}
	return text.data;
}

/* Push the value that a label stands for. */
void
detmeta_group_push_value(const GroupBy *by, const char *label, int len, JsonbBuilder *builder)
{
	int			first = (unsigned char) label[0];
	JsonbValue	value;

	if (first == LABEL_UNIT)
	{
		value.type = jbvString;
		value.val.string.val = unit_text(by->unit, detmeta_instant_decode(label + 1));
		value.val.string.len = strlen(value.val.string.val);
		push_jsonb(builder, WJB_VALUE, &value);
	}
	else if (first >= LABEL_RANGE)
		push_range((first & ~LABEL_RANGE) == META_NUMBER ? by->numbers : by->dates,
				   (unsigned char) label[1] << 8 | (unsigned char) label[2], builder);
	else
		push_jsonb(builder, WJB_VALUE, detmeta_tallied_value(label, len, &value));
}

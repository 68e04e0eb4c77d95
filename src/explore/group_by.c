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
#include "explore/part_json.h"
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

/* ---- parts ---- */

/* Push bytes as the text of their hexadecimal digits, which has to stay. */
static void
push_hex(JsonbBuilder *out, const char *bytes, int len)
{
	char	   *hex = palloc(2 * len + 1);

	detmeta_part_push_text(out, WJB_ELEM, hex, hex_encode(bytes, len, hex));
}

/* Read them. */
static StringInfoData
read_hex(const JsonbValue *value)
{
	char	   *hex = detmeta_part_text_of(value);
	StringInfoData bytes;

	initStringInfo(&bytes);
	enlargeStringInfo(&bytes, strlen(hex) / 2 + 1);
	bytes.len = hex_decode(hex, strlen(hex), bytes.data);
	bytes.data[bytes.len] = '\0';
	if (bytes.len == 0)
		detmeta_part_refuse();
	return bytes;
}

/* Write a label: a value as it is, and one of a range or a unit in an array. */
void
detmeta_group_write_label(const char *label, int len, JsonbBuilder *out)
{
	JsonbValue	value;

	if ((unsigned char) label[0] < LABEL_RANGE)
	{
		push_jsonb(out, WJB_ELEM, detmeta_tallied_value(label, len, &value));
		return;
	}
	push_jsonb(out, WJB_BEGIN_ARRAY, NULL);
	push_hex(out, label, len);
	push_jsonb(out, WJB_END_ARRAY, NULL);
}

/* Say whether bytes are a label of a range or a unit. */
static bool
is_range_label(const GroupBy *by, const StringInfoData *label)
{
	const unsigned char *bytes = (const unsigned char *) label->data;
	const HistogramRanges *ranges = bytes[0] == (LABEL_RANGE | META_NUMBER) ? by->numbers :
		bytes[0] == (LABEL_RANGE | META_DATE) ? by->dates : NULL;

	if (bytes[0] == LABEL_UNIT)
		return by->unit != NULL && label->len == 1 + DETMETA_INSTANT_BYTES;
	return ranges != NULL && label->len == 3 && (bytes[1] << 8 | bytes[2]) < ranges->n;
}

/* Read a label. */
void
detmeta_group_read_label(const GroupBy *by, const JsonbValue *value, StringInfo label)
{
	StringInfoData bytes;
	PartArray	array;
	JsonbValue	element;

	resetStringInfo(label);
	if (value->type != jbvBinary)
	{
		if (!detmeta_append_tallied(value, label))
			detmeta_part_refuse();
		return;
	}
	detmeta_part_elements(value->val.binary.data, &array);
	detmeta_part_next_value(&array, &element);
	bytes = read_hex(&element);
	if (!is_range_label(by, &bytes))
		detmeta_part_refuse();
	appendBinaryStringInfo(label, bytes.data, bytes.len);
	pfree(bytes.data);
}

/* Write the bounds of ranges. */
static void
write_bounds(const HistogramRanges *ranges, const char *name, JsonbBuilder *out)
{
	if (ranges == NULL)
		return;
	detmeta_part_push_name(out, name);
	push_jsonb(out, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i <= ranges->n; i++)
		push_hex(out, ranges->bounds[i].data, ranges->bounds[i].len);
	push_jsonb(out, WJB_END_ARRAY, NULL);
}

/* Write the ranges as an element. */
void
detmeta_group_write_ranges(const GroupBy *by, JsonbBuilder *out)
{
	push_jsonb(out, WJB_BEGIN_OBJECT, NULL);
	write_bounds(by->numbers, "numbers", out);
	write_bounds(by->dates, "dates", out);
	push_jsonb(out, WJB_END_OBJECT, NULL);
}

/* Read bounds; NULL: there are none. */
static HistogramRanges *
read_bounds(JsonbContainer *object, const char *name, bool dates)
{
	HistogramRanges *ranges;
	PartArray	array;
	JsonbValue	value;

	detmeta_part_array(object, name, &array);
	if (array.it == NULL)
		return NULL;
	ranges = palloc_object(HistogramRanges);
	ranges->dates = dates;
	ranges->n = (int) JsonContainerSize(array.container) - 1;
	if (ranges->n < 1 || ranges->n > MAX_BUCKETS)
		detmeta_part_refuse();
	ranges->bounds = palloc_array(StringInfoData, ranges->n + 1);
	ranges->runs = palloc0_array(int64, ranges->n);
	for (int i = 0; detmeta_part_next(&array, &value); i++)
		ranges->bounds[i] = read_hex(&value);
	return ranges;
}

/* Read the ranges. */
void
detmeta_group_read_ranges(GroupBy *by, JsonbContainer *ranges)
{
	by->numbers = read_bounds(ranges, "numbers", false);
	by->dates = read_bounds(ranges, "dates", true);
}

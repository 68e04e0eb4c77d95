/*
 * fuzz_sort_key.c
 *		metadata_sort(): the order of the keys is the order of the values, and
 *		that of the index. The input is two lines, each a JSON value, and a key
 *		to look for in both.
 */
#include "shim.h"

#include <math.h>
#include <time.h>

#include "index/entry.h"
#include "value/sort_key.h"
#include "value/value.h"

typedef struct Input
{
	char	   *first;
	char	   *second;
	char	   *key;
	Jsonb	   *documents[4];
} Input;

/* A value, classified without the code under test. */
typedef struct Value
{
	int			rank;			/* 0: no sort key */
	Numeric		number;
	double		instant;		/* whole seconds */
	int			microseconds;
	const char *bytes;
	int			len;
} Value;

enum
{
	EMPTY, BOOL_FALSE, BOOL_TRUE, NUMBER, DATE, STRING, CONTAINER
};

/* Read a date by pattern and calendar arithmetic of the C library. */
static bool
read_date(const char *text, int len, Value *value)
{
	struct tm	tm = {.tm_mday = 1};
	int			n = 0;
	int			offset_hours = 0;
	int			offset_minutes = 0;
	double		fraction = 0;
	char	   *s = pnstrdup(text, len);
	int			second;
	struct tm	check;

	if ((int) strlen(s) != len || len < 7 || strspn(s, "0123456789") != 4 || s[4] != '-' ||
		strspn(s + 5, "0123456789") != 2)
		return false;
	sscanf(s, "%4d-%2d", &tm.tm_year, &tm.tm_mon);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	n = 7;
	if (len > 7)
	{
		if (s[7] != '-' || strspn(s + 8, "0123456789") != 2)
			return false;
		sscanf(s + 8, "%2d", &tm.tm_mday);
		n = 10;
	}
	if (len > 10)
	{
		if (strchr("Tt ", s[10]) == NULL || strspn(s + 11, "0123456789") != 2 || s[13] != ':' ||
			strspn(s + 14, "0123456789") != 2)
			return false;
		sscanf(s + 11, "%2d:%2d", &tm.tm_hour, &tm.tm_min);
		n = 16;
		if (s[n] == ':')
		{
			if (strspn(s + 17, "0123456789") != 2)
				return false;
			sscanf(s + 17, "%2d", &tm.tm_sec);
			n = 19;
		}
		if (n == 19 && s[n] == '.')
		{
			int			digits = strspn(s + n + 1, "0123456789");

			if (digits == 0)
				return false;
			/* Far digits do not count; so does the code under test have it. */
			fraction = strtod(pnstrdup(s + n, Min(digits, 20) + 1), NULL);
			n += 1 + digits;
		}
		if (s[n] == 'Z' || s[n] == 'z')
			n++;
		else if (n < len)
		{
			int			sign;

			n += s[n] == ' ';
			if (s[n] != '+' && s[n] != '-')
				return false;
			sign = s[n] == '-' ? 1 : -1;
			n++;
			/* 01, 0100 or 01:00 */
			if (strspn(s + n, "0123456789") == 4)
				n += 2 * sscanf(s + n, "%2d%2d", &offset_hours, &offset_minutes);
			else if (strspn(s + n, "0123456789") != 2)
				return false;
			else if (s[n + 2] == ':' && strspn(s + n + 3, "0123456789") == 2)
				n += 1 + 2 * sscanf(s + n, "%2d:%2d", &offset_hours, &offset_minutes);
			else
				n += 2 * sscanf(s + n, "%2d", &offset_hours);
			if (offset_hours > 23 || offset_minutes > 59)
				return false;
			offset_hours *= sign;
			offset_minutes *= sign;
		}
	}
	if (n != len || tm.tm_year + 1900 < 1 || tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_mday < 1 ||
		tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
		return false;

	/* timegm() carries a 31st of February over to March. */
	second = tm.tm_sec;
	tm.tm_sec = 0;
	check = tm;
	value->instant = (double) timegm(&check) + second + offset_hours * 3600 + offset_minutes * 60;
	if (check.tm_mday != tm.tm_mday)
		return false;
	value->microseconds = (int) rint(fraction * 1000000.0);
	if (value->microseconds == 1000000)
	{
		value->microseconds = 0;
		value->instant++;
	}
	return true;
}

/* Classify a value. */
static void
classify(const JsonbValue *jbv, Value *value)
{
	switch (jbv->type)
	{
		case jbvNull:
			value->rank = EMPTY;
			break;
		case jbvBool:
			value->rank = jbv->val.boolean ? BOOL_TRUE : BOOL_FALSE;
			break;
		case jbvNumeric:
			value->rank = NUMBER;
			value->number = jbv->val.numeric;
			break;
		case jbvString:
			value->bytes = jbv->val.string.val;
			value->len = jbv->val.string.len;
			value->rank = read_date(value->bytes, value->len, value) ? DATE : STRING;
			break;
		default:
			value->rank = JsonContainerSize(jbv->val.binary.data) == 0 ? EMPTY : CONTAINER;
	}
}

static int
compare_values(const Value *a, const Value *b)
{
	int			cmp;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	switch (a->rank)
	{
		case NUMBER:
			return shim_numeric_compare(a->number, b->number);
		case DATE:
			if (a->instant != b->instant)
				return a->instant < b->instant ? -1 : 1;
			return (a->microseconds > b->microseconds) - (a->microseconds < b->microseconds);
		case STRING:
			cmp = memcmp(a->bytes, b->bytes, Min(a->len, b->len));
			return cmp != 0 ? cmp : (a->len > b->len) - (a->len < b->len);
		default:
			return 0;
	}
}

static int
sign(int cmp)
{
	return (cmp > 0) - (cmp < 0);
}

/* Append the value entry of a value that has one; return whether it is whole. */
static bool
append_entry(const JsonbValue *jbv, StringInfo out)
{
	MetaValue	value;

	detmeta_value_read(jbv, &value);
	if (value.kind < META_NUMBER || value.kind >= META_ARRAY)
		return false;
	detmeta_entry_prefix("k", 1, TAG_VALUE + value.kind, out);
	return !detmeta_entry_append_payload(&value, out);
}

/* Say a sort key in hexadecimal digits. */
static void
answer_key(const StringInfoData *key)
{
	StringInfoData hex;

	initStringInfo(&hex);
	for (int i = 0; i < key->len; i++)
		appendStringInfo(&hex, "%02x", (unsigned char) key->data[i]);
	shim_answer("%s", hex.data);
}

/* Compare two values by their sort keys and by their entries. */
static void
check_order(Jsonb *first, Jsonb *second)
{
	Jsonb	   *documents[2] = {first, second};
	StringInfoData keys[2];
	StringInfoData entries[2];
	Value		values[2] = {{0}};
	bool		whole = true;
	int			expected;

	for (int i = 0; i < 2; i++)
	{
		JsonbValue	jbv;

		REQUIRE(getKeyJsonValueFromContainer(&documents[i]->root, "k", 1, &jbv) != NULL);
		classify(&jbv, &values[i]);
		initStringInfo(&keys[i]);
		REQUIRE(detmeta_sort_key(documents[i], "k", 1, &keys[i]) == (values[i].rank != EMPTY));
		REQUIRE(values[i].rank != EMPTY || keys[i].len == 0);
		initStringInfo(&entries[i]);
		whole &= append_entry(&jbv, &entries[i]);
	}

	answer_key(&keys[0]);
	answer_key(&keys[1]);
	expected = compare_values(&values[0], &values[1]);
	if (values[0].rank != EMPTY && values[1].rank != EMPTY)
		REQUIRE(sign(detmeta_bytes_compare(keys[0].data, keys[0].len, keys[1].data, keys[1].len)) ==
				sign(expected));

	/* Dates of one instant differ in the index by how they are written. */
	if (whole && !(expected == 0 && values[0].rank == DATE))
		REQUIRE(sign(detmeta_bytes_compare(entries[0].data, entries[0].len, entries[1].data,
										   entries[1].len)) == sign(expected));
}

/* Read both values, by themselves and as the value of a key. */
static void
read_input(void *arg)
{
	Input	   *input = arg;

	input->documents[0] = shim_jsonb(input->first);
	input->documents[1] = shim_jsonb(input->second);
	input->documents[2] = shim_jsonb(psprintf("{\"k\": %s}", input->first));
	input->documents[3] = shim_jsonb(psprintf("{\"k\": %s}", input->second));
}

static void
check_input(void *arg)
{
	Input	   *input = arg;
	StringInfoData out;

	initStringInfo(&out);
	(void) detmeta_sort_key(input->documents[0], input->key, strlen(input->key), &out);
	(void) detmeta_sort_key(input->documents[1], input->key, strlen(input->key), &out);
	check_order(input->documents[2], input->documents[3]);
}

static void
split_lines(void *arg)
{
	Input	   *input = arg;
	char	   *rest = input->key;

	input->first = shim_line(&rest);
	input->second = shim_line(&rest);
	input->key = shim_line(&rest);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {.key = shim_text(data, size)};

	REQUIRE(shim_run(split_lines, &input));
	if (shim_run(read_input, &input))
		REQUIRE(shim_run(check_input, &input));
	shim_reset();
	return 0;
}

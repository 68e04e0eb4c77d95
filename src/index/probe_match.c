/*
 * probe_match.c
 *		Which entries a probe finds.
 *
 * A probe looks at the entries from its first one on, as long as they share
 * its prefix: those of one key and tag.  Where an entry is cut, what is left of
 * it may still decide; if not, the entry belongs to the unsure probe that goes
 * with the sure one (see index/probe.c).
 */
#include "postgres.h"

#include "base/compat.h"
#include "filter/value_test.h"
#include "index/entry.h"
#include "index/probe_match.h"
#include "value/date.h"
#include "value/value.h"

/* Compare the instant of a date's payload with a bound. */
static int
compare_instant(const EntryParts *parts, const Bound *bound)
{
	int64		bound_instant = detmeta_instant_decode(bound->bytes);
	int64		instant;

	(void) detmeta_date_read_instant(parts->payload, &instant);
	return (instant > bound_instant) - (instant < bound_instant);
}

/* Compare a payload with a bound; set "unsure" where the rest would decide. */
static int
compare_bound(const EntryParts *parts, const Bound *bound, bool *unsure)
{
	int			cmp;

	if (TAG_KIND(parts->tag) == META_DATE)
		return compare_instant(parts, bound);
	if (!parts->cut)
		return detmeta_bytes_compare(parts->payload, parts->len, bound->bytes, bound->len);

	cmp = memcmp(parts->payload, bound->bytes, Min(parts->len, bound->len));
	if (cmp != 0)
		return cmp;
	*unsure |= bound->len > parts->len;
	return 1;
}

/* Compare an entry of the right key and tag with a range. */
static int
compare_range(const ValueTest *test, const EntryParts *parts)
{
	bool		unsure = false;
	int			cmp;

	if (test->high.bytes != NULL)
	{
		cmp = compare_bound(parts, &test->high, &unsure);
		if (!unsure && (cmp > 0 || (cmp == 0 && !test->high.inclusive)))
			return 1;
	}
	if (test->low.bytes != NULL)
	{
		cmp = compare_bound(parts, &test->low, &unsure);
		if (cmp < 0 || (cmp == 0 && !test->low.inclusive))
			return -1;
	}
	return unsure ? -1 : 0;
}

/* Say whether the text that a cut entry begins with passes a range's bound. */
static GinTernaryValue
cut_text_in_range(const ValueTest *test, const char *text, int len)
{
	EntryParts	parts = {
		.tag = TAG_VALUE + META_STRING,
		.payload = text,
		.len = len,
		.cut = true
	};
	bool		unsure = false;

	if (test->low.bytes != NULL &&
		compare_bound(&parts, &test->low, &unsure) < 0)
		return GIN_FALSE;
	if (test->high.bytes != NULL &&
		compare_bound(&parts, &test->high, &unsure) > 0 && !unsure)
		return GIN_FALSE;
	return unsure ? GIN_MAYBE : GIN_TRUE;
}

/* Say whether the value that a cut entry begins with passes a test. */
static GinTernaryValue
cut_text_passes(const ValueTest *test, const char *text, int len)
{
	if (test->check != NULL && test->type != TEST_STARTS_WITH)
		return GIN_MAYBE;		/* it wants all of the text */
	switch (test->type)
	{
		case TEST_RANGE:
			return cut_text_in_range(test, text, len);
		case TEST_STARTS_WITH:
			if (memcmp(text, test->bytes, Min(len, test->len)) != 0)
				return GIN_FALSE;
			return len >= test->len && test->check == NULL ? GIN_TRUE : GIN_MAYBE;
		case TEST_IEQUAL:
			return GIN_MAYBE;
		case TEST_ENDS_WITH:
			return test->len == 0 ? GIN_TRUE : GIN_MAYBE;
		default:
			return detmeta_text_passes(test, text, len) ? GIN_TRUE : GIN_MAYBE;
	}
}

/* Say whether an entry's text passes a test. */
static GinTernaryValue
entry_text_passes(const ValueTest *test, const EntryParts *parts)
{
	StringInfoData text;
	GinTernaryValue result;

	if (TAG_KIND(parts->tag) == META_STRING)
	{
		if (parts->cut)
			return cut_text_passes(test, parts->payload, parts->len);
		return detmeta_text_passes(test, parts->payload, parts->len) ? GIN_TRUE : GIN_FALSE;
	}

	initStringInfo(&text);
	detmeta_date_text(parts->payload, parts->len, &text);
	if (parts->cut)
		result = cut_text_passes(test, text.data, text.len);
	else
		result = detmeta_text_passes(test, text.data, text.len) ? GIN_TRUE : GIN_FALSE;
	pfree(text.data);
	return result;
}

/* Return how many bytes all entries share that a probe, which is not PROBE_EXACT, may find. */
static inline int
shared_bytes(const Probe *probe)
{
	return probe->type == PROBE_RANGE ? probe->prefix_len : probe->len;
}

/* Say whether one of the single entries of a probe of any key is what is behind an entry's key. */
static bool
has_exact_part(const Probe *probe, const char *rest, int len)
{
	int			low = 0;
	int			high = probe->nexact;

	while (low < high)
	{
		int			mid = low + (high - low) / 2;
		int			cmp = detmeta_bytes_compare(rest, len, probe->parts[mid].entry,
												probe->parts[mid].len);

		if (cmp == 0)
			return true;
		if (cmp < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return false;
}

/*
 * Compare an entry with a probe of any key.  Where no part finds it, a later one of
 * another key may still match, but none behind the section of the probe.
 */
static int
compare_any_key(const Probe *probe, const char *entry, int len)
{
	bool		in_section = detmeta_entry_in_key_section(entry, len);
	const char *rest;
	int			key = in_section ? ENTRY_KEY_SECTION_BYTES : 0;

	if (in_section != detmeta_probe_is_of_keys(probe))
		return in_section ? -1 : 1;
	rest = len > 0 ? memchr(entry + key, '\0', len - key) : NULL;
	if (rest == NULL)
		return -1;				/* the row entry */
	len -= rest - entry;
	if (has_exact_part(probe, rest, len))
		return 0;
	for (int i = probe->nexact; i < probe->nparts; i++)
	{
		if (detmeta_probe_compare(&probe->parts[i], rest, len) == 0)
			return 0;
	}
	return -1;
}

/*
 * Compare an entry at or behind a probe's first: 0 where the probe finds it,
 * negative where it does not but a later one may match, positive at the end.
 */
int
detmeta_probe_compare(const Probe *probe, const char *entry, int len)
{
	EntryParts	parts;
	GinTernaryValue passes;

	if (probe->type == PROBE_EXACT)
		return detmeta_bytes_compare(entry, len, probe->entry, probe->len);
	if (probe->type == PROBE_ANY_KEY)
		return compare_any_key(probe, entry, len);
	if (len < shared_bytes(probe) || memcmp(entry, probe->entry, shared_bytes(probe)) != 0)
		return 1;
	if (probe->type == PROBE_PREFIX)
		return 0;

	/* The prefix is key, separator and tag, so no need to look for them. */
	parts.tag = (unsigned char) entry[probe->prefix_len - 1];
	parts.payload = entry + probe->prefix_len;
	parts.len = len - probe->prefix_len;
	parts.cut = parts.len > ENTRY_MAX_PAYLOAD;
	if (parts.cut)
		parts.len = ENTRY_MAX_PAYLOAD;

	if (probe->type == PROBE_RANGE)
		return compare_range(probe->test, &parts);
	if (probe->maybe && !parts.cut)
		return -1;
	passes = entry_text_passes(probe->test, &parts);
	return passes == (probe->maybe ? GIN_MAYBE : GIN_TRUE) ? 0 : -1;
}

/* Turn bytes into the least bytes that sort behind all they begin. */
static void
make_successor(StringInfo bytes)
{
	while (bytes->len > 0 && (unsigned char) bytes->data[bytes->len - 1] == 0xFF)
		bytes->len--;
	if (bytes->len > 0)
		bytes->data[bytes->len - 1]++;
}

/* Make a bound of entries: what a probe's entries share, and a date's instant. */
static const char *
make_date_bound(const Probe *probe, int64 instant, int *len)
{
	StringInfoData bound;

	initStringInfo(&bound);
	appendBinaryStringInfo(&bound, probe->entry, probe->prefix_len);
	detmeta_date_append_instant(instant, &bound);
	*len = bound.len;
	return bound.data;
}

/* Return the next instant; none is behind infinity. */
static inline int64
next_instant(int64 instant)
{
	return instant == PG_INT64_MAX ? instant : instant + 1;
}

/* Limit the keys of a range of dates; a date's entry goes on behind its instant. */
static void
limit_dates(const Probe *probe, GinKeyRange *range)
{
	const Bound *low = &probe->test->low;
	const Bound *high = &probe->test->high;

	int64		instant;

	if (low->bytes != NULL && !low->inclusive)
		range->lower = make_date_bound(probe, next_instant(detmeta_instant_decode(low->bytes)),
									   &range->lower_len);
	if (high->bytes != NULL)
	{
		instant = detmeta_instant_decode(high->bytes);
		range->upper = make_date_bound(probe, high->inclusive ? next_instant(instant) : instant,
									   &range->upper_len);
	}
}

/* Say whether a bound, if there is one, is not cut in entries. */
static inline bool
is_whole(const Bound *bound)
{
	return bound->bytes == NULL || bound->len <= ENTRY_MAX_PAYLOAD;
}

/* Limit the keys of a range that is not one of dates; upper is what they share. */
static void
limit_range(const Probe *probe, StringInfo upper, GinKeyRange *range)
{
	const Bound *low = &probe->test->low;
	const Bound *high = &probe->test->high;

	if (low->bytes != NULL && is_whole(low))
		range->lower_exclusive = !low->inclusive;
	if (high->bytes != NULL)
		appendBinaryStringInfo(upper, high->bytes, Min(high->len, ENTRY_MAX_PAYLOAD));
	if (high->bytes != NULL && is_whole(high))
		range->upper_inclusive = high->inclusive;
	else
		make_successor(upper);
}

/*
 * Return the keys that are in the way of a probe, and whether it finds all of
 * them.  "upper" gets bytes that the range points to.
 */
bool
detmeta_probe_range(const Probe *probe, StringInfo upper, GinKeyRange *range)
{
	bool		is_range = probe->type == PROBE_RANGE;

	memset(range, 0, sizeof(*range));
	range->lower = probe->entry;
	range->lower_len = probe->len;
	if (probe->type == PROBE_ANY_KEY && !detmeta_probe_is_of_keys(probe))
		return false;			/* up to the last entry */
	appendBinaryStringInfo(upper, probe->entry, shared_bytes(probe));
	if (is_range && probe->test->kind != META_DATE)
		limit_range(probe, upper, range);
	else
		make_successor(upper);
	range->upper = upper->data;
	range->upper_len = upper->len;
	if (is_range && probe->test->kind == META_DATE)
		limit_dates(probe, range);

	return probe->type == PROBE_PREFIX ||
		(is_range && is_whole(&probe->test->low) && is_whole(&probe->test->high));
}

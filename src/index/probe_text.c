/*
 * probe_text.c
 *		Probes of tests that search in texts, by trigrams where the index has them.
 */
#include "postgres.h"

#include "base/compat.h"
#include "index/probe_add.h"
#include "index/probe_text.h"
#include "value/casefold.h"
#include "value/date.h"
#include "value/key_path.h"
#include "value/substring.h"
#include "value/value.h"

/* Trigrams of a pattern that are looked up; more hardly narrow it down. */
#define MAX_TRIGRAM_PROBES 12

/* The same of any key: core's scan reads all entries for each. */
#define MAX_ANY_KEY_TRIGRAMS 6

/* Add a probe that looks at the text of those strings of a key that begin with some bytes. */
static void
add_prefix_walk_probe(IndexQuery *iq, const Leaf *leaf, int tag, const char *bytes, int len,
					  const ValueTest *test, bool maybe)
{
	StringInfoData entry;
	Probe	   *probe;
	int			prefix_len;

	detmeta_probe_begin_entry(leaf, tag, &entry);
	prefix_len = entry.len;
	appendBinaryStringInfo(&entry, bytes, len);
	probe = detmeta_probe_add(iq, PROBE_WALK, &entry, !maybe && key_is_exact(leaf));
	probe->prefix_len = prefix_len;
	probe->test = test;
	probe->maybe = maybe;
}

/* Add a probe that looks at the text of all strings or dates of a key. */
static void
add_walk_probe(IndexQuery *iq, const Leaf *leaf, int tag, const ValueTest *test, bool maybe)
{
	add_prefix_walk_probe(iq, leaf, tag, "", 0, test, maybe);
}

/*
 * Add the probes of a test on the text of dates.  A date whose text does not
 * fit is cut; where the test may depend on the rest, an unsure walk finds it.
 */
void
detmeta_probe_add_date_text(IndexQuery *iq, const Leaf *leaf, const ValueTest *test)
{
	int			longest = Max(test->len, Max(test->low.len, test->high.len));

	for (int class = first_class(leaf); class <= last_class(iq, leaf); class = next_class(class))
	{
		add_walk_probe(iq, leaf, class + META_DATE, test, false);
		if (test->check != NULL || longest > ENTRY_MAX_PAYLOAD - DETMETA_DATE_HEADER)
			add_walk_probe(iq, leaf, class + META_DATE, test, true);
	}
}

/* Where trigram probes go. */
typedef struct TrigramProbes
{
	IndexQuery *iq;
	const Leaf *leaf;
	int			most;
	int			first;
	int			end;			/* there are none behind it */
	int			step;			/* every so many trigrams of the piece */
	int			nseen;
} TrigramProbes;

/* Add the probe of a trigram, unless there are enough or it is there already. */
static void
add_trigram_probe(const char *bytes, int len, void *arg)
{
	TrigramProbes *probes = arg;
	IndexQuery *iq = probes->iq;
	StringInfoData entry;

	if (iq->nprobes >= probes->end || probes->nseen++ % probes->step != 0)
		return;
	detmeta_probe_begin_entry(probes->leaf, TAG_TRIGRAM, &entry);
	appendBinaryStringInfo(&entry, bytes, len);
	for (int i = probes->first; i < iq->nprobes; i++)
	{
		if (detmeta_bytes_compare(iq->probes[i].entry, iq->probes[i].len, entry.data,
								  entry.len) == 0)
			return;
	}
	detmeta_probe_add(iq, PROBE_EXACT, &entry, false)->nall = 0;
}

/* Count trigrams. */
static void
count_trigram(const char *bytes, int len, void *arg)
{
	(*(int *) arg)++;
}

/* Add the probes of at most so many trigrams of a piece, spread over it. */
static void
add_piece_trigrams(TrigramProbes *probes, const char *bytes, int len, int most)
{
	StringInfoData folded;
	int			n = 0;

	initStringInfo(&folded);
	detmeta_casefold(bytes, len, &folded);
	detmeta_trigrams_visit(folded.data, folded.len, count_trigram, &n);
	most = Min(most, probes->first + probes->most - probes->iq->nprobes);
	if (most <= 0)
		return;
	probes->end = probes->iq->nprobes + most;
	probes->step = Max(1, (n + most - 1) / most);
	probes->nseen = 0;
	detmeta_trigrams_visit(folded.data, folded.len, add_trigram_probe, probes);
}

/* Say whether bytes are of characters that no others fold to. */
static bool
is_caseless(const char *bytes, int len)
{
	for (int i = 0; i < len; i++)
	{
		unsigned char c = bytes[i];

		if (c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
			return false;
	}
	return true;
}

/*
 * Say whether trigrams of a leaf's key are of its values only, and not of members of
 * objects in arrays, which have them, too, but are not among what the leaf is about.
 */
static bool
trigrams_are_of_values(const IndexQuery *iq, const Leaf *leaf)
{
	if (!iq->options.array_members || leaf->in_arrays)
		return true;
	return !leaf->any_key && !detmeta_key_has_array(leaf->key, leaf->keylen);
}

/* Say whether a trigram is all that a test looks for: then it is in just those texts that pass. */
static bool
is_whole_trigram(const Leaf *leaf, const ValueTest *test, const Probe *probe)
{
	/* behind the key, a zero byte and the tag */
	int			len = probe->len - leaf->keylen - 2;

	return key_is_exact(leaf) && test->check == NULL && test->pieces == NIL &&
		(test->type == TEST_ICONTAINS ||
		 (test->type == TEST_CONTAINS && is_caseless(test->bytes, test->len))) &&
		len == test->len && memcmp(probe->entry + probe->len - len, test->bytes, len) == 0;
}

/*
 * Add the probes of a search by trigrams of what texts have to contain: rows
 * that have all of them, to be rechecked.  False where there are none.
 */
static bool
add_trigram_probes(IndexQuery *iq, const Leaf *leaf, const ValueTest *test)
{
	int			most = leaf->any_key ? MAX_ANY_KEY_TRIGRAMS : MAX_TRIGRAM_PROBES;
	TrigramProbes probes = {
		.iq = iq,
		.leaf = leaf,
		.most = most,
		.first = iq->nprobes
	};
	ListCell   *lc;

	most = Max(1, most / (1 + list_length(test->pieces)));
	add_piece_trigrams(&probes, test->bytes, test->len, most);
	foreach(lc, test->pieces)
	{
		const Substring *piece = lfirst(lc);

		add_piece_trigrams(&probes, piece->bytes, piece->len, most);
	}
	if (iq->nprobes == probes.first)
		return false;
	iq->probes[probes.first].nall = iq->nprobes - probes.first;
	iq->probes[probes.first].sure = trigrams_are_of_values(iq, leaf) &&
		is_whole_trigram(leaf, test, &iq->probes[probes.first]);
	return true;
}

/* Say whether every string passes a test, also if it is cut. */
static bool
contains_always(const ValueTest *test)
{
	return test->len == 0 && test->type != TEST_IEQUAL && test->check == NULL;
}

/* Say whether a leaf's key has trigram entries. */
static bool
has_trigrams(const TrigramKeys *keys, const Leaf *leaf)
{
	if (leaf->any_key)
		return keys != NULL && keys->all;
	return detmeta_trigram_keys_have(keys, leaf->key, leaf->keylen);
}

/* Add the probes of a search in all strings, or by trigrams of what they have to contain. */
void
detmeta_probe_add_contains(IndexQuery *iq, const Leaf *leaf, const ValueTest *test)
{
	if (has_trigrams(iq->options.trigram_keys, leaf) &&
		add_trigram_probes(iq, leaf, test))
		return;
	for (int class = first_class(leaf); class <= last_class(iq, leaf); class = next_class(class))
	{
		add_walk_probe(iq, leaf, class + META_STRING, test, false);
		add_walk_probe(iq, leaf, class + META_DATE, test, false);
	}
	if (!contains_always(test))
	{
		detmeta_probe_add_entry(iq, leaf, TAG_FLAG_CUT, false);
		if (last_class(iq, leaf) == TAG_MEMBER)
			detmeta_probe_add_entry(iq, leaf, TAG_MEMBER_CUT, false);
	}
}

/* Add the probes of a prefix search. */
void
detmeta_probe_add_starts_with(IndexQuery *iq, const Leaf *leaf, const ValueTest *test)
{
	bool		cut = test->len > ENTRY_MAX_PAYLOAD;

	for (int class = first_class(leaf); class <= last_class(iq, leaf); class = next_class(class))
	{
		StringInfoData entry;

		if (test->check != NULL && !cut)
		{
			add_prefix_walk_probe(iq, leaf, class + META_STRING, test->bytes, test->len, test,
								  false);
			add_prefix_walk_probe(iq, leaf, class + META_STRING, test->bytes, test->len, test,
								  true);
			continue;
		}
		detmeta_probe_begin_entry(leaf, class + META_STRING, &entry);
		appendBinaryStringInfo(&entry, test->bytes, Min(test->len, ENTRY_MAX_PAYLOAD));
		if (cut)
			appendStringInfoCharMacro(&entry, ENTRY_CUT_MARKER);
		detmeta_probe_add(iq, PROBE_PREFIX, &entry, !cut && key_is_exact(leaf));
	}

	/* The text of every date begins with a digit. */
	if (test->len == 0 || (test->bytes[0] >= '0' && test->bytes[0] <= '9'))
		detmeta_probe_add_date_text(iq, leaf, test);
}

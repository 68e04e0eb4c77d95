/*
 * probe.c
 *		Translate a filter into probes of the index.
 *
 *		loss < 0.1		range value "loss" number up to 0.1
 *						range element "loss" number up to 0.1
 *		x is not "a"	the seven key entries of has(x), and not
 *						exact value "x" string "a", exact element "x" string "a"
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/compat.h"
#include "filter/query.h"
#include "index/entry.h"
#include "index/probe.h"
#include "index/probe_any.h"
#include "value/casefold.h"
#include "value/date.h"
#include "value/document.h"
#include "value/key_path.h"
#include "value/substring.h"
#include "value/value.h"

/* Trigrams of a pattern that are looked up; more hardly narrow it down. */
#define MAX_TRIGRAM_PROBES 12

/* The same of any key: core's scan reads all entries for each. */
#define MAX_ANY_KEY_TRIGRAMS 6

/* Add a probe that starts at an entry, which is the probe's from now on. */
static Probe *
add_query_probe(IndexQuery *iq, ProbeType type, StringInfo entry, bool sure)
{
	Probe	   *probe;

	if (iq->nprobes == iq->allocated)
	{
		iq->allocated = Max(16, iq->allocated * 2);
		iq->probes = iq->probes == NULL ?
			palloc_array(Probe, iq->allocated) :
			repalloc_array(iq->probes, Probe, iq->allocated);
	}

	probe = &iq->probes[iq->nprobes++];
	memset(probe, 0, sizeof(*probe));
	probe->type = type;
	probe->sure = sure;
	probe->entry = detmeta_take_bytes(entry);
	probe->len = entry->len;
	probe->prefix_len = entry->len;
	probe->nall = 1;
	return probe;
}

/* Classes of entries that a leaf's tests look at: from the first to the last. */
static inline int
first_class(const Leaf *leaf)
{
	return leaf->places == PLACES_ELEMENTS ? TAG_ELEMENT : TAG_VALUE;
}

static inline int
last_class(const IndexQuery *iq, const Leaf *leaf)
{
	if (leaf->in_arrays && iq->options.array_members)
		return TAG_MEMBER;
	return leaf->places == PLACES_VALUE ? TAG_VALUE : TAG_ELEMENT;
}

static inline int
next_class(int class)
{
	return class == TAG_ELEMENT ? TAG_MEMBER : class + TAG_ELEMENT - TAG_VALUE;
}

/* Begin an entry of a leaf's key. */
static void
begin_probe_entry(const Leaf *leaf, int tag, StringInfo entry)
{
	initStringInfo(entry);
	detmeta_entry_prefix(leaf->key, leaf->keylen, tag, entry);
}

/* Say whether the index knows a leaf's key exactly. */
static inline bool
key_is_exact(const Leaf *leaf)
{
	return leaf->keylen <= ENTRY_MAX_KEY;
}

/* Add a probe of an entry without payload. */
static void
add_plain_probe(IndexQuery *iq, const Leaf *leaf, int tag, bool sure)
{
	StringInfoData entry;

	begin_probe_entry(leaf, tag, &entry);
	add_query_probe(iq, PROBE_EXACT, &entry, sure && key_is_exact(leaf));
}

/* Add the probe of an entry of a value. */
static void
add_value_probe(IndexQuery *iq, const Leaf *leaf, int class, const MetaValue *value)
{
	StringInfoData entry;
	bool		cut;

	begin_probe_entry(leaf, class + value->kind, &entry);
	cut = detmeta_entry_append_payload(value, &entry);
	add_query_probe(iq, PROBE_EXACT, &entry, !cut && key_is_exact(leaf));
}

/* Add the probes of an equality with a number, a string or an object. */
static void
add_equality_probes(IndexQuery *iq, const Leaf *leaf, const ValueTest *test)
{
	MetaValue	value = {test->kind, test->bytes, test->len, 0};

	if (test->kind == META_STRING &&
		detmeta_date_parse(test->bytes, test->len, &value.instant))
		value.kind = META_DATE;

	for (int class = first_class(leaf); class <= last_class(iq, leaf); class = next_class(class))
	{
		/* an object at a key has no entry of its own */
		if (value.kind != META_OBJECT || class != TAG_VALUE)
			add_value_probe(iq, leaf, class, &value);
	}
}

/* Keep the first element. */
static bool
keep_element(const JsonbValue *jbv, void *arg)
{
	*(JsonbValue *) arg = *jbv;
	return true;
}

/*
 * Add a probe for rows whose array may equal the one tested for: those that
 * have its first element, or any array where it has none.
 */
static void
add_array_probe(IndexQuery *iq, const Leaf *leaf, const ValueTest *test)
{
	JsonbValue	first;
	MetaValue	value;

	if (!detmeta_visit_elements(test->container, keep_element, &first))
	{
		add_plain_probe(iq, leaf, TAG_KEY + META_ARRAY, false);
		if (last_class(iq, leaf) == TAG_MEMBER)
			add_plain_probe(iq, leaf, TAG_MEMBER_HOLDS, false);
		return;
	}
	detmeta_value_read(&first, &value);
	for (int class = TAG_ELEMENT; class <= Max(TAG_ELEMENT, last_class(iq, leaf));
		 class = next_class(class))
	{
		add_value_probe(iq, leaf, class, &value);
		iq->probes[iq->nprobes - 1].sure = false;
	}
}

/* Add the probes for rows that have, at a leaf's key, the value of an object's first member. */
static void
add_first_member_probes(IndexQuery *iq, const Leaf *member, const MetaValue *value)
{
	int			first = iq->nprobes;
	bool		plain = value->kind < META_NUMBER || value->kind == META_ARRAY;

	if (plain)
		add_plain_probe(iq, member, TAG_KEY + value->kind, false);
	else
		add_value_probe(iq, member, TAG_VALUE, value);
	if (last_class(iq, member) == TAG_MEMBER)
	{
		if (plain)
			add_plain_probe(iq, member, value->kind == META_ARRAY ?
							TAG_MEMBER_HOLDS : TAG_MEMBER + (int) value->kind, false);
		else
			add_value_probe(iq, member, TAG_MEMBER, value);
	}
	for (int i = first; i < iq->nprobes; i++)
		iq->probes[i].sure = false;
}

/*
 * Add a probe for rows whose object may equal the one tested for: those where
 * its first member, whose key is "leaf", has its value.
 */
static void
add_object_probe(IndexQuery *iq, const Leaf *leaf, JsonbContainer *object)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbValue	name;
	JsonbValue	jbv;
	MetaValue	value;
	StringInfoData key;
	Leaf		member = *leaf;

	check_stack_depth();
	(void) JsonbIteratorNext(&it, &name, true);
	(void) JsonbIteratorNext(&it, &name, true);
	(void) JsonbIteratorNext(&it, &jbv, true);

	if (!leaf->any_key)			/* what is a member of any key may be any, too */
	{
		initStringInfo(&key);
		appendBinaryStringInfo(&key, leaf->key, leaf->keylen);
		appendStringInfoChar(&key, '.');
		appendBinaryStringInfo(&key, name.val.string.val, name.val.string.len);
		member.key = key.data;
		member.keylen = key.len;
	}

	detmeta_value_read(&jbv, &value);
	if (value.kind == META_OBJECT)
		add_object_probe(iq, &member, jbv.val.binary.data);
	else
		add_first_member_probes(iq, &member, &value);
}

/*
 * Add the unsure probe of a bound that reaches beyond where payloads are cut:
 * values that are cut and share what is left of it.
 */
static void
add_cut_bound_probe(IndexQuery *iq, const Leaf *leaf, int tag, const Bound *bound)
{
	StringInfoData entry;

	if (bound->bytes == NULL || bound->len <= ENTRY_MAX_PAYLOAD)
		return;
	begin_probe_entry(leaf, tag, &entry);
	appendBinaryStringInfo(&entry, bound->bytes, ENTRY_MAX_PAYLOAD);
	appendStringInfoCharMacro(&entry, ENTRY_CUT_MARKER);
	add_query_probe(iq, PROBE_PREFIX, &entry, false);
}

/* Add the probes of a range within one class. */
static void
add_range_probes(IndexQuery *iq, const Leaf *leaf, int class, const ValueTest *test)
{
	int			tag = class + test->kind;
	StringInfoData entry;
	Probe	   *probe;
	int			prefix_len;

	begin_probe_entry(leaf, tag, &entry);
	prefix_len = entry.len;
	if (test->low.bytes != NULL && test->kind == META_DATE)
		detmeta_date_append_instant(detmeta_instant_decode(test->low.bytes), &entry);
	else if (test->low.bytes != NULL)
		appendBinaryStringInfo(&entry, test->low.bytes,
							   Min(test->low.len, ENTRY_MAX_PAYLOAD));
	probe = add_query_probe(iq, PROBE_RANGE, &entry, key_is_exact(leaf));
	probe->prefix_len = prefix_len;
	probe->test = test;

	add_cut_bound_probe(iq, leaf, tag, &test->low);
	add_cut_bound_probe(iq, leaf, tag, &test->high);
}

/* Add a probe that looks at the text of those strings of a key that begin with some bytes. */
static void
add_prefix_walk_probe(IndexQuery *iq, const Leaf *leaf, int tag, const char *bytes, int len,
					  const ValueTest *test, bool maybe)
{
	StringInfoData entry;
	Probe	   *probe;
	int			prefix_len;

	begin_probe_entry(leaf, tag, &entry);
	prefix_len = entry.len;
	appendBinaryStringInfo(&entry, bytes, len);
	probe = add_query_probe(iq, PROBE_WALK, &entry, !maybe && key_is_exact(leaf));
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
static void
add_date_text_probes(IndexQuery *iq, const Leaf *leaf, const ValueTest *test)
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
	begin_probe_entry(probes->leaf, TAG_TRIGRAM, &entry);
	appendBinaryStringInfo(&entry, bytes, len);
	for (int i = probes->first; i < iq->nprobes; i++)
	{
		if (detmeta_bytes_compare(iq->probes[i].entry, iq->probes[i].len, entry.data,
								  entry.len) == 0)
			return;
	}
	add_query_probe(iq, PROBE_EXACT, &entry, false)->nall = 0;
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
static void
add_contains_probes(IndexQuery *iq, const Leaf *leaf, const ValueTest *test)
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
		add_plain_probe(iq, leaf, TAG_FLAG_CUT, false);
		if (last_class(iq, leaf) == TAG_MEMBER)
			add_plain_probe(iq, leaf, TAG_MEMBER_CUT, false);
	}
}

/* Add the probes of a prefix search. */
static void
add_starts_with_probes(IndexQuery *iq, const Leaf *leaf, const ValueTest *test)
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
		begin_probe_entry(leaf, class + META_STRING, &entry);
		appendBinaryStringInfo(&entry, test->bytes, Min(test->len, ENTRY_MAX_PAYLOAD));
		if (cut)
			appendStringInfoCharMacro(&entry, ENTRY_CUT_MARKER);
		add_query_probe(iq, PROBE_PREFIX, &entry, !cut && key_is_exact(leaf));
	}

	/* The text of every date begins with a digit. */
	if (test->len == 0 || (test->bytes[0] >= '0' && test->bytes[0] <= '9'))
		add_date_text_probes(iq, leaf, test);
}

/* Add the probe of a peculiarity of documents; the row entry is in all. */
static void
add_document_probe(IndexQuery *iq, DocumentFlag flag)
{
	StringInfoData entry;

	initStringInfo(&entry);
	if (flag != DOCUMENT_IS_ANY)
		detmeta_entry_prefix("", 0,
							 flag == DOCUMENT_IS_NO_OBJECT ? TAG_FLAG_NO_OBJECT : TAG_FLAG_DOTTED,
							 &entry);
	add_query_probe(iq, PROBE_EXACT, &entry, true);
}

/* Add the probes of one test. */
static void
add_test_probes(IndexQuery *iq, const Leaf *leaf, const ValueTest *test)
{
	switch (test->type)
	{
		case TEST_KIND:
			if (leaf->places != PLACES_ELEMENTS)
				add_plain_probe(iq, leaf, TAG_KEY + test->kind, true);
			if (leaf->places != PLACES_VALUE && test->kind != META_EMPTY_ARRAY)
				add_plain_probe(iq, leaf, TAG_ELEMENT + test->kind, true);
			if (last_class(iq, leaf) == TAG_MEMBER)
				add_plain_probe(iq, leaf, TAG_MEMBER + test->kind, true);
			break;
		case TEST_EQUAL:
			if (test->kind == META_ARRAY)
				add_array_probe(iq, leaf, test);
			else
				add_equality_probes(iq, leaf, test);
			if (test->kind == META_OBJECT)
				add_object_probe(iq, leaf, test->container);
			break;
		case TEST_RANGE:
			for (int class = first_class(leaf); class <= last_class(iq, leaf);
				 class = next_class(class))
				add_range_probes(iq, leaf, class, test);
			if (test->kind == META_STRING && !test->skip_dates)
				add_date_text_probes(iq, leaf, test);
			break;
		case TEST_CONTAINS:
		case TEST_ICONTAINS:
		case TEST_IEQUAL:
		case TEST_ISTARTS_WITH:
		case TEST_ENDS_WITH:
			add_contains_probes(iq, leaf, test);
			break;
		case TEST_STARTS_WITH:
			add_starts_with_probes(iq, leaf, test);
			break;
		case TEST_ODD:
			add_plain_probe(iq, leaf,
							test->kind == META_DATE ? TAG_FLAG_ODD_DATE :
							TAG_FLAG_ODD_NUMBER, true);
			break;
		case TEST_FRACTION:
			break;				/* no entry tells; asked of the numbers themselves */
		case TEST_DOCUMENT:
			add_document_probe(iq, test->flag);
			break;
	}
}

/*
 * Add the probes of the arrays that a leaf's key leads through, for an index
 * that does not have their members.
 */
static void
add_way_probes(IndexQuery *iq, const Leaf *leaf)
{
	Leaf		array = *leaf;
	int			end = -1;

	if (!leaf->in_arrays || iq->options.array_members)
		return;
	while ((end = detmeta_key_next_array(leaf->key, leaf->keylen, end + 1)) >= 0)
	{
		array.keylen = end;
		add_plain_probe(iq, &array, TAG_KEY + META_ARRAY, false);
	}
}

/* Add the probes of a leaf's tests. */
static void
add_leaf_probes(IndexQuery *iq, const Leaf *leaf)
{
	for (int i = 0; i < leaf->ntests; i++)
	{
		int			first = iq->nprobes;

		CHECK_FOR_INTERRUPTS();
		add_test_probes(iq, leaf, &leaf->tests[i]);
		for (int j = first; j < iq->nprobes; j++)
			iq->probes[j].sure &= !leaf->tests[i].unsure;
	}
	if (leaf->ntests > 0)
		add_way_probes(iq, leaf);
}

/* Add the probes of the tests of a leaf of any key, which are made of those of the empty one. */
static void
add_any_key_probes(IndexQuery *iq, const Leaf *leaf)
{
	IndexQuery	parts = {.options = iq->options};
	int			room;

	add_leaf_probes(&parts, leaf);
	room = iq->nprobes + parts.nprobes + ANY_KEY_GROUPS;
	iq->probes = iq->probes == NULL ? palloc_array(Probe, room) :
		repalloc_array(iq->probes, Probe, Max(room, iq->allocated));
	iq->allocated = Max(room, iq->allocated);
	iq->nprobes += detmeta_any_key_probes(parts.probes, parts.nprobes,
										  &iq->probes[iq->nprobes]);
}

/* Say whether two leaves ask alike if their key is held. */
static bool
hold_alike(const Leaf *a, const Leaf *b)
{
	return a->held == b->held && a->in_arrays == b->in_arrays &&
		a->keylen == b->keylen && memcmp(a->key, b->key, a->keylen) == 0;
}

/* Add the probes of whether a leaf's key is held, or find those that an earlier leaf added. */
static void
add_holds_probes(IndexQuery *iq, int leafno)
{
	const Leaf *leaf = &iq->query->leaves[leafno];
	LeafProbes *probes = &iq->leaves[leafno];

	for (int i = 0; i < leafno; i++)
	{
		if (iq->leaves[i].holds >= 0 && hold_alike(leaf, &iq->query->leaves[i]))
		{
			probes->holds = iq->leaves[i].holds;
			probes->nholds = iq->leaves[i].nholds;
			return;
		}
	}

	/*
	 * Single entries rather than one run of them: core gathers a run in a bitmap that may become
	 * lossy, but streams single entries.
	 */
	probes->holds = iq->nprobes;
	for (MetaKind kind = leaf->held; kind <= META_OBJECT; kind++)
		add_plain_probe(iq, leaf, TAG_KEY + kind, true);
	if (last_class(iq, leaf) == TAG_MEMBER)
		add_plain_probe(iq, leaf, TAG_MEMBER_HOLDS, true);
	add_way_probes(iq, leaf);
	probes->nholds = iq->nprobes - probes->holds;
}

/*
 * Make the probes of a query, which must outlive them, for an index with some
 * options, or none (NULL).  Where a row that no probe finds would satisfy
 * it, the row entry is one more probe.
 */
IndexQuery *
detmeta_index_query_of(FilterQuery *query, bool negated, const EntryOptions *options)
{
	IndexQuery *iq = palloc0_object(IndexQuery);
	StringInfoData entry;

	iq->query = query;
	iq->negated = negated;
	if (options != NULL)
		iq->options = *options;
	iq->leaves = palloc0_array(LeafProbes, Max(1, query->nleaves));

	for (int i = 0; i < query->nleaves; i++)
	{
		LeafProbes *probes = &iq->leaves[i];

		probes->holds = -1;
		if (query->leaves[i].type != LEAF_ANY)
			add_holds_probes(iq, i);
		probes->tests = iq->nprobes;
		if (query->leaves[i].any_key)
			add_any_key_probes(iq, &query->leaves[i]);
		else
			add_leaf_probes(iq, &query->leaves[i]);
		probes->ntests = iq->nprobes - probes->tests;
	}

	iq->row = -1;
	if (detmeta_index_query_wants_all(iq))
	{
		initStringInfo(&entry);
		iq->row = iq->nprobes;
		add_query_probe(iq, PROBE_EXACT, &entry, true);
	}
	detmeta_index_query_prepare(iq);
	return iq;
}

/* Make the probes of a filter, which must outlive them. */
IndexQuery *
detmeta_index_query(const MetadataFilter *filter, bool negated, const EntryOptions *options)
{
	IndexQuery *iq = detmeta_index_query_of(detmeta_query_compile(filter), negated, options);

	iq->filter = filter;
	return iq;
}

/*
 * probe_set.c
 *		Rows that a probe finds in the index and in its pending list, as sets.
 *
 * Of rows that are only wanted if they are in another set, parts of the index that
 * lead elsewhere are passed over.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "gin/entries.h"
#include "gin/pending.h"
#include "gin/postings.h"
#include "gin/tid_set.h"
#include "gin/tid_set_read.h"
#include "index/entry.h"
#include "index/probe_match.h"
#include "scan/any_key.h"
#include "scan/probe_set.h"
#include "value/value.h"

/* One row of the pending list. */
typedef struct PendingRow
{
	ItemPointerData tid;
	bool		proven;
	int			nkeys;
	GinPendingKey *keys;
} PendingRow;

struct PendingRows
{
	int			n;
	int			allocated;
	PendingRow *rows;
};

/* Copy a row of the pending list. */
static void
keep_pending_row(const GinPendingRow *row, void *arg)
{
	PendingRows *pending = arg;
	PendingRow *copy;

	if (row->is_null)
		return;
	if (pending->n == pending->allocated)
	{
		pending->allocated = Max(64, pending->allocated * 2);
		pending->rows = pending->rows == NULL ?
			palloc_array(PendingRow, pending->allocated) :
			repalloc_huge(pending->rows, sizeof(PendingRow) * pending->allocated);
	}
	copy = &pending->rows[pending->n++];
	copy->tid = row->tid;
	copy->proven = row->proven;
	copy->nkeys = row->nkeys;
	copy->keys = palloc_array(GinPendingKey, row->nkeys);
	for (int i = 0; i < row->nkeys; i++)
	{
		char	   *data = palloc(row->keys[i].len + 1);

		memcpy(data, row->keys[i].data, row->keys[i].len);
		copy->keys[i].data = data;
		copy->keys[i].len = row->keys[i].len;
	}
}

/* Read the pending list, which must come before the first entry is read. */
PendingRows *
detmeta_pending_rows(GinReader *reader)
{
	PendingRows *pending = palloc0_object(PendingRows);

	detmeta_gin_pending_read(reader, keep_pending_row, pending);
	return pending;
}

/* Add all rows of the pending list to a set. */
void
detmeta_pending_key_rows(const PendingRows *pending, TidSet *set)
{
	for (int i = 0; i < pending->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		detmeta_tid_set_add(set, &pending->rows[i].tid, pending->rows[i].proven);
	}
}

/* Say whether the pending list has rows. */
bool
detmeta_has_pending(const SetSource *source)
{
	return source->pending->n > 0;
}

/* Make an empty set. */
TidSet *
detmeta_empty_set(const SetSource *source)
{
	return detmeta_tid_set_create(source->context, source->first, source->end);
}

/* Say whether a probe finds a row of the pending list. */
static bool
finds_pending_row(const Probe *probe, const PendingRow *row)
{
	for (int i = 0; i < row->nkeys; i++)
	{
		if (detmeta_bytes_compare(row->keys[i].data, row->keys[i].len, probe->entry,
								  probe->len) >= 0 &&
			detmeta_probe_compare(probe, row->keys[i].data, row->keys[i].len) == 0)
			return true;
	}
	return false;
}

/* Add the pending rows that all of some probes find. */
static void
add_pending(const SetSource *source, const Probe *probes, int n, TidSet *set)
{
	for (int i = 0; i < source->pending->n; i++)
	{
		PendingRow *row = &source->pending->rows[i];
		int			found = 0;

		CHECK_FOR_INTERRUPTS();
		while (found < n && finds_pending_row(&probes[found], row))
			found++;
		if (found == n)
			detmeta_tid_set_add(set, &row->tid, row->proven);
	}
}

/* Say whether a probe wants an entry of its range. */
static bool
probe_wants(const char *key, int keylen, void *arg)
{
	return detmeta_probe_compare(arg, key, keylen) == 0;
}

/* Add the rows of an entry that was looked up, at least those that are wanted; frees it. */
void
detmeta_add_postings(const SetSource *source, GinPostings *postings, TidSet *set)
{
	detmeta_gin_postings_add(source->reader, postings, source->within, set);
	if (postings->list.tids != NULL)
	{
		pfree(postings->list.tids);
		pfree(postings->list.proven);
	}
}

/* Begin to walk over the entries that a probe finds; "upper" is to be freed after the walk. */
GinWalk *
detmeta_probe_walk(GinReader *reader, const Probe *probe, bool keys_only, StringInfo upper)
{
	GinKeyRange range;
	bool		all;

	initStringInfo(upper);
	all = detmeta_probe_range(probe, upper, &range);
	return detmeta_gin_walk_begin(reader, &range, ForwardScanDirection, keys_only,
								  all ? NULL : probe_wants, (void *) probe);
}

/* Add the rows of all entries that a probe finds. */
static void
add_walk(const SetSource *source, const Probe *probe, TidSet *set)
{
	StringInfoData upper;
	GinWalk    *walk = detmeta_probe_walk(source->reader, probe, false, &upper);
	GinEntry	entry;

	detmeta_gin_walk_restrict(walk, source->within);
	while (detmeta_gin_walk_next(walk, &entry))
		detmeta_gin_postings_add(source->reader, &entry.postings, source->within, set);
	detmeta_gin_walk_end(walk);
	pfree(upper.data);
}

/* Add the rows of one entry. */
static void
add_entry_to_set(const SetSource *source, const char *entry, int len, TidSet *set)
{
	GinPostings postings;

	if (detmeta_gin_lookup(source->reader, entry, len, &postings))
		detmeta_add_postings(source, &postings, set);
}

/* Add the rows that a probe finds in the tree, but for one of values of any key. */
static void
add_probe_of_tree(const SetSource *source, const Probe *probe, TidSet *set)
{
	CHECK_FOR_INTERRUPTS();
	if (probe->type == PROBE_EXACT)
		add_entry_to_set(source, probe->entry, probe->len, set);
	else
		add_walk(source, probe, set);
}

/* Add the rows of all those entries of the current key that a probe of any key finds. */
static void
add_walk_of_key(const SetSource *source, const AnyKey *keys, const Probe *probe, TidSet *set)
{
	StringInfoData bounds[2];
	static const int tags[2] = {TAG_VALUE, TAG_TRIGRAM};
	GinKeyRange range = {0};
	GinWalk    *walk;
	GinEntry	entry;

	for (int i = 0; i < 2; i++)
	{
		initStringInfo(&bounds[i]);
		appendBinaryStringInfo(&bounds[i], keys->key.data, keys->key.len);
		appendStringInfoCharMacro(&bounds[i], '\0');
		appendStringInfoCharMacro(&bounds[i], (char) tags[i]);
	}
	range.lower = bounds[0].data;
	range.lower_len = bounds[0].len;
	range.upper = bounds[1].data;
	range.upper_len = bounds[1].len;
	walk = detmeta_gin_walk_begin(source->reader, &range, ForwardScanDirection, false,
								  probe_wants, (void *) probe);
	detmeta_gin_walk_restrict(walk, source->within);
	while (detmeta_gin_walk_next(walk, &entry))
		detmeta_gin_postings_add(source->reader, &entry.postings, source->within, set);
	detmeta_gin_walk_end(walk);
	pfree(bounds[0].data);
	pfree(bounds[1].data);
}

/*
 * Add the rows that a probe of values of any key finds in the tree: key after key.  Many
 * values are not looked up one by one in a key of few rows.
 */
static void
add_any_key(const SetSource *source, const Probe *probe, TidSet *set)
{
	AnyKey		keys;

	detmeta_any_key_begin(&keys, source->reader);
	while (detmeta_any_key_next(&keys))
	{
		if (probe->nexact > MAX_ENTRIES_TRIED && !keys.has_tree)
		{
			add_walk_of_key(source, &keys, probe, set);
			continue;
		}
		for (int i = 0; i < probe->nparts; i++)
		{
			Probe		part;

			if (!detmeta_any_key_has(&keys, &probe->parts[i]))
				continue;
			part = detmeta_any_key_probe(&keys, &probe->parts[i]);
			add_probe_of_tree(source, &part, set);
			pfree(unconstify(char *, part.entry));
		}
	}
	detmeta_any_key_end(&keys);
}

/* Add the rows that a probe finds. */
static void
add_probe_to_set(const SetSource *source, const Probe *probe, TidSet *set)
{
	if (probe->type == PROBE_ANY_KEY && !detmeta_probe_is_of_keys(probe))
		add_any_key(source, probe, set);
	else
		add_probe_of_tree(source, probe, set);
	add_pending(source, probe, 1, set);
}

/* Return the rows of one entry. */
TidSet *
detmeta_entry_set(const SetSource *source, const char *entry, int len)
{
	Probe		probe = {
		.type = PROBE_EXACT,
		.sure = true,
		.entry = entry,
		.len = len,
		.prefix_len = len
	};
	TidSet	   *set = detmeta_empty_set(source);

	add_probe_to_set(source, &probe, set);
	return set;
}

/* Return all rows whose metadata is not NULL: those of the row entry. */
TidSet *
detmeta_all_rows_set(const SetSource *source)
{
	return detmeta_entry_set(source, "", 0);
}

/* Return about how many rows an entry has. */
static double
entry_size(const SetSource *source, const Probe *probe)
{
	return detmeta_gin_estimate_entry(source->reader, probe->entry, probe->len, 1);
}

/*
 * Return the rows that all of some probes find in the tree, each of them an entry: the
 * smallest first; NULL: none.
 */
static TidSet *
all_of_entries(const SetSource *source, const Probe *probes, int n)
{
	SetSource	narrow = *source;
	TidSet	   *common;
	int			smallest = 0;
	double		size = 0;

	for (int i = 0; i < n; i++)
	{
		double		other = entry_size(source, &probes[i]);

		if (other == 0)
			return NULL;
		if (i > 0 && other >= size)
			continue;
		smallest = i;
		size = other;
	}
	common = detmeta_empty_set(source);
	add_probe_of_tree(source, &probes[smallest], common);
	narrow.within = common;
	for (int i = 0; i < n && !detmeta_tid_set_is_empty(common); i++)
	{
		TidSet	   *rows;

		if (i == smallest)
			continue;
		rows = detmeta_empty_set(source);
		add_probe_of_tree(&narrow, &probes[i], rows);
		detmeta_tid_set_and(common, rows);
		detmeta_tid_set_free(rows);
	}
	return common;
}

/* Add the rows that all of some probes find in the tree, each of them an entry. */
static void
add_all_of_entries(const SetSource *source, const Probe *probes, int n, TidSet *set)
{
	TidSet	   *common = all_of_entries(source, probes, n);

	if (common == NULL)
		return;
	detmeta_tid_set_or(set, common);
	detmeta_tid_set_free(common);
}

/* The same of probes of any key, each of one entry: key after key. */
static void
add_all_of_any_key(const SetSource *source, const Probe *probes, int n, TidSet *set)
{
	Probe	   *parts = palloc_array(Probe, n);
	AnyKey		keys;

	detmeta_any_key_begin(&keys, source->reader);
	while (detmeta_any_key_next(&keys))
	{
		if (!detmeta_any_key_has(&keys, &probes->parts[0]))
			continue;
		for (int i = 0; i < n; i++)
			parts[i] = detmeta_any_key_probe(&keys, &probes[i].parts[0]);
		add_all_of_entries(source, parts, n, set);
		for (int i = 0; i < n; i++)
			pfree(unconstify(char *, parts[i].entry));
	}
	detmeta_any_key_end(&keys);
	pfree(parts);
}

/*
 * Add the rows that all of some probes find.  A row of the pending list has all its
 * entries there, whatever of them is in the tree by now.
 */
static void
add_all_of_probes(const SetSource *source, const Probe *probes, int n, TidSet *set)
{
	if (probes->type == PROBE_ANY_KEY)
		add_all_of_any_key(source, probes, n, set);
	else
		add_all_of_entries(source, probes, n, set);
	add_pending(source, probes, n, set);
}

/* Add the rows that a probe, or the probes that go with it, finds. */
void
detmeta_add_probes(const SetSource *source, const IndexQuery *iq, int i, TidSet *set)
{
	if (iq->probes[i].nall > 1)
		add_all_of_probes(source, &iq->probes[i], iq->probes[i].nall, set);
	else
		add_probe_to_set(source, &iq->probes[i], set);
}

/*
 * Return about how many rows some probes find; -1 where that takes more than
 * to look at a few entries.
 */
double
detmeta_probes_size(const SetSource *source, const IndexQuery *iq, int first, int n)
{
	double		size = 0;

	if (n > MAX_ENTRIES_TRIED)
		return -1;
	for (int i = first; i < first + n; i++)
	{
		if (iq->probes[i].type != PROBE_EXACT || iq->probes[i].nall != 1)
			return -1;
		size += entry_size(source, &iq->probes[i]);
	}
	return size;
}

/* Say whether a probe finds an entry. */
bool
detmeta_probe_finds_any(GinReader *reader, const Probe *probe)
{
	StringInfoData upper;
	GinWalk    *walk;
	GinEntry	entry;
	GinPostings postings;
	bool		found;

	if (probe->type == PROBE_EXACT)
		return detmeta_gin_lookup(reader, probe->entry, probe->len, &postings);
	walk = detmeta_probe_walk(reader, probe, true, &upper);
	found = detmeta_gin_walk_next(walk, &entry);
	detmeta_gin_walk_end(walk);
	pfree(upper.data);
	return found;
}

/*
 * probe_any.c
 *		Probes of any key, made of probes of the empty key.
 *
 *		key 0x00 tag payload
 *			\-- what a part looks at --/
 *
 * Core's scan has to read all entries for such a probe, as it cannot ask which
 * keys there are; so as few of them are made as may be.  The extension's own scan
 * asks for each key (scan/any_key.c).
 */
#include "postgres.h"

#include "base/compat.h"
#include "index/entry.h"
#include "index/probe_any.h"

/* Order parts: single entries first, in their order. */
static int
compare_parts(const void *a, const void *b, void *arg)
{
	const Probe *x = a;
	const Probe *y = b;
	bool		x_is_exact = x->type == PROBE_EXACT;

	if (x_is_exact != (y->type == PROBE_EXACT))
		return x_is_exact ? -1 : 1;
	return x_is_exact ? detmeta_bytes_compare(x->entry, x->len, y->entry, y->len) : 0;
}

/* Make a probe of parts. */
static void
make_any_key_probe(Probe *parts, int n, bool of_keys, Probe *probe)
{
	memset(probe, 0, sizeof(*probe));
	probe->type = PROBE_ANY_KEY;
	probe->sure = parts->sure;
	probe->entry = of_keys ? ENTRY_KEY_SECTION : ENTRY_KEY_SECTION_END;
	probe->len = probe->prefix_len = ENTRY_KEY_SECTION_BYTES;
	probe->nall = parts->nall;
	qsort_interruptible(parts, n, sizeof(Probe), compare_parts, NULL);
	probe->parts = parts;
	probe->nparts = n;
	for (int i = 0; i < n; i++)
		probe->nexact += parts[i].type == PROBE_EXACT;
}

/*
 * Make one probe of those parts that are alike: sure or not, and of entries of keys
 * or of values.  Returns how many were made.
 */
static int
add_any_key_group(const Probe *parts, int n, bool sure, bool of_keys, Probe *probe)
{
	Probe	   *group = palloc_array(Probe, Max(1, n));
	int			size = 0;

	for (int i = 0; i < n; i++)
	{
		const Probe *part = &parts[i];
		int			section = of_keys ? ENTRY_KEY_SECTION_BYTES : 0;

		if (part->nall != 1 || part->sure != sure ||
			detmeta_entry_in_key_section(part->entry, part->len) != of_keys)
			continue;
		group[size] = *part;
		group[size].entry += section;
		group[size].len -= section;
		group[size++].prefix_len -= section;
	}
	if (size > 0)
		make_any_key_probe(group, size, of_keys, probe);
	return size > 0 ? 1 : 0;
}

/*
 * Make probes of any key of probes of the empty one, which they keep: as few as
 * possible, but for those that have to find a row together.  Returns how many.
 */
int
detmeta_any_key_probes(Probe *parts, int n, Probe *probes)
{
	int			made = 0;

	for (int i = 0; i < n; i++)
	{
		if (parts[i].nall != 1)
			make_any_key_probe(&parts[i], 1, false, &probes[made++]);
	}
	for (int group = 0; group < ANY_KEY_GROUPS; group++)
		made += add_any_key_group(parts, n, (group & 1) == 0, (group & 2) != 0, &probes[made]);
	return made;
}

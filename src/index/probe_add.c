/*
 * probe_add.c
 *		Add probes to those of a filter.
 */
#include "postgres.h"

#include "base/compat.h"
#include "index/probe_add.h"
#include "value/document.h"
#include "value/value.h"

/* Add a probe that starts at an entry, which is the probe's from now on. */
Probe *
detmeta_probe_add(IndexQuery *iq, ProbeType type, StringInfo entry, bool sure)
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

/* Begin an entry of a leaf's key. */
void
detmeta_probe_begin_entry(const Leaf *leaf, int tag, StringInfo entry)
{
	initStringInfo(entry);
	detmeta_entry_prefix(leaf->key, leaf->keylen, tag, entry);
}

/* Add a probe of an entry without payload. */
void
detmeta_probe_add_entry(IndexQuery *iq, const Leaf *leaf, int tag, bool sure)
{
	StringInfoData entry;

	detmeta_probe_begin_entry(leaf, tag, &entry);
	detmeta_probe_add(iq, PROBE_EXACT, &entry, sure && key_is_exact(leaf));
}

/* Add the probe of an entry of a value. */
void
detmeta_probe_add_value(IndexQuery *iq, const Leaf *leaf, int class, const MetaValue *value)
{
	StringInfoData entry;
	bool		cut;

	detmeta_probe_begin_entry(leaf, class + value->kind, &entry);
	cut = detmeta_entry_append_payload(value, &entry);
	detmeta_probe_add(iq, PROBE_EXACT, &entry, !cut && key_is_exact(leaf));
}

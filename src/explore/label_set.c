/*
 * label_set.c
 *		Byte strings, numbered from 0 in the order they came: a hash table.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "explore/label_set.h"

#define FIRST_LABELS	64

typedef struct LabelSlot
{
	const Label *label;
	uint32		hash;
	char		status;
} LabelSlot;

#define SH_PREFIX labels
#define SH_ELEMENT_TYPE LabelSlot
#define SH_KEY_TYPE const Label *
#define SH_KEY label
#define SH_HASH_KEY(table, key) hash_bytes((const unsigned char *) (key)->bytes, (key)->len)
#define SH_EQUAL(table, a, b) \
	((a)->len == (b)->len && memcmp((a)->bytes, (b)->bytes, (a)->len) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(table, slot) ((slot)->hash)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct LabelSet
{
	MemoryContext context;
	labels_hash *slots;
	uint32		n;
	uint32		allocated;
	Label	  **labels;			/* by number */
};

/* Create an empty set in the current memory context. */
LabelSet *
detmeta_label_set_create(void)
{
	LabelSet   *set = palloc0_object(LabelSet);

	set->context = CurrentMemoryContext;
	set->slots = labels_create(CurrentMemoryContext, FIRST_LABELS, NULL);
	set->allocated = FIRST_LABELS;
	set->labels = palloc_array(Label *, set->allocated);
	return set;
}

/* Return the number of a string. */
uint32
detmeta_label_number(LabelSet *set, const char *bytes, int len)
{
	Label		key = {
		.bytes = bytes,
		.len = len
	};
	bool		found;
	LabelSlot  *slot = labels_insert(set->slots, &key, &found);
	Label	   *label;

	if (found)
		return slot->label->number;
	CHECK_FOR_INTERRUPTS();
	label = MemoryContextAlloc(set->context, sizeof(Label) + len);
	label->bytes = memcpy(label + 1, bytes, len);
	label->len = len;
	label->number = set->n;
	slot->label = label;
	if (set->n == set->allocated)
	{
		set->allocated *= 2;
		set->labels = repalloc_huge(set->labels, sizeof(Label *) * set->allocated);
	}
	set->labels[set->n++] = label;
	return label->number;
}

/* Return the string of a number. */
const Label *
detmeta_label(const LabelSet *set, uint32 number)
{
	return set->labels[number];
}

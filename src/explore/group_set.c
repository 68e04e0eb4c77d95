/*
 * group_set.c
 *		Groups of runs, and what is known of each.
 *
 * Groups by several keys are made key by key: of a group by the first and a label
 * of the second comes a group by both.  Numbers are kept once each, and for each run
 * that has one which it is, so that medians are found by passing over them in order.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "explore/group_set.h"
#include "value/number.h"
#include "value/value.h"

#define FIRST_GROUPS	64
#define PAYLOAD_BLOCK	65536

/* A group by some keys: that by those before, and a label of the last. */
typedef struct GroupSlot
{
	uint64		packed;			/* parent and label */
	uint32		number;
	char		status;
} GroupSlot;

#define PACK_GROUP(parent, label)	((uint64) (parent) << 32 | (label))

#define SH_PREFIX groups
#define SH_ELEMENT_TYPE GroupSlot
#define SH_KEY_TYPE uint64
#define SH_KEY packed
#define SH_HASH_KEY(table, key) \
	hash_combine(murmurhash32((uint32) ((key) >> 32)), murmurhash32((uint32) (key)))
#define SH_EQUAL(table, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* The groups by so many keys. */
typedef struct GroupLevel
{
	LabelSet   *labels;			/* of the last of them */
	groups_hash *slots;
	uint32		n;
	uint32		allocated;
	uint64	   *packed;			/* by number */
	uint64		last;			/* that was looked for last, and its number */
	uint32		last_number;
} GroupLevel;

/* A number's payload. */
typedef struct GroupValue
{
	const char *payload;
	int			len;
} GroupValue;

/* A run's number, and its group. */
typedef struct Observation
{
	uint32		value;
	uint32		group;
} Observation;

/* The same of several runs; what was counted elsewhere comes so. */
typedef struct CountedObservation
{
	Observation of;				/* comes first: both are compared as this */
	int64		runs;
} CountedObservation;

struct GroupSet
{
	MemoryContext context;
	const RunKey *key;
	int			nlevels;
	GroupLevel *levels;
	uint32		nallocated;		/* of the last level's groups */
	RunGroup   *groups;
	bool		in_order;		/* numbers came in their order */
	char	   *payloads;		/* room for those of the next numbers */
	Size		payload_room;
	int64		nvalues;
	int64		values_allocated;
	GroupValue *values;
	int64		nobservations;
	int64		observations_allocated;
	Observation *observations;
	int64		ncounted;
	int64		counted_allocated;
	CountedObservation *counted;
};

/* ---- groups ---- */

/* Create a set in the current memory context. */
GroupSet *
detmeta_group_set_create(int nby, const RunKey *key)
{
	GroupSet   *set = palloc0_object(GroupSet);

	set->context = CurrentMemoryContext;
	set->key = key;
	set->nlevels = nby;
	set->levels = palloc0_array(GroupLevel, Max(1, nby));
	set->in_order = true;
	for (int i = 0; i < nby; i++)
	{
		set->levels[i].labels = detmeta_label_set_create();
		set->levels[i].slots = groups_create(CurrentMemoryContext, FIRST_GROUPS, NULL);
		set->levels[i].last_number = NO_GROUP;
	}
	return set;
}

/* Return the labels of a key. */
LabelSet *
detmeta_group_labels(GroupSet *set, int level)
{
	return set->levels[level].labels;
}

/* Make room in an array that grows. */
static void *
reserve_items(GroupSet *set, void *array, int64 needed, int64 *allocated, Size size)
{
	if (needed <= *allocated)
		return array;
	*allocated = Max(FIRST_GROUPS, Max(needed, *allocated * 2));
	return array == NULL ? MemoryContextAllocHuge(set->context, size * *allocated) :
		repalloc_huge(array, size * *allocated);
}

/* Add a group by all keys. */
static void
add_group(GroupSet *set, uint32 number)
{
	int64		allocated = set->nallocated;
	RunGroup   *group;

	set->groups = reserve_items(set, set->groups, (int64) number + 1, &allocated, sizeof(RunGroup));
	set->nallocated = allocated;
	group = &set->groups[number];
	memset(group, 0, sizeof(*group));
	for (int end = 0; end < 2; end++)
		group->best[end].value = group->rows[end].value = group->middle[end] = NO_VALUE;
}

/* Add a group by some keys. */
static uint32
add_to_level(GroupSet *set, int level, uint64 packed)
{
	GroupLevel *l = &set->levels[level];
	int64		allocated = l->allocated;

	CHECK_FOR_INTERRUPTS();
	l->packed = reserve_items(set, l->packed, (int64) l->n + 1, &allocated, sizeof(uint64));
	l->allocated = allocated;
	l->packed[l->n] = packed;
	if (level == set->nlevels - 1)
		add_group(set, l->n);
	return l->n++;
}

/* Go down from a group to one by one key more. */
uint32
detmeta_group_child(GroupSet *set, int level, uint32 parent, uint32 label)
{
	GroupLevel *l = &set->levels[level];
	uint64		packed = PACK_GROUP(parent, label);
	bool		found;
	GroupSlot  *slot;

	if (packed == l->last && l->last_number != NO_GROUP)
		return l->last_number;
	slot = groups_insert(l->slots, packed, &found);
	if (!found)
		slot->number = add_to_level(set, level, packed);
	l->last = packed;
	l->last_number = slot->number;
	return slot->number;
}

/* Return the number of groups by all keys. */
uint32
detmeta_group_count(const GroupSet *set)
{
	return set->levels[set->nlevels - 1].n;
}

/* Return a group; it moves when groups are added. */
RunGroup *
detmeta_group(GroupSet *set, uint32 number)
{
	return &set->groups[number];
}

/* Return the labels that a group is made of. */
void
detmeta_group_path(const GroupSet *set, uint32 number, uint32 *labels)
{
	for (int level = set->nlevels - 1; level >= 0; level--)
	{
		uint64		packed = set->levels[level].packed[number];

		labels[level] = (uint32) packed;
		number = (uint32) (packed >> 32);
	}
}

/* ---- numbers ---- */

/* Compare two numbers. */
int
detmeta_group_compare_values(const GroupSet *set, uint32 a, uint32 b)
{
	return detmeta_bytes_compare(set->values[a].payload, set->values[a].len,
								 set->values[b].payload, set->values[b].len);
}

/* Copy a payload; they are many, and small. */
static const char *
copy_payload(GroupSet *set, const char *payload, Size len)
{
	char	   *copy;

	if (len > set->payload_room)
	{
		set->payload_room = Max(len, PAYLOAD_BLOCK);
		set->payloads = MemoryContextAlloc(set->context, set->payload_room);
	}
	copy = memcpy(set->payloads, payload, len);
	set->payloads += len;
	set->payload_room -= len;
	return copy;
}

/* Add a number; "follows": it is known to be no less than the one before. */
uint32
detmeta_group_add_value(GroupSet *set, const char *payload, int len, bool follows,
						NumberTerm *term)
{
	GroupValue *value;

	set->values = reserve_items(set, set->values, set->nvalues + 1, &set->values_allocated,
								sizeof(GroupValue));
	value = &set->values[set->nvalues];
	value->payload = copy_payload(set, payload, len);
	value->len = len;
	set->in_order &= follows || set->nvalues == 0 ||
		detmeta_group_compare_values(set, set->nvalues - 1, set->nvalues) <= 0;
	detmeta_number_term(payload, len, term);
	return set->nvalues++;
}

/* Append a number's payload. */
void
detmeta_group_append_number(const GroupSet *set, uint32 value, StringInfo out)
{
	appendBinaryStringInfo(out, set->values[value].payload, set->values[value].len);
}

/* Return a number. */
Numeric
detmeta_group_number(const GroupSet *set, uint32 value)
{
	return value == NO_VALUE ? NULL :
		detmeta_number_decode(set->values[value].payload, set->values[value].len);
}

/* Note the number of one run. */
static void
note_observation(GroupSet *set, uint32 group, uint32 value)
{
	set->observations = reserve_items(set, set->observations, set->nobservations + 1,
									  &set->observations_allocated, sizeof(Observation));
	set->observations[set->nobservations].value = value;
	set->observations[set->nobservations++].group = group;
}

/* Note the number of several runs, which take no more room than one. */
static void
note_counted(GroupSet *set, uint32 group, uint32 value, int64 runs)
{
	set->counted = reserve_items(set, set->counted, set->ncounted + 1, &set->counted_allocated,
								 sizeof(CountedObservation));
	set->counted[set->ncounted].of.value = value;
	set->counted[set->ncounted].of.group = group;
	set->counted[set->ncounted++].runs = runs;
}

/* Count the number of some runs. */
void
detmeta_group_observe(GroupSet *set, uint32 number, uint32 value, const NumberTerm *term,
					  int64 runs)
{
	RunGroup   *group = &set->groups[number];
	MemoryContext old = MemoryContextSwitchTo(set->context);

	detmeta_number_sum_add(&group->sum, term, runs);
	MemoryContextSwitchTo(old);
	group->numbers += runs;
	if (runs == 1)
		note_observation(set, number, value);
	else
		note_counted(set, number, value, runs);
}

/* Take a run into account, which may be the one with the least or greatest number. */
void
detmeta_group_offer(GroupSet *set, RunGroup *group, int end, uint32 value, const Datum *key)
{
	BestRun    *best = &group->best[end];
	int			cmp = best->value == NO_VALUE ? -1 :
		detmeta_group_compare_values(set, value, best->value) * (end == 0 ? 1 : -1);

	if (cmp == 0 && key != NULL)
		cmp = best->key == NULL ? -1 : detmeta_run_key_compare(set->key, key, best->key);
	if (cmp < 0)
	{
		MemoryContext old = MemoryContextSwitchTo(set->context);

		best->value = value;
		best->key = key != NULL ? detmeta_run_key_copy(set->key, key) : NULL;
		MemoryContextSwitchTo(old);
	}
}

/* ---- medians ---- */

/* Order runs by their numbers. */
static int
compare_observations(const void *a, const void *b, void *arg)
{
	const Observation *x = a;
	const Observation *y = b;

	return detmeta_group_compare_values(arg, x->value, y->value);
}

/* Order all observations; then they are read by a walk. */
static void
sort_observations(GroupSet *set, int (*compare) (const void *, const void *, void *))
{
	qsort_interruptible(set->observations, set->nobservations, sizeof(Observation), compare, set);
	qsort_interruptible(set->counted, set->ncounted, sizeof(CountedObservation), compare, set);
}

/* A walk over all observations in their order. */
typedef struct ObservationWalk
{
	GroupSet   *set;
	int			(*compare) (const void *, const void *, void *);
	int64		next;			/* of those of one run, */
	int64		next_counted;	/* and of the others */
} ObservationWalk;

/* Go to the next observation; false: there are no more. */
static bool
next_observation(ObservationWalk *walk, CountedObservation *observation)
{
	GroupSet   *set = walk->set;
	const Observation *one = &set->observations[walk->next];
	const CountedObservation *counted = &set->counted[walk->next_counted];
	bool		has_one = walk->next < set->nobservations;
	bool		has_counted = walk->next_counted < set->ncounted;

	CHECK_FOR_INTERRUPTS();
	if (has_one && (!has_counted || walk->compare(one, counted, set) <= 0))
	{
		observation->of = *one;
		observation->runs = 1;
		walk->next++;
		return true;
	}
	if (has_counted)
	{
		*observation = *counted;
		walk->next_counted++;
	}
	return has_counted;
}

/* Say whether a place, from 0, is among so many behind those seen. */
static inline bool
is_among(int64 place, int64 seen, int64 runs)
{
	return place >= seen && place < seen + runs;
}

/* Find the medians. */
void
detmeta_group_find_medians(GroupSet *set)
{
	ObservationWalk walk = {set, compare_observations, 0, 0};
	CountedObservation observation;

	if (!set->in_order)
		sort_observations(set, compare_observations);
	while (next_observation(&walk, &observation))
	{
		RunGroup   *group = &set->groups[observation.of.group];

		if (is_among((group->numbers - 1) / 2, group->seen, observation.runs))
			group->middle[0] = observation.of.value;
		if (is_among(group->numbers / 2, group->seen, observation.runs))
			group->middle[1] = observation.of.value;
		group->seen += observation.runs;
	}
}

/* ---- all numbers ---- */

/* Order runs by their groups, and by their numbers. */
static int
compare_grouped(const void *a, const void *b, void *arg)
{
	const Observation *x = a;
	const Observation *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return x->value == y->value ? 0 : detmeta_group_compare_values(arg, x->value, y->value);
}

/* Visit the numbers of each group. */
void
detmeta_group_visit_numbers(GroupSet *set, GroupNumberVisitor visitor, void *arg)
{
	ObservationWalk walk = {set, compare_grouped, 0, 0};
	CountedObservation observation;
	CountedObservation next;
	bool		found;

	sort_observations(set, compare_grouped);
	set->in_order = false;
	found = next_observation(&walk, &next);
	while (found)
	{
		observation = next;
		while ((found = next_observation(&walk, &next)) &&
			   compare_grouped(&observation, &next, set) == 0)
			observation.runs += next.runs;
		visitor(observation.of.group, observation.of.value, observation.runs, arg);
	}
}

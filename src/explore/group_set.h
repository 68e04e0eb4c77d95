/*
 * group_set.h
 *		Groups of runs, and what is known of each.
 */
#ifndef DETMETA_EXPLORE_GROUP_SET_H
#define DETMETA_EXPLORE_GROUP_SET_H

#include "storage/itemptr.h"

#include "explore/group_by.h"
#include "explore/label_set.h"
#include "explore/number_sum.h"
#include "explore/run_key.h"

/* The label of runs without a value, and of none. */
#define NO_LABEL		UINT32_MAX
#define NO_GROUP		UINT32_MAX
#define NO_VALUE		UINT32_MAX

/* The run with the least number, or with the greatest. */
typedef struct BestRun
{
	uint32		value;			/* the number, or NO_VALUE */
	Datum	   *key;			/* of the run; NULL: it has none */
} BestRun;

/* The same of the table that is being read, where rows have no key yet. */
typedef struct BestRow
{
	uint32		value;			/* or NO_VALUE */
	ItemPointerData tid;
	bool		tied;			/* other rows have the same number */
} BestRow;

typedef struct RunGroup
{
	int64		runs;
	int64		numbers;
	NumberSum  *sum;
	BestRun		best[2];		/* least and greatest */
	BestRow		rows[2];
	int64		seen;			/* numbers, while the median is looked for */
	uint32		middle[2];		/* the number, or numbers, that it is between */
} RunGroup;

typedef struct GroupSet GroupSet;

extern GroupSet *detmeta_group_set_create(int nby, const RunKey *key);

/*
 * Go down from a group by the first "level" keys (0 at level 0) to one by the next
 * key as well; the label is one of that key's, or NO_LABEL.
 */
extern uint32 detmeta_group_child(GroupSet *set, int level, uint32 parent, uint32 label);
extern LabelSet *detmeta_group_labels(GroupSet *set, int level);

/* Groups by all keys. */
extern uint32 detmeta_group_count(const GroupSet *set);
extern RunGroup *detmeta_group(GroupSet *set, uint32 number);
extern void detmeta_group_path(const GroupSet *set, uint32 number, uint32 *labels);

/*
 * Add a number, by the payload of its index entry, and then the runs that have it;
 * "follows": it is known to be no less than the one before.
 */
extern uint32 detmeta_group_add_value(GroupSet *set, const char *payload, int len, bool follows,
									  NumberTerm *term);
extern void detmeta_group_observe(GroupSet *set, uint32 group, uint32 value,
								  const NumberTerm *term, int64 runs);
extern void detmeta_group_append_number(const GroupSet *set, uint32 value, StringInfo out);
extern Numeric detmeta_group_number(const GroupSet *set, uint32 value);
extern int	detmeta_group_compare_values(const GroupSet *set, uint32 a, uint32 b);

/* Take a run into account, whose key is copied; end: 0 for the least number, 1 for the greatest. */
extern void detmeta_group_offer(GroupSet *set, RunGroup *group, int end, uint32 value,
								const Datum *key);

/* How many runs of a group have a number; each number of a group comes once. */
typedef void (*GroupNumberVisitor) (uint32 group, uint32 value, int64 runs, void *arg);

extern void detmeta_group_visit_numbers(GroupSet *set, GroupNumberVisitor visitor, void *arg);

/* Find the medians, when all has been added. */
extern void detmeta_group_find_medians(GroupSet *set);

#endif							/* DETMETA_EXPLORE_GROUP_SET_H */

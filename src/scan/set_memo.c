/*
 * set_memo.c
 *		The set of a filter, remembered for a second scan under one snapshot.
 *
 * search_run_metadata() asks for a page of runs and then for the count of all,
 * with the same filter and snapshot.  Where both come to the same set of rows,
 * the page's scan leaves it to the count: what is in a set, and what is proven
 * of it, holds for as long as the snapshot is held (gin/postings.c).  The plans
 * of both are left to the planner as ever.
 *
 * One set is remembered, of a filter that stands alone and of a whole table; it
 * takes as much memory as the scan's own.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "base/compat.h"
#include "gin/tid_set.h"
#include "scan/filter_set.h"
#include "scan/set_memo.h"

typedef struct SetMemo
{
	struct SetMemo *outer;		/* of the search that this one is called in */
	MemoryContext context;
	Snapshot	snapshot;
	bool		filled;
	Oid			index;
	AttrNumber	attnum;
	bool		negated;
	MetadataFilter *filter;
	FilterSet	set;
} SetMemo;

/* that of the search under way, or NULL */
static SetMemo *memo = NULL;

/* Forget a memo that is freed. */
static void
end_memo(void *arg)
{
	for (SetMemo **link = &memo; *link != NULL; link = &(*link)->outer)
	{
		if (*link != arg)
			continue;
		*link = (*link)->outer;
		return;
	}
}

/* Remember a set from now on, until the current memory context is reset. */
void
detmeta_set_memo_begin(Snapshot snapshot)
{
	SetMemo    *new = palloc0_object(SetMemo);
	MemoryContextCallback *callback = palloc0_object(MemoryContextCallback);

	new->outer = memo;
	new->context = CurrentMemoryContext;
	new->snapshot = snapshot;
	callback->func = end_memo;
	callback->arg = new;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, callback);
	memo = new;
}

/* Say whether the sets of a scan may be wanted by another one. */
bool
detmeta_set_memo_is_wanted(Snapshot snapshot)
{
	return memo != NULL && memo->snapshot == snapshot;
}

/* Say whether the rows of a condition can be remembered. */
static bool
can_remember(const SetScan *scan, const SetSource *source, const SetCondition *condition)
{
	return detmeta_set_memo_is_wanted(scan->snapshot) &&
		source->reader->heap != NULL &&
		source->first == 0 && source->end == InvalidBlockNumber && source->within == NULL &&
		condition->nchildren == 0 && condition->iq != NULL && condition->iq->filter != NULL &&
		condition->known == NULL;
}

/* Say whether it is the set of this condition that is remembered. */
static bool
is_remembered(const SetScan *scan, const IndexQuery *iq)
{
	return memo->filled &&
		memo->index == RelationGetRelid(scan->index) &&
		memo->attnum == scan->reader->attnum &&
		memo->negated == iq->negated &&
		VARSIZE(memo->filter) == VARSIZE(iq->filter) &&
		memcmp(memo->filter, iq->filter, VARSIZE(iq->filter)) == 0;
}

/* Copy a set. */
static TidSet *
copy_memo_set(MemoryContext context, TidSet *set)
{
	TidSet	   *copy;

	if (set == NULL)
		return NULL;
	copy = detmeta_tid_set_create(context, 0, InvalidBlockNumber);
	detmeta_tid_set_or(copy, set);
	return copy;
}

/* Copy the set of a filter. */
static FilterSet
copy_filter_set(MemoryContext context, const FilterSet *set)
{
	FilterSet	copy = {copy_memo_set(context, set->sure), copy_memo_set(context, set->possible)};

	return copy;
}

/* Remember the set of a condition. */
static void
remember_set(const SetScan *scan, const IndexQuery *iq, const FilterSet *set)
{
	memo->index = RelationGetRelid(scan->index);
	memo->attnum = scan->reader->attnum;
	memo->negated = iq->negated;
	memo->filter = MemoryContextAlloc(memo->context, VARSIZE(iq->filter));
	memcpy(memo->filter, iq->filter, VARSIZE(iq->filter));
	memo->set = copy_filter_set(memo->context, set);
	memo->filled = true;
}

/* Return the rows of a source that satisfy a condition. */
FilterSet
detmeta_set_memo_compute(const SetScan *scan, const SetSource *source,
						 const SetCondition *condition)
{
	FilterSet	set;

	if (!can_remember(scan, source, condition))
		return detmeta_filter_set(source, condition);
	if (is_remembered(scan, condition->iq))
		return copy_filter_set(source->context, &memo->set);
	set = detmeta_filter_set(source, condition);
	if (!memo->filled)
		remember_set(scan, condition->iq, &set);
	return set;
}

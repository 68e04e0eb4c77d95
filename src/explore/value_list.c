/*
 * value_list.c
 *		Values and how many runs have each, the most frequent first.
 *
 * With a limit, no more than twice as many values are kept: when there are so
 * many, the better half stays.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "explore/document.h"
#include "explore/value_list.h"
#include "value/value.h"

/* Fewer values are not worth a prune. */
#define MIN_KEPT	1000

/* Order values: the most frequent first, then by value. */
static int
compare_values(const void *a, const void *b, void *arg)
{
	const KeptValue *x = a;
	const KeptValue *y = b;

	if (x->runs != y->runs)
		return x->runs > y->runs ? -1 : 1;
	return detmeta_bytes_compare(x->bytes, x->len, y->bytes, y->len);
}

/* Leave the first values only. */
void
detmeta_value_list_prune(ValueList *list)
{
	qsort_interruptible(list->values, list->n, sizeof(KeptValue), compare_values, NULL);
	if (list->limit < 0 || list->n <= list->limit)
		return;
	for (int64 i = list->limit; i < list->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		pfree(list->values[i].bytes);
	}
	list->n = list->limit;
	if (list->n > 0)
		list->least = list->values[list->n - 1].runs;
}

/* Make room for a value. */
static void
make_room(ValueList *list)
{
	if (list->limit >= 0 && list->n >= Max(2 * list->limit, MIN_KEPT))
		detmeta_value_list_prune(list);
	if (list->n < list->allocated)
		return;
	list->allocated = Max(64, list->allocated * 2);
	list->values = list->values == NULL ?
		MemoryContextAlloc(list->context, sizeof(KeptValue) * list->allocated) :
		repalloc_huge(list->values, sizeof(KeptValue) * list->allocated);
}

/* Keep a value. */
void
detmeta_value_list_keep(const char *bytes, int len, int64 runs, void *arg)
{
	ValueList  *list = arg;
	KeptValue  *value;

	if (runs < list->least)
		return;
	make_room(list);
	value = &list->values[list->n++];
	value->runs = runs;
	value->len = len;
	value->bytes = MemoryContextAlloc(list->context, len);
	memcpy(value->bytes, bytes, len);
}

/* Begin a list, in the current memory context; a limit of -1 is none. */
void
detmeta_value_list_init(ValueList *list, int64 limit)
{
	memset(list, 0, sizeof(*list));
	list->limit = limit;
	list->context = CurrentMemoryContext;
	list->text_context = AllocSetContextCreate(CurrentMemoryContext, "metadata value",
											   ALLOCSET_SMALL_SIZES);
}

/*
 * key_groups.h
 *		The rows of a table by their value at a key, value after value.
 */
#ifndef DETMETA_KEY_GROUPS_H
#define DETMETA_KEY_GROUPS_H

#include "dialect/order.h"
#include "gin/postings.h"
#include "gin/tid_set_read.h"
#include "scan/filter_set.h"
#include "scan/key_start.h"

/* Rows with one value, or with none: those of an entry of the index, or of several. */
typedef struct KeyGroup
{
	MetaKind	kind;			/* of the value, */
	const char *bytes;			/* as the entry has it */
	int			len;
	bool		has_value;
	bool		is_cut;			/* the values begin alike, and are cut in the index */
	bool		is_entry;		/* its rows are an entry's */
	GinPostings postings;
	TidSet	   *rows;			/* else these; NULL: they were not asked for yet */
} KeyGroup;

/* What groups are wanted. */
typedef struct KeyOrder
{
	KeyOrderShape shape;		/* its key's bytes must stay */
	bool		descending;
	bool		nulls_first;	/* where rows without a value come */
	const KeyStart *start;		/* rows before it may be left out; or NULL */
	const SetCondition *condition;	/* rows that do not satisfy it may be left out; or NULL */
} KeyOrder;

typedef struct KeyGroups KeyGroups;

/* The rows of a group, in TID order. */
typedef struct GroupRows
{
	const KeyGroup *group;
	GinPostingsScan scan;
	GinTids		batch;
	int			next;			/* in the batch */
	TidSetCursor cursor;
} GroupRows;

/* Return the value of a group, of a type that its order sorts. */
extern Datum detmeta_group_value(const KeyGroup *group, OrderKind kind, Oid type);

/*
 * Rows of "apart" are those that the index cannot put in a group
 * (scan/key_reader.h).  Groups of values may have them nevertheless, except
 * for cut ones; those of "empty" are in the group of rows without a value.
 * Either may be NULL.
 */
extern KeyGroups *detmeta_key_groups_begin(const SetSource *source, const KeyOrder *order,
										   TidSet *apart, TidSet *empty);
extern void detmeta_key_groups_restrict(KeyGroups *groups, TidSet *only);
extern const KeyGroup *detmeta_key_groups_next(KeyGroups *groups);
extern void detmeta_key_groups_end(KeyGroups *groups);

/* Of the current group: how many rows it has, about; a set of them; and the rows one by one. */
extern double detmeta_key_groups_size(const KeyGroups *groups);
extern TidSet *detmeta_key_groups_set(KeyGroups *groups, const TidSet *within);
extern void detmeta_group_rows_begin(GroupRows *rows, KeyGroups *groups);
extern bool detmeta_group_rows_next(GroupRows *rows, ItemPointer tid, bool *proven);
extern void detmeta_group_rows_end(GroupRows *rows);

#endif							/* DETMETA_KEY_GROUPS_H */

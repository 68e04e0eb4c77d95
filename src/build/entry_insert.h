/*
 * entry_insert.h
 *		Insert the entries of a row into the entry tree.
 */
#ifndef DETMETA_BUILD_ENTRY_INSERT_H
#define DETMETA_BUILD_ENTRY_INSERT_H

#include "build/build_entry.h"
#include "build/tree_insert.h"

/* Insertions of a row, whose entries come in the order of the index. */
typedef struct RowInsertion
{
	const EntryOrder *order;
	ItemPointer tid;
	GinBtreeStack *path;		/* to the last entry's leaf, pinned; NULL: there is none */
	TreeInsertion tree;			/* that is begun */
	bool		has_tree;
} RowInsertion;

extern void detmeta_entry_insert_begin(RowInsertion *row, const EntryOrder *order,
									   ItemPointer tid);
extern void detmeta_entry_insert(RowInsertion *row, OffsetNumber attnum, Datum key,
								 GinNullCategory category);
extern void detmeta_entry_insert_end(RowInsertion *row);

#endif							/* DETMETA_BUILD_ENTRY_INSERT_H */

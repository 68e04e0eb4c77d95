/*
 * build_entry.h
 *		An entry of an index that is built, with the TIDs of its rows.
 */
#ifndef DETMETA_BUILD_ENTRY_H
#define DETMETA_BUILD_ENTRY_H

#include "access/gin_private.h"

/* TIDs, packed, as differences: seven bits to a byte, the lower ones first, the sign lowest. */
typedef struct BuildTids
{
	uint64		first;
	uint64		last;			/* that was added */
	uint32		n;
	uint32		nbytes;
	uint32		room;
	unsigned char *bytes;		/* of all but the first */
} BuildTids;

typedef struct BuildEntry
{
	OffsetNumber attnum;
	GinNullCategory category;
	uint32		keylen;			/* of the key's bytes, where it is not passed by value */
	Datum		key;
	BuildTids	tids;
} BuildEntry;

/* Where TIDs are read. */
typedef struct BuildTidReader
{
	const BuildTids *tids;
	uint64		tid;			/* that it is at, packed */
	uint32		left;			/* TIDs behind it */
	uint32		offset;			/* of their bytes */
} BuildTidReader;

/* The order of an index's entries. */
typedef struct EntryOrder
{
	GinState   *ginstate;
	bool	   *by_bytes;		/* is a column's key compared by its bytes? */
} EntryOrder;

extern void detmeta_entry_order_init(EntryOrder *order, GinState *ginstate);
extern int	detmeta_build_entry_compare(const EntryOrder *order, const BuildEntry *a,
										const BuildEntry *b);

extern void detmeta_build_tids_add(BuildTids *tids, ItemPointer tid, MemoryContext context);

/* A reader begins at the first TID, of which there must be one. */
extern void detmeta_build_tids_begin(BuildTidReader *reader, const BuildTids *tids);
extern bool detmeta_build_tids_next(BuildTidReader *reader);
extern void detmeta_build_tids_get(const BuildTidReader *reader, ItemPointer tid);

#endif							/* DETMETA_BUILD_ENTRY_H */

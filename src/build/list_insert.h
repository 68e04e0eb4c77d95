/*
 * list_insert.h
 *		Put a TID into a compressed list of TIDs.
 */
#ifndef DETMETA_BUILD_LIST_INSERT_H
#define DETMETA_BUILD_LIST_INSERT_H

#include "access/ginblock.h"

/* Bytes that a list may become longer by, its padding included. */
#define LIST_MAX_GROWTH		8

/* A TID's place in a list. */
typedef struct ListPlace
{
	uint64		tid;
	uint64		before;			/* the TID before it, if there is one */
	uint64		after;			/* the TID behind it; the same as tid: it is there already */
	int			start;			/* bytes of the difference between both, which it divides */
	int			end;
	bool		first;			/* no TID is before it */
	bool		last;			/* no TID is behind it */
} ListPlace;

extern bool detmeta_list_find_place(const GinPostingList *list, uint64 tid, ListPlace *place);

/* The copy has room for the list and LIST_MAX_GROWTH bytes. */
extern void detmeta_list_copy_with(const GinPostingList *list, const ListPlace *place,
								   GinPostingList *copy);

#endif							/* DETMETA_BUILD_LIST_INSERT_H */

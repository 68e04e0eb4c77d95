/*
 * page_writer.h
 *		The entry tree of an index that is built, written from left to right.
 */
#ifndef DETMETA_BUILD_PAGE_WRITER_H
#define DETMETA_BUILD_PAGE_WRITER_H

#include "access/gin_private.h"

typedef struct PageWriter PageWriter;

/* The root is there, and empty; fillfactor is in percent. */
extern PageWriter *detmeta_page_writer_create(Relation index, int fillfactor);

/* Tuples come in the order of the index. */
extern void detmeta_page_writer_put(PageWriter *writer, IndexTuple tuple);

/* Returns the number of pages. */
extern BlockNumber detmeta_page_writer_end(PageWriter *writer);

#endif							/* DETMETA_BUILD_PAGE_WRITER_H */

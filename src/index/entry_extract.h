/*
 * entry_extract.h
 *		Entries of a document.
 */
#ifndef DETMETA_ENTRY_EXTRACT_H
#define DETMETA_ENTRY_EXTRACT_H

#include "utils/jsonb.h"

#include "index/options.h"

extern Datum *detmeta_entries_of_document(Jsonb *metadata, const EntryOptions *options,
										  int32 *n);

#endif							/* DETMETA_ENTRY_EXTRACT_H */

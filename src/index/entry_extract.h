/*
 * entry_extract.h
 *		Entries of a document.
 */
#ifndef DETMETA_ENTRY_EXTRACT_H
#define DETMETA_ENTRY_EXTRACT_H

#include "utils/jsonb.h"

#include "index/trigram.h"

extern Datum *detmeta_entries_of_document(Jsonb *metadata, const TrigramKeys *trigram_keys,
										  int32 *n);

#endif							/* DETMETA_ENTRY_EXTRACT_H */

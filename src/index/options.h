/*
 * options.h
 *		Options of the operator class metadata_ops.
 *
 *		CREATE INDEX ... USING gin (metadata metadata_ops (trigram_keys = 'notes',
	array_members = on))
 */
#ifndef DETMETA_OPTIONS_H
#define DETMETA_OPTIONS_H

#include "utils/relcache.h"

#include "index/trigram.h"

/* Entries that an index has only if its options say so. */
typedef struct EntryOptions
{
	const TrigramKeys *trigram_keys;	/* or NULL */
	bool		array_members;	/* of members of objects in arrays */
} EntryOptions;

extern const EntryOptions *detmeta_options_read(const void *stored);
extern const EntryOptions *detmeta_options_of_index(Relation index, AttrNumber attnum);

#endif							/* DETMETA_OPTIONS_H */

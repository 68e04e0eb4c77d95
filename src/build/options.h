/*
 * options.h
 *		Options of the access method detmeta: those of GIN, and a fillfactor.
 */
#ifndef DETMETA_BUILD_OPTIONS_H
#define DETMETA_BUILD_OPTIONS_H

#include "utils/rel.h"

extern void detmeta_options_init(void);
extern bytea *detmeta_index_options(Datum reloptions, bool validate);
extern int	detmeta_index_fillfactor(Relation index);
extern bool detmeta_index_fastupdate(Relation index);

#endif							/* DETMETA_BUILD_OPTIONS_H */

/*
 * settings.h
 *		The settings detmeta.*.
 */
#ifndef DETMETA_SETTINGS_H
#define DETMETA_SETTINGS_H

extern int	detmeta_max_key_bytes;
extern int	detmeta_max_string_bytes;
extern int	detmeta_max_array_elements;
extern int	detmeta_max_depth;
extern int	detmeta_max_keys;
extern bool detmeta_debug_match;
extern bool detmeta_enable_core_dialect;
extern bool detmeta_enable_metadata_scan;

extern void detmeta_define_settings(void);
extern const char *detmeta_runs_table(void);

#endif							/* DETMETA_SETTINGS_H */

/*
 * detmeta.c
 *		Load the module.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/guc.h"

#include "base/settings.h"
#include "build/options.h"
#include "explore/part_path.h"
#include "plan/hooks.h"

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

/* Set the module up, once in a backend. */
void
_PG_init(void)
{
	detmeta_define_settings();
	detmeta_options_init();
	detmeta_install_hooks();
	detmeta_install_part_hook();
	MarkGUCPrefixReserved("detmeta");
}

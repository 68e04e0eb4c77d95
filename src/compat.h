/*
 * compat.h
 *		Everything that differs between PostgreSQL 15, 16, 17 and 18.
 *
 * No other file tests PG_VERSION_NUM.
 */
#ifndef DETMETA_COMPAT_H
#define DETMETA_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "detmeta needs PostgreSQL 15 or later"
#endif

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* Late minor releases of 15 have these too. */
#ifndef palloc_object
#define palloc_object(type)				((type *) palloc(sizeof(type)))
#define palloc0_object(type)			((type *) palloc0(sizeof(type)))
#endif
#ifndef palloc_array
#define palloc_array(type, count)		((type *) palloc(sizeof(type) * (count)))
#define palloc0_array(type, count)		((type *) palloc0(sizeof(type) * (count)))
#define repalloc_array(pointer, type, count) ((type *) repalloc(pointer, sizeof(type) * (count)))
#endif

/*
 * Until 16, old_snapshot_threshold let VACUUM remove rows that an old snapshot
 * still sees, so a reader of index pages has to test them; 17 has no such
 * setting.  Wants storage/bufmgr.h.
 */
#if PG_VERSION_NUM < 170000
#define test_for_old_snapshot(snapshot, relation, page) \
	TestForOldSnapshot(snapshot, relation, page)
#else
#define test_for_old_snapshot(snapshot, relation, page) ((void) 0)
#endif

#endif							/* DETMETA_COMPAT_H */

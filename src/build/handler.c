/*
 * handler.c
 *		The index access method detmeta.
 *
 * It is GIN, whose functions scan and vacuum, lock pages, log their changes and define
 * them; our own are the build, the options, and what an insertion puts on leaves.
 */
#include "postgres.h"

#include "access/gin_private.h"
#include "commands/progress.h"
#include "fmgr.h"
#include "utils/fmgrprotos.h"

#include "base/compat.h"
#include "build/build.h"
#include "build/insert.h"
#include "build/options.h"

/* Return the name of a phase of the build. */
static char *
name_build_phase(int64 phase)
{
	switch (phase)
	{
		case PROGRESS_CREATEIDX_SUBPHASE_INITIALIZE:
			return "initializing";
		case BUILD_PHASE_READ:
			return "reading rows";
		case BUILD_PHASE_WRITE:
			return "writing pages";
		default:
			return NULL;
	}
}

PG_FUNCTION_INFO_V1(detmeta_handler);
/* Return the routine of the access method. */
Datum
detmeta_handler(PG_FUNCTION_ARGS)
{
	static IndexAmRoutine routine;

	routine = *(const IndexAmRoutine *) DatumGetPointer(ginhandler(fcinfo));
	BUILD_IN_PARALLEL(&routine);
	routine.ambuild = detmeta_build;
	routine.aminsert = detmeta_insert;
	routine.amoptions = detmeta_index_options;
	routine.ambuildphasename = name_build_phase;
	RETURN_INDEX_AM_ROUTINE(&routine);
}

/*
 * cppcheck.h
 *		What cppcheck must know of the server, whose headers it does not read:
 *		the version, that ereport(ERROR) does not return (nothing lower is
 *		reported where it matters), and how lists are walked.
 */
#define PG_VERSION_NUM 150000
#define ERROR 21
#define ereport(level, report) do { report; if ((level) >= ERROR) exit(1); } while (0)
#define elog(level, ...) do { if ((level) >= ERROR) exit(1); } while (0)
#define foreach(cell, list) for (cell = list_head(list); cell != NULL; cell = lnext(list, cell))
#define PG_TRY() if (1)
#define PG_CATCH() else
#define PG_FINALLY()
#define PG_END_TRY()
#define Assert(condition) do { if (!(condition)) exit(1); } while (0)

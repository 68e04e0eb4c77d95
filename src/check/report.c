/*
 * report.c
 *		Problems that the check of an index finds, as rows of its result.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "check/report.h"
#include "gin/packed_tid.h"
#include "index/debug.h"

/* columns of the result */
enum
{
	RESULT_INDEX,
	RESULT_TID,
	RESULT_ENTRY,
	RESULT_PROBLEM,
	RESULT_COLUMNS
};

/* Return one row of the result. */
static void
put_problem(IndexCheck *check, ItemPointer tid, text *entry, const char *problem)
{
	Datum		values[RESULT_COLUMNS];
	bool		nulls[RESULT_COLUMNS] = {false};

	values[RESULT_INDEX] = ObjectIdGetDatum(RelationGetRelid(check->index));
	values[RESULT_TID] = PointerGetDatum(tid);
	nulls[RESULT_TID] = tid == NULL;
	values[RESULT_ENTRY] = PointerGetDatum(entry);
	nulls[RESULT_ENTRY] = entry == NULL;
	values[RESULT_PROBLEM] = CStringGetTextDatum(problem);
	tuplestore_putvalues(check->rsinfo->setResult, check->rsinfo->setDesc, values, nulls);
	check->nproblems++;
}

/* Have enough problems been reported? */
bool
detmeta_check_is_full(IndexCheck *check)
{
	return check->nproblems >= CHECK_MAX_PROBLEMS;
}

/*
 * Return an entry as text: as metadata_debug_entries() shows it if it can be
 * shown, else its bytes.  NULL for an entry of another operator class.
 */
static text *
entry_text(IndexCheck *check, const CheckKey *key)
{
	StringInfoData out;

	if (!check->ours[key->attnum])
		return NULL;
	initStringInfo(&out);
	if (check->multicolumn)
		appendStringInfo(&out, "column %d: ", key->attnum);
	if (key->category != GIN_CAT_NORM_KEY)
		appendStringInfoString(&out, "NULL");
	else if (key->from_row)
		detmeta_entry_print(key->data, key->len, &out);
	else if (!detmeta_entry_describe(key->data, key->len, &out))
	{
		appendStringInfoString(&out, "\\x");
		enlargeStringInfo(&out, 2 * key->len);
		out.len += hex_encode(key->data, key->len, out.data + out.len);
	}
	return cstring_to_text_with_len(out.data, out.len);
}

/* Report an entry's problem. */
void
detmeta_check_report(IndexCheck *check, uint64 tid, const CheckKey *key, const char *problem)
{
	ItemPointerData pointer;

	if (detmeta_check_is_full(check))
		return;
	ItemPointerSet(&pointer, GIN_PACKED_BLOCK(tid), GIN_PACKED_OFFSET(tid));
	put_problem(check, &pointer, entry_text(check, key), problem);
}

/* Report a page's problem; return false. */
bool
detmeta_check_page_problem(IndexCheck *check, BlockNumber block, const char *format,...)
{
	StringInfoData problem;

	check->damaged = true;
	if (detmeta_check_is_full(check))
		return false;
	initStringInfo(&problem);
	appendStringInfo(&problem, "index page %u ", block);
	for (;;)
	{
		va_list		args;
		int			needed;

		va_start(args, format);
		needed = appendStringInfoVA(&problem, format, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(&problem, needed);
	}
	put_problem(check, NULL, NULL, problem.data);
	pfree(problem.data);
	return false;
}

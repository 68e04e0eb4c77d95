/*
 * store.c
 *		Post, merge and get the metadata of one run.
 *
 * Ids of runs are texts here; the column that they are kept in reads them.
 *
 * A run without metadata has no row: {} is never stored, and what is removed
 * or was never there reads as {}.  A document that is stored already is not
 * written again, by post nor by merge.
 *
 * Posts and merges of one run by many connections are carried out one after
 * the other, because each locks the run's row; and where there is no row yet,
 * the unique index on run_id lets one of them insert it while the others wait.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"

#include "base/citus.h"
#include "base/compat.h"
#include "store/limits.h"
#include "store/merge_patch.h"
#include "store/table.h"

/* A row that can be neither read nor inserted is given up after so many tries. */
#define MERGE_TRIES		1000

/* Digits that the number of a run can have in a request. */
#define MAX_RUN_ID_DIGITS	1000

#define REQUEST_EXAMPLE	"{\"runId\": 110, \"metadata\": {\"effectiveness\": 20}}"

PG_FUNCTION_INFO_V1(detmeta_post_run_metadata);
PG_FUNCTION_INFO_V1(detmeta_post_run_metadata_request);
PG_FUNCTION_INFO_V1(detmeta_merge_run_metadata);
PG_FUNCTION_INFO_V1(detmeta_get_run_metadata);

/* Make the document {}. */
static Jsonb *
empty_document(void)
{
	Jsonb	   *document = palloc(offsetof(Jsonb, root) + sizeof(uint32));

	SET_VARSIZE(document, offsetof(Jsonb, root) + sizeof(uint32));
	document->root.header = JB_FOBJECT;
	return document;
}

/* Say whether a document is {}. */
static bool
is_empty_document(Jsonb *document)
{
	return JB_ROOT_IS_OBJECT(document) && JB_ROOT_COUNT(document) == 0;
}

/* Say whether two documents are the same, byte for byte. */
static bool
same_document(const Jsonb *a, const Jsonb *b)
{
	return VARSIZE(a) == VARSIZE(b) && memcmp(a, b, VARSIZE(a)) == 0;
}

/* Connect to SPI. */
static void
begin_statements(void)
{
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
}

/* Leave SPI with a copy of a document, or {} for NULL. */
static Jsonb *
end_statements(Jsonb *document)
{
	Datum		copy = (Datum) 0;

	if (document != NULL)
		copy = SPI_datumTransfer(JsonbPGetDatum(document), false, -1);
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "could not leave SPI");
	return document != NULL ? DatumGetJsonbP(copy) : empty_document();
}

/* Refuse to work on no run. */
static void
refuse_null_run(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("run_id must not be null"),
			 errdetail("Metadata belongs to one run.")));
}

/* Say whether a run has a document already; what it has is stored. */
static bool
has_document(const RunsTarget *table, char *run_id, Jsonb *document, Jsonb **stored)
{
	return detmeta_store_run(table, STORE_GET, false, run_id, NULL, stored) &&
		*stored != NULL && same_document(*stored, document);
}

/*
 * Store a document and return what is stored.
 *
 * The UPDATE comes first because it is the cheapest where there is a row, and
 * writes nothing where the document is the same.  It finds no row either when
 * there is none, or when it may not be seen or changed; then the upsert adds
 * the row, or says why not.  It looks for the document once more itself, as it would
 * lock the row; of Citus it cannot, where we do.
 */
static Jsonb *
store_document(const RunsTarget *table, char *run_id, Jsonb *document)
{
	Jsonb	   *stored;
	bool		in_shards = detmeta_citus_table(table->relid) != CITUS_NONE;

	if (detmeta_store_run(table, STORE_REPLACE, false, run_id, document, &stored) ||
		(in_shards && has_document(table, run_id, document, &stored)) ||
		detmeta_store_run(table, in_shards ? STORE_UPSERT_VALUES : STORE_UPSERT, false, run_id,
						  document, &stored))
		return stored;
	detmeta_store_run(table, STORE_GET, false, run_id, NULL, &stored);
	return stored;
}

/* Find and lock the table, for statements on it. */
static RunsTarget
open_target(Oid function, LOCKMODE mode)
{
	RunsTarget	target = {
		.relid = detmeta_open_runs_table(function, mode),
		.namespace = get_func_namespace(function)
	};

	return target;
}

/* Replace a run's metadata; NULL or {} removes it. */
static Jsonb *
post(Oid function, char *run_id, Jsonb *document)
{
	RunsTarget	table;
	Jsonb	   *stored = NULL;

	PreventCommandIfReadOnly("post_run_metadata()");
	if (document != NULL)
		detmeta_check_document(document);

	table = open_target(function, RowExclusiveLock);
	begin_statements();
	if (document == NULL || is_empty_document(document))
		detmeta_store_run(&table, STORE_REMOVE, false, run_id, NULL, NULL);
	else
		stored = store_document(&table, run_id, document);
	return end_statements(stored);
}

/* Store the merger of a patch and the row that is locked. */
static Jsonb *
merge_into(const RunsTarget *table, char *run_id, Jsonb *old, Jsonb *patch)
{
	Jsonb	   *merged = detmeta_merge_patch(old, patch);

	if (is_empty_document(merged))
	{
		detmeta_store_run(table, STORE_REMOVE, false, run_id, NULL, NULL);
		return NULL;
	}
	if (old != NULL && same_document(old, merged))
		return old;
	detmeta_check_document(merged);
	return store_document(table, run_id, merged);
}

/*
 * Patch a run's metadata.
 *
 * Between the look for a row and the insertion of one, another connection may
 * insert it, and between that and the next look remove it again; hence the
 * loop.  In REPEATABLE READ the insertion fails instead, with a serialization
 * failure.  Tries are counted because a policy can hide the row for good.
 */
static Jsonb *
merge(const RunsTarget *table, char *run_id, Jsonb *patch)
{
	Jsonb	   *added = NULL;

	for (int i = 0; i < MERGE_TRIES; i++)
	{
		Jsonb	   *stored;

		CHECK_FOR_INTERRUPTS();
		if (detmeta_store_run(table, STORE_LOCK, false, run_id, NULL, &stored))
			return merge_into(table, run_id, stored, patch);

		if (added == NULL)
		{
			added = detmeta_merge_patch(NULL, patch);
			if (is_empty_document(added))
				return NULL;
			detmeta_check_document(added);
		}
		if (detmeta_store_run(table, STORE_ADD, false, run_id, added, &stored))
			return stored;
	}

	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("could not merge metadata into run \"%s\"", run_id),
			 errdetail("The run's row can neither be locked nor inserted."),
			 errhint("Look for a row-level security policy that hides the row, or for a trigger that suppresses the insertion.")));
}

/* Read the id of the run from a request; 1.1e2 is the run 110. */
static char *
read_run_id(const char *field, JsonbValue *value)
{
	if (value->type == jbvString)
		return pnstrdup(value->val.string.val, value->val.string.len);
	if (value->type == jbvNumeric)
	{
		Datum		number = NumericGetDatum(value->val.numeric);
		Datum		whole = DirectFunctionCall2(numeric_trunc, number, Int32GetDatum(0));

		char	   *digits = DatumGetCString(DirectFunctionCall1(numeric_out, whole));

		/* the error of the column's type would show all digits of 9e131071 */
		if (DatumGetBool(DirectFunctionCall2(numeric_eq, number, whole)) &&
			strlen(digits) <= MAX_RUN_ID_DIGITS)
			return digits;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" of the request must be an integer or a string", field),
			 errhint("A request reads %s.", REQUEST_EXAMPLE)));
}

/* Refuse a request that is not of the form it should be. */
static void
refuse_request(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid request to post metadata"),
			 errdetail("%s", detail),
			 errhint("A request reads %s.", REQUEST_EXAMPLE)));
}

/* Read a request; the document is NULL for JSON null. */
static char *
read_request(Jsonb *request, Jsonb **document)
{
	JsonbIterator *it = JsonbIteratorInit(&request->root);
	JsonbValue	key;
	JsonbValue	value;
	char	   *run_id = NULL;
	bool		has_document = false;

	if (!JB_ROOT_IS_OBJECT(request))
		refuse_request("It is not a JSON object.");

	*document = NULL;
	(void) JsonbIteratorNext(&it, &key, true);
	while (JsonbIteratorNext(&it, &key, true) == WJB_KEY)
	{
		char	   *field = pnstrdup(key.val.string.val, key.val.string.len);

		CHECK_FOR_INTERRUPTS();
		(void) JsonbIteratorNext(&it, &value, true);
		if (strcmp(field, "metadata") == 0)
		{
			has_document = true;
			if (value.type != jbvNull)
				*document = JsonbValueToJsonb(&value);
		}
		else if (strcmp(field, "runId") == 0 || strcmp(field, "run_id") == 0)
		{
			if (run_id != NULL)
				refuse_request("It has both \"runId\" and \"run_id\".");
			run_id = read_run_id(field, &value);
		}
		else
			refuse_request(psprintf("It has a field \"%s\", which is not known.", field));
	}

	if (run_id == NULL)
		refuse_request("It has no field \"runId\".");
	if (!has_document)
		refuse_request("It has no field \"metadata\".");
	return run_id;
}

/* Wrap a document as {"metadata": document}. */
static Jsonb *
make_response(Jsonb *document)
{
	JsonbBuilder builder = {0};
	JsonbValue	key;
	JsonbValue	value;

	key.type = jbvString;
	key.val.string.val = "metadata";
	key.val.string.len = strlen("metadata");
	JsonbToJsonbValue(document, &value);

	push_jsonb(&builder, WJB_BEGIN_OBJECT, NULL);
	push_jsonb(&builder, WJB_KEY, &key);
	push_jsonb(&builder, WJB_VALUE, &value);
	push_jsonb(&builder, WJB_END_OBJECT, NULL);
	return JsonbValueToJsonb(builder.result);
}

/* Replace a run's metadata. */
Datum
detmeta_post_run_metadata(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		refuse_null_run();
	PG_RETURN_JSONB_P(post(fcinfo->flinfo->fn_oid, text_to_cstring(PG_GETARG_TEXT_PP(0)),
						   PG_ARGISNULL(1) ? NULL : PG_GETARG_JSONB_P(1)));
}

/* Replace a run's metadata, as an HTTP body says. */
Datum
detmeta_post_run_metadata_request(PG_FUNCTION_ARGS)
{
	Jsonb	   *document;
	char	   *run_id = read_request(PG_GETARG_JSONB_P(0), &document);

	PG_RETURN_JSONB_P(make_response(post(fcinfo->flinfo->fn_oid, run_id, document)));
}

/* Apply a merge patch to a run's metadata. */
Datum
detmeta_merge_run_metadata(PG_FUNCTION_ARGS)
{
	char	   *run_id;
	Jsonb	   *patch;
	RunsTarget	table;

	PreventCommandIfReadOnly("merge_run_metadata()");
	if (PG_ARGISNULL(0))
		refuse_null_run();
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("patch must not be null"),
				 errhint("The patch {} changes nothing; post_run_metadata() with null removes all metadata of a run.")));
	run_id = text_to_cstring(PG_GETARG_TEXT_PP(0));
	patch = PG_GETARG_JSONB_P(1);
	if (!JB_ROOT_IS_OBJECT(patch))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("patch must be a JSON object"),
				 errhint("Give an object such as {\"loss\": 0.1, \"note\": null}, which sets one key and removes another.")));

	table = open_target(fcinfo->flinfo->fn_oid, RowExclusiveLock);
	begin_statements();
	PG_RETURN_JSONB_P(end_statements(merge(&table, run_id, patch)));
}

/* Return a run's metadata. */
Datum
detmeta_get_run_metadata(PG_FUNCTION_ARGS)
{
	RunsTarget	table = open_target(fcinfo->flinfo->fn_oid, AccessShareLock);
	char	   *run_id = text_to_cstring(PG_GETARG_TEXT_PP(0));
	Jsonb	   *stored;

	begin_statements();
	detmeta_store_run(&table, STORE_GET, true, run_id, NULL, &stored);
	PG_RETURN_JSONB_P(end_statements(stored));
}

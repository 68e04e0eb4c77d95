/*
 * explore_compare.c
 *		compare_run_metadata(): runs side by side, one row for each key.
 *
 * A key is listed if at least one run has it with something else than an object
 * with members, whose members are keys themselves.  Its values are what each
 * run has there, whole; a run without the key is left out, and a run that has
 * the key in several places shows an array of them.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "compat.h"
#include "explore_document.h"
#include "explore_runs.h"

/* What one run has at one place of a key. */
typedef struct Cell
{
	const char *key;
	int			keylen;
	int64		run_id;
	int64		place;			/* order of places */
	bool		is_parent;		/* an object with members */
	JsonbValue	value;			/* points into the run's document */
} Cell;

typedef struct Comparison
{
	int64		run_id;			/* of the document that is read */
	int64		nruns;
	int64		n;
	int64		allocated;
	Cell	   *cells;
} Comparison;

/* Note what a run has at a key. */
static void
add_cell(const char *key, int keylen, const JsonbValue *jbv, void *arg)
{
	Comparison *comparison = arg;
	Cell	   *cell;
	int64		instant;

	if (comparison->n == comparison->allocated)
	{
		comparison->allocated = Max(256, comparison->allocated * 2);
		comparison->cells = comparison->cells == NULL ?
			palloc_array(Cell, comparison->allocated) :
			repalloc_huge(comparison->cells, sizeof(Cell) * comparison->allocated);
	}
	cell = &comparison->cells[comparison->n];
	cell->key = pnstrdup(key, keylen);
	cell->keylen = keylen;
	cell->run_id = comparison->run_id;
	cell->place = comparison->n++;
	cell->is_parent = detmeta_value_kind(jbv, &instant) == META_OBJECT;
	cell->value = *jbv;
}

/* Order cells by key, run and place. */
static int
compare_cells(const void *a, const void *b, void *arg)
{
	const Cell *x = a;
	const Cell *y = b;
	int			cmp = detmeta_bytes_compare(x->key, x->keylen, y->key, y->keylen);

	if (cmp != 0)
		return cmp;
	if (x->run_id != y->run_id)
		return x->run_id < y->run_id ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

/* Return a run's value of a key: of several places, an array. */
static Jsonb *
run_value(Cell *cells, int64 n)
{
	JsonbParseState *state = NULL;

	if (n == 1)
		return JsonbValueToJsonb(&cells[0].value);
	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (int64 i = 0; i < n; i++)
	{
		Jsonb	   *element = JsonbValueToJsonb(&cells[i].value);
		JsonbValue	jbv;

		if (!JB_ROOT_IS_SCALAR(element))
		{
			jbv.type = jbvBinary;
			jbv.val.binary.data = &element->root;
			jbv.val.binary.len = VARSIZE(element) - VARHDRSZ;
			pushJsonbValue(&state, WJB_ELEM, &jbv);
		}
		else
			pushJsonbValue(&state, WJB_ELEM, &cells[i].value);
	}
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, NULL));
}

/* Push a run and its value. */
static void
push_run(JsonbParseState **state, int64 run_id, Jsonb *value)
{
	JsonbValue	jbv;

	jbv.type = jbvString;
	jbv.val.string.val = psprintf(INT64_FORMAT, run_id);
	jbv.val.string.len = strlen(jbv.val.string.val);
	pushJsonbValue(state, WJB_KEY, &jbv);
	if (JB_ROOT_IS_SCALAR(value))
		(void) JsonbExtractScalar(&value->root, &jbv);
	else
	{
		jbv.type = jbvBinary;
		jbv.val.binary.data = &value->root;
		jbv.val.binary.len = VARSIZE(value) - VARHDRSZ;
	}
	pushJsonbValue(state, WJB_VALUE, &jbv);
}

/* Return a key's row, unless it is not wanted. */
static void
return_key(Cell *cells, int64 n, int64 nruns, bool only_different, ReturnSetInfo *rsinfo)
{
	JsonbParseState *state = NULL;
	Jsonb	   *first = NULL;
	bool		same = true;
	bool		listed = false;
	int64		nvalues = 0;
	Datum		values[3];
	bool		nulls[3] = {false};

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	for (int64 i = 0; i < n; nvalues++)
	{
		int64		end = i;
		Jsonb	   *value;

		while (end < n && cells[end].run_id == cells[i].run_id)
			listed |= !cells[end++].is_parent;
		value = run_value(&cells[i], end - i);
		if (first == NULL)
			first = value;
		else if (same)
			same = compareJsonbContainers(&first->root, &value->root) == 0;
		push_run(&state, cells[i].run_id, value);
		i = end;
	}
	same &= nvalues == nruns;
	if (!listed || (same && only_different))
		return;
	values[0] = PointerGetDatum(cstring_to_text_with_len(cells[0].key, cells[0].keylen));
	values[1] = JsonbPGetDatum(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL)));
	values[2] = BoolGetDatum(same);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* Return a row for each key. */
static void
return_keys(Comparison *comparison, bool only_different, ReturnSetInfo *rsinfo)
{
	Cell	   *cells = comparison->cells;

	if (comparison->n == 0)
		return;
	qsort_interruptible(cells, comparison->n, sizeof(Cell), compare_cells, NULL);
	for (int64 i = 0; i < comparison->n;)
	{
		int64		end = i;

		CHECK_FOR_INTERRUPTS();
		while (end < comparison->n && cells[end].keylen == cells[i].keylen &&
			   memcmp(cells[end].key, cells[i].key, cells[i].keylen) == 0)
			end++;
		return_key(&cells[i], end - i, comparison->nruns, only_different, rsinfo);
		i = end;
	}
}

/* Read the runs' documents, in SPI's memory. */
static void
read_runs(Comparison *comparison, const char *table, Datum run_ids)
{
	Oid			type = INT8ARRAYOID;
	char	   *sql = psprintf("SELECT r.run_id::pg_catalog.int8, r.metadata::pg_catalog.jsonb"
							   " FROM %s AS r WHERE r.run_id OPERATOR(pg_catalog.=) ANY ($1)", table);

	if (SPI_execute_with_args(sql, 1, &type, &run_ids, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\"", sql);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool		isnull;
		Datum		metadata;

		comparison->run_id = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i],
														 SPI_tuptable->tupdesc, 1, &isnull));
		metadata = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2, &isnull);
		if (!isnull)
			detmeta_visit_keys(DatumGetJsonbP(metadata), add_cell, comparison);
	}
}

/* Order run numbers. */
static int
compare_run_ids(const void *a, const void *b, void *arg)
{
	int64		x = DatumGetInt64(*(const Datum *) a);
	int64		y = DatumGetInt64(*(const Datum *) b);

	return (x > y) - (x < y);
}

/* Count the distinct runs of an array. */
static int64
count_runs(ArrayType *run_ids)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	int			kept = 0;
	int64		distinct = 0;

	deconstruct_array(run_ids, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (!nulls[i])
			elements[kept++] = elements[i];
	}
	qsort_interruptible(elements, kept, sizeof(Datum), compare_run_ids, NULL);
	for (int i = 0; i < kept; i++)
		distinct += i == 0 || DatumGetInt64(elements[i]) != DatumGetInt64(elements[i - 1]);
	return distinct;
}

PG_FUNCTION_INFO_V1(detmeta_compare_run_metadata);
/* compare_run_metadata(run_ids, only_different): rows of key, values, same. */
Datum
detmeta_compare_run_metadata(PG_FUNCTION_ARGS)
{
	Comparison	comparison = {0};
	RunsTable	table;

	InitMaterializedSRF(fcinfo, 0);
	table = detmeta_find_runs_table(fcinfo->flinfo->fn_oid);
	comparison.nruns = count_runs(PG_GETARG_ARRAYTYPE_P(0));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	read_runs(&comparison, table.name, PG_GETARG_DATUM(0));
	return_keys(&comparison, PG_GETARG_BOOL(1), (ReturnSetInfo *) fcinfo->resultinfo);
	SPI_finish();
	return (Datum) 0;
}

/*
 * compare.c
 *		compare_run_metadata(): runs side by side, one row for each key.
 *
 * A key is listed if at least one run has it with something else than an object
 * with members, whose members are keys themselves.  Its values are what each
 * run has there, whole; a run without the key is left out, and a run that has
 * the key in several places shows an array of them.  Runs are told apart by
 * their ids as text, which are the keys of the values.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "explore/runs.h"
#include "store/run_id.h"
#include "value/document.h"
#include "value/key_path.h"
#include "value/value.h"

/* What one run has at one place of a key. */
typedef struct Cell
{
	const char *key;
	int			keylen;
	int64		run;			/* number among the runs found */
	const char *run_id;
	int64		place;			/* order of places */
	bool		is_parent;		/* an object with members */
	JsonbValue	value;			/* points into the run's document */
} Cell;

typedef struct Comparison
{
	int64		nruns;			/* found so far */
	const char *run_id;			/* of the last one, whose document is read */
	bool		all_found;
	int64		n;
	int64		allocated;
	Cell	   *cells;
	StringInfoData name;		/* of the current key, as it is shown */
} Comparison;

/* Note what a run has at a key. */
static void
add_cell(const KeyPath *path, const JsonbValue *jbv, void *arg)
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
	detmeta_key_path_show(path, &comparison->name);
	cell->key = pnstrdup(comparison->name.data, comparison->name.len);
	cell->keylen = comparison->name.len;
	cell->run = comparison->nruns;
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
	if (x->run != y->run)
		return x->run < y->run ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

/* Return a run's value of a key: of several places, an array. */
static Jsonb *
run_value(Cell *cells, int64 n)
{
	JsonbBuilder builder = {0};

	if (n == 1)
		return JsonbValueToJsonb(&cells[0].value);
	push_jsonb(&builder, WJB_BEGIN_ARRAY, NULL);
	for (int64 i = 0; i < n; i++)
	{
		Jsonb	   *element = JsonbValueToJsonb(&cells[i].value);
		JsonbValue	jbv;

		if (!JB_ROOT_IS_SCALAR(element))
		{
			JsonbToJsonbValue(element, &jbv);
			push_jsonb(&builder, WJB_ELEM, &jbv);
		}
		else
			push_jsonb(&builder, WJB_ELEM, &cells[i].value);
	}
	push_jsonb(&builder, WJB_END_ARRAY, NULL);
	return JsonbValueToJsonb(builder.result);
}

/* Push a run and its value. */
static void
push_run(JsonbBuilder *builder, const char *run_id, Jsonb *value)
{
	JsonbValue	jbv;

	jbv.type = jbvString;
	jbv.val.string.val = unconstify(char *, run_id);
	jbv.val.string.len = strlen(run_id);
	push_jsonb(builder, WJB_KEY, &jbv);
	if (JB_ROOT_IS_SCALAR(value))
		(void) JsonbExtractScalar(&value->root, &jbv);
	else
		JsonbToJsonbValue(value, &jbv);
	push_jsonb(builder, WJB_VALUE, &jbv);
}

/* Say whether some run has a key with something else than an object with members. */
static bool
is_listed(const Cell *cells, int64 n)
{
	for (int64 i = 0; i < n; i++)
	{
		if (!cells[i].is_parent)
			return true;
	}
	return false;
}

/* Return a key's row, unless it is not wanted. */
static void
return_key(const Comparison *comparison, Cell *cells, int64 n, bool only_different,
		   ReturnSetInfo *rsinfo)
{
	JsonbBuilder builder = {0};
	Jsonb	   *first = NULL;
	bool		same = true;
	int64		nvalues = 0;
	Datum		values[3];
	bool		nulls[3] = {false};

	push_jsonb(&builder, WJB_BEGIN_OBJECT, NULL);
	for (int64 i = 0; i < n; nvalues++)
	{
		int64		end = i;
		Jsonb	   *value;

		while (end < n && cells[end].run == cells[i].run)
			end++;
		value = run_value(&cells[i], end - i);
		if (first == NULL)
			first = value;
		else if (same)
			same = compareJsonbContainers(&first->root, &value->root) == 0;
		push_run(&builder, cells[i].run_id, value);
		i = end;
	}
	same &= comparison->all_found && nvalues == comparison->nruns;
	if (same && only_different)
		return;
	values[0] = PointerGetDatum(cstring_to_text_with_len(cells[0].key, cells[0].keylen));
	push_jsonb(&builder, WJB_END_OBJECT, NULL);
	values[1] = JsonbPGetDatum(JsonbValueToJsonb(builder.result));
	values[2] = BoolGetDatum(same);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* Return a row for each key. */
static void
return_keys(Comparison *comparison, bool only_different, ReturnSetInfo *rsinfo)
{
	Cell	   *cells = comparison->cells;
	MemoryContext key_context;

	if (comparison->n == 0)
		return;
	key_context = AllocSetContextCreate(CurrentMemoryContext, "metadata key",
										ALLOCSET_DEFAULT_SIZES);
	qsort_interruptible(cells, comparison->n, sizeof(Cell), compare_cells, NULL);
	for (int64 i = 0; i < comparison->n;)
	{
		int64		end = i;

		CHECK_FOR_INTERRUPTS();
		while (end < comparison->n && cells[end].keylen == cells[i].keylen &&
			   memcmp(cells[end].key, cells[i].key, cells[i].keylen) == 0)
			end++;
		if (is_listed(&cells[i], end - i))
		{
			MemoryContext old = MemoryContextSwitchTo(key_context);

			return_key(comparison, &cells[i], end - i, only_different, rsinfo);
			MemoryContextSwitchTo(old);
			MemoryContextReset(key_context);
		}
		i = end;
	}
}

/* Read ids into an array of the column's type. */
static ArrayType *
read_run_ids(const RunIdColumn *column, ArrayType *run_ids)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	int			kept = 0;
	int16		length;
	bool		by_value;
	char		alignment;

	deconstruct_array(run_ids, ARR_ELEMTYPE(run_ids), -1, false, TYPALIGN_INT,
					  &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!nulls[i])
			elements[kept++] = detmeta_read_run_id(column, TextDatumGetCString(elements[i]));
	}
	get_typlenbyvalalign(column->type, &length, &by_value, &alignment);
	return construct_array(elements, kept, column->type, length, by_value, alignment);
}

/* Find the type of arrays of ids. */
static Oid
run_ids_type(const RunIdColumn *column)
{
	Oid			type = get_array_type(column->type);

	if (!OidIsValid(type))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("could not find array type for data type %s", format_type_be(column->type)),
				 errdetail("It is the type of run_id, and runs are compared by an array of their ids.")));
	return type;
}

/* Run a query on the ids in an array. */
static void
run_compare_query(const char *sql, Oid type, Datum run_ids)
{
	if (SPI_execute_with_args(sql, 1, &type, &run_ids, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\"", sql);
}

/* Read the documents of the runs that are found, in SPI's memory. */
static void
read_runs(Comparison *comparison, const RunsTable *table, Oid type, Datum run_ids)
{
	run_compare_query(psprintf("SELECT r.run_id::pg_catalog.text, r.metadata::pg_catalog.jsonb"
							   " FROM %s AS r WHERE r.run_id %s ANY ($1)"
							   " ORDER BY r.run_id::pg_catalog.text COLLATE pg_catalog.\"C\"",
							   table->name, detmeta_run_id_operator(&table->run_id)),
					  type, run_ids);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		const char *run_id = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);
		bool		isnull;
		Datum		metadata;

		if (comparison->nruns == 0 || strcmp(run_id, comparison->run_id) != 0)
			comparison->nruns++;
		comparison->run_id = run_id;
		metadata = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2, &isnull);
		if (!isnull)
			detmeta_visit_keys(DatumGetJsonbP(metadata), false, add_cell, comparison);
	}
}

/* Say whether each of the runs is there; unnest() in FROM would take a row apart. */
static bool
find_all(const RunsTable *table, Oid type, Datum run_ids)
{
	bool		isnull;

	run_compare_query(psprintf("SELECT NOT EXISTS (SELECT FROM"
							   " (SELECT pg_catalog.unnest($1) AS id) AS w"
							   " LEFT JOIN %s AS r ON r.run_id %s w.id WHERE r.run_id IS NULL)",
							   table->name, detmeta_run_id_operator(&table->run_id)),
					  type, run_ids);
	return DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
}

PG_FUNCTION_INFO_V1(detmeta_compare_run_metadata);
/* compare_run_metadata(run_ids, only_different): rows of key, values, same. */
Datum
detmeta_compare_run_metadata(PG_FUNCTION_ARGS)
{
	Comparison	comparison = {0};
	RunsTable	table;
	Oid			type;
	Datum		run_ids;

	InitMaterializedSRF(fcinfo, 0);
	table = detmeta_find_runs_table(fcinfo->flinfo->fn_oid);
	type = run_ids_type(&table.run_id);
	run_ids = PointerGetDatum(read_run_ids(&table.run_id, PG_GETARG_ARRAYTYPE_P(0)));
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	initStringInfo(&comparison.name);
	comparison.all_found = find_all(&table, type, run_ids);
	read_runs(&comparison, &table, type, run_ids);
	return_keys(&comparison, PG_GETARG_BOOL(1), (ReturnSetInfo *) fcinfo->resultinfo);
	SPI_finish();
	return (Datum) 0;
}

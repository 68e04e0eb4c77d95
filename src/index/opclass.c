/*
 * opclass.c
 *		Support functions of the GIN operator class metadata_ops.
 *
 * Served are  metadata @~ filter  and its negation  metadata !@~ filter, for
 * every filter, and core's  @> ? ?| ?& @? @@ .  Negation starts from the row
 * entry, which is in every row, so no search mode of GIN's own is needed.  Rows
 * are rechecked only where a condition depends on the part of a value that
 * index/entry.h cuts off, or, with core's, on what the index does not know.
 *
 * No member is  metadata <@ jsonb : an empty document is contained in all, and
 * has no entry but the row entry, so that all rows would be rechecked.
 *
 * Not served is order: core's GIN returns bitmaps.
 */
#include "postgres.h"

#include "access/gin.h"
#include "access/stratnum.h"
#include "catalog/pg_type_d.h"
#include "fmgr.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "base/siblings.h"
#include "dialect/derive.h"
#include "index/entry.h"
#include "index/entry_extract.h"
#include "index/opclass.h"
#include "index/options.h"
#include "index/probe.h"
#include "index/probe_evaluate.h"
#include "index/probe_match.h"
#include "index/strategy.h"

/* What extract_query hands to the others, once for each probe. */
typedef struct ProbeData
{
	const IndexQuery *iq;
	const Probe *probe;
} ProbeData;

PG_FUNCTION_INFO_V1(detmeta_compare_entries);
/*
 * Order entries as byteacmp does, without its calls to detoast: an entry is
 * too short to be compressed or stored out of line, and the index build spends
 * most of its time here.
 */
Datum
detmeta_compare_entries(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(detmeta_entry_compare((struct varlena *) PG_GETARG_POINTER(0),
										  (struct varlena *) PG_GETARG_POINTER(1)));
}

/* Return the options of the index, read once for a function call's life. */
static const EntryOptions *
options_of_call(FunctionCallInfo fcinfo)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;

	if (!PG_HAS_OPCLASS_OPTIONS())
		return NULL;
	if (flinfo->fn_extra == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(flinfo->fn_mcxt);

		flinfo->fn_extra = (void *) detmeta_options_read(PG_GET_OPCLASS_OPTIONS());
		MemoryContextSwitchTo(old);
	}
	return flinfo->fn_extra;
}

PG_FUNCTION_INFO_V1(detmeta_extract_value);
/* Return a document's entries. */
Datum
detmeta_extract_value(PG_FUNCTION_ARGS)
{
	Jsonb	   *metadata = PG_GETARG_JSONB_P(0);
	int32	   *nentries = (int32 *) PG_GETARG_POINTER(1);

	PG_RETURN_POINTER(detmeta_entries_of_document(metadata, options_of_call(fcinfo), nentries));
}

/* Return the probes of an operator's right side. */
static IndexQuery *
query_of_operand(StrategyNumber strategy, Datum operand, const EntryOptions *options)
{
	FilterQuery *query;

	switch (strategy)
	{
		case STRATEGY_MATCH:
		case STRATEGY_NO_MATCH:
			return detmeta_index_query(DatumGetMetadataFilterP(operand),
									   strategy == STRATEGY_NO_MATCH, options);
		case STRATEGY_CONTAINS:
			query = detmeta_query_of_containment(DatumGetJsonbP(operand));
			break;
		case STRATEGY_EXISTS:
			query = detmeta_query_of_existence(operand, TEXTOID, false);
			break;
		case STRATEGY_EXISTS_ANY:
		case STRATEGY_EXISTS_ALL:
			query = detmeta_query_of_existence(operand, TEXTARRAYOID,
											   strategy == STRATEGY_EXISTS_ALL);
			break;
		case STRATEGY_FINDS:
		case STRATEGY_SATISFIES:
			query = detmeta_query_of_json_path(operand, strategy == STRATEGY_SATISFIES);
			break;
		default:
			elog(ERROR, "unrecognized strategy number: %d", strategy);
			return NULL;
	}
	return detmeta_index_query_of(query, false, options);
}

PG_FUNCTION_INFO_V1(detmeta_extract_query);
/* Return the probes of a filter, or of what stands on the right of an operator of core's. */
Datum
detmeta_extract_query(PG_FUNCTION_ARGS)
{
	int32	   *nentries = (int32 *) PG_GETARG_POINTER(1);
	StrategyNumber strategy = PG_GETARG_UINT16(2);
	bool	  **pmatch = (bool **) PG_GETARG_POINTER(3);
	Pointer   **extra_data = (Pointer **) PG_GETARG_POINTER(4);
	IndexQuery *iq = query_of_operand(strategy, PG_GETARG_DATUM(0), options_of_call(fcinfo));
	Datum	   *entries;
	ProbeData  *data;

	*nentries = iq->nprobes;
	if (iq->nprobes == 0)
		PG_RETURN_POINTER(NULL);

	entries = palloc_array(Datum, iq->nprobes);
	data = palloc_array(ProbeData, iq->nprobes);
	*pmatch = palloc_array(bool, iq->nprobes);
	*extra_data = palloc_array(Pointer, iq->nprobes);
	for (int i = 0; i < iq->nprobes; i++)
	{
		const Probe *probe = &iq->probes[i];
		bytea	   *entry = palloc(VARHDRSZ + probe->len);

		SET_VARSIZE(entry, VARHDRSZ + probe->len);
		memcpy(VARDATA(entry), probe->entry, probe->len);
		entries[i] = PointerGetDatum(entry);
		(*pmatch)[i] = (probe->type != PROBE_EXACT);
		data[i].iq = iq;
		data[i].probe = probe;
		(*extra_data)[i] = (Pointer) &data[i];
	}
	PG_RETURN_POINTER(entries);
}

PG_FUNCTION_INFO_V1(detmeta_consistent);
/* Combine the probes' answers for a row. */
Datum
detmeta_consistent(PG_FUNCTION_ARGS)
{
	/* GIN passes booleans; true and false are the same bytes in both types. */
	const GinTernaryValue *check = (const GinTernaryValue *) PG_GETARG_POINTER(0);
	Pointer    *extra_data = (Pointer *) PG_GETARG_POINTER(4);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(5);
	GinTernaryValue result = detmeta_index_query_evaluate(((ProbeData *) extra_data[0])->iq, check);

	*recheck = (result == GIN_MAYBE);
	PG_RETURN_BOOL(result != GIN_FALSE);
}

PG_FUNCTION_INFO_V1(detmeta_triconsistent);
/* The same in three-valued logic. */
Datum
detmeta_triconsistent(PG_FUNCTION_ARGS)
{
	const GinTernaryValue *check = (const GinTernaryValue *) PG_GETARG_POINTER(0);
	Pointer    *extra_data = (Pointer *) PG_GETARG_POINTER(4);

	PG_RETURN_GIN_TERNARY_VALUE(detmeta_index_query_evaluate(((ProbeData *) extra_data[0])->iq,
															 check));
}

PG_FUNCTION_INFO_V1(detmeta_compare_partial);
/* Say whether an entry belongs to the run that a probe asks for. */
Datum
detmeta_compare_partial(PG_FUNCTION_ARGS)
{
	bytea	   *entry = PG_GETARG_BYTEA_PP(1);
	ProbeData  *data = (ProbeData *) PG_GETARG_POINTER(3);

	PG_RETURN_INT32(detmeta_probe_compare(data->probe, VARDATA_ANY(entry),
										  VARSIZE_ANY_EXHDR(entry)));
}

/*
 * Say whether an operator family of GIN is that of metadata_ops: its
 * extractValue function is ours.
 */
bool
detmeta_is_metadata_opfamily(Oid opfamily, Oid opcintype)
{
	Oid			function;

	if (opcintype != JSONBOID)
		return false;
	function = get_opfamily_proc(opfamily, JSONBOID, JSONBOID, GIN_EXTRACTVALUE_PROC);
	return OidIsValid(function) && detmeta_function_code(function) == detmeta_extract_value;
}

/* Say whether a column of a GIN index, from 0, is of metadata_ops. */
bool
detmeta_is_metadata_index_column(Relation index, int column)
{
	return detmeta_is_metadata_opfamily(index->rd_opfamily[column], index->rd_opcintype[column]);
}

/*
 * clause_call.c
 *		Clauses that are calls of operators and functions.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "dialect/cast.h"
#include "dialect/clause_call.h"
#include "dialect/clause_compare.h"
#include "dialect/compare.h"
#include "dialect/contain.h"
#include "dialect/json_path.h"
#include "dialect/path_read.h"
#include "dialect/pattern.h"

/* Read the text that a pattern function is called with. */
static bool
read_text(Dialect *dialect, Node *node, const text **value)
{
	Const	   *constant;

	*value = NULL;
	if (!detmeta_read_operand(dialect, node, &constant))
		return false;
	if (constant == NULL)
		return true;
	if (constant->constisnull || constant->consttype != TEXTOID)
		return false;
	*value = DatumGetTextPP(constant->constvalue);
	return true;
}

/* Return the path that upper() or lower() is called of. */
static bool
read_folded(Dialect *dialect, Node *node, DocumentPath *path)
{
	Call		call;

	return detmeta_read_call(node, &call) &&
		(call.function == F_UPPER_TEXT || call.function == F_LOWER_TEXT) &&
		detmeta_path_read(dialect, linitial(call.args), path) && path->is_text;
}

/* Say whether a function looks for a text in another, which may be upper() or lower() of a path. */
static bool
is_pattern_function(Oid function, bool folded)
{
	switch (function)
	{
		case F_TEXTLIKE:
		case F_LIKE_TEXT_TEXT:
		case F_TEXTNLIKE:
		case F_NOTLIKE_TEXT_TEXT:
		case F_TEXTICLIKE:
		case F_TEXTICNLIKE:
		case F_STARTS_WITH:
			return true;
		case F_TEXTEQ:
		case F_TEXTNE:
			return folded;
		default:
			return false;
	}
}

/* path LIKE pattern, and all that looks for a text in a path's */
static Truth
derive_pattern(Dialect *dialect, const Call *call)
{
	Node	   *left = linitial(call->args);
	bool		folded = false;
	DocumentPath path;
	const text *value;
	Oid			collation;

	if (!OidIsValid(call->collation) || !get_collation_isdeterministic(call->collation))
		return detmeta_truth_nothing();
	if (!detmeta_path_read(dialect, left, &path) || !path.is_text)
	{
		folded = true;
		if (!read_folded(dialect, left, &path))
			return detmeta_truth_nothing();
	}
	/* of other functions nothing is known, whatever the value turns out to be */
	if (!is_pattern_function(call->function, folded) || path.nsteps == 0 ||
		!read_text(dialect, lsecond(call->args), &value))
		return detmeta_truth_nothing();
	/* a pattern that ends with its escape character is an error */
	if (value == NULL && call->function != F_STARTS_WITH && call->function != F_TEXTEQ &&
		call->function != F_TEXTNE)
		dialect->may_fail = true;
	if (value == NULL || path.is_unknown)
		return detmeta_truth_of_unknown(dialect, &path);
	collation = folded ? InvalidOid : call->collation;
	switch (call->function)
	{
		case F_TEXTLIKE:
		case F_LIKE_TEXT_TEXT:
			return detmeta_match_like(dialect, &path, value, folded, collation);
		case F_TEXTNLIKE:
		case F_NOTLIKE_TEXT_TEXT:
			return detmeta_truth_not(detmeta_match_like(dialect, &path, value, folded, collation));
		case F_TEXTICLIKE:
			return detmeta_match_like(dialect, &path, value, true, collation);
		case F_TEXTICNLIKE:
			return detmeta_truth_not(detmeta_match_like(dialect, &path, value, true, collation));
		case F_STARTS_WITH:
			return folded ? detmeta_truth_where_held(dialect, &path) :
				detmeta_match_prefix(dialect, &path, value);
		case F_TEXTEQ:
			return detmeta_match_folded(dialect, &path, value);
		default:				/* F_TEXTNE */
			return detmeta_truth_not(detmeta_match_folded(dialect, &path, value));
	}
}

/* path @> jsonb, and path <@ jsonb */
static Truth
derive_containment(Dialect *dialect, Node *subject, Node *operand, bool is_whole)
{
	DocumentPath path;
	Const	   *constant;

	if (!detmeta_path_read(dialect, subject, &path) || path.is_text ||
		!detmeta_read_operand(dialect, operand, &constant))
		return detmeta_truth_nothing();
	if (constant == NULL || path.is_unknown)
		return detmeta_truth_of_unknown(dialect, &path);
	if (constant->constisnull)
		return detmeta_truth_never();
	return is_whole ?
		detmeta_truth_contains(dialect, &path, DatumGetJsonbP(constant->constvalue)) :
		detmeta_truth_is_contained(dialect, &path, DatumGetJsonbP(constant->constvalue));
}

/* a @> b, or a <@ b, one of which is a path */
static Truth
derive_either_containment(Dialect *dialect, Node *a, Node *b, bool contains)
{
	Truth		truth = derive_containment(dialect, a, b, contains);

	return detmeta_truth_is_known(&truth) ? truth : derive_containment(dialect, b, a, !contains);
}

/* Read the names that an existence operator asks for; false: one is NULL. */
bool
detmeta_read_names(const Const *constant, text ***names, int *n)
{
	Datum	   *values;
	bool	   *nulls;

	if (constant->consttype == TEXTOID)
	{
		*names = palloc_array(text *, 1);
		(*names)[0] = DatumGetTextPP(constant->constvalue);
		*n = 1;
		return true;
	}
	deconstruct_array(DatumGetArrayTypeP(constant->constvalue), TEXTOID, -1, false, TYPALIGN_INT,
					  &values, &nulls, n);
	*names = palloc_array(text *, Max(1, *n));
	for (int i = 0; i < *n; i++)
	{
		if (nulls[i])
			return false;
		(*names)[i] = DatumGetTextPP(values[i]);
	}
	return true;
}

/* path ? name, path ?| names, path ?& names */
static Truth
derive_existence(Dialect *dialect, const Call *call)
{
	DocumentPath path;
	Const	   *constant;
	text	  **names;
	int			n;

	if (!detmeta_path_read(dialect, linitial(call->args), &path) || path.is_text ||
		!detmeta_read_operand(dialect, lsecond(call->args), &constant))
		return detmeta_truth_nothing();
	if (constant == NULL || path.is_unknown)
		return detmeta_truth_of_unknown(dialect, &path);
	if (constant->constisnull)
		return detmeta_truth_never();
	if ((constant->consttype != TEXTOID && constant->consttype != TEXTARRAYOID) ||
		!detmeta_read_names(constant, &names, &n))
		return detmeta_truth_nothing();
	return detmeta_truth_exists(dialect, &path, names, n, call->function == F_JSONB_EXISTS_ALL);
}

/*
 * Say whether a call reports errors of its JSON path: functions do, unless they
 * are told to be silent.
 */
static bool
reports_errors(const Call *call)
{
	const Const *silent = list_length(call->args) > 3 ? lfourth(call->args) : NULL;

	return !OidIsValid(call->operator) && call->function != F_JSONB_PATH_EXISTS_OPR &&
		call->function != F_JSONB_PATH_MATCH_OPR &&
		(silent == NULL || !DatumGetBool(silent->constvalue));
}

/* path @? json_path, path @@ json_path, and the functions that do the same */
static Truth
derive_json_path(Dialect *dialect, const Call *call)
{
	bool		is_match = call->function == F_JSONB_PATH_MATCH ||
		call->function == F_JSONB_PATH_MATCH_OPR;
	DocumentPath path;
	Const	   *constant;
	QueryNode  *rows;
	bool		in_doubt;

	if (!detmeta_json_path_has_defaults(call->args) ||
		!detmeta_path_read(dialect, linitial(call->args), &path) || path.is_text ||
		!detmeta_read_operand(dialect, lsecond(call->args), &constant))
		return detmeta_truth_nothing();
	/* what raises an error is not known before the path is */
	if (constant == NULL && reports_errors(call))
		dialect->may_fail = true;
	if (constant == NULL || path.is_unknown)
		return detmeta_truth_of_unknown(dialect, &path);
	if (constant->constisnull)
		return detmeta_truth_never();
	rows = detmeta_json_path_rows(dialect, &path, constant->constvalue, is_match,
								  reports_errors(call), &in_doubt);
	return rows != NULL ?
		detmeta_truth_of_search(dialect, &path, rows, is_match || in_doubt) :
		detmeta_truth_nothing();
}

/* (path)::boolean as a condition */
Truth
detmeta_derive_boolean_cast(Dialect *dialect, Node *node)
{
	DocumentPath path;
	Oid			type;

	if (!detmeta_cast_read(dialect, node, &path, &type) || type != BOOLOID || path.nsteps == 0)
		return detmeta_truth_nothing();
	dialect->may_fail = true;
	return path.is_unknown ? detmeta_truth_unknown() : detmeta_truth_of_boolean(dialect, &path);
}

/* Find the path that an expression is NULL with, by functions that are strict. */
static bool
find_strict_path(Dialect *dialect, Node *node, DocumentPath *path)
{
	ListCell   *lc;
	Call		call;

	check_stack_depth();
	node = detmeta_strip_relabel(node);
	if (detmeta_path_read(dialect, node, path))
		return path->nsteps > 0;
	if (IsA(node, CoerceViaIO))
		return find_strict_path(dialect, (Node *) ((CoerceViaIO *) node)->arg, path);
	if (!detmeta_read_call(node, &call) || !func_strict(call.function))
		return false;
	foreach(lc, call.args)
	{
		if (find_strict_path(dialect, lfirst(lc), path))
			return true;
	}
	return false;
}

/*
 * A clause of which it is only known that it is NULL where a path is.  What else
 * of the row it is evaluated of may fail there all the same, so there is nothing.
 */
static Truth
derive_strict(Dialect *dialect, Node *node)
{
	DocumentPath path;

	if (list_length(pull_var_clause(node, PVC_RECURSE_AGGREGATES | PVC_RECURSE_WINDOWFUNCS |
									PVC_RECURSE_PLACEHOLDERS)) != 1 ||
		!find_strict_path(dialect, node, &path))
		return detmeta_truth_nothing();
	return detmeta_truth_where_held(dialect, &path);
}

/* A call by an operator whose sides may have changed places. */
static Truth
derive_operator(Dialect *dialect, const Call *call)
{
	Truth		truth = detmeta_derive_comparison(dialect, linitial(call->args), call->operator,
												  call->collation,
												  lsecond(call->args));
	Oid			commutator;

	if (detmeta_truth_is_known(&truth))
		return truth;
	commutator = get_commutator(call->operator);
	if (!OidIsValid(commutator))
		return truth;
	return detmeta_derive_comparison(dialect, lsecond(call->args), commutator, call->collation,
									 linitial(call->args));
}

/* A call of a function. */
Truth
detmeta_derive_call(Dialect *dialect, Node *node, const Call *call)
{
	Truth		truth = detmeta_truth_nothing();

	switch (call->function)
	{
		case F_JSONB_CONTAINS:
		case F_JSONB_CONTAINED:
			truth = derive_either_containment(dialect, linitial(call->args), lsecond(call->args),
											  call->function == F_JSONB_CONTAINS);
			break;
		case F_JSONB_EXISTS:
		case F_JSONB_EXISTS_ANY:
		case F_JSONB_EXISTS_ALL:
			truth = derive_existence(dialect, call);
			break;
		case F_JSONB_PATH_EXISTS:
		case F_JSONB_PATH_EXISTS_OPR:
		case F_JSONB_PATH_MATCH:
		case F_JSONB_PATH_MATCH_OPR:
			truth = derive_json_path(dialect, call);
			break;
		default:
			if (list_length(call->args) == 2)
				truth = derive_pattern(dialect, call);
			if (!detmeta_truth_is_known(&truth) && OidIsValid(call->operator) &&
				list_length(call->args) == 2)
				truth = derive_operator(dialect, call);
			if (!detmeta_truth_is_known(&truth))
				truth = detmeta_derive_boolean_cast(dialect, node);
			break;
	}
	return detmeta_truth_is_known(&truth) ? truth : derive_strict(dialect, node);
}

/*
 * path_read.c
 *		Read paths into the metadata, as core's operators write them.
 *
 *		metadata ->> 'a'				metadata #>> '{a}'
 *		metadata -> 'a' -> 'b'			metadata #> '{a, b}'
 *		metadata['a']					jsonb_extract_path_text(metadata, 'a')
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/jsonb.h"

#include "dialect/json_path.h"
#include "dialect/path_read.h"

/* Say whether a step may be a position, as get_path_all() reads one: strtol() takes it. */
static bool
is_position(const char *name, int len)
{
	int			i = 0;

	while (i < len && isspace((unsigned char) name[i]))
		i++;
	if (i < len && (name[i] == '-' || name[i] == '+'))
		i++;
	return i < len && isdigit((unsigned char) name[i]);
}

/* Add a step that is not known yet. */
static void
add_unknown_step(DocumentPath *path)
{
	path->nsteps++;
	path->is_unknown = true;
}

/* Add the step of -> or ->>, whose operand is a name or a position. */
static bool
add_arrow_step(Dialect *dialect, DocumentPath *path, Node *node)
{
	Const	   *step;
	text	   *name;

	if (!detmeta_read_operand(dialect, node, &step))
		return false;
	if (step == NULL)
	{
		add_unknown_step(path);
		return true;
	}
	if (step->constisnull)
		return false;
	if (step->consttype == INT4OID)
	{
		char	   *position = psprintf("%d", DatumGetInt32(step->constvalue));

		detmeta_path_note_array(path);
		path->is_element = true;
		detmeta_path_add_step(path, position, strlen(position));
		return true;
	}
	if (step->consttype != TEXTOID)
		return false;
	name = DatumGetTextPP(step->constvalue);
	detmeta_path_add_step(path, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	return true;
}

/* Add a step that is a name in an object and a position in an array. */
static void
add_name_or_position(DocumentPath *path, const char *name, int len)
{
	if (is_position(name, len))
		detmeta_path_note_array(path);
	detmeta_path_add_step(path, name, len);
}

/* Add the steps of an array that is a constant. */
static bool
add_constant_steps(DocumentPath *path, const Const *steps)
{
	Datum	   *names;
	bool	   *nulls;
	int			n;

	if (steps->constisnull || steps->consttype != TEXTARRAYOID)
		return false;
	deconstruct_array(DatumGetArrayTypeP(steps->constvalue), TEXTOID, -1, false, TYPALIGN_INT,
					  &names, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		text	   *name;

		if (nulls[i])
			return false;
		name = DatumGetTextPP(names[i]);
		add_name_or_position(path, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	}
	return true;
}

/* Add the steps of a JSON path that is one of names. */
static bool
add_json_path(Dialect *dialect, DocumentPath *path, Node *node)
{
	Const	   *constant;

	if (!detmeta_read_operand(dialect, node, &constant))
		return false;
	if (constant == NULL)
	{
		/* strict paths fail */
		dialect->may_fail = true;
		add_unknown_step(path);
		return true;
	}
	return !constant->constisnull && detmeta_json_path_add_names(constant->constvalue, path);
}

/*
 * Say whether a JSON path's variables, and whether it is silent, are as they are
 * by default: others may be no object, which is an error, or NULL.
 */
bool
detmeta_json_path_has_defaults(const List *args)
{
	for (int i = 2; i < list_length(args); i++)
	{
		const Const *constant = list_nth(args, i);

		if (!IsA(constant, Const) || constant->constisnull)
			return false;
		if (constant->consttype == JSONBOID &&
			!JB_ROOT_IS_OBJECT(DatumGetJsonbP(constant->constvalue)))
			return false;
	}
	return true;
}

/* Add the steps of #> or #>>. */
static bool
add_steps(Dialect *dialect, DocumentPath *path, Node *node)
{
	Const	   *steps;

	if (!detmeta_read_operand(dialect, node, &steps))
		return false;
	if (steps != NULL)
		return add_constant_steps(path, steps);
	add_unknown_step(path);
	return true;
}

/* Add the steps of a subscript, each of which is text or, where it is an integer, a position. */
static bool
add_subscripts(Dialect *dialect, DocumentPath *path, const SubscriptingRef *ref)
{
	ListCell   *lc;

	foreach(lc, ref->refupperindexpr)
	{
		Const	   *step;
		text	   *name;

		if (lfirst(lc) == NULL || !detmeta_read_operand(dialect, lfirst(lc), &step))
			return false;
		if (step == NULL)
		{
			add_unknown_step(path);
			continue;
		}
		if (step->constisnull || step->consttype != TEXTOID)
			return false;
		name = DatumGetTextPP(step->constvalue);
		add_name_or_position(path, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	}
	return true;
}

static bool read_path(Dialect *dialect, Node *node, DocumentPath *path);

/* Read what a path goes on from, which must be jsonb. */
static bool
read_base(Dialect *dialect, Node *node, DocumentPath *path)
{
	return read_path(dialect, node, path) && !path->is_text;
}

/* Read a path that is a call. */
static bool
read_path_call(Dialect *dialect, const Call *call, DocumentPath *path)
{
	switch (call->function)
	{
		case F_JSONB_OBJECT_FIELD:
		case F_JSONB_OBJECT_FIELD_TEXT:
		case F_JSONB_ARRAY_ELEMENT:
		case F_JSONB_ARRAY_ELEMENT_TEXT:
			if (!read_base(dialect, linitial(call->args), path) ||
				!add_arrow_step(dialect, path, lsecond(call->args)))
				return false;
			break;
		case F_JSONB_PATH_QUERY_FIRST:
			if (!detmeta_json_path_has_defaults(call->args) ||
				!read_base(dialect, linitial(call->args), path) ||
				!add_json_path(dialect, path, lsecond(call->args)))
				return false;
			break;
		case F_JSONB_EXTRACT_PATH:
		case F_JSONB_EXTRACT_PATH_TEXT:
			if (!read_base(dialect, linitial(call->args), path) ||
				!add_steps(dialect, path, lsecond(call->args)))
				return false;
			break;
		default:
			return false;
	}
	path->is_text = call->function == F_JSONB_OBJECT_FIELD_TEXT ||
		call->function == F_JSONB_ARRAY_ELEMENT_TEXT ||
		call->function == F_JSONB_EXTRACT_PATH_TEXT;
	return true;
}

/* Read a path. */
static bool
read_path(Dialect *dialect, Node *node, DocumentPath *path)
{
	Call		call;

	check_stack_depth();
	node = detmeta_strip_relabel(node);
	if (dialect->is_metadata(node, dialect->arg))
		return true;
	if (IsA(node, SubscriptingRef))
	{
		SubscriptingRef *ref = (SubscriptingRef *) node;

		return ref->refcontainertype == JSONBOID && ref->refassgnexpr == NULL &&
			ref->reflowerindexpr == NIL &&
			read_base(dialect, (Node *) ref->refexpr, path) && add_subscripts(dialect, path, ref);
	}
	return detmeta_read_call(node, &call) && read_path_call(dialect, &call, path);
}

/* Read a path; false: the expression is none. */
bool
detmeta_path_read(Dialect *dialect, Node *node, DocumentPath *path)
{
	bool		was_unknown = dialect->is_unknown;

	memset(path, 0, sizeof(*path));
	initStringInfo(&path->key);
	if (!read_path(dialect, node, path))
	{
		dialect->is_unknown = was_unknown;
		return false;
	}
	dialect->is_untold |= path->is_unknown;
	return true;
}

/*
 * contain.c
 *		Containment and existence:  @>  <@  ?  ?|  ?&
 *
 *		metadata @> '{"k": 1, "a": {"b": 2}}'	value k 1, and value a.b 2
 *		metadata @> '{"tags": ["x"]}'			element tags "x"; in doubt, as
 *												elements of nested arrays are
 *												among them
 *		metadata ? 'k'							held k
 *
 *		metadata->'a' <@ '{"k": 1}'		value a.k 1, and no other member: in doubt
 *
 * A scalar member is contained in an equal one, not in an array that has it.
 * Documents that are no objects are in doubt where they may matter.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "dialect/compare.h"
#include "dialect/contain.h"
#include "value/key_path.h"

#define ARRAY_KINDS		(META_KIND_BIT(META_ARRAY) | META_KIND_BIT(META_EMPTY_ARRAY))
#define OBJECT_KINDS	(META_KIND_BIT(META_OBJECT) | META_KIND_BIT(META_EMPTY_OBJECT))

static QueryNode *contains_value(Dialect *dialect, const DocumentPath *path,
								 const JsonbValue *value);

/* Return the rows of both nodes; NULL: nothing is known of them. */
static QueryNode *
known_rows(QueryNode *a, QueryNode *b)
{
	if (a == NULL || b == NULL)
		return a != NULL ? a : b;
	return detmeta_node_group(FILTER_AND, a, b);
}

/* Return rows with a scalar at a path, or in the array there. */
static QueryNode *
scalar_at(Dialect *dialect, const DocumentPath *path, const JsonbValue *value, LeafPlaces places,
		  bool unsure)
{
	Leaf		leaf;

	detmeta_leaf_begin(&leaf, path);
	leaf.places = places;
	detmeta_leaf_add_scalar(&leaf, value, unsure);
	return detmeta_node_of_path(dialect, path, detmeta_node_leaf(dialect, &leaf));
}

/* Return rows with a value of some kinds at a path. */
static QueryNode *
kinds_at(Dialect *dialect, const DocumentPath *path, int kinds, bool unsure)
{
	return detmeta_node_of_path(dialect, path, detmeta_node_kinds(dialect, path, kinds, unsure));
}

/* Return rows whose object at a path contains one. */
static QueryNode *
contains_object(Dialect *dialect, const DocumentPath *path, JsonbContainer *object)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbValue	name;
	JsonbValue	value;
	QueryNode  *result = NULL;

	(void) JsonbIteratorNext(&it, &name, true);
	while (JsonbIteratorNext(&it, &name, true) == WJB_KEY)
	{
		DocumentPath member = detmeta_path_member(path, name.val.string.val,
												  name.val.string.len);
		QueryNode  *node;

		CHECK_FOR_INTERRUPTS();
		(void) JsonbIteratorNext(&it, &value, true);
		node = contains_value(dialect, &member, &value);
		result = known_rows(result, node);
	}
	if (result != NULL)
		return result;
	if (path->nsteps > 0)
		return kinds_at(dialect, path, OBJECT_KINDS, false);
	return detmeta_node_not(detmeta_node_document(dialect, DOCUMENT_IS_NO_OBJECT, false));
}


/* Return rows where members of objects in arrays have a scalar, or where that may be. */
static QueryNode *
scalar_in_arrays(Dialect *dialect, const StringInfoData *key, const JsonbValue *value)
{
	Leaf		leaf;

	detmeta_leaf_begin_array_member(&leaf, key);
	detmeta_leaf_add_scalar(&leaf, value, true);
	return detmeta_node_leaf(dialect, &leaf);
}

static QueryNode *rows_of_array_elements(Dialect *dialect, const StringInfoData *key,
										 JsonbContainer *array);

/* Return the key of a member of the objects at a key, or of those in an array there. */
static StringInfoData
member_key(const StringInfoData *key, const char *step, const JsonbValue *name)
{
	StringInfoData member;

	initStringInfo(&member);
	appendBinaryStringInfo(&member, key->data, key->len);
	appendStringInfoString(&member, step);
	appendBinaryStringInfo(&member, name->val.string.val, name->val.string.len);
	return member;
}

/*
 * Return rows where members of objects in arrays may have the values of an
 * object's members; NULL: nothing is known of them.
 */
static QueryNode *
rows_of_object_members(Dialect *dialect, const StringInfoData *key, const char *step,
					   JsonbContainer *object)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbValue	name;
	JsonbValue	value;
	QueryNode  *result = NULL;

	check_stack_depth();
	(void) JsonbIteratorNext(&it, &name, true);
	while (JsonbIteratorNext(&it, &name, true) == WJB_KEY)
	{
		StringInfoData member = member_key(key, step, &name);
		JsonbContainer *container;
		QueryNode  *node;

		CHECK_FOR_INTERRUPTS();
		(void) JsonbIteratorNext(&it, &value, true);
		container = value.val.binary.data;
		if (value.type != jbvBinary)
			node = scalar_in_arrays(dialect, &member, &value);
		else if (JsonContainerIsArray(container))
			node = rows_of_array_elements(dialect, &member, container);
		else
			node = rows_of_object_members(dialect, &member, ".", container);
		result = known_rows(result, node);
	}
	return result;
}

/* The same of the elements of an array that is in one. */
static QueryNode *
rows_of_array_elements(Dialect *dialect, const StringInfoData *key, JsonbContainer *array)
{
	JsonbIterator *it = JsonbIteratorInit(array);
	JsonbValue	value;
	QueryNode  *result = NULL;

	check_stack_depth();
	(void) JsonbIteratorNext(&it, &value, true);
	while (JsonbIteratorNext(&it, &value, true) == WJB_ELEM)
	{
		JsonbContainer *container = value.val.binary.data;
		QueryNode  *node;

		CHECK_FOR_INTERRUPTS();
		if (value.type != jbvBinary)
			node = scalar_in_arrays(dialect, key, &value);
		else if (JsonContainerIsArray(container))
			node = rows_of_array_elements(dialect, key, container);
		else
			node = rows_of_object_members(dialect, key, KEY_PATH_ARRAY ".", container);
		result = known_rows(result, node);
	}
	return result;
}

/* Return rows whose array at a path may contain one. */
static QueryNode *
contains_array(Dialect *dialect, const DocumentPath *path, JsonbContainer *array)
{
	JsonbIterator *it = JsonbIteratorInit(array);
	JsonbValue	value;
	QueryNode  *result = NULL;

	if (path->nsteps == 0)
		return detmeta_node_document(dialect, DOCUMENT_IS_NO_OBJECT, true);
	if (JsonContainerSize(array) == 0)
		return kinds_at(dialect, path, ARRAY_KINDS, false);
	(void) JsonbIteratorNext(&it, &value, true);
	while (JsonbIteratorNext(&it, &value, true) == WJB_ELEM)
	{
		QueryNode  *node;

		CHECK_FOR_INTERRUPTS();
		if (value.type != jbvBinary)
			node = scalar_at(dialect, path, &value, PLACES_ELEMENTS, true);
		else if (JsonContainerIsObject(value.val.binary.data))
			node = rows_of_object_members(dialect, &path->key, KEY_PATH_ARRAY ".",
										  value.val.binary.data);
		else
			continue;
		result = known_rows(result, node);
	}
	return result != NULL ? result : kinds_at(dialect, path, META_KIND_BIT(META_ARRAY), true);
}

/* Return rows whose value at a path contains one, which is a member's. */
static QueryNode *
contains_value(Dialect *dialect, const DocumentPath *path, const JsonbValue *value)
{
	check_stack_depth();
	if (value->type != jbvBinary)
		return scalar_at(dialect, path, value, PLACES_VALUE, false);
	if (JsonContainerIsArray(value->val.binary.data))
		return contains_array(dialect, path, value->val.binary.data);
	return contains_object(dialect, path, value->val.binary.data);
}

/* Return rows whose value at a path contains a scalar: an array does, too. */
static QueryNode *
contains_scalar(Dialect *dialect, const DocumentPath *path, const JsonbValue *value)
{
	if (path->nsteps == 0)
		return detmeta_node_document(dialect, DOCUMENT_IS_NO_OBJECT, true);
	return detmeta_node_group(FILTER_OR, scalar_at(dialect, path, value, PLACES_VALUE, false),
							  scalar_at(dialect, path, value, PLACES_ELEMENTS, true));
}

/* path @> part */
Truth
detmeta_truth_contains(Dialect *dialect, const DocumentPath *path, Jsonb *part)
{
	JsonbValue	value;
	QueryNode  *rows;

	if (JsonbExtractScalar(&part->root, &value))
		rows = contains_scalar(dialect, path, &value);
	else
	{
		value.type = jbvBinary;
		value.val.binary.data = &part->root;
		rows = contains_value(dialect, path, &value);
	}
	return detmeta_truth_within(dialect, path, rows);
}

/* Return rows with a scalar at a path that is an element of an array, or an array of such. */
static QueryNode *
contained_in_array(Dialect *dialect, const DocumentPath *path, JsonbContainer *array)
{
	JsonbIterator *it = JsonbIteratorInit(array);
	JsonbValue	value;
	QueryNode  *result = kinds_at(dialect, path, META_KIND_BIT(META_EMPTY_ARRAY), true);

	(void) JsonbIteratorNext(&it, &value, true);
	while (JsonbIteratorNext(&it, &value, true) == WJB_ELEM)
	{
		QueryNode  *node = value.type == jbvBinary ?
			kinds_at(dialect, path, META_KIND_BIT(META_ARRAY), true) :
			contains_scalar(dialect, path, &value);

		CHECK_FOR_INTERRUPTS();
		result = detmeta_node_group(FILTER_OR, result, node);
	}
	return result;
}

/* Return rows with an object at a path that is empty, or has members of another one. */
static QueryNode *
contained_in_object(Dialect *dialect, const DocumentPath *path, JsonbContainer *object)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbValue	name;
	JsonbValue	value;
	QueryNode  *result = kinds_at(dialect, path, META_KIND_BIT(META_EMPTY_OBJECT), true);

	(void) JsonbIteratorNext(&it, &name, true);
	while (JsonbIteratorNext(&it, &name, true) == WJB_KEY)
	{
		DocumentPath member = detmeta_path_member(path, name.val.string.val,
												  name.val.string.len);

		CHECK_FOR_INTERRUPTS();
		(void) JsonbIteratorNext(&it, &value, true);
		result = detmeta_node_group(FILTER_OR, result,
									value.type == jbvBinary ?
									kinds_at(dialect, &member, ARRAY_KINDS | OBJECT_KINDS, true) :
									scalar_at(dialect, &member, &value, PLACES_VALUE, true));
	}
	return result;
}

/*
 * path <@ whole.  Of whole documents nothing is known: an empty one is contained
 * in all, and has no entry of its own.
 */
Truth
detmeta_truth_is_contained(Dialect *dialect, const DocumentPath *path, Jsonb *whole)
{
	JsonbValue	value;
	QueryNode  *rows;

	if (path->nsteps == 0)
		return detmeta_truth_nothing();
	if (JsonbExtractScalar(&whole->root, &value))
		rows = scalar_at(dialect, path, &value, PLACES_VALUE, false);
	else
		rows = JB_ROOT_IS_ARRAY(whole) ? contained_in_array(dialect, path, &whole->root) :
			contained_in_object(dialect, path, &whole->root);
	return detmeta_truth_within(dialect, path, rows);
}

/*
 * Return rows where a name exists at a path: as an object's, an array's
 * element, or the string itself.
 */
static QueryNode *
exists(Dialect *dialect, const DocumentPath *path, text *name)
{
	JsonbValue	string = {.type = jbvString};
	DocumentPath member = detmeta_path_member(path, VARDATA_ANY(name),
											  VARSIZE_ANY_EXHDR(name));
	QueryNode  *held = kinds_at(dialect, &member, META_ALL_KINDS, false);

	if (path->nsteps == 0)
		return !dialect->has_no_objects ? held :
			detmeta_node_group(FILTER_OR, held,
							   detmeta_node_document(dialect, DOCUMENT_IS_NO_OBJECT, true));
	string.val.string.val = VARDATA_ANY(name);
	string.val.string.len = VARSIZE_ANY_EXHDR(name);
	return detmeta_node_group(FILTER_OR, held, contains_scalar(dialect, path, &string));
}

/* path ? name, path ?| names, path ?& names */
Truth
detmeta_truth_exists(Dialect *dialect, const DocumentPath *path, text **names, int n, bool all)
{
	QueryNode  *rows = NULL;

	/* without a name, ?& is true and ?| is false */
	if (n == 0)
		return detmeta_truth_nothing();
	for (int i = 0; i < n; i++)
	{
		QueryNode  *node = exists(dialect, path, names[i]);

		rows = rows == NULL ? node : detmeta_node_group(all ? FILTER_AND : FILTER_OR, rows, node);
	}
	return detmeta_truth_within(dialect, path, rows);
}

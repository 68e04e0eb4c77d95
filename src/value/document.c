/*
 * document.c
 *		Find the values of a key in a document, or visit all its keys or values.
 *
 * A key is a path joined with dots, and member names may hold dots too, so
 * a.b.c is looked up as every split: a.b.c, a.b then c, a then b.c, ...  The
 * path down to a member fixes what is left of the key, so no member is visited
 * twice and a look-up is at most linear in the document.
 *
 * Where [] stands before a dot, a.b[].c, the key is also that of the member c of
 * each object in an array at a.b, and in arrays that are elements of it:
 *
 *		{"a": {"b": [{"c": 1}, [{"c": 2}], 3]}}		a.b[].c is 1 and 2
 */
#include "postgres.h"

#include "miscadmin.h"

#include "value/document.h"

/*
 * Visit the elements of an array; nested arrays are flattened, objects are
 * visited whole.  Stop, and return true, when the visitor returns true.
 */
bool
detmeta_visit_elements(JsonbContainer *array, ValueVisitor visitor, void *arg)
{
	JsonbIterator *it = JsonbIteratorInit(array);
	JsonbValue	jbv;

	check_stack_depth();
	Assert(JsonContainerIsArray(array));
	(void) JsonbIteratorNext(&it, &jbv, true);
	while (JsonbIteratorNext(&it, &jbv, true) == WJB_ELEM)
	{
		bool		stop;

		CHECK_FOR_INTERRUPTS();
		if (jbv.type == jbvBinary && JsonContainerIsArray(jbv.val.binary.data))
			stop = detmeta_visit_elements(jbv.val.binary.data, visitor, arg);
		else
			stop = visitor(&jbv, arg);
		if (stop)
			return true;
	}
	return false;
}

/*
 * Visit the values of all keys, those of nested objects included.  Stop, and
 * return true, when the visitor returns true.  An array is visited as itself.
 */
bool
detmeta_visit_values(JsonbContainer *document, ValueVisitor visitor, void *arg)
{
	JsonbIterator *it;
	JsonbValue	jbv;
	bool		stop = false;

	check_stack_depth();
	if (!JsonContainerIsObject(document))
		return false;
	it = JsonbIteratorInit(document);
	(void) JsonbIteratorNext(&it, &jbv, true);
	while (!stop && JsonbIteratorNext(&it, &jbv, true) == WJB_KEY)
	{
		CHECK_FOR_INTERRUPTS();
		(void) JsonbIteratorNext(&it, &jbv, true);
		stop = visitor(&jbv, arg) ||
			(jbv.type == jbvBinary && detmeta_visit_values(jbv.val.binary.data, visitor, arg));
	}
	return stop;
}

/* A search for the places of a key. */
typedef struct PlaceSearch
{
	bool		in_arrays;		/* also in objects that are elements */
	ValueVisitor visitor;
	void	   *arg;
} PlaceSearch;

/* What is left of the key for the objects in an array. */
typedef struct ElementSearch
{
	const PlaceSearch *search;
	const char *key;
	int			keylen;
} ElementSearch;

static bool search_object(const PlaceSearch *search, JsonbContainer *object, const char *key,
						  int keylen);

/* Search an element of an array. */
static bool
search_element(const JsonbValue *jbv, void *arg)
{
	const ElementSearch *rest = arg;

	return jbv->type == jbvBinary &&
		search_object(rest->search, jbv->val.binary.data, rest->key, rest->keylen);
}

/* Search the objects in the array that the first bytes of a key, up to [], name. */
static bool
search_array(const PlaceSearch *search, JsonbContainer *object, const char *key, int len,
			 const char *rest, int restlen)
{
	ElementSearch elements = {search, rest, restlen};
	JsonbValue	jbv;

	if (!search->in_arrays || len < KEY_PATH_ARRAY_BYTES ||
		memcmp(key + len - KEY_PATH_ARRAY_BYTES, KEY_PATH_ARRAY, KEY_PATH_ARRAY_BYTES) != 0)
		return false;
	return getKeyJsonValueFromContainer(object, key, len - KEY_PATH_ARRAY_BYTES, &jbv) != NULL &&
		jbv.type == jbvBinary && JsonContainerIsArray(jbv.val.binary.data) &&
		detmeta_visit_elements(jbv.val.binary.data, search_element, &elements);
}

/* Search an object, if it is one. */
static bool
search_object(const PlaceSearch *search, JsonbContainer *object, const char *key, int keylen)
{
	JsonbValue	jbv;

	check_stack_depth();
	if (!JsonContainerIsObject(object))
		return false;

	if (getKeyJsonValueFromContainer(object, key, keylen, &jbv) != NULL &&
		search->visitor(&jbv, search->arg))
		return true;

	for (const char *dot = key; (dot = memchr(dot, '.', key + keylen - dot)) != NULL; dot++)
	{
		int			i = dot - key;
		int			rest = keylen - i - 1;

		CHECK_FOR_INTERRUPTS();
		if (getKeyJsonValueFromContainer(object, key, i, &jbv) != NULL &&
			jbv.type == jbvBinary &&
			search_object(search, jbv.val.binary.data, dot + 1, rest))
			return true;
		if (search_array(search, object, key, i, dot + 1, rest))
			return true;
	}
	return false;
}

/*
 * Visit the values of a key, one for each way to reach it by names.  Stop, and
 * return true, when the visitor returns true.  An array is visited as itself.
 */
bool
detmeta_visit_key(JsonbContainer *document, const char *key, int keylen,
				  ValueVisitor visitor, void *arg)
{
	PlaceSearch search = {false, visitor, arg};

	return search_object(&search, document, key, keylen);
}

/* Visit the values of a key; those that members of objects in arrays have, too. */
bool
detmeta_visit_places(JsonbContainer *document, const char *key, int keylen,
					 ValueVisitor visitor, void *arg)
{
	PlaceSearch search = {true, visitor, arg};

	return search_object(&search, document, key, keylen);
}

/* A walk over a document's keys. */
typedef struct KeyWalk
{
	KeyPath		path;
	bool		in_arrays;		/* also members of objects that are elements */
	KeyVisitor	visitor;
	void	   *arg;
} KeyWalk;

/* The objects in an array, whose members are walked. */
typedef struct ElementWalk
{
	KeyWalk    *walk;
	KeyPathMark parent;
} ElementWalk;

static void walk_members(KeyWalk *walk, JsonbContainer *object, KeyPathMark parent);

/* Visit the members of an element of an array, if it is an object. */
static bool
walk_element(const JsonbValue *jbv, void *arg)
{
	const ElementWalk *elements = arg;

	if (jbv->type == jbvBinary && JsonContainerIsObject(jbv->val.binary.data))
		walk_members(elements->walk, jbv->val.binary.data, elements->parent);
	return false;
}

/* Visit the members of a member that is an object, or of the objects in it. */
static void
walk_container(KeyWalk *walk, JsonbContainer *container)
{
	ElementWalk elements = {.walk = walk};

	if (JsonContainerIsObject(container))
		walk_members(walk, container, detmeta_key_path_enter(&walk->path));
	else if (walk->in_arrays)
	{
		elements.parent = detmeta_key_path_enter_array(&walk->path);
		detmeta_visit_elements(container, walk_element, &elements);
	}
}

/* Visit the members of an object whose path is marked. */
static void
walk_members(KeyWalk *walk, JsonbContainer *object, KeyPathMark parent)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbValue	jbv;

	check_stack_depth();
	(void) JsonbIteratorNext(&it, &jbv, true);
	while (JsonbIteratorNext(&it, &jbv, true) == WJB_KEY)
	{
		CHECK_FOR_INTERRUPTS();
		detmeta_key_path_member(&walk->path, parent, jbv.val.string.val, jbv.val.string.len);
		(void) JsonbIteratorNext(&it, &jbv, true);
		walk->visitor(&walk->path, &jbv, walk->arg);
		if (jbv.type == jbvBinary)
			walk_container(walk, jbv.val.binary.data);
	}
}

/*
 * Visit every place of every key, in arrays if that is asked for; none where the
 * document is not an object.
 */
void
detmeta_visit_keys(Jsonb *metadata, bool in_arrays, KeyVisitor visitor, void *arg)
{
	KeyWalk		walk = {
		.in_arrays = in_arrays,
		.visitor = visitor,
		.arg = arg
	};
	KeyPathMark root = {0};

	if (!JB_ROOT_IS_OBJECT(metadata))
		return;
	detmeta_key_path_init(&walk.path);
	walk_members(&walk, &metadata->root, root);
	pfree(walk.path.text.data);
}

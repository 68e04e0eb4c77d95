/*
 * document.c
 *		Find the values of a key in a document, or visit all its keys.
 *
 * A key is a path joined with dots, and member names may hold dots too, so
 * a.b.c is looked up as every split: a.b.c, a.b then c, a then b.c, ...  The
 * path down to a member fixes what is left of the key, so no member is visited
 * twice and a look-up is at most linear in the document.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "value/document.h"

/*
 * Visit the values of a key, one for each way to reach it.  Stop, and return
 * true, when the visitor returns true.  An array is visited as itself.
 */
bool
detmeta_visit_key(JsonbContainer *document, const char *key, int keylen,
				  ValueVisitor visitor, void *arg)
{
	JsonbValue	jbv;

	check_stack_depth();
	if (!JsonContainerIsObject(document))
		return false;

	if (getKeyJsonValueFromContainer(document, key, keylen, &jbv) != NULL &&
		visitor(&jbv, arg))
		return true;

	for (const char *dot = key; (dot = memchr(dot, '.', key + keylen - dot)) != NULL; dot++)
	{
		int			i = dot - key;

		CHECK_FOR_INTERRUPTS();
		if (getKeyJsonValueFromContainer(document, key, i, &jbv) != NULL &&
			jbv.type == jbvBinary &&
			detmeta_visit_key(jbv.val.binary.data, key + i + 1, keylen - i - 1,
							  visitor, arg))
			return true;
	}
	return false;
}

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

/* A walk over a document's keys. */
typedef struct KeyWalk
{
	KeyPath		path;
	KeyVisitor	visitor;
	void	   *arg;
} KeyWalk;

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
		if (jbv.type == jbvBinary && JsonContainerIsObject(jbv.val.binary.data))
			walk_members(walk, jbv.val.binary.data, detmeta_key_path_enter(&walk->path));
	}
}

/* Visit every place of every key; none where the document is not an object. */
void
detmeta_visit_keys(Jsonb *metadata, KeyVisitor visitor, void *arg)
{
	KeyWalk		walk = {
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

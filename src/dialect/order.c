/*
 * order.c
 *		Orders by a value in the metadata.
 *
 *		ORDER BY (metadata ->> 'loss')::float8
 *		ORDER BY metadata -> 'loss' DESC
 *
 * Numbers are in the index in their order, and a cast keeps it.  Rows whose
 * value at the key is something else are set apart: their expression has to be
 * evaluated, which may fail, and gives what core makes of them.
 */
#include "postgres.h"

#include "catalog/pg_type_d.h"

#include "dialect/cast.h"
#include "dialect/order.h"
#include "dialect/path_read.h"

/* Kinds whose rows an order puts in place by what the index knows. */
#define JSONB_KINDS \
	(META_KIND_BIT(META_EMPTY_ARRAY) | META_KIND_BIT(META_NULL) | META_KIND_BIT(META_NUMBER) | \
	 META_KIND_BIT(META_FALSE) | META_KIND_BIT(META_TRUE))

/* Make the query of rows that the index cannot put in order. */
static FilterQuery *
query_apart(Dialect *dialect, const DocumentPath *path, int kinds, Oid cast)
{
	FilterQuery *query = palloc_object(FilterQuery);
	Leaf		leaf;

	detmeta_leaf_begin(&leaf, path);
	for (MetaKind kind = detmeta_path_held(path); kind <= META_OBJECT; kind++)
	{
		if ((kinds & META_KIND_BIT(kind)) == 0)
			detmeta_leaf_add_test(&leaf, TEST_KIND, kind)->unsure = true;
	}
	detmeta_leaf_add_failing_numbers(&leaf, cast);
	query->root = detmeta_node_leaf(dialect, &leaf);
	if (path->is_ambiguous)
		query->root = detmeta_node_group(FILTER_OR, query->root,
										 detmeta_node_document(dialect, DOCUMENT_HAS_DOTTED_NAME,
															   true));
	query->nleaves = dialect->nleaves;
	query->leaves = dialect->leaves;
	return query;
}

/* Read an order. */
bool
detmeta_order_read(Dialect *dialect, Node *expression, KeyOrderShape *shape)
{
	DocumentPath path;
	Oid			cast = InvalidOid;

	detmeta_dialect_begin(dialect);
	if (detmeta_path_read(dialect, expression, &path))
	{
		if (path.is_text)
			return false;
		shape->kind = ORDER_JSONB;
	}
	else if (detmeta_cast_read(dialect, expression, &path, &cast) &&
			 (cast == NUMERICOID || cast == FLOAT8OID))
		shape->kind = ORDER_NUMBERS;
	else
		return false;
	if (path.nsteps == 0 || path.arrays != NIL || path.is_dotted || dialect->is_unknown)
		return false;
	shape->key = path.key.data;
	shape->keylen = path.key.len;
	shape->held = detmeta_path_held(&path);
	shape->apart = query_apart(dialect, &path,
							   shape->kind == ORDER_JSONB ? JSONB_KINDS :
							   META_KIND_BIT(META_NUMBER),
							   cast);
	return true;
}

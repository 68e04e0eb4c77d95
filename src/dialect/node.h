/*
 * node.h
 *		Nodes of a query, and the leaves below them.
 */
#ifndef DETMETA_DIALECT_NODE_H
#define DETMETA_DIALECT_NODE_H

#include "dialect/path.h"

extern QueryNode *detmeta_node_new(FilterNodeType type, int nchildren);
extern QueryNode *detmeta_node_group(FilterNodeType type, QueryNode *a, QueryNode *b);
extern QueryNode *detmeta_node_not(QueryNode *a);
extern QueryNode *detmeta_node_none(void);
extern QueryNode *detmeta_node_leaf(Dialect *dialect, const Leaf *leaf);
extern QueryNode *detmeta_node_kinds(Dialect *dialect, const DocumentPath *path, int kinds,
									 bool unsure);
extern QueryNode *detmeta_node_document(Dialect *dialect, DocumentFlag flag, bool unsure);
extern QueryNode *detmeta_node_without(Dialect *dialect, const DocumentPath *path);
extern QueryNode *detmeta_node_of_path(Dialect *dialect, const DocumentPath *path, QueryNode *a);
extern QueryNode *detmeta_node_with_arrays(Dialect *dialect, const DocumentPath *path,
										   QueryNode *a);

/* Say whether a key may have such values. */
extern bool detmeta_may_have(const Dialect *dialect, const Leaf *leaf, TestType type,
							 MetaKind kind);

extern void detmeta_leaf_begin(Leaf *leaf, const DocumentPath *path);
extern void detmeta_leaf_begin_array_member(Leaf *leaf, const StringInfoData *key);
extern void detmeta_leaf_add_kinds(Leaf *leaf, int kinds, bool unsure);

/* Put those rows of a node, and others, in doubt that another one has; it may be NULL. */
extern QueryNode *detmeta_node_doubt(QueryNode *a, QueryNode *doubtful);

/* Leave out tests that put no row in doubt: such rows are rare, and often there are none. */
extern void detmeta_leaf_drop_idle_tests(const Dialect *dialect, const DocumentPath *path,
										 Leaf *leaf);

#endif							/* DETMETA_DIALECT_NODE_H */

/*
 * truth.h
 *		Where a clause is true and where it is false, in terms of the index.
 */
#ifndef DETMETA_DIALECT_TRUTH_H
#define DETMETA_DIALECT_TRUTH_H

#include "dialect/node.h"
#include "dialect/path.h"

/*
 * The rows where a clause is true, those where it is false, and those where its
 * evaluation may fail; it is NULL for all others.  Rows may be in doubt; those
 * where it may fail always are, in all three.  Rows whose metadata is NULL have
 * no entry in the index and are in none of them.
 */
typedef struct Truth
{
	QueryNode  *is_true;		/* NULL: nothing is known of the clause */
	QueryNode  *is_false;
	QueryNode  *may_fail;		/* NULL: none */
	bool		is_group;		/* of parts that one may decide without another */
	bool		is_guess;		/* for an estimate: its rows are the most there can be */
	bool		true_of_null;	/* it may be true, */
	bool		false_of_null;	/* or false, where the metadata itself is NULL */
} Truth;

/* Nothing is known of a clause. */
static inline Truth
detmeta_truth_nothing(void)
{
	Truth		truth = {0};

	return truth;
}

/* Return the truth of a clause that is true in some rows and false in others, and does not fail. */
static inline Truth
detmeta_truth_of_rows(QueryNode *is_true, QueryNode *is_false)
{
	Truth		truth = {
		.is_true = is_true,
		.is_false = is_false
	};

	return truth;
}

static inline bool
detmeta_truth_is_known(const Truth *truth)
{
	return truth->is_true != NULL;
}

extern Truth detmeta_truth_never(void);
extern Truth detmeta_truth_always(bool value);
extern Truth detmeta_truth_unknown(void);
extern Truth detmeta_truth_of_leaf(Dialect *dialect, const DocumentPath *path, Leaf *leaf);
extern Truth detmeta_truth_of_kinds(Dialect *dialect, const DocumentPath *path, int kinds);
extern Truth detmeta_truth_where_held(Dialect *dialect, const DocumentPath *path);
extern Truth detmeta_truth_of_held(Dialect *dialect, const DocumentPath *path, Leaf *failing);
extern Truth detmeta_truth_of_unknown(Dialect *dialect, const DocumentPath *path);
extern Truth detmeta_truth_or_else(Dialect *dialect, const DocumentPath *path, Truth truth,
								   Truth rest);
extern Truth detmeta_truth_within(Dialect *dialect, const DocumentPath *path, QueryNode *is_true);

extern Truth detmeta_truth_of_search(Dialect *dialect, const DocumentPath *path,
									 QueryNode *found, bool may_be_null);

extern Truth detmeta_truth_not(Truth a);
extern Truth detmeta_truth_is(Truth a, bool value);
extern Truth detmeta_truth_is_not(Truth a, bool value);
extern Truth detmeta_truth_group(Dialect *dialect, BoolExprType type, const Truth *truths, int n);
extern QueryNode *detmeta_truth_rows(const Truth *truth);

/* Return the rows of both nodes: of two conditions on one value, those of one that is both. */
extern QueryNode *detmeta_node_of_both(Dialect *dialect, QueryNode *a, QueryNode *b);

#endif							/* DETMETA_DIALECT_TRUTH_H */

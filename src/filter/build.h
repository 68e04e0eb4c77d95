/*
 * build.h
 *		A filter as a tree, checked and canonical.
 */
#ifndef DETMETA_FILTER_BUILD_H
#define DETMETA_FILTER_BUILD_H

#include "nodes/pg_list.h"

#include "filter/operand.h"

#define FILTER_MAX_CONDITIONS	1000
#define FILTER_MAX_DEPTH		100

/* Stored filters have these numbers: new ones come last. */
typedef enum FilterOp
{
	FILTER_IS,
	FILTER_IS_NOT,
	FILTER_IN,
	FILTER_NOT_IN,
	FILTER_LT,
	FILTER_LE,
	FILTER_GT,
	FILTER_GE,
	FILTER_BETWEEN,
	FILTER_CONTAINS,
	FILTER_NOT_CONTAINS,
	FILTER_ICONTAINS,
	FILTER_STARTS_WITH,
	FILTER_IS_EMPTY,
	FILTER_NOT_EMPTY,
	FILTER_NOT_ICONTAINS,
	FILTER_NOT_STARTS_WITH,
	FILTER_IIS,
	FILTER_NOT_IIS,
	FILTER_ISTARTS_WITH,
	FILTER_NOT_ISTARTS_WITH,
	FILTER_ENDS_WITH,
	FILTER_NOT_ENDS_WITH,
	FILTER_MATCHES,
	FILTER_NOT_MATCHES,
	FILTER_LIKE,
	FILTER_NOT_LIKE,
	FILTER_ILIKE,
	FILTER_NOT_ILIKE
} FilterOp;

typedef enum FilterNodeType
{
	FILTER_TRUE,				/* no condition */
	FILTER_AND,
	FILTER_OR,
	FILTER_NOT,
	FILTER_CONDITION
} FilterNodeType;

typedef struct FilterNode
{
	FilterNodeType type;
	int			nchildren;		/* AND, OR: two or more; NOT: one */
	struct FilterNode **children;
	FilterOp	op;				/* the rest is for FILTER_CONDITION */
	bool		any_key;		/* on any key of the document; then "key" is empty */
	const char *key;
	int			keylen;
	int			noperands;
	Operand    *operands;
} FilterNode;

/*
 * These validate, and raise errors that name the condition; positions are
 * added by the caller's error context.
 */
extern FilterNode *detmeta_filter_true(void);
extern FilterNode *detmeta_filter_group(FilterNodeType type, List *children);
extern FilterNode *detmeta_filter_not(FilterNode *child);
extern FilterNode *detmeta_filter_condition(const char *key, int keylen, FilterOp op,
											Operand *operands, int noperands);
extern bool detmeta_filter_op_from_name(const char *name, FilterOp *op);
extern const char *detmeta_filter_op_name(FilterOp op);
extern FilterOp detmeta_filter_op_positive(FilterOp op);
extern bool detmeta_filter_op_searches(FilterOp op);

#endif							/* DETMETA_FILTER_BUILD_H */

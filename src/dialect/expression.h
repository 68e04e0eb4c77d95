/*
 * expression.h
 *		Read clauses that are written with core's operators.
 */
#ifndef DETMETA_DIALECT_EXPRESSION_H
#define DETMETA_DIALECT_EXPRESSION_H

#include "nodes/primnodes.h"

#include "filter/query.h"

/* Says something of an expression of the query that a clause stands in. */
typedef bool (*ExpressionTest) (Node *node, void *arg);

/* Returns the value of an operand. */
typedef Const *(*OperandEvaluator) (Node *node, void *arg);

/* Says whether any row has a value at a key that passes a test. */
typedef bool (*TestFinder) (const Leaf *leaf, const ValueTest *test, void *arg);

/* What a clause is read for, and what was read. */
typedef struct Dialect
{
	/* set by the caller */
	ExpressionTest is_metadata; /* is it the column of metadata? */
	ExpressionTest is_operand;	/* will its value be known when rows are read? */
	OperandEvaluator evaluate;	/* or NULL: it is not known yet */
	TestFinder	finds_any;		/* or NULL: that is not known */
	void	   *arg;			/* of these */
	bool		not_null;		/* the column is never NULL */
	bool		has_dotted_names;	/* some document may have such a name, */
	bool		has_no_objects; /* or may be no object */
	bool		likely_only;	/* leave out values that only make the clause hard to tell */

	/* set while a clause is read */
	bool		is_group;		/* core may not evaluate all of its parts */
	bool		is_unknown;		/* some operand's value is not known yet, */
	bool		is_untold;		/* and without it nothing is known of the part that it is in */
	bool		is_guess;		/* of some part nothing but doubt is known */
	bool		may_fail;		/* some part's evaluation may */
	int			nleaves;
	int			allocated;
	Leaf	   *leaves;
} Dialect;

/* A call of a function, also by an operator. */
typedef struct Call
{
	Oid			function;
	Oid			operator;		/* or InvalidOid */
	Oid			collation;
	List	   *args;
} Call;

extern void detmeta_dialect_begin(Dialect *dialect);
extern Node *detmeta_strip_relabel(Node *node);
extern bool detmeta_read_call(Node *node, Call *call);

/* false: it depends on the row.  A constant that is NULL: its value is not known yet. */
extern bool detmeta_read_operand(Dialect *dialect, Node *node, Const **constant);

#endif							/* DETMETA_DIALECT_EXPRESSION_H */
